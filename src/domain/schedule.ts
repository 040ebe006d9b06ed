import type { Json } from '../kernel/json.js'
import type { Stored, StoredDocument } from './stored-document.js'
import type { Backoff, TaskConcurrency } from './task.js'

/** What a firing does while the task of the one before has not ended. */
export const OVERLAP_POLICIES = ['SKIP', 'QUEUE', 'CANCEL_PREVIOUS'] as const
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number]

/** What becomes of due times at which no server was there. */
export const CATCH_UP_POLICIES = ['NONE', 'LATEST', 'ALL'] as const
export type CatchUpPolicy = (typeof CATCH_UP_POLICIES)[number]

/**
 * Why there is no task for a due time. `MISSED`: no server was there, and the catch-up policy leaves it out; `OVERLAP`:
 * the task before had not ended; `REFUSED`: the task was not accepted.
 */
export const SKIP_REASONS = ['MISSED', 'OVERLAP', 'REFUSED'] as const
export type SkipReason = (typeof SKIP_REASONS)[number]

export interface SkippedFirings {
  readonly reason: SkipReason
  readonly count: number
  /** The latest such due time, Unix milliseconds. */
  readonly lastDueAt: number
  /** What was wrong the last time, where the reason alone does not tell. */
  readonly lastMessage: string | null
}

/** The task that a firing makes, without its input. What is left out is as the type's defaults say at the firing. */
export interface TaskTemplate {
  readonly type: string
  readonly queue?: string | undefined
  readonly priority?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly attemptLimit?: number | undefined
  readonly backoff?: Backoff | undefined
  readonly concurrency?: TaskConcurrency | undefined
  /** Not worth beginning so long after it was to be fired, milliseconds. */
  readonly expiresAfterMs?: number | undefined
}

export interface ScheduleDocument extends StoredDocument {
  readonly name: string
  readonly cron: string
  readonly timezone: string
  readonly jitterMs: number
  readonly paused: boolean
  readonly overlap: OverlapPolicy
  readonly catchUp: CatchUpPolicy
  readonly catchUpWindowMs: number
  readonly template: TaskTemplate
  readonly input: Stored<Json>
  readonly inputBlobId: string | null
  /** The due time that was dealt with last. */
  readonly lastDueAt: number | null
  /** The due time that is dealt with next; null while it is paused. */
  readonly nextDueAt: number | null
  /** When that is: the due time and its jitter. */
  readonly nextFireAt: number | null
  /** The task of the last firing, or of the last run that was asked for. */
  readonly lastTaskId: string | null
  readonly skipped: readonly SkippedFirings[]
  readonly createdBy: string
}
