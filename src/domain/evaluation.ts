import type { Json } from '../kernel/json.js'
import type { AnswerChecks } from './answer-checks.js'
import type { Metric, MetricsAtDepth } from './retrieval-metrics.js'
import type { Stored, StoredDocument } from './stored-document.js'

/** A document that was found for a question. */
export interface RankedDocument {
  /** What judgements call it: its key, or its id. */
  readonly name: string
  readonly documentId: string
  readonly score: number
  /** What was judged; null when it was not. */
  readonly grade: number | null
}

/** What was found for one question, and how good that is. */
export interface QueryEvaluation {
  readonly queryId: string
  readonly text: string
  readonly relevantCount: number
  /** One for each depth of the evaluation. */
  readonly metrics: readonly MetricsAtDepth[]
  /** The best first. */
  readonly ranking: readonly RankedDocument[]
  /** Where questions are answered too. */
  readonly answer?: { readonly id: string; readonly checks: AnswerChecks }
}

/** A metric in comparison with the earlier evaluation, over the questions that both have. */
export interface MetricDelta {
  readonly metric: Metric
  readonly depth: number
  /** The mean of this evaluation less that of the earlier one. */
  readonly difference: number
  readonly pairedCount: number
  readonly betterCount: number
  readonly worseCount: number
  /** Of the paired randomisation test. */
  readonly pValue: number
}

/** How well a search finds what was judged to be relevant. Its id is that of its task, but for the kind. */
export interface EvaluationDocument extends StoredDocument {
  readonly name: string | null
  readonly knowledgeBaseIds: readonly string[]
  /** The first of them. */
  readonly knowledgeBaseId: string
  /** What it was asked for, with all defaults. */
  readonly settings: Json
  /** Questions that have judgements; null until all have been asked. */
  readonly queryCount: number | null
  /** Questions that have none: they are not asked. Null as long as the other. */
  readonly unjudgedCount: number | null
  /** Documents that were judged to be relevant, and were not there. Null as long as the others. */
  readonly missingDocumentCount: number | null
  /** Means over the questions, one for each depth; null as long as the others. */
  readonly metrics: readonly MetricsAtDepth[] | null
  /** Of all answers; null where questions are not answered, and as long as the others. */
  readonly answers: AnswerChecks | null
  readonly comparedToId: string | null
  /** Null where there is no earlier evaluation, or none any more. */
  readonly delta: readonly MetricDelta[] | null
  /**
   * Its readers as one text; null is everybody of the tenant. Whoever asked for it alone reads it while it runs, and
   * afterwards when it found documents that are for some alone.
   */
  readonly audience: string | null
  readonly createdBy: string
}

/** Questions that were asked together, in their order. */
export interface EvaluationPart extends StoredDocument {
  readonly evaluationId: string
  /** Questions before these. */
  readonly from: number
  readonly through: number
  readonly results: Stored<readonly QueryEvaluation[]>
  readonly resultsBlobId: string | null
  /** Whether a document was found that is for some alone. */
  readonly hasRestricted: boolean
}
