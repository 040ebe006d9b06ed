import type { Stored } from '../domain/stored-document.js'
import { isErrorWithCode } from '../kernel/errors.js'
import type { BlobStore } from '../ports/blob-store.js'

/** What is at most this long as JSON stands in the document; the rest goes to the blob store. */
const INLINE_BYTES = 64 * 1024

/** Inputs and outputs, in their document or beside it. */
export class Payloads {
  readonly #blobs: BlobStore
  /** The most that a value has as JSON, bytes. */
  readonly maxBytes: number

  constructor(blobs: BlobStore, maxBytes: number) {
    this.#blobs = blobs
    this.maxBytes = maxBytes
  }

  /** @throws GraphloomError `PAYLOAD_TOO_LARGE`. */
  async put<T>(value: T): Promise<Stored<T>> {
    if (mostBytes(value, INLINE_BYTES) <= INLINE_BYTES) return { inline: value }
    const text = JSON.stringify(value)
    if (text.length <= INLINE_BYTES && Buffer.byteLength(text) <= INLINE_BYTES) return { inline: value }
    const { id, sizeBytes } = await this.#blobs.put(Buffer.from(text), { maxBytes: this.maxBytes })
    return { blobId: id, sizeBytes }
  }

  async get<T>(stored: Stored<T>): Promise<T> {
    if ('inline' in stored) return stored.inline
    const parts: Uint8Array[] = []
    for await (const part of this.#blobs.read(stored.blobId)) parts.push(part)
    return JSON.parse(Buffer.concat(parts).toString()) as T
  }

  /**
   * Deletes what a write was to refer to, where its error says that it did not take place. Of other errors that is not
   * known: what nothing refers to goes later.
   */
  async deleteUnstored(error: unknown, ...stored: readonly (Stored<unknown> | null)[]): Promise<void> {
    if (REFUSALS.some((code) => isErrorWithCode(error, code))) await this.delete(...stored)
  }

  async delete(...stored: readonly (Stored<unknown> | null)[]): Promise<void> {
    for (const value of stored) if (value && 'blobId' in value) await this.#blobs.delete(value.blobId)
  }
}

/** Codes of errors that only a write which changed nothing has. */
const REFUSALS = ['CONFLICT', 'NOT_FOUND', 'INVALID_INPUT', 'OVERLOADED', 'PAYLOAD_TOO_LARGE'] as const

const MOST_NUMBER_BYTES = 25
const MOST_CHARACTER_BYTES = 6

/** At most so many bytes are the value as JSON: quicker than its text; it is counted no further than past `limit`. */
function mostBytes(value: unknown, limit: number): number {
  if (typeof value === 'string') return MOST_CHARACTER_BYTES * value.length + 2
  if (typeof value !== 'object' || value === null) return MOST_NUMBER_BYTES
  let bytes = 2
  for (const one of Array.isArray(value) ? (value as unknown[]) : Object.entries(value)) {
    if (bytes > limit) break
    bytes += 1 + mostBytes(one, limit)
  }
  return bytes
}
