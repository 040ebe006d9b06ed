import type { Connection } from './connection.js'
import { enterLane, type Lane, leaveLane } from './queue-lanes.js'
import { CLAIMED, PARKED, READY, SCHEDULED, type TaskRow, type TaskState, toClass } from './queue-rows.js'

const COUNTS = ['ready', 'parked', 'scheduled', 'claimed'] as const
const ADDED = COUNTS.map((count) => `${count} = ${count} + excluded.${count}`).join(', ')

const COUNT_QUEUE =
  'INSERT INTO queues (queue, interactive_ready, ready, parked, scheduled, claimed) VALUES (?, ?, ?, ?, ?, ?) ' +
  `ON CONFLICT DO UPDATE SET interactive_ready = interactive_ready + excluded.interactive_ready, ${ADDED}`
const COUNT_KEY =
  'INSERT INTO keys (queue, key, ready, parked, scheduled, claimed) VALUES (?, ?, ?, ?, ?, ?) ' +
  `ON CONFLICT DO UPDATE SET ${ADDED}`
const COUNT_LANE =
  'UPDATE lanes SET ready = ready + ?2, parked = parked + ?3, scheduled = scheduled + ?4, claimed = claimed + ?5 ' +
  'WHERE lane = ?1'
const COUNT_GATE = `UPDATE gates SET ${COUNTS.map((count) => `${count} = ${count} + ?`).join(', ')} WHERE gate = ?`

/**
 * Counts a task in its new state instead of the one before; null is for a task that is not there. Its row is written
 * already. `lane` is its lane where the caller has read it, null where the caller sees to the lane's first task.
 */
export function countMove(
  database: Connection,
  row: TaskRow,
  { from, to, lane }: { readonly from: TaskState | null; readonly to: TaskState | null; readonly lane?: Lane | null },
): void {
  const change = (state: TaskState): number => (to === state ? 1 : 0) - (from === state ? 1 : 0)
  const changes = [change(READY), change(PARKED), change(SCHEDULED), change(CLAIMED)] as const
  const { queue, key } = row
  database.addUp(COUNT_QUEUE, [queue], [toClass(row) * changes[READY], ...changes])
  database.addUp(COUNT_KEY, [queue, key], changes)
  database.addUp(COUNT_LANE, [row.lane], changes)
  if (changes[READY] > 0) enterLane(database, row, lane ?? undefined)
  else if (changes[READY] < 0 && lane !== null) leaveLane(database, row)
  // What a gate lets in depends on its counts at each moment.
  if (row.gate !== null) database.run(COUNT_GATE, [...changes, row.gate])
}
