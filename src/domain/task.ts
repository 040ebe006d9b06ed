import type { ErrorInfo } from '../kernel/errors.js'
import type { Json } from '../kernel/json.js'
import type { Stored, StoredDocument } from './stored-document.js'
import type { TaskGraphPlace } from './task-graph.js'

export const TASK_STATES = [
  'SCHEDULED',
  'BLOCKED',
  'QUEUED',
  'RUNNING',
  'RETRYING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLING',
  'CANCELLED',
  'TIMED_OUT',
  'EXPIRED',
] as const
export type TaskState = (typeof TASK_STATES)[number]

const ENDED: ReadonlySet<TaskState> = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT', 'EXPIRED'])
const WAITING: ReadonlySet<TaskState> = new Set(['SCHEDULED', 'BLOCKED', 'QUEUED', 'RETRYING'])

/** Nothing becomes of it any more. */
export const isTaskEnded = (state: TaskState): boolean => ENDED.has(state)
/** Nobody works on it. */
export const isTaskWaiting = (state: TaskState): boolean => WAITING.has(state)

export const DEFAULT_PRIORITY = 5

export interface TaskProgress {
  readonly done: number
  /** Null when it is not known. */
  readonly total: number | null
  readonly message: string | null
}

/** How long a task waits before it is tried again: `initialMs × factor ** (failures − 1)`, at most `maxMs`. */
export interface Backoff {
  readonly initialMs: number
  readonly factor: number
  readonly maxMs: number
  /** The part of the wait that is left to chance, 0 to 1. */
  readonly jitter: number
}

/** A part of an attempt: what was done, and how long it took. */
export interface TaskSpan {
  readonly name: string
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly durationMs: number
  readonly failed: boolean
}

/** One time that a worker had the task. */
export interface TaskAttempt {
  /** From 1; the numbers of claims, of which some may have ended before they were seen. */
  readonly number: number
  readonly workerId: string
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly endedAt: number | null
  readonly error: ErrorInfo | null
  /** When the next one begins at the earliest, where this one's failure leads to one. */
  readonly nextAttemptAt: number | null
  /** Where its time went, in the order of ends; left out where nobody measured. */
  readonly spans?: readonly TaskSpan[]
}

/** Which tasks of a tenant run at once, and how many begin in a time. */
export interface TaskConcurrency {
  readonly key: string
  readonly limit: number
  readonly rate: { readonly count: number; readonly perMs: number } | null
}

/**
 * What becomes of a task whose `key` another task has already. `KEEP_FIRST`: as long as that one has not ended, it is
 * given in the place of the new one. `REPLACE_WAITING`: as long as nobody works on it, it gets the input, times and
 * attempts of the new one.
 */
export interface TaskDedupe {
  readonly key: string
  readonly mode: 'KEEP_FIRST' | 'REPLACE_WAITING'
}

/** A request by its idempotency key. */
export interface JoinedRequest {
  readonly key: string
  /** SHA-256 of what was asked. */
  readonly inputHash: string
}

/** An address that is told of a task's end. */
export interface TaskWebhook {
  readonly url: string
  /** The task that tells it; null until the end. */
  readonly taskId: string | null
}

export interface TaskDocument extends StoredDocument {
  readonly type: string
  readonly queue: string
  /** What its queue counts it under, where that is not its type. */
  readonly queueKey: string | null
  readonly state: TaskState
  /** In words, where the state alone does not tell. */
  readonly stateReason: string | null
  readonly priority: number
  readonly input: Stored<Json>
  /** The input as it was asked for, where parts of it are outputs of parents: those are put in when it becomes ready. */
  readonly inputTemplate: Stored<Json> | null
  readonly output: Stored<Json> | null
  readonly inputBlobId: string | null
  readonly outputBlobId: string | null
  readonly error: ErrorInfo | null
  /** What it is found by, where it has an error. */
  readonly errorText: string | null
  readonly progress: TaskProgress | null
  /** Number of the latest claim that was seen; 0 before the first. */
  readonly attempt: number
  readonly attempts: readonly TaskAttempt[]
  /** Failures that count towards the limit. */
  readonly failures: number
  /** Workers that were lost one after the other. */
  readonly losses: number
  readonly attemptLimit: number
  readonly backoff: Backoff
  /** Milliseconds of one attempt; null is no bound. */
  readonly timeoutMs: number | null
  /** Not before, Unix milliseconds. */
  readonly runAt: number | null
  /** Not worth beginning after, Unix milliseconds. */
  readonly expiresAt: number | null
  /**
   * When it changes by itself, unless something else happens first: it becomes ready, expires, is too late. Of an ended
   * task, since when those that wait for it are to be told.
   */
  readonly dueAt: number | null
  readonly concurrency: TaskConcurrency | null
  readonly concurrencyKey: string | null
  readonly dedupe: TaskDedupe | null
  /** The key while it keeps others away. */
  readonly dedupeKey: string | null
  readonly idempotencyKey: string | null
  /** SHA-256 of what was asked, where it has an idempotency key. */
  readonly inputHash: string | null
  /** Requests that `dedupe` answered with this task, where they had an idempotency key: the latest of them. */
  readonly joined: readonly JoinedRequest[] | null
  /** Secret of the claim of a worker outside of the server. */
  readonly claimToken: string | null
  readonly workerId: string | null
  /** Failed for good, and nobody has looked after it yet. */
  readonly isDeadLetter: boolean
  /** The task that does it again. */
  readonly retriedAs: string | null
  readonly retryOf: string | null
  /** The graph that it belongs to, and its place in it. */
  readonly graphId: string | null
  readonly graph: TaskGraphPlace | null
  /** The schedule that it is a run of. */
  readonly scheduleId: string | null
  /** The schedule's due time that it was made for; null for a run that was asked for. */
  readonly scheduleDueAt: number | null
  readonly webhook: TaskWebhook | null
  readonly createdBy: string
  readonly queuedAt: number | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Revision with which it ended, the last one that its stream tells of; null before. */
  readonly endedRevision: number | null
  readonly traceId: string
  readonly traceparent: string | null
}

/**
 * What a task has that nobody has touched yet, and what stored tasks and their events have where they do not say
 * otherwise: it can grow, and nothing of it changes.
 */
export const UNTOUCHED = {
  queueKey: null,
  state: 'QUEUED',
  stateReason: null,
  output: null,
  inputBlobId: null,
  outputBlobId: null,
  error: null,
  errorText: null,
  progress: null,
  attempt: 0,
  failures: 0,
  losses: 0,
  timeoutMs: null,
  runAt: null,
  expiresAt: null,
  dueAt: null,
  concurrency: null,
  concurrencyKey: null,
  dedupe: null,
  dedupeKey: null,
  idempotencyKey: null,
  inputHash: null,
  joined: null,
  claimToken: null,
  workerId: null,
  isDeadLetter: false,
  retriedAs: null,
  retryOf: null,
  graphId: null,
  graph: null,
  inputTemplate: null,
  scheduleId: null,
  scheduleDueAt: null,
  webhook: null,
  queuedAt: null,
  startedAt: null,
  endedAt: null,
  endedRevision: null,
  traceparent: null,
} as const

export const NEW_TASK = { ...UNTOUCHED, revision: 0, attempts: [] } as const
