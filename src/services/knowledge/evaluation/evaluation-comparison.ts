import type { MetricDelta, QueryEvaluation } from '../../../domain/evaluation.js'
import { testRandomisation } from '../../../domain/randomisation-test.js'
import { METRIC_FIELDS, type Metric, type MetricsAtDepth } from '../../../domain/retrieval-metrics.js'

export type RatedQuery = Pick<QueryEvaluation, 'queryId' | 'metrics'>

interface Pair {
  readonly now: readonly MetricsAtDepth[]
  readonly before: readonly MetricsAtDepth[]
}

const METRICS = Object.entries(METRIC_FIELDS) as [Metric, (typeof METRIC_FIELDS)[Metric]][]

/** Each metric at the depths that both have, over the questions that both have. */
export async function compareEvaluations(
  rated: readonly RatedQuery[],
  earlier: readonly RatedQuery[],
  signal: AbortSignal,
): Promise<MetricDelta[]> {
  const byQuery = new Map(earlier.map((one) => [one.queryId, one.metrics]))
  const pairs = rated.flatMap(({ queryId, metrics: now }): Pair[] => {
    const before = byQuery.get(queryId)
    return before ? [{ now, before }] : []
  })
  const deltas: MetricDelta[] = []
  for (const [at, { depth }] of (pairs[0]?.now ?? []).entries()) {
    const atBefore = pairs[0]!.before.findIndex((one) => one.depth === depth)
    if (atBefore < 0) continue
    for (const [metric, field] of METRICS) {
      signal.throwIfAborted()
      const differences = pairs.map(({ now, before }) => now[at]![field] - before[atBefore]![field])
      deltas.push(await toDelta({ metric, depth }, differences))
    }
  }
  return deltas
}

async function toDelta(
  named: { readonly metric: Metric; readonly depth: number },
  differences: readonly number[],
): Promise<MetricDelta> {
  return {
    ...named,
    difference: differences.reduce((sum, one) => sum + one, 0) / differences.length,
    pairedCount: differences.length,
    betterCount: differences.filter((one) => one > 0).length,
    worseCount: differences.filter((one) => one < 0).length,
    pValue: await testRandomisation(differences),
  }
}
