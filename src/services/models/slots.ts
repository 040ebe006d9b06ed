import { GraphloomError } from '../../kernel/errors.js'
import { FairQueue, type Applicant } from '../../kernel/fair-queue.js'

/** One who has a place or waits for one. */
interface Holder extends Applicant {
  readonly grant: () => void
}

/** Every so many grants the one that has waited longest goes first, whatever its priority, so that nothing starves. */
const OLDEST_FIRST_EVERY = 8

/**
 * Places to work for one model version: at most `limit` at once, given in the order of `FairQueue`.
 */
export class Slots {
  readonly #limit: number
  readonly #waiting = new FairQueue<Holder>()
  readonly #holders = new Set<Holder>()
  #grants = 0
  #open = true
  #idle = Promise.withResolvers<void>()

  constructor(limit: number) {
    this.#limit = limit
    this.#idle.resolve()
  }

  get taken(): number {
    return this.#holders.size
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Waits for a place; call the result to give it back. Rejects with the signal's reason. */
  async acquire({ tenantId, priority }: Applicant, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const holder: Holder = { tenantId, priority, grant: resolve }
    if (!this.#open || this.taken >= this.#limit) await this.#wait(holder, { promise, reject }, signal)
    else this.#take(holder)
    return () => {
      if (!this.#holders.delete(holder)) return
      if (this.taken === 0) this.#idle.resolve()
      this.#grant()
    }
  }

  /** Lets nobody in any more; resolves when all places are free. */
  async closeAndDrain(): Promise<void> {
    this.#open = false
    await this.#idle.promise
  }

  reopen(): void {
    this.#open = true
    this.#grant()
  }

  #take(holder: Holder): void {
    if (this.taken === 0) this.#idle = Promise.withResolvers()
    this.#holders.add(holder)
  }

  async #wait(
    holder: Holder,
    { promise, reject }: Pick<PromiseWithResolvers<void>, 'promise' | 'reject'>,
    signal: AbortSignal,
  ): Promise<void> {
    const onAbort = (): void => {
      if (!this.#waiting.delete(holder)) return
      reject(
        signal.reason instanceof Error ? signal.reason : new GraphloomError('CANCELLED', 'The work was cancelled.'),
      )
    }
    this.#waiting.add(holder)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #grant(): void {
    while (this.#open && this.taken < this.#limit) {
      const isOldestTurn = ++this.#grants % OLDEST_FIRST_EVERY === 0
      const [oldest] = this.#waiting
      const next = isOldestTurn ? oldest : this.#waiting.next(this.#holders, () => true)
      if (!next) return
      this.#waiting.grant(next)
      this.#take(next)
      next.grant()
    }
  }
}
