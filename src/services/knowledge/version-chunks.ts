import { toChunkId, type DocumentVersion, type StoredChunk } from '../../domain/knowledge.js'
import type { Payloads } from '../payloads.js'

/** A chunk of a document's version, with its text. */
export interface DocumentChunk extends StoredChunk {
  readonly id: string
  readonly documentId: string
  readonly versionId: string
  readonly ordinal: number
  /** `text.slice(start, end)` of the version. */
  readonly text: string
}

/** All chunks of a version, in order. */
export async function readVersionChunks(payloads: Payloads, version: DocumentVersion): Promise<DocumentChunk[]> {
  const { id: versionId, documentId, content, chunks } = version
  if (!content || !chunks) return []
  const [{ text }, stored] = await Promise.all([payloads.get(content), payloads.get(chunks)])
  return stored.map((chunk, ordinal) => ({
    ...chunk,
    id: toChunkId(versionId, ordinal),
    documentId,
    versionId,
    ordinal,
    text: text.slice(chunk.start, chunk.end),
  }))
}

/** The chunks of each version that is there, by its id. */
export async function readChunksOf(
  payloads: Payloads,
  versions: readonly (DocumentVersion | null)[],
): Promise<ReadonlyMap<string, readonly DocumentChunk[]>> {
  const read = versions.flatMap((version) => (version ? [readVersionChunks(payloads, version)] : []))
  const ids = versions.flatMap((version) => version?.id ?? [])
  return new Map((await Promise.all(read)).map((chunks, i) => [ids[i]!, chunks]))
}
