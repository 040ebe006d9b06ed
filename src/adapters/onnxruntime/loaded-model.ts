import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { GraphloomError } from '../../kernel/errors.js'
import type { EmbedResult, GenerationResult } from '../../ports/model-runtime.js'
import type { CallContext } from '../child-process/serve-parent.js'
import { loadDetokenizer } from '../transformers/detokenizer.js'
import { DeltaSender } from './delta-sender.js'
import { Embedder } from './embedder.js'
import { readModelFolder, type ModelFolder } from './model-folder.js'
import { createOnnxDecoderSession } from './onnx-decoder-session.js'
import type { EmbedParams, GenerateParams, LoadParams } from './runner-protocol.js'
import { SequenceLoop } from './sequence-loop.js'
import { TextSequence } from './text-sequence.js'

/**
 * How long an idle thread of a run spins for its next piece of work, which within a run comes in a few microseconds.
 * On free cores that is as quick as spinning for longer and a fifth quicker than not spinning; on cores that others
 * want it takes hardly more of their time than not spinning.
 */
const SPIN_MICROSECONDS = '20'

/** A model in memory. It has the call that its task is for. */
export interface LoadedModel {
  readonly generate?: (params: GenerateParams, context: CallContext) => Promise<GenerationResult>
  readonly embed?: (params: EmbedParams, context: CallContext) => Promise<EmbedResult>
  /** Runs it once, so that the first caller does not wait for what is done on first use. */
  warm(): Promise<void>
}

/** @throws GraphloomError `MODEL_LOAD_FAILED`, or `INVALID_INPUT` that names the file that is missing or wrong. */
export async function loadModel({ files, threads, maxSequences }: LoadParams): Promise<LoadedModel> {
  const model = await readModelFolder(files.folder)
  const session = await createSession(join(files.folder, model.weights.graphFile), threads)
  return model.task === 'CHAT'
    ? createTextModel(session, model, { folder: files.folder, maxSequences })
    : createEmbeddingModel(session, model)
}

async function createTextModel(
  session: InferenceSession,
  { eosTokenIds, contextTokens, vocabularySize }: ModelFolder,
  { folder, maxSequences }: { readonly folder: string; readonly maxSequences: number },
): Promise<LoadedModel> {
  const decoder = createOnnxDecoderSession(session, Tensor)
  const detokenizer = await loadDetokenizer(folder)
  const text = { session: decoder, detokenizer, eosTokenIds, contextTokens, vocabularySize }
  const loop = new SequenceLoop(maxSequences)
  return {
    generate: async (request, { emit, signal }) => {
      const deltas = new DeltaSender(emit)
      const result = await loop.run(new TextSequence(text, request, deltas.add), signal)
      await deltas.flush()
      return result
    },
    warm: async () => {
      const state = decoder.createState()
      await decoder.advance(state, [0, 0])
      await decoder.advance(state, [0])
    },
  }
}

function createEmbeddingModel(session: InferenceSession, model: ModelFolder): LoadedModel {
  const embedder = new Embedder({ session, TensorType: Tensor, pooling: model.pooling ?? 'mean', model })
  return {
    embed: async ({ tokenIds }, { signal }) => {
      const startedAt = performance.now()
      const vectors = await embedder.embed(tokenIds, signal)
      return { vectors, computeMs: performance.now() - startedAt }
    },
    warm: async () => {
      await embedder.embed([[0, 0]], new AbortController().signal)
    },
  }
}

async function createSession(path: string, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(path, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      extra: { session: { intra_op: { spin_duration_us: SPIN_MICROSECONDS } } },
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `ONNX Runtime cannot load the model: ${reason.slice(0, 500)}`
    throw new GraphloomError('MODEL_LOAD_FAILED', message, { cause: error })
  }
}
