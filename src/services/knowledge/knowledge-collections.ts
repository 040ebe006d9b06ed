import type {
  ChunkSet,
  DocumentVersion,
  KnowledgeBaseDocument,
  KnowledgeDocument,
  Snapshot,
} from '../../domain/knowledge.js'
import type { StoredDocument } from '../../domain/stored-document.js'
import type { CollectionDefinition } from '../../ports/document-store.js'

export const KNOWLEDGE_BASES: CollectionDefinition<KnowledgeBaseDocument> = {
  name: 'knowledgeBases',
  version: 1,
  fields: { name: 'string' },
  indexes: [{ name: 'knowledgeBases_name', fields: ['name'], unique: true }],
}

export const DOCUMENTS: CollectionDefinition<KnowledgeDocument> = {
  name: 'documents',
  version: 1,
  overwritesDeleted: true,
  fields: {
    knowledgeBaseId: 'string',
    state: 'string',
    audience: 'string',
    taskId: 'string',
    chunkCount: 'number',
    sizeBytes: 'number',
  },
  indexes: [
    { name: 'documents_base', fields: ['knowledgeBaseId'] },
    { name: 'documents_base_state', fields: ['knowledgeBaseId', 'state'] },
    { name: 'documents_base_audience', fields: ['knowledgeBaseId', 'audience'] },
  ],
}

export const DOCUMENT_VERSIONS: CollectionDefinition<DocumentVersion> = {
  name: 'documentVersions',
  version: 1,
  overwritesDeleted: true,
  fields: {
    knowledgeBaseId: 'string',
    documentId: 'string',
    number: 'number',
    contentBlobId: 'string',
  },
  indexes: [
    { name: 'documentVersions_document', fields: ['documentId', 'number'], unique: true },
    { name: 'documentVersions_base', fields: ['knowledgeBaseId'] },
    { name: 'documentVersions_content_blob', fields: ['contentBlobId'], acrossTenants: true },
  ],
}

export const CHUNK_SETS: CollectionDefinition<ChunkSet> = {
  name: 'chunkSets',
  version: 1,
  overwritesDeleted: true,
  fields: {
    knowledgeBaseId: 'string',
    versionId: 'string',
    generation: 'number',
    chunksBlobId: 'string',
    vectorsBlobId: 'string',
  },
  indexes: [
    { name: 'chunkSets_base', fields: ['knowledgeBaseId'] },
    { name: 'chunkSets_version', fields: ['versionId'] },
    { name: 'chunkSets_chunks_blob', fields: ['chunksBlobId'], acrossTenants: true },
    { name: 'chunkSets_vectors_blob', fields: ['vectorsBlobId'], acrossTenants: true },
  ],
}

export const SNAPSHOTS: CollectionDefinition<Snapshot> = {
  name: 'knowledgeSnapshots',
  version: 1,
  fields: { knowledgeBaseId: 'string', name: 'string', membersBlobId: 'string' },
  indexes: [
    { name: 'knowledgeSnapshots_name', fields: ['knowledgeBaseId', 'name'], unique: true },
    { name: 'knowledgeSnapshots_base', fields: ['knowledgeBaseId', 'createdAt'] },
    { name: 'knowledgeSnapshots_members_blob', fields: ['membersBlobId'], acrossTenants: true },
  ],
}

/** What is to be cleared away: a document, a generation or a snapshot that was deleted, or all of a base that was. */
export interface Removal extends StoredDocument {
  readonly knowledgeBaseId: string
  /** Indexes that go. */
  readonly indexNames: readonly string[]
  readonly documentId: string | null
  /** Number of a generation. */
  readonly generation: number | null
  readonly snapshotId: string | null
  /** The document's versions when it was deleted; a later document of the same key has others. */
  readonly versionIds: readonly string[]
}

export const REMOVALS: CollectionDefinition<Removal> = {
  name: 'knowledgeRemovals',
  version: 1,
  fields: { knowledgeBaseId: 'string' },
  indexes: [],
}

export const KNOWLEDGE_COLLECTIONS = [KNOWLEDGE_BASES, DOCUMENTS, DOCUMENT_VERSIONS, CHUNK_SETS, SNAPSHOTS, REMOVALS]
