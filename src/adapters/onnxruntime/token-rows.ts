import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { TensorDescription } from '../../domain/model.js'
import type { TokenSequence } from '../../ports/text-codec.js'
import type { ModelFolder } from './model-folder.js'
import type { TokenFeeds, TokenGraph, TokenTensor } from './token-graph.js'

/** What the inputs of graphs in the layout of transformers.js have for a token; for those that fill a row up it is 0. */
const INPUTS: Readonly<Record<string, (sequence: TokenSequence, place: number) => number>> = {
  input_ids: ({ ids }, place) => ids[place]!,
  attention_mask: () => 1,
  token_type_ids: ({ typeIds }, place) => typeIds?.[place] ?? 0,
  position_ids: (_sequence, place) => place,
}

/** Decoders take keys and values of earlier tokens too, of which there are none here. */
const CACHE = 'past_key_values.'

/** What of a graph's inputs is unlike those of transformers.js's graphs; null when nothing is. */
export function findOddInput(inputs: readonly TensorDescription[]): string | null {
  for (const { name, type, shape } of inputs) {
    const isCache = name.startsWith(CACHE)
    const isKnown = isCache ? typeof shape[1] === 'number' && typeof shape[3] === 'number' : name in INPUTS
    if (!isKnown) return `wants an input ${name}`
    if (type !== (isCache ? 'float32' : 'int64')) return `wants ${name} as ${type}`
  }
  return null
}

/**
 * The output, where the graph gives it as floats and takes tokens as transformers.js's graphs do.
 * @throws GraphloomError `MODEL_LOAD_FAILED` with what is different; `purpose` is what it is wanted for.
 */
export function requireOutput<T extends TensorDescription>(graph: TokenGraph, output: T | null, purpose: string): T {
  const problem = (what: string): GraphloomError =>
    new GraphloomError('MODEL_LOAD_FAILED', `The model cannot ${purpose} here: its graph ${what}.`)
  const odd = findOddInput(graph.inputs)
  if (odd !== null) throw problem(odd)
  if (!output) throw problem('has no output for it')
  if (output.type !== 'float32') throw problem(`gives ${output.name} as ${output.type}`)
  return output
}

/** Rows of one width for a graph's inputs: shorter ones are filled up at their ends. A cache is there, but empty. */
export function fillRows(rows: readonly TokenSequence[], inputs: readonly TensorDescription[]): TokenRows {
  const width = Math.max(...rows.map(({ ids }) => ids.length))
  const dims = [rows.length, width]
  const feeds = inputs.map(({ name, shape }): readonly [string, TokenTensor] => {
    const valueOf = INPUTS[name]
    if (!valueOf) return [name, { data: EMPTY_CACHE, dims: [rows.length, Number(shape[1]), 0, Number(shape[3])] }]
    const data = createWholeNumbers(rows.length * width)
    rows.forEach((row, r) => {
      for (let place = 0; place < row.ids.length; place++) data[r * width + place] = BigInt(valueOf(row, place))
    })
    return [name, { data, dims }]
  })
  return { width, feeds: Object.fromEntries(feeds) }
}

export interface TokenRows {
  /** Tokens of the longest row. */
  readonly width: number
  readonly feeds: TokenFeeds
}

/** Its first element is not looked at: ONNX Runtime wants an address also of what has no elements. */
const EMPTY_CACHE = new Float32Array(new ArrayBuffer(Float32Array.BYTES_PER_ELEMENT))

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
