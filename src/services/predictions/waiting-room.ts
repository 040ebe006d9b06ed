import { GraphloomError } from '../../kernel/errors.js'

const LEAST_RETRY_MS = 100
const MOST_RETRY_MS = 60_000
const UNKNOWN_RETRY_MS = 1_000

/** A prediction that is about to be accepted. */
export interface Entrant {
  readonly versionId: string
  readonly predictionId: string
  /** How many of its version may wait. */
  readonly maxQueueLength: number
  /** A typical latency to judge the wait by; null when there is none. */
  readonly latencyMs: () => number | null
}

/**
 * Predictions that were accepted and not yet started, counted per model version, so that a full queue refuses more
 * before anything is stored.
 */
export class WaitingRoom {
  readonly #parallel: number
  readonly #versionOf = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  constructor(options: { readonly parallel: number }) {
    this.#parallel = options.parallel
  }

  waiting(versionId: string): number {
    return this.#counts.get(versionId) ?? 0
  }

  /** @throws GraphloomError `OVERLOADED` when the version's queue is full. */
  enter({ versionId, predictionId, maxQueueLength, latencyMs }: Entrant): void {
    const waiting = this.waiting(versionId)
    if (waiting >= maxQueueLength) {
      const wait = this.expectedWaitMs(versionId, latencyMs()) ?? UNKNOWN_RETRY_MS
      const retryAfterMs = Math.round(Math.min(MOST_RETRY_MS, Math.max(LEAST_RETRY_MS, wait / 2)))
      const limit = { name: 'maxQueueLength', value: maxQueueLength, actual: waiting }
      const message = `${waiting} predictions wait for this model version; at most ${maxQueueLength} may.`
      throw new GraphloomError('OVERLOADED', message, { details: { retryAfterMs, limit } })
    }
    this.readmit(versionId, predictionId)
  }

  /** One that was accepted before this process started. */
  readmit(versionId: string, predictionId: string): void {
    if (this.#versionOf.has(predictionId)) return
    this.#versionOf.set(predictionId, versionId)
    this.#counts.set(versionId, this.waiting(versionId) + 1)
  }

  /** It has started, or will not. */
  leave(predictionId: string): void {
    const versionId = this.#versionOf.get(predictionId)
    if (versionId === undefined) return
    this.#versionOf.delete(predictionId)
    this.#counts.set(versionId, this.waiting(versionId) - 1)
  }

  /** How long what waits will take, judging by a typical latency; null when there is none to judge by. */
  expectedWaitMs(versionId: string, latencyMs: number | null): number | null {
    return latencyMs === null ? null : (this.waiting(versionId) * latencyMs) / this.#parallel
  }
}
