import type { InferenceSession } from 'onnxruntime-node'
import { GraphloomError } from '../../kernel/errors.js'

/**
 * How long an idle thread of a run spins for its next piece of work, which within a run comes in a few microseconds.
 * On free cores that is as quick as spinning for longer and a fifth quicker than not spinning; on cores that others
 * want it takes hardly more of their time than not spinning.
 */
export const SPIN_MICROSECONDS = '20'

/**
 * Loads a graph by onnxruntime-node, and onnxruntime-node itself: who calls the C API does not wait for it.
 * @throws GraphloomError `MODEL_LOAD_FAILED` with what ONNX Runtime says.
 */
export async function createSession(path: string, threads: number): Promise<InferenceSession> {
  const onnxruntime = await import('onnxruntime-node')
  try {
    return await onnxruntime.InferenceSession.create(path, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      extra: { session: { intra_op: { spin_duration_us: SPIN_MICROSECONDS } } },
    })
  } catch (error) {
    throw toLoadError(error)
  }
}

export function toLoadError(error: unknown): GraphloomError {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `ONNX Runtime cannot load the model: ${reason.slice(0, 500)}`
  return new GraphloomError('MODEL_LOAD_FAILED', message, { cause: error })
}
