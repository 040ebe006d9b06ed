import { GraphloomError } from '../../kernel/errors.js'

interface Waiter {
  readonly priority: number
  readonly order: number
  readonly grant: () => void
}

/** Every so many grants the one that has waited longest goes first, whatever its priority, so that nothing starves. */
const OLDEST_FIRST_EVERY = 8

/**
 * Places to work for one model version: at most `limit` at once, higher priority first, within equals in the order of
 * asking.
 */
export class Slots {
  readonly #limit: number
  readonly #waiting: Waiter[] = []
  #taken = 0
  #order = 0
  #grants = 0
  #open = true
  #idle = Promise.withResolvers<void>()

  constructor(limit: number) {
    this.#limit = limit
    this.#idle.resolve()
  }

  get taken(): number {
    return this.#taken
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Waits for a place; call the result to give it back. Rejects with the signal's reason. */
  async acquire(priority: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (!this.#open || this.#taken >= this.#limit) await this.#wait(priority, signal)
    else this.#take()
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#taken--
      if (this.#taken === 0) this.#idle.resolve()
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

  #take(): void {
    if (this.#taken++ === 0) this.#idle = Promise.withResolvers()
  }

  async #wait(priority: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = { priority, order: this.#order++, grant: resolve }
    const onAbort = (): void => {
      const at = this.#waiting.indexOf(waiter)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      reject(signal.reason instanceof Error ? signal.reason : new GraphloomError('CANCELLED', 'The work was cancelled.'))
    }
    this.#waiting.push(waiter)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #grant(): void {
    while (this.#open && this.#taken < this.#limit && this.#waiting.length > 0) {
      const oldestFirst = ++this.#grants % OLDEST_FIRST_EVERY === 0
      let best = 0
      for (let i = 1; i < this.#waiting.length && !oldestFirst; i++)
        if (this.#waiting[i]!.priority > this.#waiting[best]!.priority) best = i
      const [waiter] = this.#waiting.splice(best, 1)
      this.#take()
      waiter!.grant()
    }
  }
}
