import { GraphloomError, isErrorWithCode, notFound, type ErrorInfo } from '../../kernel/errors.js'
import type { Turns } from '../../kernel/turns.js'
import {
  readyOf,
  toTraits,
  type ChunkCounts,
  type DocumentVersion,
  type IndexGeneration,
  type KnowledgeBaseDocument,
} from '../../domain/knowledge.js'
import type { ModelStore } from '../models/model-store.js'
import type { Payloads } from '../payloads.js'
import {
  toAudience,
  type AcceptedDocument,
  type DocumentAcceptance,
  type DocumentOrigin,
} from './document-acceptance.js'
import {
  cutDocument,
  readDocument,
  type DocumentPreparationOptions,
  type ReadDocument,
} from './document-preparation.js'
import { readAgain } from './document-rereading.js'
import type { DocumentRecords } from './document-records.js'
import { embedVersions, type EmbeddedVersion, type PreparedSet, type PreparedVersion } from './document-vectors.js'
import { ownChunking } from './knowledge-base-input.js'
import type { IndexWriter } from './index-writer.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import type { ActiveDocument, IngestionProgress } from './progress/ingestion-progress.js'
import { toSlices, type PlacedDocument, type Slice } from './ingestion-slices.js'
import { addRows, confirmRows, keepSets } from './set-storage.js'
import type { SnapshotStore } from './snapshots/snapshot-store.js'
import { dropSuperseded } from './snapshots/superseded.js'

export interface IngestionOptions extends DocumentPreparationOptions {
  readonly bases: KnowledgeBaseStore
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly records: DocumentRecords
  readonly snapshots: SnapshotStore
  readonly acceptance: DocumentAcceptance
  readonly payloads: Payloads
  readonly writer: IndexWriter
  readonly progress: IngestionProgress
  /** What is served of a base, and its generations, change one after the other. */
  readonly turns: Turns
}

export interface IngestionRequest {
  readonly base: KnowledgeBaseDocument
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

/** Errors that are the document's own: others stop the task, which is tried again. */
const DOCUMENT_ERRORS = new Set(['DOCUMENT_UNREADABLE', 'INVALID_INPUT', 'PAYLOAD_TOO_LARGE', 'CONFLICT'])

/**
 * Takes documents in, slice by slice: while one is embedded the next is read and joins it, so that the model does not wait,
 * and the one before is stored.
 */
export class Ingestion {
  readonly #options: IngestionOptions
  readonly #request: IngestionRequest
  #ready = 0
  #failed = 0
  #deleted = 0
  readonly #begun = new Set<string>()

  constructor(options: IngestionOptions, request: IngestionRequest) {
    this.#options = options
    this.#request = request
  }

  /** @throws the signal's reason when that aborts; what was done by then is stored. */
  async run(documents: readonly PlacedDocument[]): Promise<IngestionTotals> {
    const slices = toSlices(documents)
    let reading = this.#read(slices[0] ?? [])
    let embedding: Promise<EmbeddedVersion[]> | null = null
    let storing: Promise<void> = Promise.resolve()
    const storeNext = async (next: Promise<EmbeddedVersion[]>): Promise<void> => {
      const embedded = await next
      await storing
      storing = this.#store(embedded)
      storing.catch(() => undefined)
    }
    try {
      for (let i = 0; i < slices.length; i++) {
        const prepared = await reading
        reading = this.#read(slices[i + 1] ?? [])
        reading.catch(() => undefined)
        const before = embedding
        embedding = this.#embed(prepared)
        embedding.catch(() => undefined)
        if (before) await storeNext(before)
      }
      if (embedding) await storeNext(embedding)
    } finally {
      await Promise.allSettled([reading, embedding, storing])
      for (const id of this.#begun) this.#options.progress.end(id)
    }
    await storing
    return { ready: this.#ready, failed: this.#failed, deleted: this.#deleted }
  }

  async #read(slice: Slice): Promise<PreparedVersion[]> {
    const { origin } = this.#request
    const base = await this.#readBase()
    const prepared = await Promise.all(
      slice.map(async ([index, given]) => {
        const accepted = await this.#options.acceptance.ensure(base, origin, [index, given])
        if (!accepted) this.#note('deleted')
        return accepted && this.#prepare(base, accepted)
      }),
    )
    return prepared.filter((one) => one !== null)
  }

  /** Null when there is nothing left to do for the document. */
  async #prepare(base: KnowledgeBaseDocument, accepted: AcceptedDocument): Promise<PreparedVersion | null> {
    const { document, version } = accepted
    const { isAgain, signal } = this.#request
    if (version.state === 'FAILED') return this.#note('failed')
    if (document.versionNumber >= version.number) return this.#note('ready')
    const { progress } = this.#options
    const active = toActive(version)
    this.#begun.add(document.id)
    progress.note(active, { phase: 'FETCHING' })
    try {
      const onContent = (): void => progress.note(active, { phase: 'PARSING' })
      const { given } = accepted
      const owner = { tenantId: base.tenantId, signal, onContent }
      const read =
        given.contentOf === undefined
          ? await readDocument(this.#options, given, owner)
          : await readAgain(this.#options, accepted)
      progress.note(active, { phase: 'CHUNKING' })
      const sets = await this.#cut(base, readyOf(base), { ...read, version })
      // Vectors that an attempt before stored count as well.
      const known = [document.versionId, given.contentOf, isAgain ? version.id : null]
      return { ...read, version, knownIds: known.filter((id) => typeof id === 'string'), sets }
    } catch (error) {
      if (!(error instanceof GraphloomError) || !DOCUMENT_ERRORS.has(error.code)) throw error
      const { code, message, retryable, details } = error
      await this.#fail(accepted, { code, message, retryable, details })
      return null
    }
  }

  async #fail({ version }: AcceptedDocument, error: ErrorInfo): Promise<void> {
    const { records, progress } = this.#options
    try {
      progress.end(version.documentId)
      await records.failVersion(version, error)
      this.#note('failed')
    } catch (gone) {
      await this.#passDeleted(gone, version)
    }
  }

  #cut(
    { metadataFields }: KnowledgeBaseDocument,
    generations: readonly IndexGeneration[],
    read: ReadDocument & { readonly version: DocumentVersion },
  ): Promise<PreparedSet[]> {
    const { signal } = this.#request
    return Promise.all(
      generations.map(async (generation) => {
        const model = await this.#options.versions.requireVersion(generation.embeddingModelVersionId)
        const chunking = ownChunking(generation.chunking, read.version.chunking, model)
        const chunks = await cutDocument(this.#options, read, { chunking, model, metadataFields, signal })
        return { generation, model, chunks }
      }),
    )
  }

  #embed(prepared: readonly PreparedVersion[]): Promise<EmbeddedVersion[]> {
    const onEmbedded = (version: DocumentVersion, done: number, total: number): void =>
      this.#options.progress.note(toActive(version), { phase: 'EMBEDDING', done, total })
    return embedVersions(this.#options, { ...this.#request, onEmbedded }, prepared)
  }

  /** In all indexes first, where no search gives them; then each document shows its new version, at once and wholly. */
  async #store(embedded: readonly EmbeddedVersion[]): Promise<void> {
    const { turns, bases } = this.#options
    const { isAgain, signal } = this.#request
    const kept = await this.#keepAll(embedded)
    signal.throwIfAborted()
    for (const { version, sets } of kept) {
      const chunks = sets.reduce((sum, set) => sum + set.chunks.length, 0)
      this.#options.progress.note(toActive(version), { phase: 'INDEXING', done: chunks, total: chunks })
    }
    const { id, tenantId } = this.#request.base
    const gone: string[] = []
    try {
      await addRows(this.#options, await this.#readBase(), [kept, isAgain])
      using _turn = await turns.take(id)
      const base = await this.#readBase()
      const ready = await this.#addLate(base, kept)
      const shown = await Promise.all(ready.map(({ version }) => this.#show(base, version)))
      gone.push(...shown.filter((one) => one !== null))
    } finally {
      const base = await bases.get({ tenantId }, id)
      const versionIds = kept.map(({ version }) => version.id)
      if (base) await confirmRows(this.#options, base, [versionIds, gone])
    }
    // Nobody is served them again.
    await dropSuperseded(this.#options, { tenantId, id }, gone)
  }

  /** A generation that became ready since the documents were read gets them as well, before they are served. */
  async #addLate(base: KnowledgeBaseDocument, kept: readonly EmbeddedVersion[]): Promise<readonly EmbeddedVersion[]> {
    const late = await Promise.all(
      kept.map(async (one): Promise<PreparedVersion> => {
        const known = new Set(one.sets.map(({ generation }) => generation.number))
        const missing = readyOf(base).filter(({ number }) => !known.has(number))
        return { ...one, sets: await this.#cut(base, missing, one) }
      }),
    )
    if (late.every(({ sets }) => sets.length === 0)) return kept
    const added = await this.#keepAll(await embedVersions(this.#options, this.#request, late))
    await addRows(this.#options, base, [added, true])
    return added
  }

  /** @throws GraphloomError `NOT_FOUND` when the base was deleted. */
  async #readBase(): Promise<KnowledgeBaseDocument> {
    const { id, tenantId } = this.#request.base
    const base = await this.#options.bases.get({ tenantId }, id)
    if (!base) throw notFound('knowledge base', id)
    return base
  }

  async #keepAll(embedded: readonly EmbeddedVersion[]): Promise<EmbeddedVersion[]> {
    return (await Promise.all(embedded.map((one) => this.#keep(one)))).filter((one) => one !== null)
  }

  /** What indexes can be made from again. */
  async #keep(one: EmbeddedVersion): Promise<EmbeddedVersion | null> {
    const { records, payloads } = this.#options
    const { version, content, contentSha256, title, sets } = one
    try {
      const counts = await keepSets(this.#options, one)
      const next = await records.updateVersion({
        ...version,
        title,
        mediaType: content.mediaType,
        contentSha256,
        pages: content.pageCount ?? null,
        chunkCounts: { ...version.chunkCounts, ...counts },
        sizeBytes: Buffer.byteLength(content.text),
        warnings: content.warnings,
        diff: version.diff ?? sets[0]?.diff ?? null,
        content: version.content ?? (await payloads.put(content)),
        state: 'READY',
      })
      return { ...one, version: next }
    } catch (error) {
      await this.#passDeleted(error, version)
      return null
    }
  }

  /** The version whose rows are not needed any more, if there is one. */
  async #show(base: KnowledgeBaseDocument, version: DocumentVersion): Promise<string | null> {
    const counts = readyOf(base).map(({ number }) => [number, version.chunkCounts[number] ?? 0] as const)
    const chunkCounts: ChunkCounts = Object.fromEntries(counts)
    let before: string | null = null
    // From the write on its record says where it stands.
    this.#options.progress.end(version.documentId)
    try {
      await this.#options.records.changeDocument({ tenantId: version.tenantId }, version.documentId, (known) => {
        // A later version came first: this one is served by nobody.
        if (known.versionNumber >= version.number) {
          before = known.versionNumber > version.number ? version.id : null
          return null
        }
        before = known.versionId
        const traits = toTraits(version)
        const state = known.latestNumber === version.number ? { state: 'READY' as const, error: null } : {}
        const chunkCount = chunkCounts[base.activeGeneration] ?? 0
        const served = { versionId: version.id, versionNumber: version.number, chunkCounts, chunkCount }
        const isLaterAccess = version.number >= known.accessNumber
        const access = isLaterAccess ? { ...toAudience(version.access), accessNumber: version.number } : {}
        return { ...known, ...traits, ...served, ...state, ...access }
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

const toActive = (version: DocumentVersion): ActiveDocument => ({
  ...version,
  audience: toAudience(version.access).audience,
})
