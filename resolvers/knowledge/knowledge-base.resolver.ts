import { Arg, Args, Ctx, Directive, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import {
  activeOf,
  type DocumentState,
  type KnowledgeBaseDocument,
  type KnowledgeDocument,
} from '../../src/domain/knowledge.js'
import type { ModelVersionDocument } from '../../src/domain/model.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { answer } from '../common/problem.interface.js'
import { LongScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'
import { ModelVersion } from '../models/model.type.js'
import { DocumentConnection } from './document.type.js'
import { CreateKnowledgeBaseInput, DeleteKnowledgeBaseInput, UpdateKnowledgeBaseInput } from './knowledge-base.input.js'
import { ChunkingSettingsType, KnowledgeBase, KnowledgeBaseConnection } from './knowledge-base.type.js'
import { DocumentStateEnum } from './knowledge.enum.js'
import { toCreateKnowledgeBase } from './knowledge-request.js'
import { CreateKnowledgeBaseResult, DeleteKnowledgeBaseResult, UpdateKnowledgeBaseResult } from './knowledge.union.js'

@Resolver(() => KnowledgeBase)
export class KnowledgeBaseResolver {
  @Query(() => KnowledgeBase, { nullable: true, description: 'The tenant’s knowledge base of this name, or null.' })
  knowledgeBase(
    @Ctx() { services, principal }: GraphContext,
    @Arg('name', () => String, { description: 'Name of a knowledge base.' }) name: string,
  ): Promise<KnowledgeBaseDocument | null> {
    return services.knowledgeBases.get(principal, name)
  }

  @Query(() => KnowledgeBaseConnection, { description: 'The tenant’s knowledge bases, at most 1,000, by name.' })
  async knowledgeBases(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<KnowledgeBaseDocument>> {
    return toConnection(await services.knowledgeBases.list(principal, toPageRequest(page)))
  }

  @Directive('@rateLimit')
  @Mutation(() => CreateKnowledgeBaseResult, {
    description: 'Makes an empty knowledge base. A tenant has at most 1,000.',
  })
  createKnowledgeBase(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => CreateKnowledgeBaseInput, { description: 'The knowledge base.' })
    input: CreateKnowledgeBaseInput,
  ) {
    return answer(() => services.knowledgeBases.create(principal, toCreateKnowledgeBase(input)))
  }

  @Mutation(() => UpdateKnowledgeBaseResult, {
    description: 'Changes what can be changed of a knowledge base, at once.',
  })
  updateKnowledgeBase(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => UpdateKnowledgeBaseInput, { description: 'What to change.' }) input: UpdateKnowledgeBaseInput,
  ) {
    const { name, newName = null, description, addMetadataFields, snapshotRetention: given } = input
    const snapshotRetention = given ? { keep: given.keep, maxAgeDays: given.maxAgeDays ?? null } : null
    return answer(() =>
      services.knowledgeBases.update(principal, { name, newName, description, addMetadataFields, snapshotRetention }),
    )
  }

  @Mutation(() => DeleteKnowledgeBaseResult, {
    description: 'Deletes a knowledge base with everything in it, at once; tasks that still add to it fail.',
  })
  deleteKnowledgeBase(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeleteKnowledgeBaseInput, { description: 'Which knowledge base.' })
    input: DeleteKnowledgeBaseInput,
  ) {
    return answer(async () => ({ deletedId: (await services.knowledgeBases.delete(principal, input.name)).id }))
  }

  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: 'The model that makes the vectors that searches read; null when it is gone.',
  })
  embeddingModel(
    @Root() base: KnowledgeBaseDocument,
    @Ctx() { loaders }: GraphContext,
  ): Promise<ModelVersionDocument | null> {
    return loaders.modelVersions.load(activeOf(base).embeddingModelVersionId)
  }

  @FieldResolver(() => ChunkingSettingsType, { description: 'How its documents become chunks, in what searches read.' })
  chunking(@Root() base: KnowledgeBaseDocument): ChunkingSettingsType {
    return activeOf(base).chunking
  }

  @FieldResolver(() => DocumentConnection, {
    description: 'Its documents that you may see, in the order in which they were made.',
  })
  async documents(
    @Root() base: KnowledgeBaseDocument,
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('state', () => DocumentStateEnum, {
      nullable: true,
      description: 'Those whose latest version stands there alone.',
    })
    state: DocumentState | null,
  ): Promise<ConnectionRoot<KnowledgeDocument>> {
    const asked = { state: state ?? null, page: toPageRequest(page) }
    return toConnection(await services.knowledgeDocuments.list(principal, base, asked))
  }

  @FieldResolver(() => Int, { description: 'Documents that you may see.' })
  async documentCount(@Root() { id }: KnowledgeBaseDocument, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.knowledgeBaseFigures.load(id)).documents
  }

  @FieldResolver(() => Int, { description: 'Chunks of those documents, in the versions that searches find.' })
  async chunkCount(@Root() { id }: KnowledgeBaseDocument, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.knowledgeBaseFigures.load(id)).chunks
  }

  @FieldResolver(() => LongScalar, {
    description: 'Bytes of the text of those documents, in the versions that searches find.',
  })
  async sizeBytes(@Root() { id }: KnowledgeBaseDocument, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.knowledgeBaseFigures.load(id)).sizeBytes
  }
}
