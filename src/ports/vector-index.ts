import type { ChunkRow, RowSelection, ScoredRow } from '../domain/chunk-row.js'
import type { MetadataField } from '../domain/metadata-filter.js'

export interface VectorRow extends ChunkRow {
  /** Of the index's dimensions; not all zero. */
  readonly vector: Float32Array
}

export interface VectorIndexShape {
  readonly dimensions: number
  readonly metadataFields: readonly MetadataField[]
}

/** How well searches find what is nearest without comparing all rows. */
export interface ApproximateFigures {
  readonly kind: string
  /** Whether searches use it: it finds enough. Otherwise they compare all rows. */
  readonly isUsed: boolean
  /** Share of the ten truly nearest rows that it finds, 0 to 1. */
  readonly recall: number
  /** Queries that this was measured with. */
  readonly sampleSize: number
  readonly measuredAt: number
  readonly indexedRows: number
  /** Rows that came later. They are compared one by one. */
  readonly unindexedRows: number
  /** How many rows a search follows at once. */
  readonly width: number
}

/**
 * Vectors of chunks, by the cosine of their angle. An index is made from what the document store and the blob store
 * have, and can be made again: it need not survive a loss of power. One process writes to it.
 *
 * Names of indexes are letters, digits and underscores. What is asked of an index that is not there, or cannot be read,
 * is `UNAVAILABLE`; of one whose shape is another, `INVALID_INPUT`.
 */
export interface VectorIndex extends AsyncDisposable {
  /** Makes an empty index; no error when there is one of this shape. */
  create(name: string, shape: VectorIndexShape): Promise<void>
  /** Makes room for further metadata fields; those that are there stay. Rows have no value in new ones. */
  addFields(name: string, fields: readonly MetadataField[]): Promise<void>
  /** No error when there is none. */
  drop(name: string): Promise<void>
  /** Adds rows, all or none; searches that begin afterwards see them. Their ids must be new. */
  add(name: string, rows: readonly VectorRow[]): Promise<void>
  /** Removes the rows of these versions; those that are not there are no error. */
  remove(name: string, versionIds: readonly string[]): Promise<void>
  /**
   * The rows nearest to the vector among those that the selection keeps, which are chosen before the ranking. The score
   * is the cosine, -1 to 1, the highest first. Of many rows, one of the nearest may be missing: see `tend`.
   */
  search(name: string, vector: Float32Array, selection: RowSelection): Promise<ScoredRow[]>
  /** How many rows the index has of each version. */
  versions(name: string): Promise<ReadonlyMap<string, number>>
  /** Rows that the index has, all readers' together. */
  count(name: string): Promise<number>
  /**
   * Joins what many small writes left, and deletes what the index held `keptMs` milliseconds ago and holds no more; a
   * minute ago when left out. Searches that are older fail. Not together with a write, or with `tend`.
   */
  compact(name: string, keptMs?: number): Promise<void>
  /**
   * Makes, extends, measures or drops what finds rows without comparing all, as their number asks for. Searches and
   * writes go on meanwhile.
   */
  tend(name: string): Promise<void>
  /** What `tend` found out; null while searches compare all rows because they are few, or before it did. */
  figures(name: string): Promise<ApproximateFigures | null>
}
