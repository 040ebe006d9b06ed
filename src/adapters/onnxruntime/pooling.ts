import type { Pooling } from './sentence-modules.js'

/** One text's vector from the states of its tokens (`size` components each, one after the other). */
export function poolTokens(states: Float32Array, size: number, pooling: Pooling): Float64Array {
  if (pooling === 'cls') return Float64Array.from(states.subarray(0, size))
  if (pooling === 'lasttoken') return Float64Array.from(states.subarray(-size))
  const sum = new Float64Array(size)
  for (let at = 0; at < states.length; at += size) for (let i = 0; i < size; i++) sum[i]! += states[at + i]!
  const count = states.length / size
  return sum.map((value) => value / count)
}

/** The vector brought to length 1; one of zeros stays as it is. */
export function normalize(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((total, value) => total + value * value, 0))
  return length === 0 ? vector : vector.map((value) => value / length)
}
