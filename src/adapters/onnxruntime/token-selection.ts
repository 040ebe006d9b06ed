/** Tokens in order of id, each with how far its logit lies below the highest: its weight is e^-distance. */
export interface Candidates {
  readonly ids: Int32Array
  readonly distances: Float64Array
}

/** Which of the likeliest tokens stay: so many, or so many that they have this share of the mass of all given. */
export type Limit = { readonly count: number } | { readonly mass: number }

/** Logits, and what their distances from the highest of them are divided by. */
export interface Scores {
  readonly logits: Float32Array
  readonly max: number
  readonly temperature: number
}

const BUCKETS = 2_048
const BUCKETS_PER_UNIT = 64
const BUCKET_WIDTH = 1 / BUCKETS_PER_UNIT
/** e^-x at the beginning of each bucket. */
const BUCKET_WEIGHTS = Float64Array.from({ length: BUCKETS }, (_, bucket) => Math.exp(-bucket * BUCKET_WIDTH))

const bucketOf = (distance: number): number => Math.min(BUCKETS - 1, Math.trunc(distance * BUCKETS_PER_UNIT))

/** All tokens that lie at most so far below the highest. */
export function gatherTokens({ logits, max, temperature }: Scores, farthest = Infinity): Candidates {
  const perLogit = 1 / temperature
  // In two passes: the second knows how much room it needs.
  const lowest = max - (farthest + 1e-9) * temperature
  let count = 0
  for (let id = 0; id < logits.length; id++) if (logits[id]! >= lowest) count++
  const ids = new Int32Array(count)
  const distances = new Float64Array(count)
  let kept = 0
  for (let id = 0; id < logits.length; id++) {
    if (logits[id]! < lowest) continue
    ids[kept] = id
    distances[kept++] = (max - logits[id]!) * perLogit
  }
  return keep({ ids, distances }, (distance) => distance <= farthest)
}

/**
 * The shortest beginning of the tokens in order of likelihood (ties by id) that reaches the limit, at least one token.
 * This runs for every token of an answer over a whole vocabulary: tokens are counted in buckets by distance, and only
 * those about the limit are sorted.
 */
export function selectLikeliest(scores: Scores, limit: Limit): Candidates {
  const { logits, max, temperature } = scores
  const perLogit = 1 / temperature
  const amounts = new Float64Array(BUCKETS)
  const last = BUCKETS - 1
  if ('count' in limit) for (let id = 0; id < logits.length; id++) amounts[bucketOf((max - logits[id]!) * perLogit)]!++
  else
    for (let id = 0; id < logits.length; id++) {
      const distance = (max - logits[id]!) * perLogit
      const scaled = distance * BUCKETS_PER_UNIT
      const bucket = scaled < last ? Math.trunc(scaled) : last
      // Within a bucket the Taylor series of e^-x is as exact as Math.exp, and takes a fraction of its time.
      const x = distance - bucket * BUCKET_WIDTH
      amounts[bucket]! +=
        bucket === last
          ? Math.exp(-distance)
          : BUCKET_WEIGHTS[bucket]! * (1 - x * (1 - x * (1 / 2 - x * (1 / 6 - x * (1 / 24 - x * (1 / 120))))))
    }
  const border = findBorder(amounts, limit)
  const farthest = border.bucket === last ? Infinity : (border.bucket + 1) * BUCKET_WIDTH
  return cutAt(gatherTokens(scores, farthest), border, 'count' in limit)
}

/** The same among candidates. */
export function limitCandidates(candidates: Candidates, limit: Limit): Candidates {
  const amounts = new Float64Array(BUCKETS)
  for (const distance of candidates.distances)
    amounts[bucketOf(distance)]! += 'count' in limit ? 1 : Math.exp(-distance)
  return cutAt(candidates, findBorder(amounts, limit), 'count' in limit)
}

interface Border {
  /** The bucket in which the limit is reached. */
  readonly bucket: number
  /** What is reached before it, and what is to be reached. */
  readonly reached: number
  readonly wanted: number
}

function findBorder(amounts: Float64Array, limit: Limit): Border {
  const wanted =
    'count' in limit ? Math.max(1, limit.count) : limit.mass * amounts.reduce((total, mass) => total + mass, 0)
  let reached = 0
  let bucket = 0
  while (bucket < BUCKETS - 1 && reached + amounts[bucket]! < wanted) reached += amounts[bucket++]!
  return { bucket, reached, wanted }
}

function cutAt(candidates: Candidates, { bucket, reached, wanted }: Border, byCount: boolean): Candidates {
  const { ids, distances } = candidates
  const inside: number[] = []
  for (let i = 0; i < ids.length; i++) if (bucketOf(distances[i]!) === bucket) inside.push(i)
  inside.sort((a, b) => distances[a]! - distances[b]! || a - b)
  let total = reached
  let edge = -1
  for (const i of inside) {
    if (total >= wanted) break
    total += byCount ? 1 : Math.exp(-distances[i]!)
    edge = i
  }
  // Nothing of the bucket is taken when rounding had it begin at the limit.
  if (edge < 0) return keep(candidates, (distance) => bucketOf(distance) < bucket)
  const farthest = distances[edge]!
  return keep(candidates, (distance, i) => distance < farthest || (distance === farthest && i <= edge))
}

export function keep({ ids, distances }: Candidates, stays: (distance: number, index: number) => boolean): Candidates {
  let kept = 0
  for (let i = 0; i < ids.length; i++) {
    if (!stays(distances[i]!, i)) continue
    ids[kept] = ids[i]!
    distances[kept++] = distances[i]!
  }
  return { ids: ids.subarray(0, kept), distances: distances.subarray(0, kept) }
}
