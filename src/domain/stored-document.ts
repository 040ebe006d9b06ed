/**
 * What every stored document has. `revision` is 1 after the insert and goes up by 1 with each update; the store sets
 * it, together with `createdAt` and `updatedAt` (Unix milliseconds).
 */
export interface StoredDocument {
  readonly id: string
  readonly tenantId: string
  readonly revision: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** A value in the document, or in the blob store when it is too large for one. */
export type Stored<T> = { readonly inline: T } | { readonly blobId: string; readonly sizeBytes: number }

export const blobIdOf = (stored: Stored<unknown> | null): string | null =>
  stored && 'blobId' in stored ? stored.blobId : null
