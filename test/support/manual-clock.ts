import type { Clock } from '../../src/kernel/clock.js'

interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now: number
  readonly #sleepers = new Set<Sleeper>()

  constructor(now: number) {
    this.#now = now
  }

  /** How many sleep at the moment. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sleeper: Sleeper = { until: this.#now + ms, wake: resolve }
    const onAbort = (): void => {
      this.#sleepers.delete(sleeper)
      reject(signal?.reason as Error)
    }
    this.#sleepers.add(sleeper)
    signal?.addEventListener('abort', onAbort, { once: true })
    this.advance(0)
    return promise
  }

  /** Moves it, back too, and wakes whose time has come. */
  advance(ms: number): void {
    this.#now += ms
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
}
