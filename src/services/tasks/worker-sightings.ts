import type { Clock } from '../../kernel/clock.js'
import type { WorkerDocument } from '../../domain/worker.js'
import type { WorkerSelf, WorkerStore } from './worker-store.js'

/** A worker's sign of life is stored so often at most. */
const SEEN_EVERY_MS = 5_000
const MAX_KNOWN = 10_000

/** Notes signs of life of workers elsewhere. */
export class WorkerSightings {
  readonly #workers: WorkerStore
  readonly #clock: Clock
  /** Those that claimed lately, by tenant and name. */
  readonly #known = new Map<string, WorkerDocument>()

  constructor(options: { readonly workers: WorkerStore; readonly clock: Clock }) {
    this.#workers = options.workers
    this.#clock = options.clock
  }

  /** A worker claims: it is there from now on, as it says of itself. */
  async noteClaim(tenantId: string, self: WorkerSelf): Promise<WorkerDocument> {
    const key = JSON.stringify([tenantId, self.name])
    const known = this.#known.get(key)
    const isSame = known?.pid === self.pid && known.types.length === self.types.length
    if (known && isSame && !this.#isNews(known, self.leaseMs)) return known
    const worker = await this.#workers.put(tenantId, self, this.#clock.now())
    this.#known.delete(key)
    this.#known.set(key, worker)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN) break
      this.#known.delete(oldest)
    }
    return worker
  }

  /** Workers extend their leases by so much. */
  async noteHeartbeat(ids: readonly string[], leaseMs: number): Promise<void> {
    const workers = await this.#workers.getMany([...new Set(ids)])
    const news = workers.filter((worker) => worker !== null && this.#isNews(worker, leaseMs))
    await Promise.all(news.map((worker) => this.#workers.touch(worker!, leaseMs, this.#clock.now())))
  }

  #isNews(worker: WorkerDocument, leaseMs: number): boolean {
    return worker.leaseMs !== leaseMs || this.#clock.now() - worker.lastHeartbeatAt >= SEEN_EVERY_MS
  }
}
