import { invalidInput } from '../../../kernel/errors.js'

/** A file that is to come. */
export interface NewUpload {
  /** As a file's, with its ending. */
  readonly name?: string | undefined
  readonly mediaType?: string | undefined
  /** Bytes, where the client knows it. */
  readonly sizeBytes?: number | undefined
}

const MAX_NAME_CHARACTERS = 512
/** RFC 6838 names, with parameters. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}(?:;[\x20-\x7e]{0,200})?$/iu
/** Kinds of which none is read as a document. */
const UNREAD_TYPE = /^(?:image|audio|video|font|model)\//iu
const CONTROL = /\p{Cc}/u

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkNewUpload({ name, mediaType, sizeBytes }: NewUpload, maxBytes: number): void {
  if (name !== undefined && (name === '' || name.length > MAX_NAME_CHARACTERS || CONTROL.test(name)))
    throw invalidInput('input.name', `must be 1 to ${MAX_NAME_CHARACTERS} characters without control characters`)
  if (mediaType !== undefined && !MEDIA_TYPE.test(mediaType))
    throw invalidInput('input.mediaType', 'must be a media type as text/html')
  if (mediaType !== undefined && UNREAD_TYPE.test(mediaType))
    throw invalidInput('input.mediaType', `documents of ${mediaType} are not read`)
  if (sizeBytes === undefined) return
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) throw invalidInput('input.sizeBytes', 'must be at least 1')
  if (sizeBytes > maxBytes) throw invalidInput('input.sizeBytes', `must be at most ${maxBytes}`)
}
