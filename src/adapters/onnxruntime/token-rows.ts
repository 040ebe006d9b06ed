import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { TensorDescription } from '../../domain/model.js'
import type { TokenSequence } from '../../ports/text-codec.js'
import type { ModelFolder } from './model-folder.js'
import type { TokenFeeds, TokenGraph } from './token-graph.js'

/** What the inputs of graphs in the layout of transformers.js have for a token; for those that fill a row up it is 0. */
const INPUTS: Readonly<Record<string, (sequence: TokenSequence, place: number) => number>> = {
  input_ids: ({ ids }, place) => ids[place]!,
  attention_mask: () => 1,
  token_type_ids: ({ typeIds }, place) => typeIds?.[place] ?? 0,
  position_ids: (_sequence, place) => place,
}

/**
 * Whether the graph takes tokens as transformers.js's graphs do and gives such an output.
 * @throws GraphloomError `MODEL_LOAD_FAILED` with what is different; `purpose` is what it is wanted for.
 */
export function checkTokenGraph(
  graph: TokenGraph,
  output: TensorDescription | null,
  purpose: string,
): TensorDescription {
  const problem = (what: string): GraphloomError =>
    new GraphloomError('MODEL_LOAD_FAILED', `The model cannot ${purpose} here: its graph ${what}.`)
  const odd = graph.inputs.find(({ name }) => !(name in INPUTS))
  if (odd) throw problem(`wants an input ${odd.name}`)
  const unlike = graph.inputs.find(({ type }) => type !== 'int64')
  if (unlike) throw problem(`wants ${unlike.name} as ${unlike.type}`)
  if (!output) throw problem('has no output for it')
  if (output.type !== 'float32') throw problem(`gives ${output.name} as ${output.type}`)
  return output
}

/** Rows of one width for a graph's inputs: shorter ones are filled up at their ends. */
export function toTokenFeeds(rows: readonly TokenSequence[], inputs: readonly TensorDescription[]): TokenFeeds {
  const width = Math.max(...rows.map(({ ids }) => ids.length))
  const fill = (valueOf: (sequence: TokenSequence, place: number) => number): BigInt64Array => {
    const values = createWholeNumbers(rows.length * width)
    rows.forEach((row, r) => {
      for (let place = 0; place < row.ids.length; place++) values[r * width + place] = BigInt(valueOf(row, place))
    })
    return values
  }
  const feeds = inputs.map(({ name }) => [name, fill(INPUTS[name]!)] as const)
  return { rows: rows.length, width, inputs: Object.fromEntries(feeds) }
}

/** Outside of the JavaScript heap, where small arrays may be moved. */
const createWholeNumbers = (count: number): BigInt64Array =>
  new BigInt64Array(new ArrayBuffer(count * BigInt64Array.BYTES_PER_ELEMENT))

/** @throws GraphloomError `INVALID_INPUT` for a sequence that is empty, too long or has tokens unknown to the model. */
export function checkSequences(
  sequences: readonly TokenSequence[],
  { contextTokens, vocabularySize }: Pick<ModelFolder, 'contextTokens' | 'vocabularySize'>,
): void {
  sequences.forEach(({ ids }, i) => {
    const path = `tokenIds.${i}`
    if (ids.length === 0) throw invalidInput(path, 'is empty.')
    if (ids.length > contextTokens)
      throw invalidInput(path, `has ${ids.length} tokens; the model takes at most ${contextTokens}.`)
    if (!ids.every((id) => Number.isInteger(id) && id >= 0 && id < vocabularySize))
      throw invalidInput(path, `has a token that is none of the model's ${vocabularySize}.`)
  })
}

/** What a model is run on before its first caller: its first token and its last, which has to be there. */
export const warmingRequest = ({ vocabularySize }: Pick<ModelFolder, 'vocabularySize'>) => ({
  sequences: [{ ids: [0, vocabularySize - 1], typeIds: null }],
  tenantId: '',
  priority: 5,
})
