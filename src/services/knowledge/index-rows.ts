import { toRowId, type ChunkRow } from '../../domain/chunk-row.js'
import { toReaders, type DocumentVersion, type StoredChunk } from '../../domain/knowledge.js'
import type { Payloads } from '../payloads.js'
import type { DocumentRecords } from './document-records.js'
import { decodeVectors } from './vector-text.js'
import { readVersionChunks } from './version-chunks.js'

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

/** The rows of a version as the stores have them; none when they are not there any more. */
export async function readIndexedChunks(
  { records, payloads }: { readonly records: DocumentRecords; readonly payloads: Payloads },
  version: DocumentVersion,
): Promise<IndexedChunk[]> {
  const stored = await records.getVectors({ tenantId: version.tenantId }, version.id)
  if (!stored) return []
  const chunks = await readVersionChunks(payloads, version)
  const vectors = decodeVectors(await payloads.get(stored.vectors), chunks.length)
  return toIndexedChunks(
    version,
    chunks.map(({ text, headings, hasHead, metadata }, i) => ({
      searched: toSearched(text, hasHead ? toHead(version.title, headings) : ''),
      vector: vectors[i]!,
      metadata,
    })),
  )
}
