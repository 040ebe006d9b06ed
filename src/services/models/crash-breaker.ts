import type { Clock } from '../../kernel/clock.js'
import { GraphloomError } from '../../kernel/errors.js'

/** CLOSED: work goes on; OPEN: nothing is tried; HALF_OPEN: the next try decides. */
export const BREAKER_STATES = ['CLOSED', 'OPEN', 'HALF_OPEN'] as const
export type BreakerState = (typeof BREAKER_STATES)[number]

export interface BreakerStatus {
  readonly state: BreakerState
  /** Failures within the window, since the last success. */
  readonly recentFailures: number
  /** When the next try is let through, Unix milliseconds; null unless it is open. */
  readonly retryAt: number | null
}

/** So many unexpected ends within so long, with no work done between, and the version is left alone for a while. */
const MOST_CRASHES = 5
const WINDOW_MS = 30_000
const PAUSE_MS = 5_000

/** Keeps a version whose process ends again and again from being started without end. */
export class CrashBreaker {
  readonly #clock: Clock
  #crashes: number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get status(): BreakerStatus {
    const now = this.#clock.now()
    const recent = this.#crashes.filter((at) => at > now - WINDOW_MS)
    const last = recent.at(-1)
    const recentFailures = recent.length
    if (recentFailures < MOST_CRASHES || last === undefined) return { state: 'CLOSED', recentFailures, retryAt: null }
    const retryAt = last + PAUSE_MS
    return now < retryAt
      ? { state: 'OPEN', recentFailures, retryAt }
      : { state: 'HALF_OPEN', recentFailures, retryAt: null }
  }

  noteCrash(): void {
    const now = this.#clock.now()
    this.#crashes = [...this.#crashes.filter((at) => at > now - WINDOW_MS), now]
  }

  /** Work was done: what ended before is no sign that the version cannot run. */
  noteSuccess(): void {
    this.#crashes = []
  }

  /** @throws GraphloomError `MODEL_LOAD_FAILED` while it is open. */
  check(): void {
    const { state, recentFailures, retryAt } = this.status
    if (state !== 'OPEN' || retryAt === null) return
    const message = `The runner ended ${recentFailures} times within ${WINDOW_MS / 1_000} seconds; it is left alone for a while.`
    throw new GraphloomError('MODEL_LOAD_FAILED', message, { details: { retryAfterMs: retryAt - this.#clock.now() } })
  }
}
