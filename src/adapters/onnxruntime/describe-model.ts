import { join } from 'node:path'
import { isTensorType } from '../../domain/tensor.js'
import type { ModelDescription } from '../../ports/model-runtime.js'
import { readModelFolder, type ModelFolder } from './model-folder.js'
import { readGraphSignature, type GraphSignature } from './onnx-graph.js'
import { findVectors } from './vector-output.js'
import { wrongFile } from './weights.js'

/**
 * What the files of a model say about it, without its weights being loaded.
 * @throws GraphloomError `INVALID_INPUT` that names the file that is missing or wrong.
 */
export async function describeModel(folder: string, graphFile?: string): Promise<ModelDescription> {
  const model = await readModelFolder(folder, { graphFile })
  const { task, weights, contextTokens, traits } = model
  const { dtype, sizeBytes } = weights
  const { inputs, outputs } = await readSignature(folder, weights.graphFile)
  const odd = [...inputs, ...outputs].find(({ type }) => !isTensorType(type))
  if (task === 'TENSOR' && odd)
    throw wrongFile(weights.graphFile, `has ${odd.name} of type ${odd.type}, which cannot be given or got`)
  const embeddingDimensions = task === 'TEXT_EMBEDDING' ? requireDimensions(model, { inputs, outputs }) : null
  return { task, dtype, sizeBytes, contextTokens, embeddingDimensions, inputs, outputs, traits }
}

async function readSignature(folder: string, graphFile: string): Promise<GraphSignature> {
  try {
    return await readGraphSignature(join(folder, graphFile))
  } catch (error) {
    throw wrongFile(graphFile, `is no ONNX graph: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** What the graph gives for a text, where it pools by itself; else the size of the tokens' vectors. */
function requireDimensions({ embeddingDimensions }: ModelFolder, { outputs }: GraphSignature): number {
  const vectors = findVectors(outputs)
  const size = vectors?.shape.at(-1)
  const given = typeof size === 'number' ? size : null
  const dimensions = vectors?.isPooled ? (given ?? embeddingDimensions) : (embeddingDimensions ?? given)
  if (dimensions === null) throw wrongFile('config.json', 'has no hidden_size')
  return dimensions
}
