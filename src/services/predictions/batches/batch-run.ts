import type { Json } from '../../../kernel/json.js'
import type { ModelVersionDocument } from '../../../domain/model.js'
import { isTextKind } from '../../../domain/prediction.js'
import type { Principal } from '../../../domain/principal.js'
import type { Stored } from '../../../domain/stored-document.js'
import type { TaskDocument, TaskProgress } from '../../../domain/task.js'
import type { BlobStore } from '../../../ports/blob-store.js'
import type { ModelsService } from '../../models/models.service.js'
import { requirePredictionVersion } from '../prediction-acceptance.js'
import type { PredictionRequest } from '../prediction-input.js'
import { toPredictionRequest, type PredictionJson } from '../prediction-json.js'
import { principalOf } from '../prediction-task.js'
import { NO_TOTALS, type BatchResult, type BatchResultsDocument, type BatchTotals } from './batch-item.js'
import { runItem, toFailedResult, type BatchItem, type BatchItemOptions } from './batch-item-work.js'
import type { BatchResultsStore } from './batch-results-store.js'
import { BatchWriter } from './batch-writer.js'
import { JsonItems } from './json-items.js'

export interface BatchRunOptions extends BatchItemOptions {
  readonly blobs: Pick<BlobStore, 'read'>
  readonly results: BatchResultsStore
  readonly models: Pick<ModelsService, 'requireByReference'>
}

export interface BatchClaim {
  readonly task: TaskDocument
  readonly signal: AbortSignal
  readonly reportProgress: (progress: TaskProgress) => void
}

/** Items that are asked of a model at once: enough to fill its runs, and not all of its places. */
const PARALLEL_ITEMS = 128
const PARALLEL_TEXTS = 16

/** One attempt at a batch: does the items that have no result yet. Only what is being done is in memory. */
export class BatchRun {
  readonly #options: BatchRunOptions
  readonly #claim: BatchClaim
  readonly #principal: Principal
  readonly #versions = new Map<string, Promise<ModelVersionDocument>>()
  /** Ids of versions by reference, which stay what they were when the batch began. */
  readonly #versionIds: Record<string, string> = {}
  readonly #running = new Set<Promise<void>>()
  #itemCount = 0

  constructor(options: BatchRunOptions, claim: BatchClaim) {
    this.#options = options
    this.#claim = claim
    this.#principal = principalOf(claim.task)
  }

  /** @throws the signal's reason when that aborts; what was done by then is stored. */
  async run(): Promise<BatchTotals> {
    const { signal } = this.#claim
    const { id, tenantId, input } = this.#claim.task
    this.#itemCount = await countItems(this.#options, input)
    const done = new Set<number>()
    const last = await this.#readDone(done)
    using writer = new BatchWriter(
      {
        store: this.#options.results,
        payloads: this.#options.payloads,
        tenantId,
        taskId: id,
        versions: this.#versionIds,
        onWritten: (document) => this.#tell(document),
      },
      done,
      last,
    )
    this.#tell(last)
    const stopping = AbortSignal.any([signal, writer.failed])
    try {
      await this.#startAll(done, writer, stopping)
    } finally {
      await Promise.all(this.#running)
      await writer.end()
    }
    signal.throwIfAborted()
    return writer.last?.totals ?? NO_TOTALS
  }

  async #readDone(done: Set<number>): Promise<BatchResultsDocument | null> {
    const { id, tenantId } = this.#claim.task
    let last: BatchResultsDocument | null = null
    for await (const document of this.#options.results.readAfter(tenantId, id, 0)) {
      for (const { index } of document.results) done.add(index)
      last = document
    }
    Object.assign(this.#versionIds, last?.versions)
    return last
  }

  async #startAll(done: ReadonlySet<number>, writer: BatchWriter, stopping: AbortSignal): Promise<void> {
    let index = 0
    for await (const json of readItems(this.#options, this.#claim.task.input)) {
      const at = index++
      if (done.has(at)) continue
      if (stopping.aborted) return
      const request = toPredictionRequest(json)
      const parallel = isTextKind(request.kind) ? PARALLEL_TEXTS : PARALLEL_ITEMS
      while (this.#running.size >= parallel) await Promise.race(this.#running)
      this.#start({ index: at, request }, writer, stopping)
    }
  }

  #start(item: Omit<BatchItem, 'version'>, writer: BatchWriter, stopping: AbortSignal): void {
    const running = this.#do(item, writer, stopping).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async #do(item: Omit<BatchItem, 'version'>, writer: BatchWriter, stopping: AbortSignal): Promise<void> {
    try {
      const result = await this.#resultOf(item, stopping)
      if (!stopping.aborted) await writer.add(result, bytesOf(result))
    } catch (error) {
      if (!stopping.aborted) writer.fail(error)
    }
  }

  async #resultOf(item: Omit<BatchItem, 'version'>, stopping: AbortSignal): Promise<BatchResult> {
    try {
      const version = await this.#requireVersion(item.request)
      return await runItem(this.#options, this.#claim.task, { ...item, version }, stopping)
    } catch (error) {
      return toFailedResult(item, error)
    }
  }

  #requireVersion(request: PredictionRequest): Promise<ModelVersionDocument> {
    let version = this.#versions.get(request.model)
    if (!version) this.#versions.set(request.model, (version = this.#findVersion(request)))
    return version
  }

  async #findVersion(request: PredictionRequest): Promise<ModelVersionDocument> {
    const { models, versions } = this.#options
    const id = this.#versionIds[request.model]
    if (id !== undefined) return versions.requireVersion(id)
    const version = await requirePredictionVersion(models, this.#principal, request)
    this.#versionIds[request.model] = version.id
    return version
  }

  #tell(last: BatchResultsDocument | null): void {
    this.#claim.reportProgress({ done: last?.through ?? 0, total: this.#itemCount, message: null })
  }
}

type Blobs = Pick<BatchRunOptions, 'blobs'>

async function* readItems(blobs: Blobs, input: Stored<Json>): AsyncGenerator<PredictionJson> {
  for await (const texts of readTexts(blobs, input)) for (const text of texts) yield JSON.parse(text) as PredictionJson
}

async function countItems(blobs: Blobs, input: Stored<Json>): Promise<number> {
  let count = 0
  for await (const texts of readTexts(blobs, input)) count += texts.length
  return count
}

/** What each part of a stored batch has of its inputs. */
async function* readTexts({ blobs }: Blobs, input: Stored<Json>): AsyncGenerator<readonly string[]> {
  const items = new JsonItems()
  if ('inline' in input) {
    yield items.push(JSON.stringify(input.inline))
    return
  }
  const decoder = new TextDecoder()
  for await (const part of blobs.read(input.blobId)) yield items.push(decoder.decode(part, { stream: true }))
}

const bytesOf = ({ output, error }: BatchResult): number =>
  output && 'inline' in output ? JSON.stringify(output.inline).length : (error?.message.length ?? 0)
