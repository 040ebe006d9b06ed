export interface BlobInfo {
  readonly id: string
  readonly sizeBytes: number
  /** Lower-case hexadecimal SHA-256 of the content. */
  readonly sha256: string
}

/**
 * What is larger than a document. A blob is written once, never changed, and durable when `put` resolves: a reader
 * sees all of it or nothing.
 */
export interface BlobStore {
  /** Stores the bytes, at most `maxBytes` of them (`PAYLOAD_TOO_LARGE` past that, and nothing is kept). */
  put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<BlobInfo>
  /** The content in order; `NOT_FOUND` when there is none, `INTERNAL` when it does not have its checksum any more. */
  read(id: string, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /** No error when there is none. */
  delete(id: string): Promise<void>
  /**
   * Deletes what a crash left half written and what nobody refers to: blobs older than `olderThanMs` (age,
   * milliseconds) for which `isReferenced` says no. Resolves with the number deleted.
   */
  sweep(olderThanMs: number, isReferenced: (id: string) => Promise<boolean>): Promise<number>
}
