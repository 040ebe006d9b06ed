import { InferenceSession } from 'onnxruntime-node'

/** Loads the graph of its first argument with as many threads as its second says, and tells how long the call took. */
const [graphFile = '', threads] = process.argv.slice(2)
const startedAt = performance.now()
await InferenceSession.create(graphFile, { intraOpNumThreads: Number(threads) })
process.send?.(performance.now() - startedAt)
