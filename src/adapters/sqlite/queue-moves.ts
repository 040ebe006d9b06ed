import type { Connection } from './connection.js'
import { countMove } from './queue-counts.js'
import { openLane } from './queue-lanes.js'
import { CLAIMED, READY, type TaskRow, type TaskState } from './queue-rows.js'

const INSERT =
  'INSERT INTO tasks (accepted, task, queue, key, tenant, priority, run_at, state, at, attempt, owner, gate, lane) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task) DO NOTHING RETURNING accepted'

export type NewTask = Omit<TaskRow, 'accepted' | 'lane'>

/** Adds the task, one without `accepted` after all others; false when it is there already. */
export function addTask(database: Connection, task: NewTask, accepted: number | null): boolean {
  const { queue, key, tenant, priority, run_at, state, at, attempt, owner, gate } = task
  const lane = openLane(database, task)
  const values = [accepted, task.task, queue, key, tenant, priority, run_at, state, at, attempt, owner, gate, lane.lane]
  const row = database.get<{ accepted: number }>(INSERT, values)
  if (row) countMove(database, { ...task, accepted: row.accepted, lane: lane.lane }, { from: null, to: state, lane })
  return row !== undefined
}

export function deleteTask(database: Connection, row: TaskRow): void {
  database.run('DELETE FROM tasks WHERE accepted = ?', [row.accepted])
  countMove(database, row, { from: row.state, to: null })
}

const DELETE_CURRENT = 'DELETE FROM tasks WHERE task = ? AND attempt = ? AND owner IS NOT NULL RETURNING *'

/** Deletes the task of a claim that is current, and gives it as it was. See `getCurrent`. */
export function deleteCurrent(
  database: Connection,
  { taskId, attempt }: { readonly taskId: string; readonly attempt: number },
): TaskRow | undefined {
  const row = database.get<TaskRow>(DELETE_CURRENT, [taskId, attempt])
  if (row) countMove(database, row, { from: row.state, to: null })
  return row
}

const CLAIM = `UPDATE tasks SET state = ${CLAIMED}, at = ?, attempt = attempt + 1, owner = ? WHERE accepted = ? RETURNING *`

/** Claims a task that is ready, and gives it as it is then. It is to leave its lane. */
export function claimTask(
  database: Connection,
  claim: { readonly accepted: number; readonly owner: string; readonly leaseUntilMs: number },
): TaskRow {
  const row = database.get<TaskRow>(CLAIM, [claim.leaseUntilMs, claim.owner, claim.accepted])!
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
