import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { readDecoderGraph } from '../../src/adapters/onnxruntime/decoder-graph.js'
import type { DecoderSession } from '../../src/adapters/onnxruntime/decoder-session.js'
import { readGraphSignature } from '../../src/adapters/onnxruntime/onnx-graph.js'
import { openDecoderSession } from '../../src/adapters/onnxruntime/open-decoder-session.js'
import { ReturnedCacheSession } from '../../src/adapters/onnxruntime/returned-cache-session.js'
import { bundledModel, CHAT_MODEL } from './models.js'

const graphFile = join(bundledModel(CHAT_MODEL).path, 'onnx/model_quantized.onnx')
const LIMITS = { maxRows: 4, contextTokens: 2_048 }

/** Each way to drive the graph of the bundled chat model: the same tests hold for all. */
export const DECODER_SESSIONS: readonly (readonly [name: string, open: () => Promise<DecoderSession>])[] = [
  ['C API', () => open(true, 'C API')],
  ['onnxruntime-node', () => open(false, 'onnxruntime-node')],
  [
    'onnxruntime-node with the whole cache returned',
    async () => {
      const graph = readDecoderGraph(await readGraphSignature(graphFile))
      const session = await InferenceSession.create(graphFile, { intraOpNumThreads: 2 })
      return new ReturnedCacheSession({ session, TensorType: Tensor, graph, ...LIMITS })
    },
  ],
]

async function open(native: boolean, expected: string): Promise<DecoderSession> {
  const { session, binding } = await openDecoderSession({ graphFile, threads: 2, ...LIMITS, native })
  if (binding !== expected) throw new Error(`The graph is driven by ${binding}.`)
  return session
}
