import { isErrorWithCode, type GraphloomError } from '../../kernel/errors.js'
import type { ModelDescription } from '../../ports/model-runtime.js'
import { readDecoderGraph } from './decoder-graph.js'
import { findOddInput } from './token-rows.js'
import { findVectors } from './vector-output.js'
import { wrongFile } from './weights.js'

/** More than any model has; a file that says so is wrong. */
const MAX_CONTEXT_TOKENS = 2 ** 24
const LOGITS = 'logits'

/**
 * Compares a graph's inputs and outputs with what its model's task needs and its configuration says.
 * @throws GraphloomError `INVALID_INPUT` that names the graph.
 */
export function checkGraph(model: ModelDescription, graphFile: string, vocabularySize: number): void {
  if (model.contextTokens > MAX_CONTEXT_TOKENS)
    throw wrongFile('config.json', `says that it takes ${model.contextTokens} tokens`)
  const differs = (what: string, actual: number, told: number): GraphloomError =>
    wrongFile(graphFile, `has ${what} of ${actual}, where config.json says ${told}`)
  if (model.task === 'CHAT') {
    const { vocabularySize: actual } = inGraph(graphFile, () => readDecoderGraph(model))
    if (actual !== vocabularySize) throw differs('a vocabulary', actual, vocabularySize)
  }
  const odd = model.task === 'CHAT' || model.task === 'TENSOR' ? null : findOddInput(model.inputs)
  if (odd !== null) throw wrongFile(graphFile, odd)
  if (model.task === 'TEXT_EMBEDDING' && model.embeddingDimensions !== null) {
    const vectors = findVectors(model.outputs)
    if (!vectors) throw wrongFile(graphFile, 'gives no vectors of tokens or texts')
    const size = vectors.shape.at(-1)
    if (typeof size === 'number' && size !== model.embeddingDimensions)
      throw differs('token vectors', size, model.embeddingDimensions)
  }
  if (model.traits.labels.length > 0) {
    const logits = model.outputs.find(({ name }) => name === LOGITS)
    if (!logits) throw wrongFile(graphFile, `gives no ${LOGITS}`)
    const count = logits.shape.at(-1)
    if (typeof count === 'number' && count !== model.traits.labels.length)
      throw differs('labels', count, model.traits.labels.length)
  }
}

function inGraph<T>(graphFile: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!isErrorWithCode(error, 'MODEL_LOAD_FAILED')) throw error
    throw wrongFile(graphFile, `does not fit: ${error.message.replace(/\.$/, '')}`)
  }
}
