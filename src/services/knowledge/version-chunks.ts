import { toChunkId, type DocumentVersion, type StoredChunk } from '../../domain/knowledge.js'
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
  { records, payloads }: VersionChunksOptions,
  version: DocumentVersion,
  generation: number,
): Promise<DocumentChunk[]> {
  const { id: versionId, tenantId, documentId, content } = version
  const set = content && (await records.sets.get({ tenantId }, { versionId, generation }))
  if (!set) return []
  const [{ text }, stored] = await Promise.all([payloads.get(content), payloads.get(set.chunks)])
  return stored.map((chunk, ordinal) => ({
    ...chunk,
    id: toChunkId(versionId, generation, ordinal),
    documentId,
    versionId,
    ordinal,
    text: text.slice(chunk.start, chunk.end),
  }))
}
