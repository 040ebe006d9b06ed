import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type {
  FinishReason,
  PredictionDocument,
  PredictionKind,
  PredictionOutput,
  PredictionState,
} from '../../src/domain/prediction.js'
import type { PredictionStatus } from '../../src/services/predictions/prediction-store.js'
import type { TokensData } from '../../src/services/predictions/tokens-data.js'
import { createConnectionType } from '../common/connection.type.js'
import { ErrorInfoType } from '../common/error-info.type.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar, LongScalar } from '../common/scalars.js'
import { FinishReasonEnum, PredictionKindEnum, PredictionStateEnum } from './prediction.enum.js'

/**
 * What resolvers of a prediction get: its document, or its status as an event told it, with its text as of a place in
 * its stream where it comes from one.
 */
export type PredictionRoot = PredictionStatus &
  Partial<Pick<PredictionDocument, 'input' | 'output'>> & {
    readonly generated?: readonly TokensData[]
    /** Up to where in its stream the text is to be read. */
    readonly asOfSequence?: number
    /** The output of a prediction that has just ended, which may not be stored. */
    readonly endedOutput?: PredictionOutput | null
  }

@ObjectType('Usage', { description: 'Tokens that a prediction took.' })
export class UsageType {
  @Field(() => Int, {
    description: 'Tokens of the input, template included, once for each text that was asked for; 0 until it runs.',
  })
  readonly inputTokens!: number

  @Field(() => Int, { description: 'Input tokens that did not have to be computed; all of them when `cache.hit`.' })
  readonly cachedInputTokens!: number

  @Field(() => Int, { description: 'Tokens generated.' })
  readonly outputTokens!: number
}

@ObjectType('PredictionTimings', {
  description: 'Where the time went, milliseconds; null for what did not take place (yet).',
})
export class PredictionTimingsType {
  @Field(() => Float, { nullable: true, description: 'From acceptance to a place on the model.' })
  readonly queueMs!: number | null

  @Field(() => Float, { nullable: true, description: 'Waiting for the model to be loaded.' })
  readonly loadMs!: number | null

  @Field(() => Float, { nullable: true, description: 'Computing the prompt.' })
  readonly prefillMs!: number | null

  @Field(() => Float, { nullable: true, description: 'From acceptance to the first token.' })
  readonly timeToFirstTokenMs!: number | null

  @Field(() => Float, { nullable: true, description: 'Computing, prompt included.' })
  readonly computeMs!: number | null

  @Field(() => Float, { nullable: true, description: 'From acceptance to the end.' })
  readonly totalMs!: number | null

  @Field(() => Float, { nullable: true, description: 'Tokens generated per second, after the prompt.' })
  readonly tokensPerSecond!: number | null
}

@ObjectType('BatchInfo', { description: 'The run of the model that a prediction shared with others.' })
export class BatchInfoType {
  @Field(() => Int, {
    description: 'Pieces of work in it: texts generated together (the most at one time), or sequences of one run.',
  })
  readonly size!: number

  @Field(() => Int, { description: 'Place among them, from 0.' })
  readonly position!: number

  @Field(() => Float, { description: 'How long it waited in the runner for its place, milliseconds.' })
  readonly waitMs!: number

  @Field(() => Int, { description: 'Tokens that the run computed.' })
  readonly tokens!: number
}

@ObjectType('DraftInfo', {
  description: 'Tokens that were guessed and checked several at a time. Such a text is not reproducible bit for bit.',
})
export class DraftInfoType {
  @Field(() => Int, { description: 'Tokens guessed.' })
  readonly proposedTokens!: number

  @Field(() => Int, { description: 'Those of them that were right.' })
  readonly acceptedTokens!: number
}

@ObjectType('CacheInfo', {
  description: 'How a prediction of a model version that shares answers (`settings.cacheResponses`) came by its own.',
})
export class CacheInfoType {
  @Field(() => Boolean, {
    description: 'Whether another prediction of the tenant had computed the answer, or was computing it.',
  })
  readonly hit!: boolean

  @Field(() => String, {
    description:
      'SHA-256 of all that decides the answer: tenant, model version and its files, input, settings and seed; 64 hexadecimal digits.',
  })
  readonly key!: string

  @Field(() => Float, {
    nullable: true,
    description:
      'How old the answer was when it was asked for, milliseconds; 0 when it was being computed, null without a hit.',
  })
  readonly ageMs!: number | null
}

@ObjectType('Prediction', {
  implements: Node,
  description:
    'A question to a model and its answer: durable from its acceptance on, and followed by `predictionEvents`.',
})
export class Prediction extends Node {
  @Field(() => PredictionStateEnum, { description: 'Where it stands.' })
  readonly state!: PredictionState

  @Field(() => PredictionKindEnum, { description: 'What was asked for.' })
  readonly kind!: PredictionKind

  @Field(() => String, { description: 'The model as the request named it.' })
  readonly requestedModel!: string

  @Field(() => ErrorInfoType, { nullable: true, description: 'Why it failed; null unless FAILED.' })
  readonly error!: ErrorInfoType | null

  @Field(() => FinishReasonEnum, {
    nullable: true,
    description: 'Why the text, the first of several, ends where it does; null for other kinds and until it has ended.',
  })
  readonly finishReason!: FinishReason | null

  @Field(() => UsageType, { description: 'Tokens that it took.' })
  readonly usage!: UsageType

  @Field(() => PredictionTimingsType, { description: 'Where the time went.' })
  readonly timings!: PredictionTimingsType

  @Field(() => LongScalar, {
    nullable: true,
    description: 'Seed that its tokens were drawn with; null for other kinds. See `TextChoice.seed` for several texts.',
  })
  readonly seed!: number | null

  @Field(() => Int, { description: '0 to 9, 9 first.' })
  readonly priority!: number

  @Field(() => DateTimeScalar, {
    name: 'deadline',
    nullable: true,
    description: 'When it is not worth doing any more.',
  })
  readonly deadlineAt!: number | null

  @Field(() => String, { description: 'Subject of whoever asked.' })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was accepted.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  readonly updatedAt!: number

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the model began with it.' })
  readonly startedAt!: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended.' })
  readonly endedAt!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'Runtime and type of CPU that computed it: what the promise of equal text for equal seeds holds for.',
  })
  readonly fingerprint!: string | null

  @Field(() => Boolean, {
    description:
      'Whether, going on after a crash, the model would have chosen another token than the one given out before; what was given out stays.',
  })
  readonly replayDiverged!: boolean

  @Field(() => BatchInfoType, {
    nullable: true,
    description: 'The run that it shared with others; null until it has run.',
  })
  readonly batch?: BatchInfoType | null

  @Field(() => DraftInfoType, {
    nullable: true,
    description:
      'What was drafted; null unless `generation.draft`, or where that is unset the version’s setting, says so and it has run.',
  })
  readonly draft?: DraftInfoType | null

  @Field(() => CacheInfoType, {
    nullable: true,
    description:
      'How it came by its answer; null where answers are not shared: the setting is off, or the text is drawn without a given seed, or drafted.',
  })
  readonly cache?: CacheInfoType | null

  @Field(() => String, { description: 'Trace that it was accepted in, 32 hexadecimal digits.' })
  readonly traceId!: string
}

@ObjectType('Estimate', { description: 'What a prediction would take.' })
export class EstimateType {
  @Field(() => Int, {
    description: 'Tokens of the input, template included, once for each text that is asked for; exact.',
  })
  readonly inputTokens!: number

  @Field(() => Int, { description: 'Predictions of the model version that wait to be started.' })
  readonly queueLength!: number

  @Field(() => Float, {
    nullable: true,
    description:
      'How long it would wait for its place, milliseconds, judging by what runs and waits and what predictions cost lately; null when there is nothing to judge by.',
  })
  readonly queueWaitMs!: number | null

  @Field(() => Boolean, {
    description: 'Whether the answer is there already, so that nothing would be computed.',
  })
  readonly cacheHit!: boolean
}

@ObjectType('DeletedPrediction', { description: 'A prediction was deleted, with its stream.' })
export class DeletedPrediction {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly deletedId!: string
}

export const PredictionConnection = createConnectionType(Prediction, 'Prediction')
