import type { GenerationSettings } from '../../domain/prediction.js'
import { uniformAt } from './philox.js'
import {
  gatherTokens,
  keep,
  limitCandidates,
  selectLikeliest,
  type Candidates,
  type Limit,
  type Scores,
} from './token-selection.js'

export type SamplingSettings = Pick<
  GenerationSettings,
  'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty' | 'presencePenalty' | 'frequencyPenalty' | 'logitBias'
>

export interface Draw {
  /** At least 0, below 2⁵³. */
  readonly seed: number
  /** Which token of the answer it is, from 0. */
  readonly position: number
  /** Tokens of prompt and answer so far. */
  readonly seen: ReadonlySet<number>
  /** How often the answer has each of its tokens. */
  readonly counts: ReadonlyMap<number, number>
}

/**
 * Chooses a token from logits by bias, repetition, presence and frequency penalty, temperature, topK, topP and minP, in
 * this order (that of Hugging Face's generation), and then the draw for `position`. Temperature 0 takes the likeliest; ties go to the lowest id.
 * The same arguments give the same token. Bias and penalties change `logits`.
 */
export function sampleToken(logits: Float32Array, settings: SamplingSettings, draw: Draw): number {
  const { temperature } = settings
  for (const { tokenId, bias } of settings.logitBias) if (tokenId < logits.length) logits[tokenId]! += bias
  penalise(logits, settings.repetitionPenalty, draw.seen)
  penaliseRepeated(logits, settings, draw.counts)
  const best = argmax(logits)
  if (temperature === 0) return best
  const candidates = selectCandidates({ logits, max: logits[best]!, temperature }, settings)
  return drawFrom(candidates, uniformAt(draw.seed, draw.position)) ?? best
}

/** Keskar et al., "CTRL" (2019): positive logits of seen tokens are divided by the penalty, negative multiplied. */
function penalise(logits: Float32Array, penalty: number, seen: ReadonlySet<number>): void {
  if (penalty === 1) return
  for (const id of seen) {
    const logit = logits[id]
    if (logit !== undefined) logits[id] = logit > 0 ? logit / penalty : logit * penalty
  }
}

/** OpenAI's formula: presence once, frequency for each time that the answer has the token. */
function penaliseRepeated(
  logits: Float32Array,
  { presencePenalty, frequencyPenalty }: Pick<SamplingSettings, 'presencePenalty' | 'frequencyPenalty'>,
  counts: ReadonlyMap<number, number>,
): void {
  if (presencePenalty === 0 && frequencyPenalty === 0) return
  for (const [id, count] of counts) logits[id]! -= presencePenalty + frequencyPenalty * count
}

/** The place of the highest value, the first of equals. */
export function argmax(values: Float32Array): number {
  let best = 0
  let max = values[0]!
  // Four at a time: hardly any of them is higher, and this is the longest loop of a step.
  for (let i = 0; i < values.length; i += 4) {
    if (!(values[i]! > max || values[i + 1]! > max || values[i + 2]! > max || values[i + 3]! > max)) continue
    for (let k = i; k < i + 4 && k < values.length; k++) {
      if (!(values[k]! > max)) continue
      max = values[k]!
      best = k
    }
  }
  return best
}

/**
 * The tokens that the settings leave, in order of id. topP counts the mass of what topK left; minP is relative to the
 * likeliest token.
 */
export function selectCandidates(
  scores: Scores,
  { topK, topP, minP }: Pick<SamplingSettings, 'topK' | 'topP' | 'minP'>,
): Candidates {
  const farthest = minP > 0 ? -Math.log(minP) : Infinity
  const limits: Limit[] = []
  if (topK > 0 && topK < scores.logits.length) limits.push({ count: topK })
  if (topP < 1) limits.push({ mass: topP })
  const [first, second] = limits
  if (!first) return gatherTokens(scores, farthest)
  const likeliest = selectLikeliest(scores, first)
  const limited = second ? limitCandidates(likeliest, second) : likeliest
  return minP > 0 ? keep(limited, (distance) => distance <= farthest) : limited
}

/** The first candidate at which the added weights exceed the share `target` of their sum. */
function drawFrom({ ids, distances }: Candidates, target: number): number | undefined {
  const weights = new Float64Array(ids.length)
  let total = 0
  for (let i = 0; i < weights.length; i++) total += weights[i] = Math.exp(-distances[i]!)
  let left = target * total
  let last: number | undefined
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue
    last = ids[i]
    left -= weights[i]!
    if (left < 0) break
  }
  return last
}
