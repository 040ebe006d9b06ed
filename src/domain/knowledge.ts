import type { ErrorInfo } from '../kernel/errors.js'
import { toIdOfKind } from '../kernel/ids.js'
import type { ChunkingSettings } from './chunking.js'
import type { DocumentText } from './document-text.js'
import type { Metadata, MetadataField } from './metadata-filter.js'
import type { Stored, StoredDocument } from './stored-document.js'
import type { TextLanguage } from './text-language.js'
import type { KeptChunk } from './stored-chunk.js'

/** How documents become chunks, and chunks what is embedded. */
export interface BaseChunking extends ChunkingSettings {
  /** Whether the document's title and the headings above a chunk are embedded and searched with it. */
  readonly withHeadings: boolean
}

/** One way in which all documents of a base are cut and embedded, with indexes of its own. */
export interface IndexGeneration {
  readonly id: string
  /** From 1, in the order in which they were begun; never given again. */
  readonly number: number
  readonly embeddingModelVersionId: string
  /** Of its vectors. */
  readonly dimensions: number
  readonly chunking: BaseChunking
  readonly indexName: string
  /** The task that builds it; null of the one that a base is made with. */
  readonly taskId: string | null
  readonly createdAt: number
  /** Since when it has every document, each later one at the same moment as the others; null before. */
  readonly readyAt: number | null
  /** When searches began to read it last. */
  readonly activatedAt: number | null
}

export interface KnowledgeBaseDocument extends StoredDocument {
  readonly name: string
  readonly description: string | null
  readonly language: TextLanguage
  readonly metadataFields: readonly MetadataField[]
  /** In the order of their numbers. */
  readonly generations: readonly IndexGeneration[]
  /** Number of the generation that searches read. */
  readonly activeGeneration: number
  readonly latestGeneration: number
  /** Number of the generation that every document's `chunkCount` is of; 0 while they are being changed. */
  readonly countedGeneration: number
  readonly snapshotRetention: SnapshotRetention
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

export type ChunkCounts = Readonly<Record<string, number>>

/** What is told of a document and of each of its versions. */
export interface DocumentTraits {
  readonly title: string | null
  /** Where it comes from, e.g. an address; as it was given. */
  readonly source: string | null
  readonly mediaType: string | null
  /** Of the content as it was given, lower-case hexadecimal; null of an address that was not read yet. */
  readonly contentSha256: string | null
  readonly metadata: Metadata
  /** Where it is cut otherwise than the base's documents. */
  readonly chunking?: Partial<BaseChunking> | null
  readonly pages: number | null
  /** Chunks in each generation that has it, by the generation's number. */
  readonly chunkCounts: ChunkCounts
  readonly sizeBytes: number
  /** What was passed over, in words. */
  readonly warnings: readonly string[]
  readonly diff: DocumentDiff | null
}

export function toTraits(traits: DocumentTraits): DocumentTraits {
  const { title, source, mediaType, contentSha256, metadata, chunking = null } = traits
  const { pages, chunkCounts, sizeBytes, warnings, diff } = traits
  return { title, source, mediaType, contentSha256, metadata, chunking, pages, chunkCounts, sizeBytes, warnings, diff }
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
  /** That of `chunkCounts` that bases sum up. */
  readonly chunkCount: number
  /** Of the latest version, which may not be ready. */
  readonly latestNumber: number
  /** The task that has the latest version. */
  readonly taskId: string
  readonly access: AccessList | null
  /** The version that the access list came with: earlier ones do not change it any more. */
  readonly accessNumber: number
  /** Its readers as one text, so that they can be looked for; null is everybody of the tenant. */
  readonly audience: string | null
  readonly createdBy: string
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
  readonly contentBlobId: string | null
  readonly taskId: string
}

/** A version as one generation has it. Its id follows from both. */
export interface ChunkSet extends StoredDocument {
  readonly knowledgeBaseId: string
  readonly versionId: string
  readonly generation: number
  readonly modelVersionId: string
  readonly chunks: Stored<readonly KeptChunk[]>
  readonly chunksBlobId: string | null
  /**
   * Of the chunks, in their order: 32-bit floats, little-endian, in base 64. Null when neither a search nor a snapshot
   * needs them any more.
   */
  readonly vectors: Stored<string> | null
  readonly vectorsBlobId: string | null
}

/** A document in a snapshot. */
export interface SnapshotMember {
  readonly documentId: string
  readonly versionId: string
  readonly chunkCount: number
}

/** What was served of a base at a time. */
export interface Snapshot extends StoredDocument {
  readonly knowledgeBaseId: string
  /** Unique within the base; null while it is being deleted. */
  readonly name: string | null
  /** Number of the generation that was active. */
  readonly generation: number
  readonly members: Stored<readonly SnapshotMember[]>
  readonly membersBlobId: string | null
  readonly createdBy: string
}

/** Which snapshots of a base stay. */
export interface SnapshotRetention {
  /** So many, the latest. */
  readonly keep: number
  /** Those that are not older, days; null is no bound. */
  readonly maxAgeDays: number | null
}

export const userReader = (subject: string): string => `user:${subject}`
export const groupReader = (group: string): string => `group:${group}`

/** The names of who may see a document of this list; null is everybody of the tenant. */
export function toReaders(access: AccessList | null): readonly string[] | null {
  if (!access) return null
  return [...new Set([...access.users.map(userReader), ...access.groups.map(groupReader)])].sort()
}

export const toGenerationId = (knowledgeBaseId: string, number: number): string =>
  `${toIdOfKind('generation', knowledgeBaseId)}_${number}`

export function parseGenerationId(id: string): { readonly knowledgeBaseId: string; readonly number: number } {
  const at = id.lastIndexOf('_')
  return { knowledgeBaseId: toIdOfKind('knowledgeBase', id.slice(0, at)), number: Number(id.slice(at + 1)) }
}

export const toChunkSetId = (versionId: string, generation: number): string =>
  `${toIdOfKind('chunkSet', versionId)}_${generation}`

/** A chunk has its version's id, the number of its generation, and its place there. */
export const toChunkId = (versionId: string, generation: number, ordinal: number): string =>
  `${toIdOfKind('chunk', versionId)}_${generation}_${ordinal}`

export interface ChunkPlace {
  readonly versionId: string
  readonly generation: number
  readonly ordinal: number
}

export function parseChunkId(id: string): ChunkPlace {
  const [, body = '', generation, ordinal] = id.split('_')
  return {
    versionId: toIdOfKind('documentVersion', `_${body}`),
    generation: Number(generation),
    ordinal: Number(ordinal),
  }
}

/** The generation that searches read. */
export const activeOf = ({ generations, activeGeneration }: KnowledgeBaseDocument): IndexGeneration =>
  generations.find(({ number }) => number === activeGeneration)!

/** The generations that have every document, and get each later one at once. */
export const readyOf = ({ generations }: KnowledgeBaseDocument): readonly IndexGeneration[] =>
  generations.filter(({ readyAt }) => readyAt !== null)

/** The generation by which a version is told of: that of searches, or the latest that has it where that has it not. */
export function shownGeneration(base: KnowledgeBaseDocument | null, counts: ChunkCounts): number {
  const active = base?.activeGeneration ?? 0
  return active in counts ? active : Math.max(0, ...Object.keys(counts).map(Number))
}
