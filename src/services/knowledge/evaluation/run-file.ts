import type { QueryEvaluation } from '../../../domain/evaluation.js'

/** A run in TREC form: its columns are parted by spaces, so names have none. */
export function toRunLines({ queryId, ranking }: Pick<QueryEvaluation, 'queryId' | 'ranking'>, tag: string): string {
  const lines = ranking.map(
    ({ name }, i) => `${toColumn(queryId)} Q0 ${toColumn(name)} ${i + 1} ${ranking.length - i} ${tag}\n`,
  )
  return lines.join('')
}

const toColumn = (name: string): string => name.replaceAll(/\s/g, encodeURIComponent)
