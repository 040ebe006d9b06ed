import { boundLimit, type Connection } from './connection.js'
import { arrivalState, settleDueGates, settleGate } from './queue-gates.js'
import { moveTask } from './queue-moves.js'
import type { TaskRow, Wakeups } from './queue-rows.js'

/** What one call makes ready at most: where more is due at once, the next calls go on with it. */
const MAX_DUE = 512

const DUE = `SELECT * FROM tasks WHERE state > 1 AND queue = ? AND at <= ? ORDER BY at, accepted ${boundLimit()}`
const LAPSED_IN_GATES = `SELECT * FROM tasks WHERE state = 3 AND gate IS NOT NULL AND at <= ? ORDER BY at, accepted ${boundLimit()}`

/** Makes ready what is due: scheduled tasks, tasks whose lease passed, and what gates let in by now. */
export function wakeDue(database: Connection, queue: string, nowMs: number, wakeups: Wakeups): void {
  const due = database.all<TaskRow>(DUE, [queue, nowMs, MAX_DUE])
  for (const row of due) makeReady(database, row, nowMs, wakeups)
  // A gate is for tasks of all queues, also of those that nobody claims from.
  const lapsed = database.all<TaskRow>(LAPSED_IN_GATES, [nowMs, MAX_DUE])
  for (const row of lapsed) {
    makeReady(database, row, nowMs, wakeups)
    wakeups.push({ queue: row.queue, atMs: nowMs })
  }
  const gatesDone = settleDueGates(database, nowMs, MAX_DUE, wakeups)
  if (due.length === MAX_DUE || lapsed.length === MAX_DUE || !gatesDone) wakeups.push({ queue, atMs: nowMs })
}

/** The task is ready from the time on at which it was due. */
export function makeReady(database: Connection, row: TaskRow, nowMs: number, wakeups: Wakeups): void {
  moveTask(database, row, arrivalState(database, row.gate, nowMs))
  if (row.gate !== null) settleGate(database, row.gate, nowMs, wakeups)
}
