import type { StoredDocument } from './stored-document.js'

/** Where the server takes them. */
export const UPLOAD_PATH = '/uploads'

export type UploadState = 'OPEN' | 'COMPLETE'

/** A file that a client sends, in one piece or several. */
export interface UploadDocument extends StoredDocument {
  readonly createdBy: string
  readonly state: UploadState
  readonly name: string | null
  /** What the client says it is. */
  readonly mediaType: string | null
  /** Of the whole file, bytes: as it was announced, or as it came. */
  readonly sizeBytes: number | null
  /** SHA-256 of the secret in the address, hexadecimal. */
  readonly secretHash: string
  /** Unix milliseconds; then it goes, with its content. */
  readonly expiresAt: number
  /** Once it is complete: its content and that content's SHA-256, hexadecimal. */
  readonly blobId: string | null
  readonly sha256: string | null
}

/** Bytes of an upload that came in one request. */
export interface UploadPartDocument extends StoredDocument {
  readonly uploadId: string
  readonly from: number
  readonly through: number
  readonly blobId: string
  /** Whether nothing comes after it. */
  readonly isLast: boolean
}
