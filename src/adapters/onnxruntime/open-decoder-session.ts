import { readDecoderGraph } from './decoder-graph.js'
import type { DecoderSession } from './decoder-session.js'
import { NativeDecoderSession } from './native-decoder-session.js'
import { NodeDecoderSession } from './node-decoder-session.js'
import { readGraphSignatureHere } from './onnx-graph.js'
import { createSession, SPIN_MICROSECONDS, toLoadError } from './onnx-session.js'
import { tryOpenOrtLibrary, type OrtLibrary } from './ort-library.js'
import { ReturnedCacheSession } from './returned-cache-session.js'

export interface DecoderOptions {
  readonly graphFile: string
  readonly threads: number
  readonly maxRows: number
  readonly contextTokens: number
  /** Whether to call ONNX Runtime's C API where it can be loaded. */
  readonly native: boolean
}

export interface OpenedDecoder {
  readonly session: DecoderSession
  /** By which interface ONNX Runtime is called. */
  readonly binding: 'C API' | 'onnxruntime-node'
}

/**
 * Loads a decoder graph. By ONNX Runtime's C API its cache stays in place; where that library cannot be loaded, or the
 * graph's cache grows by concatenation, onnxruntime-node does.
 * @throws GraphloomError `MODEL_LOAD_FAILED`.
 */
export async function openDecoderSession(options: DecoderOptions): Promise<OpenedDecoder> {
  const { graphFile, threads, maxRows, contextTokens } = options
  const graph = readDecoderGraph(await readGraphSignatureHere(graphFile))
  const library = options.native && graph.hasRoomyCache ? tryOpenOrtLibrary() : null
  if (library) {
    const session = await createNativeSession(library, graphFile, threads)
    return { session: new NativeDecoderSession({ library, session, graph, maxRows, contextTokens }), binding: 'C API' }
  }
  const { Tensor } = await import('onnxruntime-node')
  const common = { session: await createSession(graphFile, threads), TensorType: Tensor, graph, maxRows, contextTokens }
  const session = graph.hasRoomyCache ? new NodeDecoderSession(common) : new ReturnedCacheSession(common)
  return { session, binding: 'onnxruntime-node' }
}

async function createNativeSession(library: OrtLibrary, graphFile: string, threads: number): Promise<bigint> {
  try {
    const config = { 'session.intra_op.spin_duration_us': SPIN_MICROSECONDS }
    return await library.createSession(graphFile, { threads, config })
  } catch (error) {
    throw toLoadError(error)
  }
}
