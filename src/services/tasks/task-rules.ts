import {
  isTaskEnded,
  isTaskWaiting,
  type TaskAttempt,
  type TaskDocument,
  type TaskProgress,
  type TaskSpan,
} from '../../domain/task.js'
import { GraphloomError, type ErrorInfo } from '../../kernel/errors.js'
import type { Stored } from '../../domain/stored-document.js'
import type { Json } from '../../kernel/json.js'
import { NOT_YET_MS, type QueueChange } from '../../ports/task-queue.js'
import type { TaskEnd } from './task-type.js'

/**
 * The ways of a task from state to state, as pure functions: each takes the task as it is, and gives what becomes of it
 * and of its place in the queue, or null where nothing does.
 */
export interface TaskChange {
  /** States that it goes through on the way; of them only events are left. */
  readonly passed?: readonly TaskDocument[]
  readonly next: TaskDocument
  readonly queue: readonly QueueChange[]
}

/** A worker's claim. */
export interface TaskClaim {
  readonly attempt: number
  readonly workerId: string
  readonly token: string | null
}

/** Workers that a task may lose one after the other before it is held to be what kills them. */
export const MAX_LOSSES = 3
/** Time that work which was told to stop has for it, milliseconds. */
export const GRACE_MS = 5_000
/** Attempts that are kept; of more, the first and the last ones are. */
const MAX_KEPT_ATTEMPTS = 100

const ENTRY_STATES = { state: 'QUEUED', stateReason: null } as const

/** A task as it is accepted: its place follows from its times. */
export function acceptTask(task: TaskDocument, nowMs: number): TaskChange {
  return task.state === 'BLOCKED' ? { next: withDue(task), queue: [holdChange(task)] } : admit(task, nowMs)
}

/** It may run: now, or when its time has come. */
export function admit(task: TaskDocument, nowMs: number): TaskChange {
  if (task.runAt !== null && task.runAt > nowMs) {
    const scheduled = withDue({ ...task, state: 'SCHEDULED', stateReason: null })
    return { next: scheduled, queue: [holdChange(scheduled)] }
  }
  const next = withDue({ ...task, ...ENTRY_STATES, queuedAt: nowMs })
  return { next, queue: [enqueueChange(next, nowMs)] }
}

/** What a blocked task waited for is there. */
export const unblock = (task: TaskDocument, nowMs: number): TaskChange | null =>
  task.state === 'BLOCKED' ? admit({ ...task, stateReason: null }, nowMs) : null

/** Its time has come: to wait in the queue, or to end. */
export function passDue(task: TaskDocument, nowMs: number): TaskChange | null {
  if (task.dueAt === null || task.dueAt > nowMs) return null
  if (task.state === 'CANCELLING') return endTask(task, 'CANCELLED', nowMs, { reason: ABANDONED })
  if (task.state === 'RUNNING') return timeOut(task, nowMs)
  if (task.expiresAt !== null && task.expiresAt <= nowMs && isTaskWaiting(task.state)) return expire(task, nowMs)
  if (task.state === 'SCHEDULED' || task.state === 'RETRYING') return admit({ ...task, runAt: null }, nowMs)
  return { next: withDue(task), queue: [] }
}

const ABANDONED = 'It did not stop when it was told to, and was abandoned.'

function expire(task: TaskDocument, nowMs: number): TaskChange {
  const error = toErrorInfo(new GraphloomError('DEADLINE_EXCEEDED', 'It expired while it waited.'))
  return endTask(task, 'EXPIRED', nowMs, { error })
}

/** A worker has it. Attempts that nobody told of the end of are lost ones. */
export function beginAttempt(task: TaskDocument, claim: TaskClaim, nowMs: number): TaskChange | null {
  const { attempt, workerId, token } = claim
  if (isTaskEnded(task.state) || attempt <= task.attempt) return null
  const known = { ...withLost(task, attempt - 1, nowMs), attempt }
  const end = endOfLost(known, nowMs)
  if (end) return end
  // It was put off while it was claimed.
  if (isTaskWaiting(task.state) && task.state !== 'QUEUED')
    return { next: known, queue: [{ kind: 'complete', taskId: task.id, attempt }, holdChange(known)] }
  const begun = { number: attempt, workerId, startedAt: nowMs, endedAt: null, error: null, nextAttemptAt: null }
  const next = withDue({
    ...known,
    state: 'RUNNING',
    stateReason: null,
    attempts: keepAttempts([...known.attempts, begun]),
    progress: null,
    claimToken: token,
    workerId,
    startedAt: task.startedAt ?? nowMs,
    dedupeKey: task.dedupe?.mode === 'REPLACE_WAITING' ? null : task.dedupeKey,
  })
  return { next, queue: [] }
}

/** The lease of its claim has passed, and nobody told what became of the attempt: it waits for another worker. */
export function loseAttempt(task: TaskDocument, attempt: number, nowMs: number): TaskChange | null {
  if (isTaskEnded(task.state) || attempt < task.attempt) return null
  if (attempt === task.attempt && !isWorkedOn(task)) return null
  const known = withLost(task, attempt, nowMs)
  const lapse = { kind: 'lapse', taskId: task.id, attempt } as const
  const end = endOfLost(known, nowMs)
  if (end) return { next: end.next, queue: [lapse, { kind: 'remove', taskId: task.id }] }
  const { next, queue } = admit({ ...known, claimToken: null, workerId: null }, nowMs)
  return { next: { ...next, stateReason: workerLost().message }, queue: [lapse, ...queue] }
}

/** All attempts up to this one are over, and those whose end is not known were lost. */
function withLost(task: TaskDocument, upTo: number, nowMs: number): TaskDocument {
  const isOpen = task.attempts.at(-1)?.endedAt === null
  const losses = task.losses + (upTo - task.attempt) + (isOpen ? 1 : 0)
  const attempts = isOpen ? endLast(task.attempts, { endedAt: nowMs, error: toErrorInfo(workerLost()) }) : task.attempts
  return { ...task, attempt: upTo, attempts, losses }
}

/** Null for one that may be given to another worker. */
function endOfLost(task: TaskDocument, nowMs: number): TaskChange | null {
  if (task.state === 'CANCELLING') return endTask(task, 'CANCELLED', nowMs)
  if (task.losses >= MAX_LOSSES)
    return endTask(task, 'FAILED', nowMs, { error: toErrorInfo(poison(task.losses)), isDead: true })
  // A lost attempt leaves the task waiting for another worker.
  const isWaiting = task.state === 'QUEUED' || task.state === 'RUNNING'
  return isWaiting && task.expiresAt !== null && task.expiresAt <= nowMs ? expire(task, nowMs) : null
}

export function succeed(task: TaskDocument, output: Stored<Json>, nowMs: number): TaskChange | null {
  if (!isWorkedOn(task)) return null
  return endTask({ ...task, output }, 'SUCCEEDED', nowMs)
}

/** Whether the attempt has had the time that it may take. */
export function isOutOfTime({ timeoutMs, attempts }: TaskDocument, nowMs: number): boolean {
  const startedAt = attempts.at(-1)?.startedAt
  return timeoutMs !== null && startedAt !== undefined && nowMs >= startedAt + timeoutMs
}

export const timeOut = (task: TaskDocument, nowMs: number): TaskChange | null =>
  failAttempt(task, { error: toErrorInfo(timedOut(task)), nowMs, isTimeout: true })

export interface Failure {
  readonly error: ErrorInfo
  readonly nowMs: number
  readonly isTimeout?: boolean
  /** 0 to 1, for the part of the wait that is left to chance. */
  readonly random?: number
}

/** Tried again after a while where that may help, else at an end. */
export function failAttempt(task: TaskDocument, failure: Failure): TaskChange | null {
  const { error, nowMs, isTimeout = false, random = 0 } = failure
  if (!isWorkedOn(task)) return null
  if (task.state === 'CANCELLING') return endTask(task, 'CANCELLED', nowMs)
  const failures = task.failures + 1
  if (!error.retryable || failures >= task.attemptLimit)
    return endTask({ ...task, failures, losses: 0 }, isTimeout ? 'TIMED_OUT' : 'FAILED', nowMs, { error, isDead: true })
  const nextAttemptAt = nowMs + waitMs(task, failures, failure.error.details?.retryAfterMs ?? 0, random)
  const next = withDue({
    ...task,
    state: 'RETRYING',
    stateReason: `Attempt ${task.attempt} failed: ${error.message}`.slice(0, 500),
    failures,
    losses: 0,
    attempts: endLast(task.attempts, { endedAt: nowMs, error, nextAttemptAt }),
    error,
    runAt: nextAttemptAt,
    claimToken: null,
    workerId: null,
  })
  return { next, queue: [{ kind: 'complete', taskId: task.id, attempt: task.attempt }, holdChange(next)] }
}

function waitMs({ backoff }: TaskDocument, failures: number, retryAfterMs: number, random: number): number {
  const whole = Math.min(backoff.maxMs, backoff.initialMs * backoff.factor ** (failures - 1))
  return Math.round(Math.max(whole * (1 - backoff.jitter * random), retryAfterMs))
}

/** The worker stops and gives it back; that is no failure of the task. The claim is given back to the queue beside. */
export function interrupt(task: TaskDocument, nowMs: number): TaskChange | null {
  if (!isWorkedOn(task)) return null
  if (task.state === 'CANCELLING') return endTask(task, 'CANCELLED', nowMs)
  const error = toErrorInfo(new GraphloomError('UNAVAILABLE', 'The worker stopped; the task goes on elsewhere.'))
  const attempts = endLast(task.attempts, { endedAt: nowMs, error })
  const next = withDue({ ...task, ...ENTRY_STATES, losses: 0, attempts, claimToken: null, workerId: null })
  return { next, queue: [] }
}

/** What waits is cancelled at once; who works on it is told, and has a while to stop. */
export function requestCancel(task: TaskDocument, nowMs: number, graceMs = GRACE_MS): TaskChange | null {
  if (isTaskEnded(task.state) || task.state === 'CANCELLING') return null
  if (isTaskWaiting(task.state)) return endTask(task, 'CANCELLED', nowMs)
  const next = { ...task, state: 'CANCELLING', stateReason: null, dueAt: nowMs + graceMs } as const
  return { next, queue: [] }
}

/** The work has stopped because it was told to. */
export const stopCancelled = (task: TaskDocument, nowMs: number): TaskChange | null =>
  task.state === 'CANCELLING' ? endTask(task, 'CANCELLED', nowMs) : null

/** Progress does not go back within an attempt, and there is not more done than there is. */
export function reportProgress(task: TaskDocument, progress: TaskProgress): TaskChange | null {
  if (!isWorkedOn(task)) return null
  const done = Math.max(progress.done, task.progress?.done ?? 0)
  const total = progress.total ?? task.progress?.total ?? null
  const next = { ...progress, done, total: total === null ? null : Math.max(done, total) }
  return { next: { ...task, progress: next }, queue: [] }
}

type EndState = 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT' | 'EXPIRED'

interface EndOptions {
  readonly error?: ErrorInfo
  readonly reason?: string
  readonly isDead?: boolean
}

export function endTask(task: TaskDocument, state: EndState, nowMs: number, options: EndOptions = {}): TaskChange {
  const { error = null, reason = null, isDead = false } = options
  const isOpen = task.attempts.at(-1)?.endedAt === null
  const next: TaskDocument = {
    ...task,
    state,
    stateReason: reason,
    error,
    attempts: isOpen ? endLast(task.attempts, { endedAt: nowMs, error }) : task.attempts,
    // Until those that are to learn of it have.
    dueAt: (task.graph !== null && task.graph.childCount > 0) || task.webhook !== null ? nowMs : null,
    dedupeKey: null,
    claimToken: null,
    workerId: null,
    isDeadLetter: isDead,
    endedAt: nowMs,
  }
  return { next, queue: [leaveChange(task)] }
}

/** What is worked on leaves by its attempt, so that a late worker's write is refused; what waits by its name. */
const leaveChange = (task: TaskDocument): QueueChange =>
  task.state === 'RUNNING'
    ? { kind: 'complete', taskId: task.id, attempt: task.attempt }
    : { kind: 'remove', taskId: task.id }

/** The object that it is about has ended: so does it. */
export function endLike(
  task: TaskDocument,
  { state, error }: TaskEnd,
  output: Stored<Json> | null,
  nowMs: number,
): TaskChange | null {
  if (isTaskEnded(task.state)) return null
  const isDead = state === 'FAILED' || state === 'TIMED_OUT'
  return endTask({ ...task, output, failures: task.failures + (isDead ? 1 : 0) }, state, nowMs, {
    ...(error && { error }),
    isDead,
  })
}

export const isWorkedOn = (task: Pick<TaskDocument, 'state'>): boolean =>
  task.state === 'RUNNING' || task.state === 'CANCELLING'

/** Its place among those that may run. */
export function enqueueChange(task: TaskDocument, runAtMs: number): QueueChange {
  const { id: taskId, queue, type, queueKey, tenantId, priority, attempt, concurrency } = task
  const gate = concurrency && { key: concurrency.key, maxClaimed: concurrency.limit, rate: concurrency.rate }
  const key = queueKey ?? type
  const entry = { taskId, queue, key, tenantId, priority, runAtMs, claimsBefore: attempt, gate }
  return { kind: 'enqueue', entry }
}

/** It waits for something else than its turn, and counts in the length of its queue. */
const holdChange = (task: TaskDocument): QueueChange => enqueueChange({ ...task, concurrency: null }, NOT_YET_MS)

export function withDue(task: TaskDocument): TaskDocument {
  return { ...task, dueAt: dueAtOf(task) }
}

function dueAtOf(task: TaskDocument): number | null {
  if (task.state === 'RUNNING') {
    const { startedAt } = task.attempts.at(-1)!
    return task.timeoutMs === null ? null : startedAt + task.timeoutMs + GRACE_MS
  }
  if (!isTaskWaiting(task.state)) return null
  const ready = task.state === 'SCHEDULED' || task.state === 'RETRYING' ? task.runAt : null
  const times = [ready, task.expiresAt].filter((time) => time !== null)
  return times.length === 0 ? null : Math.min(...times)
}

const endLast = (attempts: readonly TaskAttempt[], end: Partial<TaskAttempt>): readonly TaskAttempt[] =>
  attempts.map((attempt, at) => (at === attempts.length - 1 ? { ...attempt, ...end } : attempt))

/** With what the last attempt's time went to. */
export const withSpans = (task: TaskDocument, spans: readonly TaskSpan[]): TaskDocument => ({
  ...task,
  attempts: endLast(task.attempts, { spans }),
})

const keepAttempts = (attempts: readonly TaskAttempt[]): readonly TaskAttempt[] =>
  attempts.length <= MAX_KEPT_ATTEMPTS ? attempts : [attempts[0]!, ...attempts.slice(1 - MAX_KEPT_ATTEMPTS)]

export const toErrorInfo = ({ code, message, retryable, details }: GraphloomError): ErrorInfo => ({
  code,
  message,
  retryable,
  details,
})

const workerLost = (): GraphloomError =>
  new GraphloomError('UNAVAILABLE', 'The worker was lost: it did not extend its lease.')

const poison = (losses: number): GraphloomError =>
  new GraphloomError(
    'WORKER_LOST',
    `Its worker was lost ${losses} times one after the other; it is not given to another.`,
  )

const timedOut = ({ timeoutMs }: TaskDocument): GraphloomError =>
  new GraphloomError('DEADLINE_EXCEEDED', `The attempt took longer than ${timeoutMs} ms.`, {
    details: { limit: { name: 'timeoutMs', value: timeoutMs ?? 0 } },
  })
