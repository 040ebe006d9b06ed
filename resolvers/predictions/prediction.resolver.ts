import {
  Arg,
  Args,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import type { ModelVersionDocument } from '../../src/domain/model.js'
import { isEnded, isTextKind, type PredictionDocument, type PredictionOutput } from '../../src/domain/prediction.js'
import { toToolCallId } from '../../src/domain/tool-call.js'
import type { StreamItem } from '../../src/domain/stream.js'
import type { StartRequest } from '../../src/services/predictions/prediction-input.js'
import type { PredictionFilter } from '../../src/services/predictions/prediction-filter.js'
import { choiceOf, toTextOutput } from '../../src/services/predictions/tokens-data.js'
import type { PredictionEvent, PredictionSnapshot } from '../../src/services/predictions/prediction-stream.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { answer, toProblem } from '../common/problem.interface.js'
import { JsonScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'
import { ModelVersion } from '../models/model.type.js'
import { StreamArgs, toStreamRequest } from '../streams/stream.args.js'
import { PredictionOrderEnum, type PredictionOrder } from './prediction.enum.js'
import {
  CancelPredictionInput,
  DeletePredictionInput,
  PredictArgs,
  PredictInput,
  PredictionFilterInput,
  StartPredictionArgs,
} from './prediction.input.js'
import { EstimateType, Prediction, PredictionConnection, type PredictionRoot } from './prediction.type.js'
import { PredictionOutputUnion } from './prediction-output.union.js'
import { toPredictionRequest } from '../../src/services/predictions/prediction-json.js'
import {
  CancelPredictionResult,
  DeletePredictionResult,
  PredictionChanged,
  PredictionEventUnion,
  PredictionSnapshotType,
  PredictResult,
  StartPredictionResult,
  TokensDelta,
} from './prediction.union.js'
import { OutputTokenType, ToolCallDeltaType } from './text-output.type.js'

@Resolver(() => Prediction)
export class PredictionResolver {
  @Query(() => Prediction, {
    nullable: true,
    description: 'The prediction with this id, or null: that of an answer is there for whoever may read the answer.',
  })
  prediction(
    @Ctx() { loaders }: GraphContext,
    @Arg('id', () => ID, { description: 'Id of a prediction.' }) id: string,
  ): Promise<PredictionDocument | null> {
    return loaders.predictions.load(id)
  }

  @Query(() => PredictionConnection, {
    description: 'The tenant’s predictions, without those of answers from documents.',
  })
  async predictions(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => PredictionFilterInput, { nullable: true, description: 'Which of them.' })
    filter: PredictionFilterInput | null,
    @Arg('orderBy', () => PredictionOrderEnum, {
      defaultValue: 'CREATED_AT_DESC',
      description: 'In which order.',
    })
    orderBy: PredictionOrder,
  ): Promise<ConnectionRoot<PredictionDocument>> {
    const newestFirst = orderBy === 'CREATED_AT_DESC'
    return toConnection(
      await services.predictions.list(principal, { filter: toFilter(filter), newestFirst, page: toPageRequest(page) }),
    )
  }

  @Query(() => EstimateType, { description: 'What a prediction would take, without starting it.' })
  estimate(
    @Ctx() { services, principal, signal }: GraphContext,
    @Arg('input', () => PredictInput, { description: 'What would be asked.' }) input: PredictInput,
  ) {
    return services.predictions.estimate(principal, toPredictionRequest(input), signal)
  }

  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: 'The model version that serves it; null when that is gone.',
  })
  servedVersion(
    @Root() prediction: PredictionRoot,
    @Ctx() { loaders }: GraphContext,
  ): Promise<ModelVersionDocument | null> {
    return loaders.modelVersions.load(prediction.modelVersionId)
  }

  @FieldResolver(() => Boolean, {
    nullable: true,
    description:
      'Whether the same input and `seed` give the same output, bit for bit, on a server with this `fingerprint`: not for a drafted text. Null until it has ended.',
  })
  reproducible(@Root() { endedAt, draft }: PredictionRoot): boolean | null {
    return endedAt === null ? null : !draft
  }

  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description: 'What was asked, with defaults filled in; null when it is not kept any more.',
  })
  async input(@Root() prediction: PredictionRoot, @Ctx() { services, loaders }: GraphContext): Promise<unknown> {
    const document = prediction.input
      ? (prediction as PredictionDocument)
      : await loaders.predictions.load(prediction.id)
    return document && services.predictions.readInput(document)
  }

  @FieldResolver(() => PredictionOutputUnion, {
    nullable: true,
    description: 'What the model gave: of a text what there is so far; null when there is nothing yet.',
  })
  async output(
    @Root() prediction: PredictionRoot,
    @Ctx() context: GraphContext,
  ): Promise<(PredictionOutput & { readonly prediction: PredictionRoot }) | null> {
    const output = await readOutput(prediction, context)
    return output && { ...output, prediction }
  }

  @Directive('@rateLimit')
  @Mutation(() => PredictResult, {
    description: 'Asks a model and waits for the answer. It is cancelled when the client leaves.',
  })
  predict(@Ctx() { services, principal, signal }: GraphContext, @Args(() => PredictArgs) args: PredictArgs) {
    return answer(async () => {
      const request = { ...toStartRequest(args), idempotencyKey: null }
      const { document, output } = await services.predictions.predict(principal, request, signal)
      const prediction: PredictionRoot = { ...document, endedOutput: output }
      if (document.error?.code === 'OUT_OF_MEMORY') return toProblem({ details: {}, ...document.error }) ?? prediction
      if (document.error?.code !== 'DEADLINE_EXCEEDED') return prediction
      return { __typename: 'DeadlineExceeded', ...document.error, prediction }
    })
  }

  @Directive('@rateLimit')
  @Mutation(() => StartPredictionResult, {
    description:
      'Asks a model and answers at once: the prediction is on disk then and goes on by itself, also after a crash. Follow it by `predictionEvents`.',
  })
  startPrediction(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => StartPredictionArgs) args: StartPredictionArgs,
  ) {
    const idempotencyKey = args.idempotencyKey ?? null
    return answer(() => services.predictions.start(principal, { ...toStartRequest(args), idempotencyKey }))
  }

  @Mutation(() => CancelPredictionResult, {
    description:
      'Cancels a prediction, whoever started it, and answers when it has ended. One that had ended stays as it is.',
  })
  cancelPrediction(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => CancelPredictionInput, { description: 'Which prediction.' }) input: CancelPredictionInput,
  ) {
    return answer(() => services.predictions.cancel(principal, input.id))
  }

  @Mutation(() => DeletePredictionResult, { description: 'Deletes an ended prediction, its input, output and stream.' })
  deletePrediction(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeletePredictionInput, { description: 'Which prediction.' }) input: DeletePredictionInput,
  ) {
    return answer(async () => {
      await services.predictions.delete(principal, input.id)
      return { deletedId: input.id }
    })
  }

  @Subscription(() => PredictionEventUnion, {
    description:
      'Follows a prediction: a snapshot first (or, with `after`, what came since), then each change and all text, then the end.',
    subscribe: ({ args, context }: { args: StreamArgs; context: GraphContext }) =>
      context.services.predictions.follow(context.principal, toStreamRequest(args, context)),
  })
  predictionEvents(
    @Root() item: StreamItem<PredictionSnapshot, PredictionEvent>,
    @Args(() => StreamArgs) _args: StreamArgs,
  ): object {
    return item
  }
}

@Resolver(() => PredictionSnapshotType)
export class PredictionSnapshotResolver {
  @FieldResolver(() => Prediction, { description: 'The prediction as of `sequence`.' })
  prediction(@Root() item: PredictionSnapshotType): PredictionRoot {
    return item.snapshot
  }
}

@Resolver(() => PredictionChanged)
export class PredictionChangedResolver {
  @FieldResolver(() => Prediction, { description: 'The prediction after the change.' })
  prediction(@Root() item: PredictionChanged): PredictionRoot {
    return { ...item.event.status, asOfSequence: item.sequence }
  }
}

@Resolver(() => TokensDelta)
export class TokensDeltaResolver {
  @FieldResolver(() => Int, { description: 'Which of the texts for the prompt goes on, from 0.' })
  choice(@Root() { event }: TokensDelta): number {
    return choiceOf(event)
  }

  @FieldResolver(() => String, { description: 'The text that is new, without the calls of tools.' })
  text(@Root() item: TokensDelta): string {
    return item.event.text
  }

  @FieldResolver(() => [ToolCallDeltaType], {
    description: 'More of calls of tools, in order; the first of a call has its name and no arguments yet.',
  })
  toolCalls(
    @Root() { event: { toolCalls = [], choice = 0, predictionId } }: TokensDelta,
  ): readonly ToolCallDeltaType[] {
    return toolCalls.map((delta) => ({ ...delta, id: toToolCallId(predictionId, choice, delta.index) }))
  }

  @FieldResolver(() => [OutputTokenType], { description: 'The tokens that text and calls are made of.' })
  tokens(@Root() item: TokensDelta): readonly object[] {
    return item.event.tokens
  }
}

async function readOutput(
  prediction: PredictionRoot,
  { services, loaders }: GraphContext,
): Promise<PredictionOutput | null> {
  if (prediction.endedOutput !== undefined) return prediction.endedOutput
  if (isEnded(prediction.state)) {
    const document = prediction.output === undefined ? await loaders.predictions.load(prediction.id) : prediction
    return document ? services.predictions.readOutput(document as PredictionDocument) : null
  }
  if (!isTextKind(prediction.kind) || prediction.state === 'QUEUED') return null
  const generated =
    prediction.generated ?? (await services.predictions.readGenerated(prediction.id, prediction.asOfSequence))
  return toTextOutput(generated)
}

const toStartRequest = ({ input, priority, deadlineMs, store }: PredictArgs): Omit<StartRequest, 'idempotencyKey'> => ({
  input: toPredictionRequest(input),
  priority: priority ?? null,
  deadlineMs: deadlineMs ?? null,
  store,
})

function toFilter(filter: PredictionFilterInput | null): PredictionFilter {
  const given = Object.entries(filter ?? {}).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(given)
}
