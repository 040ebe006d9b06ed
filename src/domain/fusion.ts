export const FUSION_METHODS = ['WEIGHTED', 'RRF'] as const
export type FusionMethod = (typeof FUSION_METHODS)[number]

export interface FusionSettings {
  readonly method: FusionMethod
  /** Of RRF: the larger, the less the first ranks stand out. */
  readonly rankConstant: number
  readonly vectorWeight: number
  readonly textWeight: number
}

/** Measured on a public collection of abstracts; see the guide on knowledge bases. */
export const DEFAULT_FUSION: FusionSettings = {
  method: 'WEIGHTED',
  rankConstant: 60,
  vectorWeight: 0.7,
  textWeight: 0.3,
}

/** Its score in a list, and its rank there, from 1. */
export interface Placed {
  readonly score: number
  readonly rank: number
}

export interface Fused<T> {
  readonly item: T
  readonly score: number
  readonly vector: Placed | null
  readonly text: Placed | null
}

interface Scored {
  readonly id: string
  readonly score: number
}

interface FusionRequest extends FusionSettings {
  /** How many each list was asked for: one with fewer has all that there is. */
  readonly candidates: number
}

type Rating = (place: Placed | undefined) => number

interface Side<T> {
  readonly places: ReadonlyMap<string, { readonly item: T; readonly place: Placed }>
  readonly rate: Rating
}

/**
 * Two ranked lists as one, the best first, of equal ones in the order of their ids. RRF: the sum of weight /
 * (rankConstant + rank) (Cormack, Clarke and Büttcher, 2009). WEIGHTED: the sum of the weighted scores, each as a part of
 * the highest of its list, 0 where it is negative. Who is not in a list that has not all there is has at most the lowest
 * score of it, and counts with that. A list alone keeps its scores.
 */
export function fuse<T extends Scored>(
  vector: readonly T[] | null,
  text: readonly T[] | null,
  request: FusionRequest,
): Fused<T>[] {
  const isAlone = vector === null || text === null
  const toSide = (ranked: readonly T[], weight: number): Side<T> => ({
    places: new Map(ranked.map((item, i) => [item.id, { item, place: { score: item.score, rank: i + 1 } }])),
    rate: isAlone ? keepScore : createRating(ranked, weight, request),
  })
  const vectors = toSide(vector ?? [], request.vectorWeight)
  const texts = toSide(text ?? [], request.textWeight)
  return [...new Set([...vectors.places.keys(), ...texts.places.keys()])]
    .map((id): Fused<T> => {
      const [a, b] = [vectors.places.get(id), texts.places.get(id)]
      const score = vectors.rate(a?.place) + texts.rate(b?.place)
      return { item: (a ?? b)!.item, score, vector: a?.place ?? null, text: b?.place ?? null }
    })
    .sort((a, b) => b.score - a.score || (a.item.id < b.item.id ? -1 : 1))
}

const keepScore: Rating = (place) => place?.score ?? 0

function createRating(
  ranked: readonly Scored[],
  weight: number,
  { method, rankConstant, candidates }: FusionRequest,
): Rating {
  if (method === 'RRF') return (place) => (place ? weight / (rankConstant + place.rank) : 0)
  const highest = ranked[0]?.score ?? 0
  if (highest <= 0) return () => 0
  const unlisted = ranked.length < candidates ? 0 : ranked.at(-1)!.score
  return (place) => (weight * Math.max(0, place?.score ?? unlisted)) / highest
}
