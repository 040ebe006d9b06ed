import { setTimeout as delay } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import type { Logger } from 'pino'
import { showCommitted } from './document-batches.js'
import { toIndexName, toStoreError } from './mongo-error.js'
import type { OutboxDelivery } from './outbox-delivery.js'
import type { StoredForm } from './stored-form.js'

export const OUTBOX_INDEX = toIndexName('_outbox')

const SWEEP_BATCH = 100
const FIRST_RETRY_MS = 250

export interface OutboxSweeperOptions {
  readonly collections: readonly Collection<StoredForm>[]
  readonly delivery: OutboxDelivery
  readonly logger: Logger
  /** Time between two looks when nothing is known to be left, milliseconds. */
  readonly intervalMs: number
}

/** Finds and delivers what crashes, lost connections and failed deliveries left in outboxes. */
export class OutboxSweeper implements AsyncDisposable {
  readonly #options: OutboxSweeperOptions
  readonly #stop = new AbortController()
  #nudge = new AbortController()
  #isLeft = false
  #running: Promise<void> | null = null

  constructor(options: OutboxSweeperOptions) {
    this.#options = options
  }

  /** Looks through everything once; resolves with the number of documents whose effects could not be delivered. */
  async sweep(): Promise<number> {
    let failed = 0
    await showCommitted(this.#options.collections)
    for (const collection of this.#options.collections) {
      for (let after: string | null = null; !this.#stop.signal.aborted;) {
        const ids: string[] = await findPending(collection, after)
        for (const id of ids) failed += await this.#settle(collection, id)
        after = ids.at(-1) ?? null
        if (ids.length < SWEEP_BATCH) break
      }
    }
    return failed
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Something is left, or may be: looks again soon. */
  wake(): void {
    this.#isLeft = true
    this.#nudge.abort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#nudge.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS
    while (!this.#stop.signal.aborted) {
      if (!this.#isLeft) await pause(this.#options.intervalMs, this.#nudge.signal)
      if (this.#isLeft) await pause(retryMs, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      this.#isLeft = false
      this.#nudge = new AbortController()
      const failed = await this.#sweepOrFail()
      if (failed > 0) this.#isLeft = true
      retryMs = failed > 0 ? Math.min(retryMs * 2, this.#options.intervalMs) : FIRST_RETRY_MS
    }
  }

  async #sweepOrFail(): Promise<number> {
    try {
      return await this.sweep()
    } catch (error) {
      const reason = toStoreError(error)
      this.#options.logger.warn({ reason: reason instanceof Error ? reason.message : 'unknown' }, 'outboxes not swept')
      return 1
    }
  }

  async #settle(collection: Collection<StoredForm>, id: string): Promise<number> {
    try {
      await this.#options.delivery.settle(collection, id)
      return 0
    } catch {
      // The delivery has said why.
      return 1
    }
  }
}

async function findPending(collection: Collection<StoredForm>, after: string | null): Promise<string[]> {
  const filter = { 'outbox.revision': { $gt: 0 }, ...(after !== null && { _id: { $gt: after } }) }
  const cursor = collection.find(filter, { projection: { _id: 1 }, hint: OUTBOX_INDEX, sort: { _id: 1 } })
  return (await cursor.limit(SWEEP_BATCH).toArray()).map(({ _id }) => _id)
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch {
    // Woken.
  }
}
