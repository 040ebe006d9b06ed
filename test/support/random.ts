/** Numbers from 0 to below 1 that depend on the seed only (xorshift32, G. Marsaglia, 2003). */
export function createRandom(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 0x1_0000_0000
  }
}
