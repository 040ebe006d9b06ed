import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { createOnnxModelRuntime } from '../src/adapters/onnxruntime/onnx-model-runtime.js'
import { bundledModel, CHAT_MODEL, EMBEDDING_MODEL } from '../test/support/models.js'
import { startBundled } from '../test/support/inference.js'
import { median } from './support/figures.js'

/**
 * From the start of a runner's process to READY, checksums and warm-up included, against a process that does nothing
 * but `InferenceSession.create` on the same graph, in turns.
 */
const ROUNDS = Number(process.argv[2] ?? 7)
const THREADS = Math.min(2, availableParallelism())
const BARE = fileURLToPath(new URL('./support/bare-session.js', import.meta.url))

async function ours(name: string): Promise<number> {
  await using runtime = createOnnxModelRuntime({ logger: pino({ level: 'silent' }) })
  const startedAt = performance.now()
  await startBundled(runtime, name)
  return performance.now() - startedAt
}

/** Milliseconds of the whole process until the session is there, and of the call alone. */
async function bare(name: string): Promise<{ readonly wholeMs: number; readonly createMs: number }> {
  const graphFile = join(bundledModel(name).path, 'onnx/model_quantized.onnx')
  const startedAt = performance.now()
  const child = spawn(process.execPath, [BARE, graphFile, String(THREADS)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [createMs] = (await once(child, 'message')) as [number]
  const wholeMs = performance.now() - startedAt
  child.kill('SIGKILL')
  await once(child, 'exit')
  return { wholeMs, createMs }
}

for (const name of [EMBEDDING_MODEL, CHAT_MODEL]) {
  const times: number[] = []
  const references: Awaited<ReturnType<typeof bare>>[] = []
  await ours(name)
  for (let round = 0; round < ROUNDS; round++) {
    references.push(await bare(name))
    times.push(await ours(name))
  }
  const readyMs = median(times)
  const wholeMs = median(references.map((one) => one.wholeMs))
  const createMs = median(references.map((one) => one.createMs))
  console.log(
    `${name}: ready after ${readyMs.toFixed(0)} ms; a bare process ${wholeMs.toFixed(0)} ms, of which InferenceSession.create ${createMs.toFixed(0)} ms`,
  )
  console.log(
    `${name}: ratio ${(readyMs / wholeMs).toFixed(2)} (wanted at most 1.5), to the call alone ${(readyMs / createMs).toFixed(2)}`,
  )
}
