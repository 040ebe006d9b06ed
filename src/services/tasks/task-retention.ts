import type { Clock } from '../../kernel/clock.js'
import type { TaskDocument, TaskState } from '../../domain/task.js'
import type { TaskStore } from './task-store.js'

export interface TaskRetentionOptions {
  readonly store: Pick<TaskStore, 'listEndedBefore' | 'countInState'>
  readonly remove: (task: TaskDocument) => Promise<void>
  readonly settings: {
    /** How long tasks are kept that succeeded, were cancelled or expired, milliseconds. */
    readonly taskMs: number
    /** How long those are kept that failed for good, milliseconds. */
    readonly failedTaskMs: number
    /** The most ended tasks that are kept of each state. */
    readonly taskCount: number
  }
  readonly clock: Clock
}

const FAILED: readonly TaskState[] = ['FAILED', 'TIMED_OUT']
const OTHERS: readonly TaskState[] = ['SUCCEEDED', 'CANCELLED', 'EXPIRED']

/** Deletes up to so many ended tasks that have been kept long enough, or are too many; gives how many. */
export function createTaskRetention(options: TaskRetentionOptions): (limit: number) => Promise<number> {
  const { store, remove, settings, clock } = options
  const removeOf = async (state: TaskState, keptMs: number, limit: number): Promise<number> => {
    const old = await store.listEndedBefore(state, clock.now() - keptMs, limit)
    for (const task of old) await remove(task)
    if (old.length === limit) return limit
    const excess = (await store.countInState(state)) - settings.taskCount
    if (excess <= 0) return old.length
    const oldest = await store.listEndedBefore(state, Number.MAX_SAFE_INTEGER, Math.min(excess, limit - old.length))
    for (const task of oldest) await remove(task)
    return old.length + oldest.length
  }
  return async (limit) => {
    let most = 0
    for (const state of OTHERS) most = Math.max(most, await removeOf(state, settings.taskMs, limit))
    for (const state of FAILED) most = Math.max(most, await removeOf(state, settings.failedTaskMs, limit))
    return most
  }
}
