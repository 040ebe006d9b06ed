import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CallContext } from '../child-process/serve-parent.js'
import { Classifier } from './classifier.js'
import { Embedder } from './embedder.js'
import { readModelFolder, type ModelFolder } from './model-folder.js'
import { readGraphSignatureHere } from './onnx-graph.js'
import type { RunMeter } from './run-meter.js'
import type { CallParams, CallResult, LoadParams, RunnerCall } from './runner-protocol.js'
import { openTokenGraph } from './token-graph.js'
import { warmingRequest } from './token-rows.js'

export type ModelCalls = {
  readonly [K in RunnerCall]?: (params: CallParams<K>, context: CallContext) => Promise<CallResult<K>>
}

/** A model in memory. It has the call that its task is for. */
export interface LoadedModel extends ModelCalls {
  /** By which interface ONNX Runtime is called. */
  readonly binding: string
  /**
   * Runs it once, with its last token, which shows that it knows as many as its configuration says: the first caller
   * does not wait for what is done on first use.
   */
  warm(): Promise<void>
}

interface Loading extends LoadParams {
  readonly model: ModelFolder
  readonly graphFile: string
  readonly meter: RunMeter
}

/** @throws GraphloomError `MODEL_LOAD_FAILED`, or `INVALID_INPUT` that names the file that is missing or wrong. */
export async function loadModel(params: LoadParams, meter: RunMeter): Promise<LoadedModel> {
  const { folder, graphFile } = params.files
  const model = await readModelFolder(folder, { graphFile })
  const loading = { ...params, model, meter, graphFile: join(folder, model.weights.graphFile) }
  if (model.task === 'CHAT') return loadText({ ...loading, folder })
  if (model.task === 'TENSOR') return loadTensorModel(loading)
  return loadSequenceModel(loading)
}

/** The code for it is large: it is imported only where it is used. */
async function loadText(loading: Loading & { readonly folder: string }): Promise<LoadedModel> {
  const { openDecoderSession } = await import('./open-decoder-session.js')
  const { graphFile, threads, model, generation } = loading
  const { contextTokens } = model
  const opening = openDecoderSession({ graphFile, threads, contextTokens, ...generation })
  opening.catch(() => undefined)
  // The session is being created before more code is loaded.
  await nextTurn()
  const { loadTextModel } = await import('./text-model.js')
  return loadTextModel({ ...loading, opening })
}

async function loadSequenceModel(loading: Loading): Promise<LoadedModel> {
  const { model, graphFile, threads, generation, limits, meter } = loading
  const graph = await openTokenGraph({ graphFile, threads, native: generation.native })
  const shared = { graph, model, limits, meter }
  const warming = warmingRequest(model)
  const never = new AbortController().signal
  if (model.vectors) {
    const embedder = new Embedder({ ...shared, rules: model.vectors })
    return {
      binding: graph.binding,
      embed: async ({ tokenIds, dimensions, tenantId, priority }, { signal }) => {
        const sequences = tokenIds.map((ids) => ({ ids, typeIds: null }))
        const { results, ...run } = await embedder.embed({ sequences, tenantId, priority }, dimensions, signal)
        return { vectors: results, ...run }
      },
      warm: async () => {
        await embedder.embed(warming, undefined, never)
      },
    }
  }
  const classifier = new Classifier({ ...shared, activation: model.activation ?? 'softmax' })
  return {
    binding: graph.binding,
    classify: async (request, { signal }) => {
      const { results, ...run } = await classifier.classify(request, signal)
      return { scores: results, ...run }
    },
    warm: async () => {
      await classifier.classify(warming, never)
    },
  }
}

async function loadTensorModel({ graphFile, threads, meter }: Loading): Promise<LoadedModel> {
  // onnxruntime-node is used by no other model where the C API is there.
  const [{ TensorGraph }, { createSession }] = await Promise.all([
    import('./tensor-graph.js'),
    import('./onnx-session.js'),
  ])
  const { inputs } = await readGraphSignatureHere(graphFile)
  const graph = new TensorGraph({ session: await createSession(graphFile, threads), inputs, meter })
  return {
    binding: 'onnxruntime-node',
    infer: async (params, { signal }) => {
      const { results, ...run } = await graph.infer(params, signal)
      return { outputs: results[0] ?? [], ...run }
    },
    warm: () => graph.warm(),
  }
}
