import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node'
import { GraphloomError } from '../../kernel/errors.js'
import type { DecoderSession, DecoderState } from './decoder-session.js'
import { createAppendedCache, createReturnedCache, type CacheShape, type KeyValueCache } from './key-value-cache.js'

class OnnxDecoderState implements DecoderState {
  length = 0
  constructor(readonly cache: KeyValueCache) {}
}

const PAST = 'past_key_values.'
const KNOWN_INPUTS = new Set(['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep'])

/**
 * Drives a decoder graph in the layout of transformers.js through onnxruntime-node. Where the graph offers the new
 * tokens' keys and values (`new.<layer>.<key|value>`), those are fetched and appended to a cache of our own, because
 * every output fetched is copied; else the whole cache (`present.*`) is fetched and given back on the next run.
 * @throws GraphloomError `MODEL_LOAD_FAILED` when the graph has another layout.
 */
export function createOnnxDecoderSession(session: InferenceSession, TensorType: TensorConstructor): DecoderSession {
  const shape = readCacheShape(session)
  const createCache = selectCache(session, shape)
  const { outputNames } = createCache(TensorType, shape)
  const fetches = ['logits', ...outputNames]
  const inputs = new Set(session.inputNames)
  const int64 = (data: BigInt64Array, dims: number[]): Tensor => new TensorType('int64', data, dims)

  return {
    createState: () => new OnnxDecoderState(createCache(TensorType, shape)),
    advance: async (state, tokens) => {
      if (!(state instanceof OnnxDecoderState)) throw new TypeError('The state is of another session.')
      const { cache, length } = state
      const count = tokens.length
      const total = length + count
      const feeds: Record<string, Tensor> = {
        input_ids: int64(BigInt64Array.from(tokens, BigInt), [1, count]),
        attention_mask: int64(new BigInt64Array(total).fill(1n), [1, total]),
      }
      if (inputs.has('position_ids'))
        feeds['position_ids'] = int64(
          BigInt64Array.from(tokens, (_, i) => BigInt(length + i)),
          [1, count],
        )
      if (inputs.has('num_logits_to_keep')) feeds['num_logits_to_keep'] = int64(BigInt64Array.of(1n), [])
      cache.reserve(total, length)
      cache.feed(feeds)
      const results = await session.run(feeds, fetches)
      cache.take(results, length, count)
      state.length = total
      return lastRow(results['logits'] as Tensor)
    },
  }
}

function lastRow({ data, dims }: Tensor): Float32Array {
  const logits = data as Float32Array
  return logits.subarray(logits.length - dims[2]!)
}

function readCacheShape(session: InferenceSession): CacheShape {
  const names = session.inputNames.filter((name) => name.startsWith(PAST)).map((name) => name.slice(PAST.length))
  const odd = session.inputNames.find((name) => !KNOWN_INPUTS.has(name) && !name.startsWith(PAST))
  if (odd !== undefined) throw wrongGraph(`its graph wants an input ${odd}`)
  const metadata = session.inputMetadata.find((input) => input.name === `${PAST}${names[0] ?? ''}`)
  if (!metadata?.isTensor) throw wrongGraph('its graph has no key/value cache')
  const [, heads, , headSize] = metadata.shape
  if (typeof heads !== 'number' || typeof headSize !== 'number')
    throw wrongGraph('its graph does not tell the heads of its cache and their size')
  const logits = session.outputMetadata.find((output) => output.name === 'logits')
  if (!logits?.isTensor || logits.type !== 'float32') throw wrongGraph('its graph gives no logits as float32')
  return { names, heads, headSize, type: metadata.type }
}

function selectCache(session: InferenceSession, { names, type }: CacheShape): typeof createAppendedCache {
  const outputs = new Set(session.outputNames)
  if (type === 'float32' && names.every((name) => outputs.has(`new.${name}`))) return createAppendedCache
  if (names.every((name) => outputs.has(`present.${name}`))) return createReturnedCache
  throw wrongGraph('its graph does not give its keys and values')
}

const wrongGraph = (problem: string): GraphloomError =>
  new GraphloomError('MODEL_LOAD_FAILED', `The model cannot generate text here: ${problem}.`)
