import { invalidInput } from '../../../kernel/errors.js'
import { NO_TRAITS, type ModelVersionDocument } from '../../../domain/model.js'
import type { EmbeddingInputType } from '../../../domain/prediction.js'
import { INPUT_FIELDS, parseCount, parseTexts } from '../prediction-input.js'
import { callRunner, encodeTexts, toRunnerRequest, toRunOutcome, type KindDefinition } from './prediction-kind.js'

const PATH = INPUT_FIELDS.EMBEDDING

/** Vectors of texts. */
export const embedding: KindDefinition<'EMBEDDING'> = {
  task: 'TEXT_EMBEDDING',
  parse: ({ texts, inputType, dimensions }) => {
    const size = parseCount(dimensions, `${PATH}.dimensions`)
    return {
      kind: 'EMBEDDING',
      texts: parseTexts(texts, `${PATH}.texts`),
      ...(inputType && { inputType }),
      ...(size !== null && { dimensions: size }),
    }
  },
  encode: async ({ texts, inputType, dimensions }, context) => {
    if (dimensions !== undefined) checkDimensions(context.version, dimensions)
    const prompt = promptOf(context.version, inputType)
    return encodeTexts(prompt === '' ? texts : texts.map((text) => prompt + text), `${PATH}.texts`, context)
  },
  run: async ({ dimensions }, context) => {
    const tokenIds = context.sequences.map(({ ids }) => ids)
    const request = { ...toRunnerRequest(context), tokenIds, ...(dimensions !== undefined && { dimensions }) }
    const result = await callRunner(context, (runner, signal) => runner.embed(request, signal))
    const vectors = result.vectors.map((vector) => Array.from(vector))
    return toRunOutcome({ kind: 'EMBEDDING', vectors }, result, context)
  },
  countInferences: (output) => (output.kind === 'EMBEDDING' ? output.vectors.length : 0),
}

/** What the model wants before a text of this kind. */
function promptOf({ traits }: ModelVersionDocument, inputType: EmbeddingInputType | undefined): string {
  const { query, document, other } = (traits ?? NO_TRAITS).prompts
  if (inputType === undefined) return other
  return inputType === 'QUERY' ? query : document
}

function checkDimensions({ embeddingDimensions, traits }: ModelVersionDocument, dimensions: number): void {
  const whole = embeddingDimensions ?? 0
  const allowed = (traits ?? NO_TRAITS).shorterDimensions.filter((size) => size < whole)
  if (dimensions === whole || allowed.includes(dimensions)) return
  const sizes = [...allowed, whole].join(', ')
  throw invalidInput(`${PATH}.dimensions`, `is ${dimensions}; the model’s vectors can have ${sizes}.`)
}
