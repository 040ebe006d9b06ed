import { join } from 'node:path'
import type { ModelDescription } from '../../ports/model-runtime.js'
import { readModelFolder } from './model-folder.js'
import { readGraphSignature } from './onnx-graph.js'
import { wrongFile } from './weights.js'

/**
 * What the files of a model say about it, without its weights being loaded.
 * @throws GraphloomError `INVALID_INPUT` that names the file that is missing or wrong.
 */
export async function describeModel(folder: string): Promise<ModelDescription> {
  const { task, weights, contextTokens, embeddingDimensions } = await readModelFolder(folder)
  const { dtype, sizeBytes, graphFile } = weights
  try {
    const { inputs, outputs } = await readGraphSignature(join(folder, graphFile))
    return { task, dtype, sizeBytes, contextTokens, embeddingDimensions, inputs, outputs }
  } catch (error) {
    throw wrongFile(graphFile, `is no ONNX graph: ${error instanceof Error ? error.message : String(error)}`)
  }
}
