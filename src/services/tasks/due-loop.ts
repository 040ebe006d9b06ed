import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'

export interface DueLoopOptions {
  /** What is due, for the log. */
  readonly what: string
  /** Sees to what is due by now, until the signal aborts; true when it got on and more may be due. */
  readonly pass: (nowMs: number, signal: AbortSignal) => Promise<boolean>
  /** When the next is due, Unix milliseconds; null when nothing is known to be. */
  readonly nextAt: () => Promise<number | null>
  readonly clock: Clock
  readonly logger: Logger
}

/** Also without a known time it looks so often: another process may have written one. */
const LOOK_EVERY_MS = 5_000
const RETRY_MS = 1_000

/** Sees to what stands in the store with a time, each when its time has come. */
export class DueLoop implements AsyncDisposable {
  readonly #options: DueLoopOptions
  readonly #stopping = new AbortController()
  #nextAtMs = 0
  #wake: (() => void) | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(options: DueLoopOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#loop()
  }

  /** Something is due at this time. */
  note(atMs: number): void {
    if (atMs >= this.#nextAtMs) return
    this.#nextAtMs = atMs
    this.#wake?.()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    this.#wake?.()
    await this.#running
  }

  async #loop(): Promise<void> {
    const { what, pass, nextAt, clock, logger } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        const now = clock.now()
        this.#nextAtMs = now + LOOK_EVERY_MS
        if (await pass(now, signal)) continue
        const next = await nextAt()
        // What was due and could not be seen to is looked at again after a while.
        if (next !== null) this.note(next > now ? next : now + RETRY_MS)
        await this.#sleep()
      } catch (error) {
        if (signal.aborted) return
        logger.error({ err: error }, `${what} not seen to, trying again`)
        await clock.sleep(RETRY_MS, signal).catch(() => undefined)
      }
    }
  }

  async #sleep(): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const waitMs = this.#nextAtMs - clock.now()
      // A longer wait than was ever meant: the clock went back.
      if (waitMs <= 0 || waitMs > LOOK_EVERY_MS) return
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      await clock.sleep(Math.max(1, waitMs), woken.signal).catch(() => undefined)
      this.#wake = null
    }
  }
}
