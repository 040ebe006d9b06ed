import { isErrorWithCode, type GraphloomError } from '../../kernel/errors.js'
import type { ModelDescription } from '../../ports/model-runtime.js'
import { readDecoderGraph } from './decoder-graph.js'
import { wrongFile } from './weights.js'

/** More than any model has; a file that says so is wrong. */
const MAX_CONTEXT_TOKENS = 2 ** 24
const STATES = 'last_hidden_state'

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
  if (model.task === 'TEXT_EMBEDDING' && model.embeddingDimensions !== null) {
    const size = model.outputs.find(({ name }) => name === STATES)?.shape.at(-1)
    if (typeof size === 'number' && size !== model.embeddingDimensions)
      throw differs('token vectors', size, model.embeddingDimensions)
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
