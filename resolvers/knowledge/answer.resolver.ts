import {
  Arg,
  Args,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import { isAnswerEnded, isGrounded, type AnswerDocument, type AnswerState } from '../../src/domain/answer.js'
import type { KnowledgeBaseDocument } from '../../src/domain/knowledge.js'
import type { PredictionDocument } from '../../src/domain/prediction.js'
import type { StreamItem } from '../../src/domain/stream.js'
import type { TaskDocument } from '../../src/domain/task.js'
import type { AnswerEvent, AnswerSnapshot } from '../../src/services/knowledge/answers/answer-stream.js'
import { toAnswerTaskId } from '../../src/services/knowledge/answers/answer-type.js'
import type { ReadableContent } from '../../src/services/knowledge/answers/answers.service.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { answer as answerWith } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import { Prediction } from '../predictions/prediction.type.js'
import { StreamArgs, toStreamRequest } from '../streams/stream.args.js'
import { Task } from '../tasks/task.type.js'
import { AnswerOrderEnum, AnswerStateEnum, type AnswerOrder } from './answer.enum.js'
import { CancelAnswerInput, DeleteAnswerInput, StartAnswerArgs } from './answer.input.js'
import { Answer, AnswerConnection, AnswerSentenceType, CitationType, type AnswerRoot } from './answer.type.js'
import { AnswerEventUnion, CancelAnswerResult, DeleteAnswerResult, StartAnswerResult } from './answer.union.js'
import { KnowledgeBase } from './knowledge-base.type.js'
import { toStartAnswer } from './knowledge-request.js'
import { SearchHitType, type SearchHitRoot } from './search.type.js'

@Resolver(() => Answer)
export class AnswerResolver {
  @Query(() => Answer, { nullable: true, description: 'Your answer with this id, or null.' })
  answer(
    @Ctx() { loaders }: GraphContext,
    @Arg('id', () => ID, { description: 'Id of an answer.' }) id: string,
  ): Promise<AnswerDocument | null> {
    return loaders.answers.load(id)
  }

  @Query(() => AnswerConnection, { description: 'Your answers.' })
  async answers(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('state', () => AnswerStateEnum, { nullable: true, description: 'Those that stand there alone.' })
    state: AnswerState | null,
    @Arg('orderBy', () => AnswerOrderEnum, { defaultValue: 'CREATED_AT_DESC', description: 'In which order.' })
    orderBy: AnswerOrder,
  ): Promise<ConnectionRoot<AnswerDocument>> {
    const newestFirst = orderBy === 'CREATED_AT_DESC'
    const asked = { state: state ?? null, newestFirst, page: toPageRequest(page) }
    return toConnection(await services.answers.list(principal, asked))
  }

  @Directive('@rateLimit')
  @Mutation(() => StartAnswerResult, {
    description:
      'Asks knowledge bases and answers at once: the question is on disk then and goes on by itself, also after a crash. Follow it by `answerEvents`.',
  })
  startAnswer(@Ctx() { services, principal }: GraphContext, @Args(() => StartAnswerArgs) args: StartAnswerArgs) {
    return answerWith(() => services.answers.start(principal, toStartAnswer(args)))
  }

  @Mutation(() => CancelAnswerResult, {
    description: 'Cancels an answer of yours, and answers when it has ended. One that had ended stays as it is.',
  })
  cancelAnswer(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => CancelAnswerInput, { description: 'Which answer.' }) input: CancelAnswerInput,
  ) {
    return answerWith(() => services.answers.cancel(principal, input.id))
  }

  @Mutation(() => DeleteAnswerResult, { description: 'Deletes an ended answer of yours, and its stream.' })
  deleteAnswer(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeleteAnswerInput, { description: 'Which answer.' }) input: DeleteAnswerInput,
  ) {
    return answerWith(async () => {
      await services.answers.delete(principal, input.id)
      return { deletedId: input.id }
    })
  }

  @Subscription(() => AnswerEventUnion, {
    description:
      'Follows an answer: a snapshot first (or, with `after`, what came since), then the hits, text, each citation as soon as it is known, then the end.',
    subscribe: ({ args, context }: { args: StreamArgs; context: GraphContext }) =>
      context.services.answers.follow(context.principal, toStreamRequest(args, context)),
  })
  answerEvents(
    @Root() item: StreamItem<AnswerSnapshot, AnswerEvent>,
    @Args(() => StreamArgs) _args: StreamArgs,
  ): object {
    return item
  }

  @FieldResolver(() => String, { description: 'What is answered: what there is so far.' })
  async text(@Root() answer: AnswerRoot, @Ctx() context: GraphContext): Promise<string> {
    return (await contentOf(answer, context)).text
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether the text is kept from you: a document that it is made from is gone, or is not for you any more.',
  })
  async isWithheld(@Root() answer: AnswerRoot, @Ctx() context: GraphContext): Promise<boolean> {
    return (await contentOf(answer, context)).isWithheld
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether it has ended and says something of which each sentence has support above the threshold. False when it says that it is not in these documents.',
  })
  async grounded(@Root() answer: AnswerRoot, @Ctx() context: GraphContext): Promise<boolean> {
    return isAnswerEnded(answer.state) && isGrounded(await contentOf(answer, context))
  }

  @FieldResolver(() => [AnswerSentenceType], { description: 'Its sentences, in order, each with its support.' })
  async sentences(@Root() answer: AnswerRoot, @Ctx() context: GraphContext): Promise<readonly object[]> {
    return (await contentOf(answer, context)).sentences
  }

  @FieldResolver(() => [CitationType], {
    description: 'By number; without those of documents that are gone, or are not for you any more.',
  })
  async citations(@Root() answer: AnswerRoot, @Ctx() context: GraphContext): Promise<readonly object[]> {
    const { citations } = await contentOf(answer, context)
    return context.services.answers.readCitations(context.principal, citations)
  }

  @FieldResolver(() => [SearchHitType], {
    description:
      'What was found for it, the best first, in the versions that were found; without documents that are gone, or are not for you any more. None before the search.',
  })
  async hits(@Root() answer: AnswerRoot, @Ctx() context: GraphContext): Promise<readonly SearchHitRoot[]> {
    const { services, principal } = context
    const found = await services.answers.readFoundTexts(principal, await documentOf(answer, context))
    return found.map(({ highlights, ...hit }) => ({
      ...hit,
      neighbours: [],
      highlights: () => Promise.resolve(highlights),
    }))
  }

  @FieldResolver(() => [KnowledgeBase], { description: 'What was searched; without those that are gone.' })
  async knowledgeBases(
    @Root() { knowledgeBaseIds }: AnswerRoot,
    @Ctx() { loaders }: GraphContext,
  ): Promise<readonly KnowledgeBaseDocument[]> {
    const bases = await Promise.all(knowledgeBaseIds.map((id) => loaders.knowledgeBases.load(id)))
    return bases.filter((base) => base !== null)
  }

  @FieldResolver(() => Answer, {
    nullable: true,
    description: 'The answer before it in the conversation; null when there is none, or none any more.',
  })
  previousAnswer(@Root() { previousId }: AnswerRoot, @Ctx() { loaders }: GraphContext): Promise<AnswerDocument | null> {
    return previousId === null ? Promise.resolve(null) : loaders.answers.load(previousId)
  }

  @FieldResolver(() => Prediction, {
    nullable: true,
    description: 'Of GENERATIVE: the prediction that writes the text; null before, and when the text is kept from you.',
  })
  prediction(
    @Root() { predictionId }: AnswerRoot,
    @Ctx() { loaders }: GraphContext,
  ): Promise<PredictionDocument | null> {
    return predictionId === null ? Promise.resolve(null) : loaders.predictions.load(predictionId)
  }

  @FieldResolver(() => Task, { nullable: true, description: 'The task that does it; null when that is gone.' })
  task(@Root() { id }: AnswerRoot, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return loaders.tasks.load(toAnswerTaskId(id))
  }
}

/** The answer as it is stored, for what an event does not tell of it. */
async function documentOf(answer: AnswerRoot, { loaders }: GraphContext): Promise<AnswerDocument> {
  if (answer.hits !== undefined && answer.content !== undefined) return answer as AnswerDocument
  const stored = await loaders.answers.load(answer.id)
  // Deleted meanwhile: nothing of it is left.
  return stored ?? ({ ...answer, hits: null, content: null } as AnswerDocument)
}

async function contentOf(answer: AnswerRoot, context: GraphContext): Promise<ReadableContent> {
  const { loaders } = context
  if (answer.hits !== undefined && answer.content !== undefined)
    return loaders.answerContents.load(answer as AnswerDocument)
  const { hits } = await documentOf(answer, context)
  const { written, asOfSequence } = answer
  const at = { ...answer, hits, content: null, ...(written && { written }), ...(asOfSequence && { asOfSequence }) }
  return loaders.answerContents.load(at as unknown as AnswerDocument)
}
