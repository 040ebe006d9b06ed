import type { Connection } from './connection.js'
import { countMove } from './queue-counts.js'
import { openLane } from './queue-lanes.js'
import { CLAIMED, READY, type TaskRow, type TaskState } from './queue-rows.js'

const INSERT =
  'INSERT INTO tasks (accepted, task, queue, key, tenant, priority, run_at, state, at, attempt, owner, gate, lane) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task) DO NOTHING'

export type NewTask = Omit<TaskRow, 'accepted' | 'lane'>

/** Adds the task, one without `accepted` after all others; false when it is there already. */
export function addTask(database: Connection, task: NewTask, accepted: number | null): boolean {
  const { queue, key, tenant, priority, run_at, state, at, attempt, owner, gate } = task
  const lane = openLane(database, task)
  const values = [accepted, task.task, queue, key, tenant, priority, run_at, state, at, attempt, owner, gate, lane.lane]
  const place = database.insert(INSERT, values)
  if (place === null) return false
  countMove(database, { ...task, accepted: place, lane: lane.lane }, { from: null, to: state, lane })
  return true
}

export function deleteTask(database: Connection, row: TaskRow): void {
  database.run('DELETE FROM tasks WHERE accepted = ?', [row.accepted])
  countMove(database, row, { from: row.state, to: null })
}

const CLAIM = `UPDATE tasks SET state = ${CLAIMED}, at = ?, attempt = ?, owner = ? WHERE accepted = ?`

/** Claims a task that is ready, and gives it as it is then. It is to leave its lane. */
export function claimTask(
  database: Connection,
  claim: { readonly accepted: number; readonly owner: string; readonly leaseUntilMs: number },
): TaskRow {
  const { accepted, owner, leaseUntilMs } = claim
  const ready = database.get<TaskRow>('SELECT * FROM tasks WHERE accepted = ?', [accepted])!
  const row: TaskRow = { ...ready, state: CLAIMED, at: leaseUntilMs, attempt: ready.attempt + 1, owner }
  database.run(CLAIM, [row.at, row.attempt, owner, accepted])
  countMove(database, row, { from: READY, to: CLAIMED, lane: null })
  return row
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
  if (state !== row.state) countMove(database, row, { from: row.state, to: state })
}
