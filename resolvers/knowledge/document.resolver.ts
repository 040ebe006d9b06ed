import { Arg, Args, Ctx, Directive, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import {
  shownGeneration,
  type DocumentVersion as VersionRecord,
  type KnowledgeBaseDocument,
  type KnowledgeDocument,
} from '../../src/domain/knowledge.js'
import type { TaskDocument } from '../../src/domain/task.js'
import { toMetadataJson } from '../../src/services/knowledge/metadata-input.js'
import type { DocumentChunk } from '../../src/services/knowledge/version-chunks.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { answer } from '../common/problem.interface.js'
import { JsonScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'
import { Task } from '../tasks/task.type.js'
import { AddDocumentsArgs, DeleteDocumentInput, PreviewChunksInput } from './document.input.js'
import {
  Chunk,
  ChunkConnection,
  Document,
  DocumentPreview,
  DocumentVersion,
  DocumentVersionConnection,
} from './document.type.js'
import { KnowledgeBase } from './knowledge-base.type.js'
import { toAddDocuments, toPreview, toPreviewChunks } from './knowledge-request.js'
import { AddDocumentsResult, DeleteDocumentResult } from './knowledge.union.js'

async function readMetadata(
  { metadata, knowledgeBaseId }: KnowledgeDocument | VersionRecord,
  { loaders }: GraphContext,
): Promise<unknown> {
  const base = await loaders.knowledgeBases.load(knowledgeBaseId)
  return toMetadataJson(metadata, base?.metadataFields ?? [])
}

async function countChunks(
  { chunkCounts, knowledgeBaseId }: KnowledgeDocument | VersionRecord,
  { loaders }: GraphContext,
): Promise<number> {
  const base = await loaders.knowledgeBases.load(knowledgeBaseId)
  return chunkCounts[shownGeneration(base, chunkCounts)] ?? 0
}

@Resolver(() => Document)
export class DocumentResolver {
  @Query(() => Document, { nullable: true, description: 'The document with this id that you may see, or null.' })
  document(
    @Ctx() { loaders }: GraphContext,
    @Arg('id', () => ID, { description: 'Id of a document.' }) id: string,
  ): Promise<KnowledgeDocument | null> {
    return loaders.documents.load(id)
  }

  @Directive('@rateLimit')
  @Query(() => DocumentPreview, { description: 'What a document would become, without storing anything.' })
  async previewChunks(
    @Ctx() { services, principal, signal }: GraphContext,
    @Arg('input', () => PreviewChunksInput, { description: 'The document, and how it is cut.' })
    input: PreviewChunksInput,
  ) {
    return toPreview(await services.knowledgeDocuments.preview(principal, toPreviewChunks(input), signal))
  }

  @Directive('@rateLimit')
  @Mutation(() => AddDocumentsResult, {
    description:
      'Accepts documents and answers when they are on disk; a task reads, cuts and embeds them. A document of a key that is there becomes its next version: searches flip to it when it is ready, wholly and at once.',
  })
  addDocuments(@Ctx() { services, principal }: GraphContext, @Args(() => AddDocumentsArgs) args: AddDocumentsArgs) {
    return answer(() => services.knowledgeDocuments.add(principal, toAddDocuments(args)))
  }

  @Mutation(() => DeleteDocumentResult, {
    description: 'Deletes a document with all its versions: searches find nothing of it from the answer on.',
  })
  deleteDocument(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeleteDocumentInput, { description: 'Which document.' }) input: DeleteDocumentInput,
  ) {
    return answer(async () => ({ deletedId: (await services.knowledgeDocuments.delete(principal, input.id)).id }))
  }

  @FieldResolver(() => KnowledgeBase, {
    nullable: true,
    description: 'What it is in; null when that was deleted just now.',
  })
  knowledgeBase(
    @Root() { knowledgeBaseId }: KnowledgeDocument,
    @Ctx() { loaders }: GraphContext,
  ): Promise<KnowledgeBaseDocument | null> {
    return loaders.knowledgeBases.load(knowledgeBaseId)
  }

  @FieldResolver(() => DocumentVersion, {
    nullable: true,
    description: 'The version that searches find; null before the first is ready.',
  })
  version(@Root() { versionId }: KnowledgeDocument, @Ctx() { loaders }: GraphContext): Promise<VersionRecord | null> {
    return versionId === null ? Promise.resolve(null) : loaders.documentVersions.load(versionId)
  }

  @FieldResolver(() => DocumentVersionConnection, { description: 'All its versions, the latest first.' })
  async versions(
    @Root() document: KnowledgeDocument,
    @Ctx() { services }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<VersionRecord>> {
    return toConnection(await services.knowledgeDocuments.listVersions(document, toPageRequest(page)))
  }

  @FieldResolver(() => Int, { description: 'Chunks that it was cut into; 0 before it was read.' })
  chunkCount(@Root() document: KnowledgeDocument, @Ctx() context: GraphContext): Promise<number> {
    return countChunks(document, context)
  }

  @FieldResolver(() => JsonScalar, { description: 'Values of metadata fields by their names; dates in UTC.' })
  metadata(@Root() document: KnowledgeDocument, @Ctx() context: GraphContext): Promise<unknown> {
    return readMetadata(document, context)
  }

  @FieldResolver(() => Task, {
    nullable: true,
    description: 'The task that has its latest version; null when that is gone.',
  })
  ingestion(@Root() { taskId }: KnowledgeDocument, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return loaders.tasks.load(taskId)
  }
}

@Resolver(() => DocumentVersion)
export class DocumentVersionResolver {
  @FieldResolver(() => Document, { nullable: true, description: 'The document that it is a version of.' })
  document(@Root() { documentId }: VersionRecord, @Ctx() { loaders }: GraphContext): Promise<KnowledgeDocument | null> {
    return loaders.documents.load(documentId)
  }

  @FieldResolver(() => Boolean, { description: 'Whether a later version has taken its place in searches.' })
  async superseded(@Root() { documentId, number }: VersionRecord, @Ctx() { loaders }: GraphContext): Promise<boolean> {
    return ((await loaders.documents.load(documentId))?.versionNumber ?? 0) > number
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Its normalised text, which chunks are slices of; null before it was read.',
  })
  text(@Root() version: VersionRecord, @Ctx() { services }: GraphContext): Promise<string | null> {
    return services.knowledgeDocuments.readText(version)
  }

  @FieldResolver(() => Int, { description: 'Chunks that it was cut into; 0 before it was read.' })
  chunkCount(@Root() version: VersionRecord, @Ctx() context: GraphContext): Promise<number> {
    return countChunks(version, context)
  }

  @FieldResolver(() => JsonScalar, { description: 'Values of metadata fields by their names; dates in UTC.' })
  metadata(@Root() version: VersionRecord, @Ctx() context: GraphContext): Promise<unknown> {
    return readMetadata(version, context)
  }

  @FieldResolver(() => ChunkConnection, {
    description: 'Its chunks, in order, as searches read them, or as they were read last; none before it was read.',
  })
  async chunks(
    @Root() version: VersionRecord,
    @Ctx() { services }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<DocumentChunk>> {
    return toConnection(await services.knowledgeDocuments.listChunks(version, toPageRequest(page)))
  }
}

@Resolver(() => Chunk)
export class ChunkResolver {
  @FieldResolver(() => Document, { nullable: true, description: 'The document that it is of.' })
  document(@Root() { documentId }: DocumentChunk, @Ctx() { loaders }: GraphContext): Promise<KnowledgeDocument | null> {
    return loaders.documents.load(documentId)
  }

  @FieldResolver(() => DocumentVersion, { nullable: true, description: 'The version that it is of.' })
  documentVersion(
    @Root() { versionId }: DocumentChunk,
    @Ctx() { loaders }: GraphContext,
  ): Promise<VersionRecord | null> {
    return loaders.documentVersions.load(versionId)
  }
}
