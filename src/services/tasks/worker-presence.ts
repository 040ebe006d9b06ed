import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { SERVER_TENANT_ID } from '../../domain/principal.js'
import { serverWorker, type WorkerSelf, type WorkerStore } from './worker-store.js'

interface WorkerPresenceOptions {
  readonly workers: WorkerStore
  readonly types: readonly string[]
  readonly leaseMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/** Signs of life a lease. */
const SIGNS = 3
/** Workers that were silent for so long are forgotten, some at each sign of life. */
const FORGOTTEN_AFTER_MS = 7 * 86_400_000
const FORGOTTEN_AT_ONCE = 100

/** Tells clients that the worker in this process is there, and forgets those that have not been for long. */
export class WorkerPresence implements AsyncDisposable {
  readonly #options: WorkerPresenceOptions
  readonly #self: WorkerSelf
  readonly #timer: NodeJS.Timeout
  #telling: Promise<void> = Promise.resolve()

  private constructor(
    options: WorkerPresenceOptions,
    self: WorkerSelf,
    readonly workerId: string,
  ) {
    this.#options = options
    this.#self = self
    this.#timer = setInterval(() => {
      this.#telling = this.#tell()
    }, options.leaseMs / SIGNS)
  }

  static async start(options: WorkerPresenceOptions): Promise<WorkerPresence> {
    const { workers, types, leaseMs, clock } = options
    const self = serverWorker(types, leaseMs)
    const { id } = await workers.put(SERVER_TENANT_ID, self, clock.now())
    return new WorkerPresence(options, self, id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { workers, clock, logger } = this.#options
    clearInterval(this.#timer)
    await this.#telling
    const now = clock.now()
    await workers.put(SERVER_TENANT_ID, this.#self, now, now).catch((error: unknown) => {
      logger.warn({ err: error }, 'the end of the worker was not stored')
    })
  }

  async #tell(): Promise<void> {
    const { workers, clock, logger } = this.#options
    const now = clock.now()
    try {
      await workers.put(SERVER_TENANT_ID, this.#self, now)
      for (const silent of await workers.listSilentSince(now - FORGOTTEN_AFTER_MS, FORGOTTEN_AT_ONCE))
        await workers.delete(silent)
    } catch (error) {
      logger.warn({ err: error }, 'the worker’s sign of life was not stored')
    }
  }
}
