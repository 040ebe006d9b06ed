import { GraphloomError } from '../../kernel/errors.js'
import type { BlobInfo, BlobStore } from '../../ports/blob-store.js'
import type { WebAnswer, WebClient } from '../../ports/web-client.js'

export interface DocumentFetcherOptions {
  readonly webClient: WebClient
  readonly blobs: BlobStore
  /** The largest document, bytes. */
  readonly maxBytes: number
  /** From the first connection to the last byte, milliseconds. */
  readonly timeoutMs: number
  /** Hosts that documents may come from, as `WebRequest.onlyHosts` has them; null for any public one. */
  readonly onlyHosts: readonly string[] | null
}

export interface FetchRequest {
  readonly url: string
  /** Where the address stands in the input, for the paths of errors. */
  readonly inputPath: string
  readonly signal: AbortSignal
}

/** A document of the web, whose blob is the caller's to delete. */
export interface FetchedDocument {
  readonly blob: BlobInfo
  /** What the address says it is; null when it says nothing. */
  readonly mediaType: string | null
  /** Where it was in the end. */
  readonly url: string
}

const ACCEPT = 'text/html,application/xhtml+xml,text/markdown,application/pdf,text/plain;q=0.9,*/*;q=0.5'
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** Gets documents from addresses that users name, straight to the disk. */
export class DocumentFetcher {
  readonly #options: DocumentFetcherOptions

  constructor(options: DocumentFetcherOptions) {
    this.#options = options
  }

  /**
   * @throws GraphloomError those of `WebClient.send`, and for an answer without a document `UNAVAILABLE` when it may have
   * one later, otherwise `UNEXPECTED_RESPONSE`.
   */
  async fetch({ url, inputPath, signal }: FetchRequest): Promise<FetchedDocument> {
    const { webClient, blobs, maxBytes, timeoutMs, onlyHosts } = this.#options
    let blob: BlobInfo | null = null
    try {
      const answer = await webClient.send({
        method: 'GET',
        url,
        headers: { accept: ACCEPT },
        timeoutMs,
        signal,
        maxResponseBytes: maxBytes,
        inputPath,
        ...(onlyHosts !== null && { onlyHosts }),
        receive: async (head, body) => {
          checkStatus(head)
          blob = await blobs.put(body, { maxBytes })
        },
      })
      if (!blob) throw new Error('The answer was never received.')
      return { blob, mediaType: answer.headers['content-type'] ?? null, url: answer.url }
    } catch (error) {
      const stored = blob as BlobInfo | null
      if (stored) await blobs.delete(stored.id)
      throw error
    }
  }
}

function checkStatus({ status, url }: WebAnswer): void {
  if (status === 200) return
  const message = `"${new URL(url).host}" answered with the status ${status} instead of a document.`
  throw new GraphloomError(RETRYABLE_STATUSES.has(status) ? 'UNAVAILABLE' : 'UNEXPECTED_RESPONSE', message)
}
