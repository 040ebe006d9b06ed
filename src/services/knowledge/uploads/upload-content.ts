import { isErrorWithCode } from '../../../kernel/errors.js'
import type { UploadDocument, UploadPartDocument } from '../../../domain/upload.js'
import type { BlobInfo, BlobStore } from '../../../ports/blob-store.js'
import type { UploadStore } from './upload-store.js'

export interface UploadContentOptions {
  readonly store: UploadStore
  readonly blobs: BlobStore
}

/** How many bytes have come, and whether they are all. */
export interface UploadProgress {
  readonly receivedBytes: number
  readonly parts: readonly UploadPartDocument[]
}

/** The bytes of uploads: parts, which become one blob when the last is there. */
export class UploadContent {
  readonly #store: UploadStore
  readonly #blobs: BlobStore

  constructor({ store, blobs }: UploadContentOptions) {
    this.#store = store
    this.#blobs = blobs
  }

  /** Of a complete upload its size; otherwise where the next bytes belong. */
  async progressOf(upload: UploadDocument): Promise<UploadProgress> {
    if (upload.state === 'COMPLETE') return { receivedBytes: upload.sizeBytes ?? 0, parts: [] }
    const parts = await this.#store.listParts(upload)
    return { receivedBytes: parts.at(-1)?.through ?? 0, parts }
  }

  /**
   * The upload, complete when all of its bytes have come: also those of which a process that is gone had not made one
   * blob yet.
   */
  async settle(upload: UploadDocument): Promise<UploadDocument> {
    if (upload.state === 'COMPLETE') return upload
    const { parts } = await this.progressOf(upload)
    if (!parts.at(-1)?.isLast) return upload
    const blob = await this.#join(parts)
    try {
      const { id: blobId, sizeBytes, sha256 } = blob
      const complete = await this.#store.update({ ...upload, state: 'COMPLETE', blobId, sizeBytes, sha256 })
      await this.#deleteParts(parts)
      return complete
    } catch (error) {
      await this.#blobs.delete(blob.id)
      if (!isErrorWithCode(error, 'CONFLICT')) throw error
      return (await this.#store.get({ tenantId: upload.tenantId }, upload.id)) ?? upload
    }
  }

  /** With all that came of it. */
  async delete(upload: UploadDocument): Promise<void> {
    await this.#deleteParts(await this.#store.listParts(upload))
    await this.#store.delete(upload)
    if (upload.blobId !== null) await this.#blobs.delete(upload.blobId)
  }

  #join(parts: readonly UploadPartDocument[]): Promise<BlobInfo> {
    const blobs = this.#blobs
    async function* content(): AsyncGenerator<Uint8Array> {
      for (const { blobId } of parts) yield* blobs.read(blobId)
    }
    return blobs.put(content(), { maxBytes: parts.at(-1)?.through ?? 0 })
  }

  async #deleteParts(parts: readonly UploadPartDocument[]): Promise<void> {
    for (const part of parts) {
      await this.#store.deletePart(part).catch(ignoreGone)
      await this.#blobs.delete(part.blobId)
    }
  }
}

function ignoreGone(error: unknown): void {
  if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
}
