import { isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Turns } from '../../kernel/turns.js'
import type { KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { ModelStore } from '../models/model-store.js'
import { ignoreMissing } from '../document-reads.js'
import type { Payloads } from '../payloads.js'
import type { DocumentOrigin } from './document-acceptance.js'
import { cutDocument } from './document-preparation.js'
import type { DocumentRecords, ServedDocument } from './document-records.js'
import { embedVersions, type EmbeddedVersion, type PreparedVersion } from './document-vectors.js'
import { requireGeneration } from './generation-rules.js'
import { ownChunking } from './knowledge-base-input.js'
import type { IndexWriter } from './index-writer.js'
import { toIndexedBase } from './indexed-base.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import { addRows, keepSets } from './set-storage.js'
import type { TextEmbedder } from './text-embedder.js'

export interface GenerationBuilderOptions {
  readonly bases: KnowledgeBaseStore
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly records: DocumentRecords
  readonly payloads: Payloads
  readonly embedder: TextEmbedder
  readonly writer: IndexWriter
  /** As in `IngestionOptions`. */
  readonly turns: Turns
}

export interface GenerationRequest {
  readonly base: Pick<KnowledgeBaseDocument, 'id' | 'tenantId'>
  readonly number: number
  readonly origin: DocumentOrigin
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** Documents that go through together, and the bytes of text that they may have together. */
const SLICE_DOCUMENTS = 16
const SLICE_BYTES = 1 << 20
/** So few documents are brought in while no other may come. */
const LAST_DOCUMENTS = 16
const MOST_PASSES = 10

/** Brings a generation every document that is served, while documents come, change and go. */
export class GenerationBuilder {
  readonly #options: GenerationBuilderOptions
  readonly #request: GenerationRequest

  constructor(options: GenerationBuilderOptions, request: GenerationRequest) {
    this.#options = options
    this.#request = request
  }

  /**
   * Changes the base by the rule at a moment when the generation has every document. What was done before is not done
   * again: a document tells which generations have the version that is served.
   * @throws the signal's reason when that aborts; what was done by then is stored.
   */
  async run(rule: (base: KnowledgeBaseDocument) => KnowledgeBaseDocument): Promise<KnowledgeBaseDocument> {
    const { turns, bases, writer } = this.#options
    const { base, number } = this.#request
    const known = await this.#readBase()
    await writer.extend(toIndexedBase(known, requireGeneration(known, number)))
    for (let pass = 1; pass <= MOST_PASSES; pass++) if ((await this.#pass()) <= LAST_DOCUMENTS) break
    using _turn = await turns.take(base.id)
    await this.#pass()
    // The turn ends with the function: not before this is stored.
    return await bases.change(base, rule)
  }

  /** Gives how many documents were lacking. */
  async #pass(): Promise<number> {
    const { number, onProgress } = this.#request
    const base = await this.#readBase()
    const lacking: ServedDocument[] = []
    let total = 0
    for await (const document of this.#options.records.readServed(base)) {
      total++
      if (!(number in document.chunkCounts)) lacking.push(document)
    }
    for (let done = 0; done < lacking.length;) {
      onProgress(total - lacking.length + done, total)
      const slice = takeSlice(lacking, done)
      await this.#build(slice)
      done += slice.length
    }
    onProgress(total, total)
    return lacking.length
  }

  async #build(slice: readonly ServedDocument[]): Promise<void> {
    const { records, writer } = this.#options
    const { signal, number } = this.#request
    signal.throwIfAborted()
    const base = await this.#readBase()
    const { tenantId } = base
    const ids = slice.map(({ versionId }) => versionId)
    const versions = (await records.getVersions({ tenantId }, ids)).filter((one) => one !== null)
    const prepared = (await Promise.all(versions.map((one) => this.#prepare(base, one)))).filter((one) => one !== null)
    const embedded = await embedVersions(this.#options, this.#request, prepared)
    signal.throwIfAborted()
    for (const one of embedded) await this.#keep(one)
    const gone: string[] = []
    try {
      await addRows(this.#options, base, [embedded, true])
      for (const one of embedded) if (!(await this.#mark(one))) gone.push(one.version.id)
    } finally {
      const built = embedded.map(({ version }) => version.id)
      await writer.confirm(toIndexedBase(base, requireGeneration(base, number)), built, gone)
    }
  }

  async #prepare(
    { metadataFields, generations }: KnowledgeBaseDocument,
    version: PreparedVersion['version'],
  ): Promise<PreparedVersion | null> {
    if (!version.content) return null
    const { versions, payloads } = this.#options
    const { number, signal } = this.#request
    const generation = generations.find((one) => one.number === number)!
    const model = await versions.requireVersion(generation.embeddingModelVersionId)
    const chunking = ownChunking(generation.chunking, version.chunking, model)
    const { title, contentSha256 } = version
    const read = { content: await payloads.get(version.content), title, contentSha256 }
    const chunks = await cutDocument(this.#options, read, { chunking, model, metadataFields, signal })
    return { ...read, version, knownIds: [version.id], sets: [{ generation, model, chunks }] }
  }

  /** What an index can be made from again. */
  async #keep(one: EmbeddedVersion): Promise<void> {
    const { records } = this.#options
    const { tenantId, id } = one.version
    const counts = await keepSets(this.#options, one)
    await ignoreMissing(records.addCounts({ tenantId }, id, counts))
  }

  /** Notes that the generation has the version; false when that is served no more. */
  async #mark({ version, sets }: EmbeddedVersion): Promise<boolean> {
    const { records } = this.#options
    const { tenantId, id, documentId } = version
    const { number } = this.#request
    const counts = { [number]: sets[0]!.chunks.length }
    try {
      const document = await records.changeDocument({ tenantId }, documentId, (known) =>
        known.versionId === id ? { ...known, chunkCounts: { ...known.chunkCounts, ...counts } } : null,
      )
      if (document.versionId === id) return true
      await records.sets.dropVectors({ tenantId }, { versionId: id, generation: number })
    } catch (error) {
      if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
      await records.sets.deleteOf(tenantId, id)
    }
    return false
  }

  /** @throws GraphloomError `NOT_FOUND` when it, or the generation, was deleted. */
  async #readBase(): Promise<KnowledgeBaseDocument> {
    const { base, number } = this.#request
    const known = await this.#options.bases.get({ tenantId: base.tenantId }, base.id)
    if (!known) throw notFound('knowledge base', base.id)
    requireGeneration(known, number)
    return known
  }
}

function takeSlice(documents: readonly ServedDocument[], from: number): readonly ServedDocument[] {
  let sizeBytes = 0
  const most = documents.slice(from, from + SLICE_DOCUMENTS)
  const end = most.findIndex((one, i) => (sizeBytes += one.sizeBytes) > SLICE_BYTES && i > 0)
  return end < 0 ? most : most.slice(0, end)
}
