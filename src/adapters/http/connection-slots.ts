import { GraphloomError } from '../../kernel/errors.js'

export interface ConnectionSlotsOptions {
  readonly max: number
  readonly maxPerHost: number
  readonly maxWaiting: number
}

interface Waiter {
  readonly host: string
  readonly start: () => void
}

/** Bounds connections, all together and to one host, so that a slow host leaves room for others. First come, first in. */
export class ConnectionSlots {
  readonly #options: ConnectionSlotsOptions
  readonly #waiting = new Set<Waiter>()
  readonly #perHost = new Map<string, number>()
  #used = 0

  constructor(options: ConnectionSlotsOptions) {
    this.#options = options
  }

  /**
   * A place, until it is disposed of.
   * @throws GraphloomError `OVERLOADED`; or the signal's reason.
   */
  async acquire(host: string, signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted()
    if (this.#hasRoom(host)) this.#take(host)
    else await this.#wait(host, signal)
    return { [Symbol.dispose]: () => this.#giveBack(host) }
  }

  #hasRoom(host: string): boolean {
    return this.#used < this.#options.max && (this.#perHost.get(host) ?? 0) < this.#options.maxPerHost
  }

  #take(host: string): void {
    this.#used++
    this.#perHost.set(host, (this.#perHost.get(host) ?? 0) + 1)
  }

  async #wait(host: string, signal: AbortSignal): Promise<void> {
    const { maxWaiting } = this.#options
    if (this.#waiting.size >= maxWaiting)
      throw new GraphloomError('OVERLOADED', 'Too many calls wait for a connection.', {
        details: { retryAfterMs: 1_000, limit: { name: 'waitingCalls', value: maxWaiting } },
      })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter = { host, start: resolve }
    const onAbort = (): void => {
      if (this.#waiting.delete(waiter)) reject(signal.reason as Error)
    }
    this.#waiting.add(waiter)
    signal.addEventListener('abort', onAbort, { once: true })
    await promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  #giveBack(host: string): void {
    this.#used--
    const left = (this.#perHost.get(host) ?? 0) - 1
    if (left > 0) this.#perHost.set(host, left)
    else this.#perHost.delete(host)
    for (const waiter of this.#waiting) {
      if (!this.#hasRoom(waiter.host)) continue
      this.#waiting.delete(waiter)
      this.#take(waiter.host)
      waiter.start()
      return
    }
  }
}
