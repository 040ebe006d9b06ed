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

/** Its score in a list, and its rank there, from 1; null when it has a score without being listed. */
export interface Placed {
  readonly score: number
  readonly rank: number | null
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

/** A ranked list, the best first, and scores of the same kind for what only the other list has. */
export interface ScoredList<T> {
  readonly ranked: readonly T[]
  readonly others: readonly T[]
}

interface Side<T> {
  readonly places: ReadonlyMap<string, { readonly item: T; readonly place: Placed }>
  readonly rate: (place: Placed | undefined) => number
}

/**
 * Two ranked lists as one, the best first, of equal ones in the order of their ids. RRF: the sum of weight /
 * (rankConstant + rank) (Cormack, Clarke and Büttcher, 2009). WEIGHTED: the sum of the weighted scores, each kind
 * brought to 0 for the lowest among all and 1 for the highest; who has no score of a kind has 0. A list alone keeps its
 * scores.
 */
export function fuse<T extends Scored>(
  vector: ScoredList<T> | null,
  text: ScoredList<T> | null,
  settings: FusionSettings,
): Fused<T>[] {
  const places = [toPlaces(vector), toPlaces(text)] as const
  const ids = [...new Set(places.flatMap((one) => [...one.keys()]))]
  const isAlone = vector === null || text === null
  const toSide = (at: 0 | 1, weight: number): Side<T> => {
    const known = places[at]
    return { places: known, rate: isAlone ? keepScore : createRating(ids, known, { ...settings, weight }) }
  }
  const vectors = toSide(0, settings.vectorWeight)
  const texts = toSide(1, settings.textWeight)
  return ids
    .map((id): Fused<T> => {
      const [a, b] = [vectors.places.get(id), texts.places.get(id)]
      const score = vectors.rate(a?.place) + texts.rate(b?.place)
      return { item: (a ?? b)!.item, score, vector: a?.place ?? null, text: b?.place ?? null }
    })
    .sort((a, b) => b.score - a.score || (a.item.id < b.item.id ? -1 : 1))
}

const keepScore = (place: Placed | undefined): number => place?.score ?? 0

function toPlaces<T extends Scored>(list: ScoredList<T> | null): Side<T>['places'] {
  const { ranked, others } = list ?? { ranked: [], others: [] }
  const toEntry = (item: T, rank: number | null) => [item.id, { item, place: { score: item.score, rank } }] as const
  return new Map([...others.map((item) => toEntry(item, null)), ...ranked.map((item, i) => toEntry(item, i + 1))])
}

function createRating(
  ids: readonly string[],
  places: Side<Scored>['places'],
  { method, rankConstant, weight }: Pick<FusionSettings, 'method' | 'rankConstant'> & { readonly weight: number },
): Side<Scored>['rate'] {
  if (method === 'RRF') return (place) => (place?.rank ? weight / (rankConstant + place.rank) : 0)
  const scores = ids.map((id) => keepScore(places.get(id)?.place))
  const lowest = scores.reduce((least, score) => Math.min(least, score), Infinity)
  const range = scores.reduce((most, score) => Math.max(most, score), -Infinity) - lowest
  return (place) => (range === 0 ? 0 : (weight * (keepScore(place) - lowest)) / range)
}
