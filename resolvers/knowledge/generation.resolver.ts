import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import type { KnowledgeBaseDocument } from '../../src/domain/knowledge.js'
import type { ModelVersionDocument } from '../../src/domain/model.js'
import type { TaskDocument } from '../../src/domain/task.js'
import type { GenerationStatus } from '../../src/services/knowledge/generations.service.js'
import type { GraphContext } from '../context.js'
import { ModelVersion } from '../models/model.type.js'
import { Task } from '../tasks/task.type.js'
import { ApproximateSearchType, GenerationProgressType, IndexGeneration } from './generation.type.js'
import { KnowledgeBase } from './knowledge-base.type.js'

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
