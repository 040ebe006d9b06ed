import type { Clock } from '../../kernel/clock.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { TaskDocument, TaskState } from '../../domain/task.js'
import { removeAll, type RemovalStep } from '../retention/removal-step.js'
import type { TaskStore } from './task-store.js'

export interface TaskRetentionOptions {
  readonly store: Pick<TaskStore, 'listEndedBefore' | 'countEnded'>
  readonly remove: (task: TaskDocument) => Promise<unknown>
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

/** Deletes ended tasks that have been kept long enough, or are too many. */
export function createTaskRetention({ store, remove, settings, clock }: TaskRetentionOptions): RemovalStep[] {
  const { taskMs, failedTaskMs, taskCount } = settings
  const removeOf = async (tasks: Promise<Page<TaskDocument>>): Promise<string | null> => removeAll(await tasks, remove)
  const byAge = (state: TaskState, keptMs: number): RemovalStep => {
    return (page) => removeOf(store.listEndedBefore(state, clock.now() - keptMs, page))
  }
  const byCount = (state: TaskState): RemovalStep => {
    return async (page: PageRequest) => {
      const excess = (await store.countEnded(state)) - taskCount
      if (excess <= 0) return null
      const limit = Math.min(excess, page.limit)
      return removeOf(store.listEndedBefore(state, Number.MAX_SAFE_INTEGER, { ...page, limit }))
    }
  }
  return [
    ...OTHERS.flatMap((state) => [byAge(state, taskMs), byCount(state)]),
    ...FAILED.flatMap((state) => [byAge(state, failedTaskMs), byCount(state)]),
  ]
}
