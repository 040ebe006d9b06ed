import { pino } from 'pino'
import { openSqliteDatabase, type SqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import type { QueueEntry, TaskQueue } from '../../src/ports/task-queue.js'

export const QUEUE = 'work'

/** The case of tasks with their documents; the others are of the queue alone. */
export const TASKS = 'tasks with their documents'

const FILL_AT_ONCE = 2_000

/** What the tasks of a comparison are, by their number. */
export const QUEUE_CASES: Readonly<Record<string, (at: number) => Partial<QueueEntry>>> = {
  'queue: one tenant': () => ({}),
  'queue: 10,000 tenants, 5 keys': (at) => ({ tenantId: `tenant${(at * 7_919) % 10_000}`, key: `key${at % 5}` }),
  'queue: a tenth behind a gate': (at) => (at % 10 === 0 ? { gate: { key: 'gate', maxClaimed: 64, rate: null } } : {}),
}

export const openQueue = (directory: string): Promise<SqliteDatabase> =>
  openSqliteDatabase({ directory, logger: pino({ level: 'silent' }), collections: [] })

/** Enqueues the tasks with these numbers, side by side. */
export function enqueueTasks(queue: TaskQueue, name: string, first: number, count: number): Promise<unknown> {
  const numbers = Array.from({ length: count }, (_, index) => first + index)
  return Promise.all(
    numbers.map((at) => {
      const taskId = `task_${String(at).padStart(26, '0')}`
      const entry = {
        taskId,
        queue: QUEUE,
        key: 'key',
        tenantId: 'tenant',
        priority: Math.floor(at / 7) % 10,
        runAtMs: 0,
      }
      return queue.enqueue({ ...entry, ...QUEUE_CASES[name]?.(at) })
    }),
  )
}

export async function fillQueue(queue: TaskQueue, name: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += FILL_AT_ONCE)
    await enqueueTasks(queue, name, at, Math.min(FILL_AT_ONCE, count - at))
}
