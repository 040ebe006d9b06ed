import { allTokens, argmax, toDistances } from './sampler.js'
import { selectLikeliest } from './token-selection.js'

export interface TokenLogprob {
  readonly id: number
  readonly logprob: number
}

/**
 * Natural logarithms of probabilities by the softmax of raw logits: of one token, and of the `count` likeliest in order.
 */
export function toLogprobs(
  logits: Float32Array,
  id: number,
  count: number,
): { readonly logprob: number; readonly alternatives: readonly TokenLogprob[] } {
  const distances = toDistances(logits, logits[argmax(logits)]!, 1)
  let mass = 0
  for (let i = 0; i < distances.length; i++) mass += Math.exp(-distances[i]!)
  const logprobOf = (token: number): number => -distances[token]! - Math.log(mass)
  const likeliest = count > 0 ? selectLikeliest(allTokens(distances.length), distances, { count }) : []
  const alternatives = Array.from(likeliest)
    .sort((a, b) => distances[a]! - distances[b]! || a - b)
    .map((token) => ({ id: token, logprob: logprobOf(token) }))
  return { logprob: logprobOf(id), alternatives }
}
