import { join } from 'node:path'
import type { EmbedResult, GenerationResult } from '../../ports/model-runtime.js'
import type { CallContext } from '../child-process/serve-parent.js'
import { Embedder } from './embedder.js'
import { readModelFolder } from './model-folder.js'
import type { RunMeter } from './run-meter.js'
import type { EmbedParams, GenerateParams, LoadParams } from './runner-protocol.js'
import { loadTextModel } from './text-model.js'
import { openTokenGraph } from './token-graph.js'

/** A model in memory. It has the call that its task is for. */
export interface LoadedModel {
  /** By which interface ONNX Runtime is called. */
  readonly binding: string
  readonly generate?: (params: GenerateParams, context: CallContext) => Promise<GenerationResult>
  readonly embed?: (params: EmbedParams, context: CallContext) => Promise<EmbedResult>
  /**
   * Runs it once, with its last token, which shows that it knows as many as its configuration says: the first caller
   * does not wait for what is done on first use.
   */
  warm(): Promise<void>
}

/** @throws GraphloomError `MODEL_LOAD_FAILED`, or `INVALID_INPUT` that names the file that is missing or wrong. */
export async function loadModel(params: LoadParams, meter: RunMeter): Promise<LoadedModel> {
  const { files, threads, generation, limits } = params
  const model = await readModelFolder(files.folder)
  if (model.task === 'CHAT') return loadTextModel({ model, folder: files.folder, threads, limits, generation, meter })
  const graphFile = join(files.folder, model.weights.graphFile)
  const graph = await openTokenGraph({ graphFile, threads, native: generation.native })
  const embedder = new Embedder({ graph, pooling: model.pooling ?? 'mean', model, limits, meter })
  return { ...createEmbeddingModel(embedder, model.vocabularySize), binding: graph.binding }
}

function createEmbeddingModel(embedder: Embedder, vocabularySize: number): Omit<LoadedModel, 'binding'> {
  return {
    embed: async ({ tokenIds, tenantId, priority }, { signal }) => {
      const { results, ...run } = await embedder.embed({ sequences: tokenIds, tenantId, priority }, signal)
      return { vectors: results, ...run }
    },
    warm: async () => {
      await embedder.embed(
        { sequences: [[0, vocabularySize - 1]], tenantId: '', priority: 5 },
        new AbortController().signal,
      )
    },
  }
}
