import { toChunkId, type ChunkSet, type DocumentVersion, type StoredChunk } from '../../domain/knowledge.js'
import type { Payloads } from '../payloads.js'
import type { DocumentRecords } from './document-records.js'

/** A chunk of a document's version, with its text. */
export interface DocumentChunk extends StoredChunk {
  readonly id: string
  readonly documentId: string
  readonly versionId: string
  readonly ordinal: number
  /** `text.slice(start, end)` of the version. */
  readonly text: string
}

export interface VersionChunksOptions {
  readonly records: DocumentRecords
  readonly payloads: Payloads
}

/** All chunks that a version has in a generation, in order; none where that has not got it. */
export async function readVersionChunks(
  options: VersionChunksOptions,
  version: DocumentVersion,
  generation: number,
): Promise<DocumentChunk[]> {
  const { id: versionId, tenantId } = version
  return toDocumentChunks(options, version, await options.records.sets.get({ tenantId }, { versionId, generation }))
}

/** The chunks that a version has in a set. */
export async function toDocumentChunks(
  { payloads }: Pick<VersionChunksOptions, 'payloads'>,
  { id: versionId, documentId, content }: DocumentVersion,
  set: ChunkSet | null,
): Promise<DocumentChunk[]> {
  if (!content || !set) return []
  const [{ text }, stored] = await Promise.all([payloads.get(content), payloads.get(set.chunks)])
  return stored.map((chunk, ordinal) => ({
    ...chunk,
    id: toChunkId(versionId, set.generation, ordinal),
    documentId,
    versionId,
    ordinal,
    text: text.slice(chunk.start, chunk.end),
  }))
}
