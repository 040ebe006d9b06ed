/** Which of the likeliest tokens stay: so many, or so many that they have this share of the mass of all given. */
export type Limit = { readonly count: number } | { readonly mass: number }

const BUCKETS = 2_048
/** Buckets per unit of distance. */
const BUCKETS_PER_UNIT = 64

/** e^-x at the beginning of each bucket. */
const BUCKET_WEIGHTS = Float64Array.from({ length: BUCKETS }, (_, bucket) => Math.exp(-bucket / BUCKETS_PER_UNIT))

/** e^-distance: within a bucket by its Taylor series, which is as exact and takes half the time. */
function weightIn(bucket: number, distance: number): number {
  if (bucket === BUCKETS - 1) return Math.exp(-distance)
  const x = distance - bucket / BUCKETS_PER_UNIT
  return BUCKET_WEIGHTS[bucket]! * (1 - x * (1 - (x / 2) * (1 - (x / 3) * (1 - (x / 4) * (1 - x / 5)))))
}

function bucketOf(distance: number): number {
  const bucket = distance * BUCKETS_PER_UNIT
  return bucket < BUCKETS - 1 ? Math.trunc(bucket) : BUCKETS - 1
}

/**
 * The shortest beginning of the tokens in order of likelihood (ties by id) that reaches the limit, at least one token;
 * given and returned in order of id, as a part of the array given. `distances[id]` is how far a token's logit lies below
 * the highest, so its weight is e^-distance. Only the tokens about the limit are sorted; this runs for every token of
 * an answer over a whole vocabulary, so its loops are plain.
 */
export function selectLikeliest(ids: Int32Array, distances: Float64Array, limit: Limit): Int32Array {
  const isCount = 'count' in limit
  if (isCount && limit.count >= ids.length) return ids
  const amounts = new Float64Array(BUCKETS)
  for (let i = 0; i < ids.length; i++) {
    const distance = distances[ids[i]!]!
    const bucket = bucketOf(distance)
    amounts[bucket]! += isCount ? 1 : weightIn(bucket, distance)
  }
  const wanted = isCount ? Math.max(1, limit.count) : limit.mass * amounts.reduce((total, mass) => total + mass, 0)
  let reached = 0
  let last = 0
  while (last < BUCKETS - 1 && reached + amounts[last]! < wanted) reached += amounts[last++]!
  const takes = (distance: number): boolean => {
    if (reached >= wanted) return false
    reached += isCount ? 1 : Math.exp(-distance)
    return true
  }
  return keepUntil(ids, distances, findBorder(ids, distances, last, takes))
}

/** The last token of a bucket, in order of likelihood, that is still taken; -1 for none. */
function findBorder(
  ids: Int32Array,
  distances: Float64Array,
  bucket: number,
  takes: (distance: number) => boolean,
): number {
  const inside: number[] = []
  for (let i = 0; i < ids.length; i++) if (bucketOf(distances[ids[i]!]!) === bucket) inside.push(ids[i]!)
  inside.sort((a, b) => distances[a]! - distances[b]! || a - b)
  let border = -1
  for (const id of inside) {
    if (!takes(distances[id]!)) break
    border = id
  }
  return border
}

/** Keeps the tokens up to the border in order of likelihood; all when there is none. */
function keepUntil(ids: Int32Array, distances: Float64Array, border: number): Int32Array {
  if (border < 0) return ids
  const farthest = distances[border]!
  let kept = 0
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!
    const distance = distances[id]!
    if (distance < farthest || (distance === farthest && id <= border)) ids[kept++] = id
  }
  return ids.subarray(0, kept)
}
