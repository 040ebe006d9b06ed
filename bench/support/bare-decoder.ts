import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** Measures one greedy text of the bundled chat model. */
export interface BareDecoder extends AsyncDisposable {
  /** Feeds the prompt, then decodes `count` tokens; the time is that of the decoding alone. */
  decode(promptTokenIds: readonly number[], count: number): Promise<{ tokens: number[]; decodeMs: number }>
}

const LAYERS = 30
const HEADS = 3
const HEAD_SIZE = 64
const GROWTH_TOKENS = 256

/**
 * The shortest loop that decodes on the bundled SmolLM2 graph with onnxruntime-node: no process, no sampling but the
 * likeliest token, no text. What a stream through the server is measured against.
 */
export async function openBareDecoder(modelFolder: string, threads: number): Promise<BareDecoder> {
  const session = await InferenceSession.create(join(modelFolder, 'onnx/model_quantized.onnx'), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { spin_duration_us: '20' } } },
  })
  return {
    decode: async (promptTokenIds, count) => {
      const step = createCachedStep(session, promptTokenIds.length + count)
      let token = await step(promptTokenIds)
      const tokens = [token]
      const startedAt = performance.now()
      while (tokens.length <= count) tokens.push((token = await step([token])))
      return { tokens, decodeMs: performance.now() - startedAt }
    },
    [Symbol.asyncDispose]: () => session.release(),
  }
}

function createCachedStep(
  session: InferenceSession,
  totalTokens: number,
): (tokens: readonly number[]) => Promise<number> {
  const capacity = Math.ceil(totalTokens / GROWTH_TOKENS) * GROWTH_TOKENS
  const names = Array.from({ length: LAYERS }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat()
  const caches = names.map(() => new Float32Array(HEADS * capacity * HEAD_SIZE))
  const feeds: Record<string, Tensor> = { num_logits_to_keep: new Tensor('int64', BigInt64Array.of(1n), []) }
  names.forEach((name, i) => {
    feeds[`past_key_values.${name}`] = new Tensor('float32', caches[i]!, [1, HEADS, capacity, HEAD_SIZE])
  })
  const fetches = ['logits', ...names.map((name) => `new.${name}`)]
  let length = 0
  return async (tokens) => {
    const total = length + tokens.length
    feeds['input_ids'] = new Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length])
    feeds['attention_mask'] = new Tensor('int64', new BigInt64Array(total).fill(1n), [1, total])
    const results = await session.run(feeds, fetches)
    names.forEach((name, part) => {
      const fresh = results[`new.${name}`]!.data as Float32Array
      for (let head = 0; head < HEADS; head++)
        for (let i = 0; i < tokens.length; i++) {
          const from = (i * HEADS + head) * HEAD_SIZE
          caches[part]!.set(fresh.subarray(from, from + HEAD_SIZE), (head * capacity + length + i) * HEAD_SIZE)
        }
    })
    length = total
    const logits = results['logits']!.data as Float32Array
    let best = 0
    for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i
    return best
  }
}
