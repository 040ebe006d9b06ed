import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node'

/** Keys and values of one token: so many heads of so many components in each named part (`<layer>.<key|value>`). */
export interface CacheShape {
  readonly names: readonly string[]
  readonly heads: number
  readonly headSize: number
  /** Element type as ONNX Runtime calls it. */
  readonly type: Tensor.Type
}

/** Keys and values of one sequence. */
export interface KeyValueCache {
  /** Outputs of a run that it needs. */
  readonly outputNames: readonly string[]
  /** Makes room for `total` tokens, of which `length` are there. */
  reserve(total: number, length: number): void
  feed(feeds: Record<string, Tensor>): void
  /** Takes up what a run gave for `count` tokens after the first `length`. */
  take(results: InferenceSession.OnnxValueMapType, length: number, count: number): void
}

/** Room grows by so many tokens: its size costs time on every run. */
const GROWTH_TOKENS = 256

/** Owns its arrays `[1, heads, capacity, headSize]` and appends the new tokens' keys and values (`new.*`). */
export function createAppendedCache(TensorType: TensorConstructor, shape: CacheShape): KeyValueCache {
  const { names, heads, headSize } = shape
  let capacity = 0
  let parts: { readonly data: Float32Array; readonly tensor: Tensor }[] = []
  return {
    outputNames: names.map((name) => `new.${name}`),
    reserve: (total, length) => {
      if (total <= capacity) return
      const wider = Math.ceil(total / GROWTH_TOKENS) * GROWTH_TOKENS
      parts = names.map((_, part) => {
        const data = new Float32Array(heads * wider * headSize)
        const old = parts[part]?.data
        for (let head = 0; old && head < heads; head++) {
          const from = head * capacity * headSize
          data.set(old.subarray(from, from + length * headSize), head * wider * headSize)
        }
        return { data, tensor: new TensorType('float32', data, [1, heads, wider, headSize]) }
      })
      capacity = wider
    },
    feed: (feeds) => {
      parts.forEach(({ tensor }, part) => (feeds[`past_key_values.${names[part]!}`] = tensor))
    },
    take: (results, length, count) => {
      parts.forEach(({ data }, part) => {
        const fresh = (results[`new.${names[part]!}`] as Tensor).data as Float32Array
        for (let head = 0; head < heads; head++)
          for (let i = 0; i < count; i++) {
            const from = (i * heads + head) * headSize
            data.set(fresh.subarray(from, from + headSize), (head * capacity + length + i) * headSize)
          }
      })
    },
  }
}

/** Gives back on each run what the last one returned (`present.*`). */
export function createReturnedCache(TensorType: TensorConstructor, shape: CacheShape): KeyValueCache {
  const { names, heads, headSize, type } = shape
  const dims = [1, heads, 0, headSize]
  const empty = type === 'float16' ? new Uint16Array(0) : new Float32Array(0)
  let parts = names.map(() => new TensorType(type as 'float32', empty as Float32Array, dims) as Tensor)
  return {
    outputNames: names.map((name) => `present.${name}`),
    reserve: () => undefined,
    feed: (feeds) => {
      parts.forEach((tensor, part) => (feeds[`past_key_values.${names[part]!}`] = tensor))
    },
    take: (results) => {
      parts = names.map((name) => results[`present.${name}`] as Tensor)
    },
  }
}
