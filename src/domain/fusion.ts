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

/** A place in a ranked list: rank from 1. */
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

type Places<T> = ReadonlyMap<string, { readonly item: T; readonly place: Placed; readonly part: number }>

/**
 * Two ranked lists as one, the best first, of equal ones in the order of their ids. RRF: the sum of weight /
 * (rankConstant + rank) (Cormack, Clarke and Büttcher, 2009). WEIGHTED: the sum of the weighted scores, each list's
 * brought to 0 for its lowest and 1 for its highest; who is not in a list has 0 of it. A list alone keeps its scores.
 */
export function fuse<T extends Scored>(
  vector: readonly T[] | null,
  text: readonly T[] | null,
  settings: FusionSettings,
): Fused<T>[] {
  const isAlone = vector === null || text === null
  const rate = (items: readonly T[] | null, weight: number): Places<T> =>
    new Map(toPlaces(items ?? [], isAlone ? null : { ...settings, weight }))
  const vectors = rate(vector, settings.vectorWeight)
  const texts = rate(text, settings.textWeight)
  const ids = new Set([...vectors.keys(), ...texts.keys()])
  return Array.from(ids, (id): Fused<T> => {
    const [a, b] = [vectors.get(id), texts.get(id)]
    const score = (a?.part ?? 0) + (b?.part ?? 0)
    return { item: (a ?? b)!.item, score, vector: a?.place ?? null, text: b?.place ?? null }
  }).sort((a, b) => b.score - a.score || (a.item.id < b.item.id ? -1 : 1))
}

function toPlaces<T extends Scored>(
  items: readonly T[],
  settings: (Pick<FusionSettings, 'method' | 'rankConstant'> & { readonly weight: number }) | null,
): [string, { item: T; place: Placed; part: number }][] {
  const highest = items[0]?.score ?? 0
  const range = highest - (items.at(-1)?.score ?? 0)
  const toPart = ({ score, rank }: Placed): number => {
    if (!settings) return score
    if (settings.method === 'RRF') return settings.weight / (settings.rankConstant + rank)
    return settings.weight * (range === 0 ? 1 : 1 - (highest - score) / range)
  }
  return items.map((item, i) => {
    const place = { score: item.score, rank: i + 1 }
    return [item.id, { item, place, part: toPart(place) }]
  })
}
