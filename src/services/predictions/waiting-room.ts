import { LRUCache } from 'lru-cache'
import { GraphloomError } from '../../kernel/errors.js'

const LEAST_RETRY_MS = 100
const MOST_RETRY_MS = 60_000
const UNKNOWN_RETRY_MS = 1_000
const MAX_VERSIONS = 10_000
/** How much the latest prediction counts against those before it. */
const LATEST_WEIGHT = 0.2

/** A prediction that is about to be accepted. */
export interface Entrant {
  readonly versionId: string
  readonly predictionId: string
  /** How many of its version may wait. */
  readonly maxQueueLength: number
  /** How many of its version are being done. */
  readonly runningCount: number
}

/**
 * Predictions that were accepted and not yet started, counted per model version, so that a full queue refuses more
 * before anything is stored.
 */
export class WaitingRoom {
  readonly #parallel: number
  readonly #versionOf = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  /** What a prediction costs lately, milliseconds, by version. */
  readonly #costs = new LRUCache<string, number>({ max: MAX_VERSIONS })

  constructor(options: { readonly parallel: number }) {
    this.#parallel = options.parallel
  }

  waiting(versionId: string): number {
    return this.#counts.get(versionId) ?? 0
  }

  /** @throws GraphloomError `OVERLOADED` when the version's queue is full. */
  enter({ versionId, predictionId, maxQueueLength, runningCount }: Entrant): void {
    const waiting = this.waiting(versionId)
    if (waiting >= maxQueueLength) {
      const wait = this.expectedWaitMs(versionId, runningCount) ?? UNKNOWN_RETRY_MS
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

  /** A prediction was done; it took so much of the model's time, its part where it shared runs. */
  noteCost(versionId: string, costMs: number): void {
    const before = this.#costs.get(versionId)
    this.#costs.set(versionId, before === undefined ? costMs : before + LATEST_WEIGHT * (costMs - before))
  }

  /**
   * How long one that comes now waits for its place: what waits takes what predictions cost lately, and what is being
   * done half of it. Null when there is nothing to judge by.
   */
  expectedWaitMs(versionId: string, runningCount: number): number | null {
    const waiting = this.waiting(versionId)
    if (waiting === 0 && runningCount < this.#parallel) return 0
    const costMs = this.#costs.get(versionId)
    return costMs === undefined ? null : (waiting + runningCount / 2) * costMs
  }
}
