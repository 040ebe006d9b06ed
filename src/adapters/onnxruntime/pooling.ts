import type { Pooling } from './model-folder.js'

/** One text's vector, of length 1, from the states of its tokens (`size` components each, one after the other). */
export function poolTokens(states: Float32Array, size: number, pooling: Pooling): Float32Array {
  const vector = new Float64Array(size)
  const used = pooling === 'cls' ? size : states.length
  for (let at = 0; at < used; at += size) for (let i = 0; i < size; i++) vector[i]! += states[at + i]!
  // The mean's divisor does not matter: the vector is brought to length 1.
  const length = Math.sqrt(vector.reduce((total, value) => total + value * value, 0))
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length))
}
