import { Field, ObjectType } from 'type-graphql'
import type { ErrorCode } from '../../src/kernel/error-catalogue.js'
import { ErrorCodeEnum } from '../common/problem.interface.js'
import { DateTimeScalar, LongScalar } from '../common/scalars.js'

@ObjectType('Percentiles', {
  description:
    'How measured values are distributed. Percentiles are by the nearest-rank method and within 1.1 % of the exact ones; count, mean and largest are exact. Null where nothing was measured.',
})
export class PercentilesType {
  @Field(() => LongScalar, { description: 'How many values were measured.' })
  readonly count!: number

  @Field(() => Number, { nullable: true, description: 'Their sum by their count.' })
  readonly mean!: number | null

  @Field(() => Number, { nullable: true, description: 'The median.' })
  readonly p50!: number | null

  @Field(() => Number, { nullable: true, description: 'The 90th percentile.' })
  readonly p90!: number | null

  @Field(() => Number, { nullable: true, description: 'The 99th percentile.' })
  readonly p99!: number | null

  @Field(() => Number, { nullable: true, description: 'The largest.' })
  readonly max!: number | null
}

@ObjectType('FailureCount', { description: 'How often predictions ended for one reason other than success.' })
export class FailureCount {
  @Field(() => ErrorCodeEnum, { description: 'The reason.' })
  readonly code!: ErrorCode

  @Field(() => LongScalar, { description: 'How many predictions.' })
  readonly count!: number
}

@ObjectType('ModelMetrics', {
  description:
    'What a model or version did in a window of time up to now, on this server since it started: for all tenants where an administrator asks, otherwise for the asker’s. What runs are, and what waits, is shared by all tenants: those fields are null for who is no administrator. The window moves by sixtieths of its length. Prometheus at `/metrics` counts the same in the same moment.',
})
export class ModelMetricsType {
  @Field(() => DateTimeScalar, { description: 'When the figures were read: the end of the window.' })
  readonly at!: number

  @Field(() => Number, { description: 'Length of the window, milliseconds.' })
  readonly windowMs!: number

  @Field(() => LongScalar, {
    description:
      'Predictions that ended, whatever way, those that a cache answered too. What was not accepted is none.',
  })
  readonly requests!: number

  @Field(() => LongScalar, {
    description:
      'Sequences computed for predictions that succeeded: texts embedded or classified, documents ranked, answers generated, tensors run. An answer of the cache is none.',
  })
  readonly inferences!: number

  @Field(() => LongScalar, {
    nullable: true,
    description:
      'Runs of the model’s graph, counted when they end, whatever comes of the predictions that they were for: a batch, a step of texts that are generated together, a chunk of a prompt. Warming up is none. What a process had not told when it crashed, at most 200 ms of work, is not counted.',
  })
  readonly executions!: number | null

  @Field(() => LongScalar, {
    description: 'Predictions that the response cache answered; they are in `requests`, not in `inferences`.',
  })
  readonly cacheHits!: number

  @Field(() => LongScalar, {
    description:
      'Predictions that were not accepted because too many waited or for want of memory; they are not in `requests`.',
  })
  readonly refusals!: number

  @Field(() => [FailureCount], {
    description: 'Predictions that did not succeed, by reason. Their sum and the successes are `requests`.',
  })
  readonly failures!: FailureCount[]

  @Field(() => LongScalar, { description: 'Tokens of the inputs of predictions that ended.' })
  readonly inputTokens!: number

  @Field(() => LongScalar, {
    description:
      'Those of `inputTokens` that were not computed: an earlier prompt had them, or the cache had the answer.',
  })
  readonly cachedInputTokens!: number

  @Field(() => LongScalar, { description: 'Tokens of the answers of predictions that ended.' })
  readonly outputTokens!: number

  @Field(() => LongScalar, {
    nullable: true,
    description: 'Tokens generated, counted as they are chosen, for predictions that still run or failed too.',
  })
  readonly generatedTokens!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Time in which the graph ran, milliseconds; that of runs side by side counts once. Its share of `windowMs` is how busy the model was.',
  })
  readonly computeMs!: number | null

  @Field(() => LongScalar, {
    nullable: true,
    description: 'Predictions that were accepted and have not begun, at the moment.',
  })
  readonly queueLength!: number | null

  @Field(() => LongScalar, { nullable: true, description: 'Predictions that the model works on, at the moment.' })
  readonly runningCount!: number | null

  @Field(() => PercentilesType, {
    description: 'From acceptance to the end of predictions, whatever way they ended, milliseconds.',
  })
  readonly latencyMs!: PercentilesType

  @Field(() => PercentilesType, { description: 'From acceptance to the first token of a text, milliseconds.' })
  readonly timeToFirstTokenMs!: PercentilesType

  @Field(() => PercentilesType, {
    nullable: true,
    description:
      'From a token of a text to its next as the model chooses them, milliseconds; also while other work takes its turn between. Tokens of one run share its time.',
  })
  readonly interTokenMs!: PercentilesType | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Tokens generated per second in which the graph ran: `generatedTokens` by `computeMs`, all texts together, the computing of prompts included. Null when none were.',
  })
  readonly tokensPerSecond!: number | null

  @Field(() => PercentilesType, {
    nullable: true,
    description: 'Sequences in a run of the graph, over its `executions`. Exact up to 45.',
  })
  readonly batchSize!: PercentilesType | null
}
