import { argmax } from './sampler.js'
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
  const scores = { logits, max: logits[argmax(logits)]!, temperature: 1 }
  let mass = 0
  for (let i = 0; i < logits.length; i++) mass += Math.exp(logits[i]! - scores.max)
  const logprobOf = (token: number): number => logits[token]! - scores.max - Math.log(mass)
  const likeliest = count > 0 ? Array.from(selectLikeliest(scores, { count }).ids) : []
  const alternatives = likeliest
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .map((token) => ({ id: token, logprob: logprobOf(token) }))
  return { logprob: logprobOf(id), alternatives }
}
