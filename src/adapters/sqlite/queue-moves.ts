import type { Connection } from './connection.js'
import { countMove } from './queue-counts.js'
import { openLane } from './queue-lanes.js'
import type { TaskRow, TaskState } from './queue-rows.js'

const INSERT =
  'INSERT INTO tasks (accepted, task, queue, key, tenant, priority, run_at, state, at, attempt, owner, gate, lane) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING accepted'

type NewTask = Omit<TaskRow, 'accepted' | 'lane'>

/** Adds the task; one without `accepted` comes after all others. */
export function addTask(database: Connection, task: NewTask, accepted: number | null): void {
  const { queue, key, tenant, priority, run_at, state, at, attempt, owner, gate } = task
  const lane = openLane(database, task)
  const values = [accepted, task.task, queue, key, tenant, priority, run_at, state, at, attempt, owner, gate, lane]
  const row = database.get<{ accepted: number }>(INSERT, values)!
  countMove(database, { ...task, accepted: row.accepted, lane }, null, state)
}

export function deleteTask(database: Connection, row: TaskRow): void {
  database.run('DELETE FROM tasks WHERE accepted = ?', [row.accepted])
  countMove(database, row, row.state, null)
}

const UPDATE = 'UPDATE tasks SET state = ?, at = ?, run_at = ?, attempt = ?, owner = ? WHERE accepted = ?'

/** Brings the task into the state; what is not named stays. */
export function moveTask(
  database: Connection,
  row: TaskRow,
  state: TaskState,
  changes: Partial<Pick<TaskRow, 'at' | 'run_at' | 'attempt' | 'owner'>> = {},
): void {
  const { at, run_at, attempt, owner } = { ...row, ...changes }
  database.run(UPDATE, [state, at, run_at, attempt, owner, row.accepted])
  if (state !== row.state) countMove(database, row, row.state, state)
}
