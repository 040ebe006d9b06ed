/** What was checked of answers to questions. */
export interface AnswerChecks {
  /** Those that say something. */
  readonly answeredCount: number
  /** Those that say that it is not in the documents. */
  readonly absentCount: number
  readonly failedCount: number
  /** Those of which each sentence has support. */
  readonly groundedCount: number
  readonly sentenceCount: number
  readonly supportedCount: number
  readonly citationCount: number
  /** Citations whose quote is what is stored. */
  readonly validCount: number
  /** Citations of documents that were judged to be relevant. */
  readonly relevantCount: number
}

export const NO_ANSWERS: AnswerChecks = {
  answeredCount: 0,
  absentCount: 0,
  failedCount: 0,
  groundedCount: 0,
  sentenceCount: 0,
  supportedCount: 0,
  citationCount: 0,
  validCount: 0,
  relevantCount: 0,
}

const NAMES = Object.keys(NO_ANSWERS) as (keyof AnswerChecks)[]

export function addChecks(checks: readonly AnswerChecks[]): AnswerChecks {
  const sums: Record<keyof AnswerChecks, number> = { ...NO_ANSWERS }
  for (const one of checks) for (const name of NAMES) sums[name] += one[name]
  return sums
}
