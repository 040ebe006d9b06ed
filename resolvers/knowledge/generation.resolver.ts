import { Arg, Args, Ctx, Directive, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql'
import type { KnowledgeBaseDocument } from '../../src/domain/knowledge.js'
import type { ModelVersionDocument } from '../../src/domain/model.js'
import type { TaskDocument } from '../../src/domain/task.js'
import type { GenerationStatus } from '../../src/services/knowledge/generations.service.js'
import { answer } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import { ModelVersion } from '../models/model.type.js'
import { Task } from '../tasks/task.type.js'
import { IndexGenerationInput, ReindexKnowledgeBaseArgs } from './generation.input.js'
import { ApproximateSearchType, GenerationProgressType, IndexGeneration } from './generation.type.js'
import { KnowledgeBase } from './knowledge-base.type.js'
import { toChunking } from './knowledge-request.js'
import { ActivateGenerationResult, DeleteGenerationResult, ReindexKnowledgeBaseResult } from './knowledge.union.js'

@Resolver(() => KnowledgeBase)
export class KnowledgeBaseGenerationsResolver {
  @FieldResolver(() => [IndexGeneration], {
    description: 'Ways in which its documents are cut and embedded, the latest first.',
  })
  generations(
    @Root() base: KnowledgeBaseDocument,
    @Ctx() { services, principal }: GraphContext,
  ): Promise<GenerationStatus[]> {
    return services.knowledgeGenerations.list(principal, base)
  }

  @FieldResolver(() => IndexGeneration, { description: 'The one that searches read.' })
  activeGeneration(
    @Root() base: KnowledgeBaseDocument,
    @Ctx() { services, principal }: GraphContext,
  ): Promise<GenerationStatus | null> {
    return services.knowledgeGenerations.get(principal, base, base.activeGeneration)
  }
}

@Resolver(() => IndexGeneration)
export class IndexGenerationResolver {
  @Directive('@rateLimit')
  @Mutation(() => ReindexKnowledgeBaseResult, {
    description:
      'Builds another generation of a knowledge base beside the one that searches read, as a task: bulk work, with progress, that can be cancelled. Documents that come, change and go meanwhile do so in both. What was embedded by the same model is not embedded again. A knowledge base has at most 4 generations.',
  })
  reindexKnowledgeBase(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => ReindexKnowledgeBaseArgs) { input, idempotencyKey }: ReindexKnowledgeBaseArgs,
  ) {
    const { knowledgeBase, embeddingModel, chunking, activate } = input
    const asked = { knowledgeBase, embeddingModel: embeddingModel ?? null, chunking: toChunking(chunking), activate }
    return answer(() =>
      services.knowledgeGenerations.reindex(principal, { ...asked, idempotencyKey: idempotencyKey ?? null }),
    )
  }

  @Mutation(() => ActivateGenerationResult, {
    description:
      'Lets searches read a generation that is READY, at once; so it goes back to a former one as well. A search that has begun ends with what it began with.',
  })
  activateGeneration(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => IndexGenerationInput, { description: 'Which generation.' }) input: IndexGenerationInput,
  ) {
    return answer(() => services.knowledgeGenerations.activate(principal, input))
  }

  @Mutation(() => DeleteGenerationResult, {
    description:
      'Deletes a generation that is neither read by searches nor being built, with its indexes and vectors. Its chunks can still be looked up by their ids.',
  })
  deleteGeneration(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => IndexGenerationInput, { description: 'Which generation.' }) input: IndexGenerationInput,
  ) {
    return answer(async () => ({ deletedId: (await services.knowledgeGenerations.delete(principal, input)).id }))
  }

  @FieldResolver(() => KnowledgeBase, { description: 'What it is a generation of.' })
  knowledgeBase(@Root() { knowledgeBase }: GenerationStatus): KnowledgeBaseDocument {
    return knowledgeBase
  }

  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: 'The model that makes its vectors; null when it is gone.',
  })
  embeddingModel(
    @Root() { embeddingModelVersionId }: GenerationStatus,
    @Ctx() { loaders }: GraphContext,
  ): Promise<ModelVersionDocument | null> {
    return loaders.modelVersions.load(embeddingModelVersionId)
  }

  @FieldResolver(() => GenerationProgressType, {
    nullable: true,
    description: 'How far its building has come; null before it began and after it ended.',
  })
  progress(@Root() { progress }: GenerationStatus): GenerationProgressType | null {
    if (!progress) return null
    const { done } = progress
    const total = progress.total ?? done
    return { done, total, percent: total === 0 ? 0 : (100 * done) / total }
  }

  @FieldResolver(() => ApproximateSearchType, {
    nullable: true,
    description:
      'The index that finds vectors without comparing all of them; null while all are compared: there are fewer than 10,000, or it has not been measured since the server started.',
  })
  async approximateSearch(
    @Root() root: GenerationStatus,
    @Ctx() { services, principal }: GraphContext,
  ): Promise<ApproximateSearchType | null> {
    const figures = await services.knowledgeGenerations.getApproximateSearch(principal, root)
    if (!figures) return null
    const { indexedRows, unindexedRows, ...rest } = figures
    return { ...rest, indexedShare: indexedRows / (indexedRows + unindexedRows) }
  }

  @FieldResolver(() => Int, { description: 'Documents that you may see of those that it has.' })
  async documentCount(@Root() root: GenerationStatus, @Ctx() { services, principal }: GraphContext): Promise<number> {
    return (await services.knowledgeGenerations.sumUp(principal, root)).documents
  }

  @FieldResolver(() => Int, { description: 'Chunks that it has of those documents.' })
  async chunkCount(@Root() root: GenerationStatus, @Ctx() { services, principal }: GraphContext): Promise<number> {
    return (await services.knowledgeGenerations.sumUp(principal, root)).chunks
  }

  @FieldResolver(() => Task, {
    nullable: true,
    description: 'The task that builds or built it; null of the first, and when it is gone.',
  })
  task(@Root() { taskId }: GenerationStatus, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return taskId === null ? Promise.resolve(null) : loaders.tasks.load(taskId)
  }
}
