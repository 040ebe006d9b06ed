import { toRowId, type ChunkRow } from '../../domain/chunk-row.js'
import { toReaders, type DocumentVersion } from '../../domain/knowledge.js'
import type { StoredChunk } from '../../domain/stored-chunk.js'
import type { VersionChunksOptions } from './version-chunks.js'

/** A chunk as both indexes need it. */
export interface IndexedChunk extends ChunkRow {
  readonly text: string
  readonly vector: Float32Array
}

/** What is put before a chunk; each line once, because a document's title is often its first heading. */
export const toHead = (title: string | null, headings: readonly string[]): string =>
  [...new Set(title === null ? headings : [title, ...headings])].join('\n')

/** What is embedded and searched of a chunk. */
export const toSearched = (text: string, head: string): string => (head === '' ? text : `${head}\n${text}`)

export interface SearchedChunk extends Pick<StoredChunk, 'metadata'> {
  readonly searched: string
  readonly vector: Float32Array
}

export function toIndexedChunks(version: DocumentVersion, chunks: readonly SearchedChunk[]): IndexedChunk[] {
  const readers = toReaders(version.access)
  return chunks.map(({ searched, vector, metadata }, ordinal) => ({
    id: toRowId(version.id, ordinal),
    documentId: version.documentId,
    versionId: version.id,
    ordinal,
    readers,
    metadata: { ...version.metadata, ...metadata },
    text: searched,
    vector,
  }))
}

/** The rows that a version has in a generation, as the stores have them; none when they are not there any more. */
export async function readIndexedChunks(
  { records, payloads }: VersionChunksOptions,
  version: DocumentVersion,
  generation: number,
): Promise<IndexedChunk[]> {
  const { id: versionId, tenantId, title, content } = version
  const set = content && (await records.sets.get({ tenantId }, { versionId, generation }))
  const read = set && (await records.sets.read(set))
  if (!read) return []
  const { text } = await payloads.get(content)
  return toIndexedChunks(
    version,
    read.chunks.map(({ start, end, headings, hasHead, metadata }, i) => ({
      searched: toSearched(text.slice(start, end), hasHead ? toHead(title, headings) : ''),
      vector: read.vectors[i]!,
      metadata,
    })),
  )
}
