import { GraphloomError } from '../../kernel/errors.js'
import type { TensorDescription } from '../../domain/model.js'
import type { CacheShape } from './key-value-rows.js'
import type { GraphSignature } from './onnx-graph.js'

/** What a decoder graph in the layout of transformers.js takes and gives. */
export interface DecoderGraph {
  readonly cache: CacheShape
  /** Element type of the cache, as ONNX calls it. */
  readonly cacheType: string
  readonly vocabularySize: number
  readonly takesPositions: boolean
  readonly takesLogitsCount: boolean
  /**
   * Whether it gives the new tokens' keys and values (`new.*`) and reads no more of its cache than is attended, so that
   * a cache may be longer than its content and several rows of different lengths share a run.
   */
  readonly hasRoomyCache: boolean
}

const PAST = 'past_key_values.'
const KNOWN_INPUTS = new Set(['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep'])

/** @throws GraphloomError `MODEL_LOAD_FAILED` when the graph has another layout. */
export function readDecoderGraph({ inputs, outputs }: GraphSignature): DecoderGraph {
  const names = inputs.filter(isPast).map(({ name }) => name.slice(PAST.length))
  const odd = inputs.find((input) => !KNOWN_INPUTS.has(input.name) && !isPast(input))
  if (odd) throw wrongGraph(`its graph wants an input ${odd.name}`)
  const past = inputs.find(isPast)
  if (!past) throw wrongGraph('its graph has no key/value cache')
  const [, heads, , headSize] = past.shape
  if (typeof heads !== 'number' || typeof headSize !== 'number')
    throw wrongGraph('its graph does not tell the heads of its cache and their size')
  if (past.type !== 'float32' && past.type !== 'float16') throw wrongGraph(`its cache is of type ${past.type}`)
  const logits = outputs.find(({ name }) => name === 'logits')
  if (logits?.type !== 'float32') throw wrongGraph('its graph gives no logits as float32')
  const vocabularySize = logits.shape[2]
  if (typeof vocabularySize !== 'number') throw wrongGraph('its graph does not tell the size of its logits')
  const given = new Set(outputs.map(({ name }) => name))
  const missing = names.find((name) => !given.has(`present.${name}`))
  if (missing !== undefined) throw wrongGraph(`its graph does not give present.${missing}`)
  const takes = (name: string): boolean => inputs.some((input) => input.name === name)
  return {
    cache: { names, heads, headSize },
    cacheType: past.type,
    vocabularySize,
    takesPositions: takes('position_ids'),
    takesLogitsCount: takes('num_logits_to_keep'),
    hasRoomyCache: past.type === 'float32' && names.every((name) => given.has(`new.${name}`)),
  }
}

const isPast = ({ name }: TensorDescription): boolean => name.startsWith(PAST)

const wrongGraph = (problem: string): GraphloomError =>
  new GraphloomError('MODEL_LOAD_FAILED', `The model cannot generate text here: ${problem}.`)
