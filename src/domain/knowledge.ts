import type { ErrorInfo } from '../kernel/errors.js'
import { toIdOfKind } from '../kernel/ids.js'
import type { ChunkingSettings } from './chunking.js'
import type { DocumentText } from './document-text.js'
import type { Metadata, MetadataField } from './metadata-filter.js'
import type { Stored, StoredDocument } from './stored-document.js'
import type { TextLanguage } from './text-language.js'

/** How documents become chunks, and chunks what is embedded. */
export interface BaseChunking extends ChunkingSettings {
  /** Whether the document's title and the headings above a chunk are embedded and searched with it. */
  readonly withHeadings: boolean
}

export interface KnowledgeBaseDocument extends StoredDocument {
  readonly name: string
  readonly description: string | null
  readonly embeddingModelVersionId: string
  readonly chunking: BaseChunking
  readonly language: TextLanguage
  readonly metadataFields: readonly MetadataField[]
  /** Of its indexes. */
  readonly indexName: string
  readonly createdBy: string
}

export const DOCUMENT_STATES = ['QUEUED', 'READY', 'FAILED'] as const
export type DocumentState = (typeof DOCUMENT_STATES)[number]

/** Who may see a document: the users and groups that it names. */
export interface AccessList {
  readonly users: readonly string[]
  readonly groups: readonly string[]
}

/** What became of a version's chunks in comparison with the version before. */
export interface DocumentDiff {
  /** Chunks whose vectors were there already. */
  readonly unchanged: number
  readonly embedded: number
  /** Chunks of the version before that are in this one no more. */
  readonly removed: number
  /** Tokens of the unchanged chunks. */
  readonly tokensSaved: number
}

/** What is told of a document and of each of its versions. */
export interface DocumentTraits {
  readonly title: string | null
  /** Where it comes from, e.g. an address; as it was given. */
  readonly source: string | null
  readonly mediaType: string | null
  readonly metadata: Metadata
  readonly pages: number | null
  readonly chunkCount: number
  readonly sizeBytes: number
  /** What was passed over, in words. */
  readonly warnings: readonly string[]
  readonly diff: DocumentDiff | null
}

/** A document of a knowledge base. The traits are those of the version that is served, else of the first. */
export interface KnowledgeDocument extends StoredDocument, DocumentTraits {
  readonly knowledgeBaseId: string
  /** The caller's own name for it, unique within the base; null where it has none. */
  readonly key: string | null
  /** Of its latest version. */
  readonly state: DocumentState
  /** Why its latest version failed. */
  readonly error: ErrorInfo | null
  /** What searches find; null before the first version is ready. */
  readonly versionId: string | null
  readonly versionNumber: number
  /** Of the latest version, which may not be ready. */
  readonly latestNumber: number
  /** The task that has the latest version. */
  readonly taskId: string
  readonly access: AccessList | null
  /** Its readers as one text, so that they can be looked for; null is everybody of the tenant. */
  readonly audience: string | null
  readonly createdBy: string
}

export interface StoredChunk {
  readonly start: number
  readonly end: number
  readonly tokens: number
  readonly page: number | null
  readonly headings: readonly string[]
  /** Whether the title and the headings are embedded and searched with it. */
  readonly hasHead: boolean
  /** Of what was embedded: equal hashes have equal vectors. */
  readonly hash: string
  readonly metadata: Metadata
}

export interface DocumentVersion extends StoredDocument, DocumentTraits {
  readonly knowledgeBaseId: string
  readonly documentId: string
  /** From 1, in the order in which versions were accepted. */
  readonly number: number
  /** DELETED is left of a version whose document was deleted while its task was not over, so that it stays deleted. */
  readonly state: DocumentState | 'DELETED'
  readonly error: ErrorInfo | null
  readonly access: AccessList | null
  /** What was read of the document; null until it was. */
  readonly content: Stored<DocumentText> | null
  readonly chunks: Stored<readonly StoredChunk[]> | null
  readonly contentBlobId: string | null
  readonly chunksBlobId: string | null
  readonly taskId: string
}

/** Vectors of a version's chunks, in their order: 32-bit floats, little-endian, in base 64. Its id is the version's. */
export interface VersionVectors extends StoredDocument {
  readonly knowledgeBaseId: string
  readonly modelVersionId: string
  readonly vectors: Stored<string>
  readonly vectorsBlobId: string | null
}

export const userReader = (subject: string): string => `user:${subject}`
export const groupReader = (group: string): string => `group:${group}`

/** The names of who may see a document of this list; null is everybody of the tenant. */
export function toReaders(access: AccessList | null): readonly string[] | null {
  if (!access) return null
  return [...new Set([...access.users.map(userReader), ...access.groups.map(groupReader)])].sort()
}

/** A chunk has its version's id, and its place there. */
export const toChunkId = (versionId: string, ordinal: number): string => `${toIdOfKind('chunk', versionId)}_${ordinal}`

export function parseChunkId(id: string): { readonly versionId: string; readonly ordinal: number } {
  const at = id.lastIndexOf('_')
  return { versionId: toIdOfKind('documentVersion', id.slice(0, at)), ordinal: Number(id.slice(at + 1)) }
}
