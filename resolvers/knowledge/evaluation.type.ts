import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { Metric } from '../../src/domain/retrieval-metrics.js'
import type { Json } from '../../src/kernel/json.js'
import { createConnectionType } from '../common/connection.type.js'
import { createEnum } from '../common/enums.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar, JsonScalar } from '../common/scalars.js'

const MetricEnum = createEnum<Metric>({
  name: 'RetrievalMetric',
  description: 'What is measured; `RetrievalMetrics` says how.',
  values: {
    NDCG: 'Normalised discounted cumulative gain.',
    RECALL: 'Recall.',
    PRECISION: 'Precision.',
    RECIPROCAL_RANK: 'Reciprocal rank; its mean is MRR.',
    AVERAGE_PRECISION: 'Average precision; its mean is MAP.',
  },
})

@ObjectType('RetrievalMetrics', {
  description:
    'How good the first documents are, 0 to 1, as trec_eval and ir-measures define it. What was not judged is not relevant.',
})
export class RetrievalMetricsType {
  @Field(() => Int, { description: 'How many of the first documents are looked at.' })
  readonly depth!: number

  @Field(() => Float, {
    description:
      'DCG / ideal DCG, where DCG is the sum of grade / log2(1 + rank) over the first `depth` (Järvelin and Kekäläinen 2002; `ndcg_cut`, nDCG@depth).',
  })
  readonly ndcg!: number

  @Field(() => Float, {
    description: 'Relevant documents among the first `depth` / all relevant ones (`recall`, R@depth).',
  })
  readonly recall!: number

  @Field(() => Float, {
    description: 'Relevant documents among the first `depth` / `depth`, also where fewer were found (`P`, P@depth).',
  })
  readonly precision!: number

  @Field(() => Float, {
    description:
      '1 / rank of the first relevant document, 0 when it is none of the first `depth` (`recip_rank`, RR@depth); the mean is MRR.',
  })
  readonly reciprocalRank!: number

  @Field(() => Float, {
    description:
      'Sum of the precisions at the ranks of the relevant documents among the first `depth` / all relevant ones (`map_cut`, AP@depth); the mean is MAP.',
  })
  readonly averagePrecision!: number
}

@ObjectType('MetricDelta', {
  description: 'A metric in comparison with an earlier evaluation, over the questions that both have.',
})
export class MetricDeltaType {
  @Field(() => MetricEnum, { description: 'What is compared.' })
  readonly metric!: Metric

  @Field(() => Int, { description: 'At which depth.' })
  readonly depth!: number

  @Field(() => Float, { description: 'The mean here less the mean there, −1 to 1: above 0 is better.' })
  readonly difference!: number

  @Field(() => Int, { description: 'Questions that both have.' })
  readonly pairedCount!: number

  @Field(() => Int, { description: 'Of them, those with a better value here.' })
  readonly betterCount!: number

  @Field(() => Int, { description: 'Of them, those with a worse value here.' })
  readonly worseCount!: number

  @Field(() => Float, {
    description:
      'How likely a mean difference at least as large, in either direction, is when the sign of each question’s difference is left to chance, 0 to 1: Fisher’s paired randomisation test (Smucker, Allan and Carterette 2007), exact for up to 13 questions that differ, by the same 10,000 draws each time for more. Below 0.05 is commonly called significant; who looks at many metrics finds such by chance.',
  })
  readonly pValue!: number
}

const SHARE = 'null where there are none'

@ObjectType('AnswerChecks', { description: 'What was checked of the answers to questions.' })
export class AnswerChecksType {
  @Field(() => Int, { description: 'Answers that say something.' })
  readonly answeredCount!: number

  @Field(() => Int, { description: 'Answers that say that it is not in these documents.' })
  readonly absentCount!: number

  @Field(() => Int, { description: 'Answers that failed.' })
  readonly failedCount!: number

  @Field(() => Float, {
    nullable: true,
    description: `The part of the answers that say something of which each sentence has support, 0 to 1; ${SHARE}.`,
  })
  readonly groundedShare!: number | null

  @Field(() => Int, { description: 'Sentences of the answers, withheld ones included.' })
  readonly sentenceCount!: number

  @Field(() => Float, {
    nullable: true,
    description: `The part of the sentences that a passage supports, 0 to 1; ${SHARE}.`,
  })
  readonly supportedShare!: number | null

  @Field(() => Int, { description: 'Citations of the answers.' })
  readonly citationCount!: number

  @Field(() => Float, {
    nullable: true,
    description: `The part of the citations whose quote is what is stored, 0 to 1; ${SHARE}.`,
  })
  readonly validShare!: number | null

  @Field(() => Float, {
    nullable: true,
    description: `The part of the citations of documents that were judged to be relevant, 0 to 1; ${SHARE}. What was not judged is not.`,
  })
  readonly relevantShare!: number | null
}

@ObjectType('RetrievedDocument', { description: 'A document that was found for a question.' })
export class RetrievedDocumentType {
  @Field(() => Int, { description: 'Its place, from 1.' })
  readonly rank!: number

  @Field(() => String, { description: 'Its key; its id where it has none, or was judged by it.' })
  readonly name!: string

  @Field(() => ID, { description: 'Its id; it may have been deleted since.' })
  readonly documentId!: string

  @Field(() => Float, { description: 'What its best chunk was ranked by.' })
  readonly score!: number

  @Field(() => Int, { nullable: true, description: 'What was judged; null when it was not.' })
  readonly grade!: number | null
}

@ObjectType('QueryEvaluation', { description: 'What was found for one question, and how good that is.' })
export class QueryEvaluationType {
  @Field(() => String, { description: 'Id of the question.' })
  readonly queryId!: string

  @Field(() => String, { description: 'What was asked.' })
  readonly text!: string

  @Field(() => Int, { description: 'Documents that were judged to be relevant, found or not.' })
  readonly relevantCount!: number

  @Field(() => [RetrievalMetricsType], { description: 'One for each depth, in rising order.' })
  readonly metrics!: readonly RetrievalMetricsType[]
}

@ObjectType('Evaluation', {
  implements: Node,
  description:
    'How well a search finds what was judged to be relevant. It is yours alone while it runs, and stays so when it found documents that are for some alone; otherwise everybody of the tenant sees it. What it found stays as it was, whatever becomes of the documents.',
})
export class Evaluation extends Node {
  @Field(() => String, { description: 'The tenant that it belongs to.' })
  readonly tenantId!: string

  @Field(() => String, { nullable: true, description: 'What it is called.' })
  readonly name!: string | null

  @Field(() => JsonScalar, { description: 'How it was searched and measured, with all defaults.' })
  readonly settings!: Json

  @Field(() => Int, {
    nullable: true,
    description: 'Questions that were asked: those that have judgements. Null until all have been.',
  })
  readonly queryCount!: number | null

  @Field(() => Int, { nullable: true, description: 'Questions without judgements; null until all have been asked.' })
  readonly unjudgedCount!: number | null

  @Field(() => Int, {
    nullable: true,
    description:
      'Documents that were judged to be relevant and are not there, or not for you: judgements may call them by other names. Null until all questions have been asked.',
  })
  readonly missingDocumentCount!: number | null

  @Field(() => [RetrievalMetricsType], {
    nullable: true,
    description: 'Means over the questions, one for each depth in rising order; null until all have been asked.',
  })
  readonly metrics!: readonly RetrievalMetricsType[] | null

  @Field(() => [MetricDeltaType], {
    nullable: true,
    description:
      'Each metric in comparison with `comparedTo`, at the depths that both have; null without one, and until all have been asked.',
  })
  readonly delta!: readonly MetricDeltaType[] | null

  @Field(() => String, { description: 'Who asked for it.' })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  readonly createdAt!: number
}

@ObjectType('DeletedEvaluation', { description: 'An evaluation was deleted, with all that was found.' })
export class DeletedEvaluation {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly deletedId!: string
}

export const EvaluationConnection = createConnectionType(Evaluation, 'Evaluation')
export const QueryEvaluationConnection = createConnectionType(QueryEvaluationType, 'QueryEvaluation')
