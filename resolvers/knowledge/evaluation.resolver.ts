import { Arg, Args, Ctx, Directive, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { AnswerChecks } from '../../src/domain/answer-checks.js'
import type { AnswerDocument } from '../../src/domain/answer.js'
import type { EvaluationDocument, QueryEvaluation } from '../../src/domain/evaluation.js'
import type { KnowledgeBaseDocument } from '../../src/domain/knowledge.js'
import type { TaskDocument } from '../../src/domain/task.js'
import { toTaskId } from '../../src/services/knowledge/evaluation/evaluation-acceptance.js'
import { toRunLines } from '../../src/services/knowledge/evaluation/run-file.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { answer } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import { Task } from '../tasks/task.type.js'
import { Answer } from './answer.type.js'
import { DeleteEvaluationInput, EvaluateRetrievalArgs } from './evaluation.input.js'
import {
  AnswerChecksType,
  Evaluation,
  EvaluationConnection,
  QueryEvaluationConnection,
  QueryEvaluationType,
  RetrievedDocumentType,
} from './evaluation.type.js'
import { DeleteEvaluationResult, EvaluateRetrievalResult } from './evaluation.union.js'
import { KnowledgeBase } from './knowledge-base.type.js'
import { toEvaluation } from './knowledge-request.js'

type QueryRoot = QueryEvaluation & { readonly evaluationId: string }

@Resolver(() => Evaluation)
export class EvaluationResolver {
  @Query(() => Evaluation, { nullable: true, description: 'The evaluation with this id that you may see, or null.' })
  evaluation(
    @Ctx() { loaders }: GraphContext,
    @Arg('id', () => ID, { description: 'Id of an evaluation.' }) id: string,
  ): Promise<EvaluationDocument | null> {
    return loaders.evaluations.load(id)
  }

  @Query(() => EvaluationConnection, { description: 'The evaluations that you may see, the latest first.' })
  async evaluations(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('knowledgeBase', () => String, {
      nullable: true,
      description: 'Name of a knowledge base: evaluations of it alone, or of it first and others.',
    })
    knowledgeBase: string | null,
  ): Promise<ConnectionRoot<EvaluationDocument>> {
    return toConnection(await services.evaluations.list(principal, knowledgeBase ?? null, toPageRequest(page)))
  }

  @Directive('@rateLimit')
  @Mutation(() => EvaluateRetrievalResult, {
    description:
      'Asks questions whose answers were judged, and measures what is found. A task does it, one question after the other as bulk work; what was found is not looked for again after a crash. It searches as you: documents that are not for you are not found.',
  })
  evaluateRetrieval(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => EvaluateRetrievalArgs) { input, idempotencyKey = null }: EvaluateRetrievalArgs,
  ) {
    return answer(() => services.evaluations.start(principal, toEvaluation(input), idempotencyKey))
  }

  @Mutation(() => DeleteEvaluationResult, { description: 'Deletes an evaluation that has ended.' })
  deleteEvaluation(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeleteEvaluationInput, { description: 'Which evaluation.' }) { id }: DeleteEvaluationInput,
  ) {
    return answer(async () => {
      await services.evaluations.delete(principal, id)
      return { deletedId: id }
    })
  }

  @FieldResolver(() => AnswerChecksType, {
    nullable: true,
    description: 'Of the answers to all questions; null where none were asked for, and until all have been asked.',
  })
  answers(@Root() { answers }: EvaluationDocument): AnswerChecksType | null {
    return answers && toAnswerChecks(answers)
  }

  @FieldResolver(() => [KnowledgeBase], { description: 'What was searched, without those that were deleted since.' })
  async knowledgeBases(
    @Root() { knowledgeBaseIds }: EvaluationDocument,
    @Ctx() { loaders }: GraphContext,
  ): Promise<KnowledgeBaseDocument[]> {
    const found = await Promise.all(knowledgeBaseIds.map((id) => loaders.knowledgeBases.load(id)))
    return found.filter((base) => base !== null)
  }

  @FieldResolver(() => Task, { nullable: true, description: 'The task that does it; null when that is gone.' })
  task(@Root() { id }: EvaluationDocument, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return loaders.tasks.load(toTaskId(id))
  }

  @FieldResolver(() => Evaluation, {
    nullable: true,
    description: 'The earlier one that it is compared with; null without one, and when that is gone.',
  })
  comparedTo(
    @Root() { comparedToId }: EvaluationDocument,
    @Ctx() { loaders }: GraphContext,
  ): Promise<EvaluationDocument | null> {
    return comparedToId === null ? Promise.resolve(null) : loaders.evaluations.load(comparedToId)
  }

  @FieldResolver(() => QueryEvaluationConnection, {
    description: 'The questions that have been asked by now, in their order.',
  })
  async perQuery(
    @Root() evaluation: EvaluationDocument,
    @Ctx() { services }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<QueryRoot>> {
    const { items, ...where } = await services.evaluations.listQueries(evaluation, toPageRequest(page))
    const { id: evaluationId } = evaluation
    return toConnection({
      ...where,
      items: items.map(({ node, cursor }) => ({ node: { ...node, evaluationId }, cursor })),
    })
  }
}

@Resolver(() => QueryEvaluationType)
export class QueryEvaluationResolver {
  @FieldResolver(() => [RetrievedDocumentType], {
    description: 'What was found, the best first: as many as the deepest depth.',
  })
  ranking(@Root() { ranking }: QueryRoot): readonly RetrievedDocumentType[] {
    return ranking.map((document, i) => ({ ...document, rank: i + 1 }))
  }

  @FieldResolver(() => Answer, {
    nullable: true,
    description: 'Its answer; null where none was asked for, where it is not yours, and when it is gone.',
  })
  answer(@Root() { answer: answered }: QueryRoot, @Ctx() { loaders }: GraphContext): Promise<AnswerDocument | null> {
    return answered ? loaders.answers.load(answered.id) : Promise.resolve(null)
  }

  @FieldResolver(() => AnswerChecksType, {
    nullable: true,
    description: 'What was checked of its answer; null where none was asked for.',
  })
  answerChecks(@Root() { answer: answered }: QueryRoot): AnswerChecksType | null {
    return answered ? toAnswerChecks(answered.checks) : null
  }

  @FieldResolver(() => String, {
    description:
      'The same as lines of a run file in TREC form, which trec_eval and ir-measures read: question, Q0, document, rank, a score that falls with the rank (tools order by it alone), id of the evaluation. Spaces in names are written as %20. The lines of all questions, one after the other, are the file.',
  })
  run(@Root() { queryId, ranking, evaluationId }: QueryRoot): string {
    return toRunLines({ queryId, ranking }, evaluationId)
  }
}

function toAnswerChecks(checks: AnswerChecks): AnswerChecksType {
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
  const { answeredCount, groundedCount, sentenceCount, supportedCount } = checks
  const { citationCount, validCount, relevantCount } = checks
  return {
    ...checks,
    groundedShare: share(groundedCount, answeredCount),
    supportedShare: share(supportedCount, sentenceCount),
    validShare: share(validCount, citationCount),
    relevantShare: share(relevantCount, citationCount),
  }
}
