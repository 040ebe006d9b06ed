import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import type { BlobStore } from '../../ports/blob-store.js'
import type { EventLog } from '../../ports/event-log.js'
import type { RemovalStep } from './removal-step.js'

export interface RetentionSettings {
  /** How long events are kept after their stream's end, milliseconds. */
  readonly eventMs: number
  /** How many events of a stream that has not ended are kept. */
  readonly openStreamMaxEvents: number
  /** Time between two rounds, milliseconds. */
  readonly intervalMs: number
}

export interface RetentionOptions {
  readonly settings: RetentionSettings
  readonly log: EventLog
  readonly blobs: BlobStore
  /** Delete objects that have been kept long enough. */
  readonly removals: readonly RemovalStep[]
  readonly isBlobReferenced: (blobId: string) => Promise<boolean>
  readonly clock: Clock
  readonly logger: Logger
}

/** So little at a time that nothing else waits long for the store. */
const STEP_OBJECTS = 100
const STEP_EVENTS = 2_000
/** A blob that is older than this and that nobody refers to was left by a crash. */
const ORPHAN_MS = 3_600_000

/** Deletes what has been kept long enough, in the background and in small steps. */
export class Retention implements AsyncDisposable {
  readonly #options: RetentionOptions
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  constructor(options: RetentionOptions) {
    this.#options = options
    this.#running = this.#loop()
  }

  /** Everything that may go by now. */
  async runOnce(): Promise<void> {
    const { settings, log, blobs, removals, isBlobReferenced, clock } = this.#options
    const { signal } = this.#stopping
    for (const step of removals)
      for (let cursor: string | null = null; !signal.aborted;) {
        cursor = await step({ limit: STEP_OBJECTS, cursor, backward: false })
        if (cursor === null) break
      }
    for (;;) {
      const endedBeforeMs = clock.now() - settings.eventMs
      const { openStreamMaxEvents } = settings
      const deleted = await log.trim({ endedBeforeMs, openStreamMaxEvents, maxDeletedEvents: STEP_EVENTS })
      if (deleted < STEP_EVENTS || signal.aborted) break
    }
    if (!signal.aborted) await blobs.sweep(ORPHAN_MS, isBlobReferenced)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #loop(): Promise<void> {
    const { settings, clock, logger } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await clock.sleep(settings.intervalMs, signal)
        await this.runOnce()
      } catch (error) {
        if (!signal.aborted) logger.error({ err: error }, 'retention failed, trying again later')
      }
    }
  }
}
