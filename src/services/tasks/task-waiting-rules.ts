import { isTaskWaiting, type TaskDocument } from '../../domain/task.js'
import type { QueueChange } from '../../ports/task-queue.js'
import { admit, enqueueChange, withDue, type TaskChange } from './task-rules.js'

// Rules for a task that nobody works on yet, when somebody asks for a change.

/** Sooner or later among others. */
export function changePriority(task: TaskDocument, priority: number, nowMs: number): TaskChange | null {
  if (!isTaskWaiting(task.state)) return null
  const next = { ...task, priority }
  return { next, queue: task.state === 'QUEUED' ? ifWaits([enqueueChange(next, nowMs)]) : [] }
}

/** Not where a worker has just got it: the task does not know of that yet. */
const ifWaits = (changes: readonly QueueChange[]): readonly QueueChange[] =>
  changes.map((change) => (change.kind === 'enqueue' ? { ...change, ifWaits: true } : change))

/** What waits for its time or for its turn runs at another time; null is now. */
export function reschedule(task: TaskDocument, runAt: number | null, nowMs: number): TaskChange | null {
  const change = putOff(task, runAt, nowMs)
  return change && { ...change, queue: ifWaits(change.queue) }
}

function putOff(task: TaskDocument, runAt: number | null, nowMs: number): TaskChange | null {
  if (!isTaskWaiting(task.state)) return null
  if (task.state !== 'BLOCKED') return admit({ ...task, runAt }, nowMs)
  // One that is due is about to be looked at for its parents' sake.
  const isDue = task.dueAt !== null && task.dueAt <= nowMs
  return { next: isDue ? { ...task, runAt } : withDue({ ...task, runAt }), queue: [] }
}

/** What of a task that takes the place of another goes on in that one. */
type Replacement = Pick<
  TaskDocument,
  'input' | 'queueKey' | 'priority' | 'runAt' | 'expiresAt' | 'timeoutMs' | 'attemptLimit' | 'backoff'
>

/** Another input, with its own times and attempts, for what nobody works on yet. */
export function replaceWaiting(task: TaskDocument, replacement: Replacement, nowMs: number): TaskChange | null {
  if (!isTaskWaiting(task.state)) return null
  const { input, queueKey, priority, runAt, expiresAt, timeoutMs, attemptLimit, backoff } = replacement
  const next = { ...task, input, queueKey, priority, expiresAt, timeoutMs, attemptLimit, backoff, failures: 0 }
  return putOff(next, runAt, nowMs)
}
