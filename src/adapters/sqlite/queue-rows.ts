import { isInteractive } from '../../kernel/fair-queue.js'
import type { Connection } from './connection.js'
import type { Wakeup } from './writer-protocol.js'

export type Wakeups = Wakeup[]

/** As the tables have them. */
export const READY = 0
export const PARKED = 1
export const SCHEDULED = 2
export const CLAIMED = 3

export type TaskState = typeof READY | typeof PARKED | typeof SCHEDULED | typeof CLAIMED

export interface TaskRow {
  readonly accepted: number
  readonly task: string
  readonly queue: string
  readonly key: string
  readonly tenant: string
  readonly priority: number
  readonly run_at: number
  readonly state: TaskState
  readonly at: number
  readonly attempt: number
  readonly owner: string | null
  readonly gate: number | null
  readonly lane: number
}

export interface StateCounts {
  readonly ready: number
  readonly parked: number
  readonly scheduled: number
  readonly claimed: number
}

export interface QueueRow extends StateCounts {
  readonly queue: string
  readonly paused: number
  readonly concurrency: number | null
  readonly claims: number
  readonly interactive_pass: number
  readonly bulk_pass: number
  readonly interactive_ready: number
}

/** A lane with something ready. */
export interface LaneRow {
  readonly tenant: string
  readonly key: string
  readonly pass: number
  readonly head_priority: number
  readonly head: number
}

/** Tasks of a queue: all, those of one key, or those that one tenant has of it. */
export type Wanted =
  | { readonly queue: string; readonly key: null; readonly tenant: null }
  | { readonly queue: string; readonly key: string; readonly tenant: string | null }

export const toClass = (row: Pick<TaskRow, 'priority'>): 0 | 1 => (isInteractive(row) ? 1 : 0)

export function getQueue(database: Connection, queue: string): QueueRow | undefined {
  database.settle()
  return database.get<QueueRow>('SELECT * FROM queues WHERE queue = ?', [queue])
}

export const getTask = (database: Connection, taskId: string): TaskRow | undefined =>
  database.get<TaskRow>('SELECT * FROM tasks WHERE task = ?', [taskId])

/** The number of the latest claim counts as long as nobody else claimed the task, also when its lease passed. */
export function getCurrent(
  database: Connection,
  { taskId, attempt }: { readonly taskId: string; readonly attempt: number },
): TaskRow | undefined {
  const row = getTask(database, taskId)
  return row?.attempt === attempt && row.owner !== null ? row : undefined
}
