import type { Connection } from './connection.js'
import { addTask } from './queue-moves.js'
import { READY, SCHEDULED } from './queue-rows.js'
import { QUEUE_TABLES } from './queue-tables.js'

interface OldTask {
  readonly accepted: number
  readonly task: string
  readonly queue: string
  readonly key: string
  readonly tenant: string
  readonly priority: number
  readonly run_at: number
  readonly state: number
  readonly due_at: number
  readonly attempt: number
}

const WAITED_FOR_ITS_TIME = 1

/** Takes over tasks that nobody counted. Who had claimed some of them is gone, so all wait. */
export function countQueuedTasks(database: Connection): void {
  database.exec('ALTER TABLE tasks RENAME TO old_tasks')
  for (const index of ['tasks_ready', 'tasks_due', 'tasks_waiting', 'tasks_owned']) database.exec(`DROP INDEX ${index}`)
  database.exec(QUEUE_TABLES)
  const batch = 'SELECT * FROM old_tasks WHERE accepted > ? ORDER BY accepted LIMIT 1000'
  for (let after = 0; ;) {
    const rows = database.all<OldTask>(batch, [after])
    for (const { accepted, due_at, ...old } of rows) {
      const state = old.state === WAITED_FOR_ITS_TIME ? SCHEDULED : READY
      const at = state === SCHEDULED ? due_at : old.run_at
      addTask(database, { ...old, state, at, owner: null, gate: null }, accepted)
    }
    const last = rows.at(-1)
    if (!last) break
    after = last.accepted
  }
  database.settle()
  database.exec('DROP TABLE old_tasks')
}
