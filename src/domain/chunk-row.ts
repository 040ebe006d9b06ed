import type { Metadata, MetadataFilter } from './metadata-filter.js'

/** A chunk as indexes have it. */
export interface ChunkRow {
  /** `versionId/ordinal`. */
  readonly id: string
  readonly documentId: string
  readonly versionId: string
  /** Place among the version's chunks, from 0. */
  readonly ordinal: number
  /** Who may find it, e.g. `user:ada`; null is everybody of the tenant. */
  readonly readers: readonly string[] | null
  readonly metadata: Metadata
}

/** Which rows of an index are asked for. */
export interface RowSelection {
  /** Names of whoever asks: rows for everybody, and those that name one of these. */
  readonly readers: readonly string[]
  readonly filter: MetadataFilter | null
  /** 1 to 10,000. */
  readonly limit: number
}

export interface ScoredRow extends Pick<ChunkRow, 'id' | 'documentId' | 'versionId' | 'ordinal'> {
  readonly score: number
}

export const toRowId = (versionId: string, ordinal: number): string => `${versionId}/${ordinal}`

export function parseRowId(id: string): Pick<ChunkRow, 'versionId' | 'ordinal'> {
  const at = id.lastIndexOf('/')
  return { versionId: id.slice(0, at), ordinal: Number(id.slice(at + 1)) }
}
