interface Relevant {
  readonly score: number
  readonly vector: Float32Array
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein, 1998): one after the other, the item of the largest
 * lambda × relevance − (1 − lambda) × its largest cosine with those that were taken. Relevance is the score, brought to
 * 0 for the lowest and 1 for the highest; of equal ones the earlier is taken.
 * Gives the places of at most `count` items, in the order in which they are taken.
 */
export function diversify(items: readonly Relevant[], lambda: number, count: number): number[] {
  const scores = items.map(({ score }) => score)
  const lowest = scores.reduce((least, score) => Math.min(least, score), Infinity)
  const range = scores.reduce((most, score) => Math.max(most, score), -Infinity) - lowest
  const norms = items.map(({ vector }) => Math.sqrt(dot(vector, vector)) || 1)
  const closest = items.map(() => -1)
  const taken: number[] = []
  const left = new Set(items.keys())
  while (taken.length < count && left.size > 0) {
    let best = -1
    let bestValue = -Infinity
    for (const i of left) {
      const relevance = range === 0 ? 1 : (scores[i]! - lowest) / range
      const value = lambda * relevance - (taken.length === 0 ? 0 : (1 - lambda) * closest[i]!)
      if (value > bestValue) [best, bestValue] = [i, value]
    }
    left.delete(best)
    taken.push(best)
    for (const i of left) {
      const cosine = dot(items[i]!.vector, items[best]!.vector) / (norms[i]! * norms[best]!)
      closest[i] = Math.max(closest[i]!, cosine)
    }
  }
  return taken
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
