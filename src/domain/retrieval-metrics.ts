/**
 * How good a ranking is, by what was judged. All are 0 to 1, as trec_eval and ir-measures have them: what was not judged
 * is not relevant, and relevant documents that were not found count too.
 */
export interface MetricsAtDepth {
  /** How many of the first documents are looked at. */
  readonly depth: number
  readonly ndcg: number
  readonly recall: number
  readonly precision: number
  readonly reciprocalRank: number
  readonly averagePrecision: number
}

/** Where each metric stands. */
export const METRIC_FIELDS = {
  NDCG: 'ndcg',
  RECALL: 'recall',
  PRECISION: 'precision',
  RECIPROCAL_RANK: 'reciprocalRank',
  AVERAGE_PRECISION: 'averagePrecision',
} as const satisfies Record<string, keyof MetricsAtDepth>
export type Metric = keyof typeof METRIC_FIELDS

/** Grades of documents by their names; above 0 is relevant to some degree. */
export type Grades = ReadonlyMap<string, number>

export interface RatedRanking {
  /** The grade of each found document, the best first; null for those that were not judged. */
  readonly found: readonly (number | null)[]
  readonly grades: Grades
  /** The lowest grade that counts as relevant, where there is only relevant or not. */
  readonly relevantFrom: number
}

/**
 * `ndcg` is DCG / ideal DCG with the grade itself as gain and log2(1 + rank) as discount (Järvelin and Kekäläinen 2002,
 * as `ndcg_cut` of trec_eval), `averagePrecision` the sum of the precisions at the ranks of relevant documents by all
 * relevant ones (`map_cut`), `reciprocalRank` 1 / rank of the first relevant one.
 */
export function rateRanking({ found, grades, relevantFrom }: RatedRanking, depth: number): MetricsAtDepth {
  const seen = found.slice(0, depth)
  const isRelevant = (grade: number | null): boolean => grade !== null && grade >= relevantFrom
  const relevantCount = countRelevant(grades, relevantFrom)
  let hits = 0
  let precisions = 0
  for (const [at, grade] of seen.entries()) if (isRelevant(grade)) precisions += ++hits / (at + 1)
  const first = seen.findIndex(isRelevant)
  const ideal = [...grades.values()].sort((a, b) => b - a).slice(0, depth)
  return {
    depth,
    ndcg: divide(sumGains(seen), sumGains(ideal)),
    recall: divide(hits, relevantCount),
    precision: hits / depth,
    reciprocalRank: first < 0 ? 0 : 1 / (first + 1),
    averagePrecision: divide(precisions, relevantCount),
  }
}

export function countRelevant(grades: Grades, relevantFrom: number): number {
  let count = 0
  for (const grade of grades.values()) if (grade >= relevantFrom) count++
  return count
}

/** Each metric's mean over questions that were rated at the same depths. */
export function averageMetrics(rated: readonly (readonly MetricsAtDepth[])[]): MetricsAtDepth[] {
  return (rated[0] ?? []).map(({ depth }, at) => {
    const mean = (field: keyof MetricsAtDepth): number =>
      rated.reduce((sum, one) => sum + one[at]![field], 0) / rated.length
    return {
      depth,
      ndcg: mean('ndcg'),
      recall: mean('recall'),
      precision: mean('precision'),
      reciprocalRank: mean('reciprocalRank'),
      averagePrecision: mean('averagePrecision'),
    }
  })
}

const sumGains = (grades: readonly (number | null)[]): number =>
  grades.reduce<number>((sum, grade, at) => sum + Math.max(0, grade ?? 0) / Math.log2(at + 2), 0)

const divide = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
