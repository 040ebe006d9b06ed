import { GraphloomError, isErrorWithCode, type ErrorInfo } from '../../kernel/errors.js'
import type { DocumentVersion, KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { Payloads } from '../payloads.js'
import {
  toAudience,
  type AcceptedDocument,
  type DocumentAcceptance,
  type DocumentOrigin,
} from './document-acceptance.js'
import type { NewDocument } from './document-input.js'
import { readDocument, type DocumentPreparationOptions, type PreparedDocument } from './document-preparation.js'
import type { DocumentRecords } from './document-records.js'
import { embedDocuments, type EmbeddedDocument } from './document-vectors.js'
import { toIndexedChunks, type SearchedChunk } from './index-rows.js'
import type { IndexWriter } from './index-writer.js'
import { encodeVectors } from './vector-text.js'

export interface IngestionOptions extends DocumentPreparationOptions {
  readonly records: DocumentRecords
  readonly acceptance: DocumentAcceptance
  readonly payloads: Payloads
  readonly writer: IndexWriter
}

export interface IngestionRequest {
  readonly base: KnowledgeBaseDocument
  readonly model: ModelVersionDocument
  readonly origin: DocumentOrigin
  /** Whether an attempt before may have left something. */
  readonly isAgain: boolean
  readonly signal: AbortSignal
  readonly onProgress: (done: number) => void
}

export interface IngestionTotals {
  readonly ready: number
  readonly failed: number
  /** Documents that were deleted meanwhile. */
  readonly deleted: number
}

/** Documents that go through together, and the characters that they may have together. */
const SLICE_DOCUMENTS = 16
const SLICE_CHARACTERS = 1 << 20
/** Counted for a document that has not come yet. */
const UNKNOWN_CHARACTERS = SLICE_CHARACTERS / 4
/** Errors that are the document's own: others stop the task, which is tried again. */
const DOCUMENT_ERRORS = new Set(['DOCUMENT_UNREADABLE', 'INVALID_INPUT', 'PAYLOAD_TOO_LARGE'])

/** Takes documents in: while one slice is embedded the next is read, and the one before is stored. */
export class Ingestion {
  readonly #options: IngestionOptions
  readonly #request: IngestionRequest
  #ready = 0
  #failed = 0
  #deleted = 0

  constructor(options: IngestionOptions, request: IngestionRequest) {
    this.#options = options
    this.#request = request
  }

  /** @throws the signal's reason when that aborts; what was done by then is stored. */
  async run(documents: readonly NewDocument[]): Promise<IngestionTotals> {
    const slices = toSlices(documents)
    let reading = this.#read(slices[0] ?? [])
    let storing: Promise<void> = Promise.resolve()
    try {
      for (let i = 0; i < slices.length; i++) {
        const prepared = await reading
        reading = this.#read(slices[i + 1] ?? [])
        reading.catch(() => undefined)
        const embedded = await embedDocuments(this.#options, this.#request, prepared)
        await storing
        storing = this.#store(embedded)
        storing.catch(() => undefined)
      }
    } finally {
      await Promise.allSettled([reading, storing])
    }
    await storing
    return { ready: this.#ready, failed: this.#failed, deleted: this.#deleted }
  }

  async #read(slice: Slice): Promise<PreparedDocument[]> {
    const { base, origin } = this.#request
    const prepared = await Promise.all(
      slice.map(async ([index, given]) => {
        const accepted = await this.#options.acceptance.ensure(base, origin, [index, given])
        if (!accepted) this.#note('deleted')
        return accepted && this.#prepare(accepted)
      }),
    )
    return prepared.filter((one) => one !== null)
  }

  /** Null when there is nothing left to do for the document. */
  async #prepare(accepted: AcceptedDocument): Promise<PreparedDocument | null> {
    const { document, version } = accepted
    if (version.state === 'FAILED') return this.#note('failed')
    if (document.versionNumber >= version.number) return this.#note('ready')
    try {
      return { ...accepted, ...(await readDocument(this.#options, this.#request, accepted.given)) }
    } catch (error) {
      if (!(error instanceof GraphloomError) || !DOCUMENT_ERRORS.has(error.code)) throw error
      const { code, message, retryable, details } = error
      await this.#fail(accepted, { code, message, retryable, details })
      return null
    }
  }

  async #fail({ version }: AcceptedDocument, error: ErrorInfo): Promise<void> {
    const { records } = this.#options
    const scope = { tenantId: version.tenantId }
    try {
      await records.updateVersion({ ...version, state: 'FAILED', error })
      await records.changeDocument(scope, version.documentId, (known) =>
        known.latestNumber === version.number ? { ...known, state: 'FAILED', error } : null,
      )
      this.#note('failed')
    } catch (gone) {
      await this.#passDeleted(gone, version)
    }
  }

  /** In both indexes first, where no search gives them; then each document shows its new version, at once and wholly. */
  async #store(embedded: readonly EmbeddedDocument[]): Promise<void> {
    const { writer } = this.#options
    const { base, model, isAgain, signal } = this.#request
    const kept = (await Promise.all(embedded.map((one) => this.#keep(one)))).filter((one) => one !== null)
    signal.throwIfAborted()
    const indexed = { ...base, dimensions: model.embeddingDimensions ?? 0 }
    const rows = kept.flatMap(({ document, version }) => toIndexedChunks(version, toSearchedChunks(document)))
    const gone: string[] = []
    try {
      if (rows.length > 0) await writer.add(indexed, rows, isAgain)
      const shown = await Promise.all(kept.map((one) => this.#show(one.document, one.version)))
      gone.push(...shown.filter((id) => id !== null))
    } finally {
      const versionIds = kept.map(({ version }) => version.id)
      await writer.confirm(indexed, versionIds, gone)
    }
    // Nobody is served them again.
    for (const id of gone) await this.#options.records.deleteVectors({ tenantId: base.tenantId, id })
  }

  /** What an index can be made from again. */
  async #keep(one: EmbeddedDocument): Promise<{ document: EmbeddedDocument; version: DocumentVersion } | null> {
    const { records, payloads } = this.#options
    const { version, content, chunks, vectors, title, diff } = one
    const { id, tenantId, knowledgeBaseId } = version
    const stored = chunks.map(({ embedded: _embedded, ...chunk }) => chunk)
    try {
      await records.putVectors({
        id,
        tenantId,
        knowledgeBaseId,
        modelVersionId: this.#request.model.id,
        vectors: await payloads.put(encodeVectors(vectors)),
      })
      const next = await records.updateVersion({
        ...version,
        title,
        mediaType: content.mediaType,
        pages: content.pageCount ?? null,
        chunkCount: chunks.length,
        sizeBytes: Buffer.byteLength(content.text),
        warnings: content.warnings,
        diff,
        content: await payloads.put(content),
        chunks: await payloads.put(stored),
        state: 'READY',
      })
      return { document: one, version: next }
    } catch (error) {
      await this.#passDeleted(error, version)
      return null
    }
  }

  /** The version whose rows are not needed any more, if there is one. */
  async #show({ document }: EmbeddedDocument, version: DocumentVersion): Promise<string | null> {
    let before: string | null = null
    try {
      await this.#options.records.changeDocument({ tenantId: version.tenantId }, document.id, (known) => {
        // A later version came first: this one is served by nobody.
        if (known.versionNumber >= version.number) {
          before = known.versionNumber > version.number ? version.id : null
          return null
        }
        before = known.versionId
        const { title, source, mediaType, metadata, pages, chunkCount, sizeBytes, warnings, diff } = version
        const traits = { title, source, mediaType, metadata, pages, chunkCount, sizeBytes, warnings, diff }
        const state = known.latestNumber === version.number ? { state: 'READY' as const, error: null } : {}
        const served = { versionId: version.id, versionNumber: version.number }
        return { ...known, ...traits, ...served, ...state, ...toAudience(version.access) }
      })
      this.#note('ready')
      return before
    } catch (error) {
      await this.#passDeleted(error, version)
      return version.id
    }
  }

  /** A document that was deleted meanwhile is none that failed. */
  async #passDeleted(error: unknown, version: DocumentVersion): Promise<void> {
    const isGone = isErrorWithCode(error, 'NOT_FOUND') || isErrorWithCode(error, 'CONFLICT')
    const left = isGone
      ? await this.#options.records.getDocument({ tenantId: version.tenantId }, version.documentId)
      : null
    if (!isGone || left) throw error
    this.#note('deleted')
  }

  #note(outcome: 'ready' | 'failed' | 'deleted'): null {
    if (outcome === 'ready') this.#ready++
    else if (outcome === 'failed') this.#failed++
    else this.#deleted++
    this.#request.onProgress(this.#ready + this.#failed + this.#deleted)
    return null
  }
}

type Slice = readonly (readonly [number, NewDocument])[]

function toSlices(documents: readonly NewDocument[]): Slice[] {
  const slices: [number, NewDocument][][] = []
  let characters = 0
  for (const [i, document] of documents.entries()) {
    const last = slices.at(-1)
    const length = document.text?.length ?? UNKNOWN_CHARACTERS
    characters += length
    if (last && last.length < SLICE_DOCUMENTS && characters <= SLICE_CHARACTERS) last.push([i, document])
    else {
      slices.push([[i, document]])
      characters = length
    }
  }
  return slices
}

const toSearchedChunks = ({ chunks, vectors }: EmbeddedDocument): SearchedChunk[] =>
  chunks.map(({ embedded: searched, metadata }, i) => ({ searched, metadata, vector: vectors[i]! }))
