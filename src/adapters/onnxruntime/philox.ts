const M0 = 0xd2511f53
const M1 = 0xcd9e8d57
const W0 = 0x9e3779b9
const W1 = 0xbb67ae85
const ROUNDS = 10

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const carry = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0
}

/**
 * Philox4x32-10, a counter-based random generator: the output depends on counter and key alone (Salmon, Moraes, Dror,
 * Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011). All numbers are unsigned 32-bit.
 */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(M0, c0)
    const low0 = Math.imul(M0, c0) >>> 0
    const high1 = multiplyHigh(M1, c2)
    const low1 = Math.imul(M1, c2) >>> 0
    ;[c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0]
    k0 = (k0 + W0) >>> 0
    k1 = (k1 + W1) >>> 0
  }
  return [c0, c1, c2, c3]
}

/** The uniform number in [0, 1), with 53 random bits, for one position of the sequence that a seed (below 2⁵³) names. */
export function uniformAt(seed: number, position: number): number {
  const [high, low] = philox4x32([position >>> 0, 0, 0, 0], [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0])
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
}
