import { createHash } from 'node:crypto'
import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { BlobStore } from '../../ports/blob-store.js'
import type { ParseRequest } from '../../ports/document-parser.js'
import type { DocumentFetcher } from './document-fetcher.js'
import type { NewDocument } from './document-input.js'
import type { UploadsService } from './uploads/uploads.service.js'

export interface DocumentSourcesOptions {
  readonly fetcher: DocumentFetcher
  readonly uploads: Pick<UploadsService, 'requireComplete' | 'findSha256'>
  readonly blobs: BlobStore
}

/** What a parser is given of a document, and the content's checksum. */
export interface SourceContent {
  readonly parsed: Pick<ParseRequest, 'content' | 'mediaType' | 'name'>
  /** Lower-case hexadecimal. */
  readonly sha256: string
}

interface SourceOwner {
  readonly tenantId: string
  readonly signal: AbortSignal
}

/** What goes wrong with a source is its document's own error. */
const SOURCE_ERRORS: ReadonlySet<string> = new Set([
  'FORBIDDEN',
  'INVALID_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'PAYLOAD_TOO_LARGE',
  'UNEXPECTED_RESPONSE',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
])

/** Where the content of documents comes from: their text, an upload, or an address on the web. */
export class DocumentSources {
  readonly #options: DocumentSourcesOptions

  constructor(options: DocumentSourcesOptions) {
    this.#options = options
  }

  /** @throws GraphloomError `INVALID_INPUT` for an upload that is not there or not complete. */
  async check(documents: readonly NewDocument[], tenantId: string, path: string): Promise<void> {
    for (const [i, { upload }] of documents.entries())
      if (upload !== undefined)
        await this.#options.uploads.requireComplete(tenantId, upload).catch((error: unknown) => {
          if (!(error instanceof GraphloomError) || !SOURCE_ERRORS.has(error.code)) throw error
          throw invalidInput(`${path}.${i}.upload`, error.message)
        })
  }

  /** The checksum of the content, where it is known without getting it. */
  async findSha256({ text, upload }: NewDocument, tenantId: string): Promise<string | null> {
    if (text !== undefined) return hashText(text)
    return upload === undefined ? null : this.#options.uploads.findSha256(tenantId, upload)
  }

  /**
   * Lets `use` have the content, which is kept as long as it runs.
   * @throws GraphloomError `DOCUMENT_UNREADABLE` when it cannot be got, and what `use` throws.
   */
  async withContent<T>(given: NewDocument, owner: SourceOwner, use: (source: SourceContent) => Promise<T>): Promise<T> {
    const { text } = given
    if (text !== undefined) return use({ parsed: nameOf(given, Buffer.from(text)), sha256: hashText(text) })
    const { blobs } = this.#options
    const source = await this.#open(given, owner).catch((error: unknown) => {
      throw owner.signal.aborted ? error : toUnreadable(error)
    })
    try {
      const parsed = nameOf({ ...source, ...given }, blobs.read(source.blobId, owner.signal))
      return await use({ parsed, sha256: source.sha256 })
    } finally {
      if (source.isOurs) await blobs.delete(source.blobId)
    }
  }

  async #open({ url, upload }: NewDocument, { tenantId, signal }: SourceOwner) {
    if (url !== undefined) {
      const fetched = await this.#options.fetcher.fetch({ url, inputPath: 'document', signal })
      const mediaType = fetched.mediaType ?? undefined
      const { id: blobId, sha256 } = fetched.blob
      return { blobId, sha256, isOurs: true, mediaType, source: fetched.url }
    }
    const { blobId, sha256, mediaType, name } = await this.#options.uploads.requireComplete(tenantId, upload ?? '')
    const named = { mediaType: mediaType ?? undefined, source: name ?? undefined }
    return { blobId: blobId ?? '', sha256: sha256 ?? '', isOurs: false, ...named }
  }
}

const hashText = (text: string): string => createHash('sha256').update(text).digest('hex')

function nameOf(
  { mediaType, source }: Pick<NewDocument, 'mediaType' | 'source'>,
  content: ParseRequest['content'],
): SourceContent['parsed'] {
  return { content, ...(mediaType !== undefined && { mediaType }), ...(source !== undefined && { name: source }) }
}

function toUnreadable(error: unknown): unknown {
  if (!(error instanceof GraphloomError) || !SOURCE_ERRORS.has(error.code)) return error
  const problem = error.code === 'PAYLOAD_TOO_LARGE' ? 'TOO_LARGE' : 'UNREACHABLE'
  return new GraphloomError('DOCUMENT_UNREADABLE', `The document cannot be got: ${error.message}`, {
    details: { document: { problem } },
    cause: error,
  })
}
