import type { GenerationSettings } from '../../domain/prediction.js'
import { uniformAt } from './philox.js'
import { selectLikeliest } from './token-selection.js'

export type SamplingSettings = Pick<GenerationSettings, 'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty'>

export interface Draw {
  /** At least 0, below 2⁵³. */
  readonly seed: number
  /** Which token of the answer it is, from 0. */
  readonly position: number
  /** Tokens of prompt and answer so far. */
  readonly seen: ReadonlySet<number>
}

/** Chooses tokens. What it needs of memory it keeps: it is as long as the vocabulary. */
export class Sampler {
  #distances = new Float64Array(0)
  #ids = new Int32Array(0)

  /**
   * Chooses a token from logits by repetition penalty, temperature, topK, topP and minP, in this order (that of Hugging
   * Face's generation), and then the draw for `position`. Temperature 0 takes the likeliest; ties go to the lowest id.
   * The same arguments give the same token. The penalty changes `logits`.
   */
  sample(logits: Float32Array, settings: SamplingSettings, draw: Draw): number {
    penalise(logits, settings.repetitionPenalty, draw.seen)
    const best = argmax(logits)
    if (settings.temperature === 0) return best
    if (this.#ids.length !== logits.length) {
      this.#ids = new Int32Array(logits.length)
      this.#distances = new Float64Array(logits.length)
    }
    const distances = toDistances(logits, logits[best]!, settings.temperature, this.#distances)
    const candidates = selectCandidates(distances, settings, this.#ids)
    return drawFrom(candidates, distances, uniformAt(draw.seed, draw.position)) ?? best
  }
}

/** Keskar et al., "CTRL" (2019): positive logits of seen tokens are divided by the penalty, negative multiplied. */
function penalise(logits: Float32Array, penalty: number, seen: ReadonlySet<number>): void {
  if (penalty === 1) return
  for (const id of seen) {
    const logit = logits[id]
    if (logit !== undefined) logits[id] = logit > 0 ? logit / penalty : logit * penalty
  }
}

export function argmax(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}

/** How far each logit lies below the highest after division by the temperature; written to `distances`. */
export function toDistances(
  logits: Float32Array,
  max: number,
  temperature: number,
  distances = new Float64Array(logits.length),
): Float64Array {
  for (let i = 0; i < logits.length; i++) distances[i] = (max - logits[i]!) / temperature
  return distances
}

/** The ids of a vocabulary, in order; written to `ids`. */
export function allTokens(count: number, ids = new Int32Array(count)): Int32Array {
  for (let id = 0; id < count; id++) ids[id] = id
  return ids
}

/**
 * The tokens that the settings leave, in order of id. topP counts the mass of what topK left; minP is relative to the
 * likeliest token. They are written to `memory`.
 */
export function selectCandidates(
  distances: Float64Array,
  { topK, topP, minP }: Pick<SamplingSettings, 'topK' | 'topP' | 'minP'>,
  memory = new Int32Array(distances.length),
): Int32Array {
  let ids = allTokens(distances.length, memory)
  if (topK > 0) ids = selectLikeliest(ids, distances, { count: topK })
  if (topP < 1) ids = selectLikeliest(ids, distances, { mass: topP })
  return minP > 0 ? keepNear(ids, distances, -Math.log(minP)) : ids
}

function keepNear(ids: Int32Array, distances: Float64Array, farthest: number): Int32Array {
  let kept = 0
  for (let i = 0; i < ids.length; i++) if (distances[ids[i]!]! <= farthest) ids[kept++] = ids[i]!
  return ids.subarray(0, kept)
}

/** The first candidate at which the added weights exceed the share `target` of their sum. */
function drawFrom(candidates: Int32Array, distances: Float64Array, target: number): number | undefined {
  const weights = new Float64Array(candidates.length)
  let total = 0
  for (let i = 0; i < weights.length; i++) total += weights[i] = Math.exp(-distances[candidates[i]!]!)
  let left = target * total
  let last: number | undefined
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue
    last = candidates[i]
    left -= weights[i]!
    if (left < 0) break
  }
  return last
}
