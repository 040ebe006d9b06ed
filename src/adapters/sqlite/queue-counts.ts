import type { Connection } from './connection.js'
import { advanceLane, enterLane, type LaneHead } from './queue-lanes.js'
import { CLAIMED, PARKED, READY, SCHEDULED, type TaskRow, type TaskState, toClass } from './queue-rows.js'

const COUNTS = ['ready', 'parked', 'scheduled', 'claimed'] as const
const ADDED = COUNTS.map((count) => `${count} = ${count} + excluded.${count}`).join(', ')

const COUNT_QUEUE =
  'INSERT INTO queues (queue, interactive_ready, ready, parked, scheduled, claimed) VALUES (?, ?, ?, ?, ?, ?) ' +
  `ON CONFLICT DO UPDATE SET interactive_ready = interactive_ready + excluded.interactive_ready, ${ADDED}`
const COUNT_KEY =
  'INSERT INTO keys (queue, key, ready, parked, scheduled, claimed) VALUES (?, ?, ?, ?, ?, ?) ' +
  `ON CONFLICT DO UPDATE SET ${ADDED}`
const CHANGED = COUNTS.map((count) => `${count} = ${count} + ?`).join(', ')
const COUNT_LANE = `UPDATE lanes SET ${CHANGED} WHERE lane = ? RETURNING head_priority, head`
const COUNT_GATE = `UPDATE gates SET ${CHANGED} WHERE gate = ?`

/** Counts a task in its new state instead of the one before; null is for a task that is not there. Its row is written already. */
export function countMove(database: Connection, row: TaskRow, from: TaskState | null, to: TaskState | null): void {
  const change = (state: TaskState): number => (to === state ? 1 : 0) - (from === state ? 1 : 0)
  const changes = [change(READY), change(PARKED), change(SCHEDULED), change(CLAIMED)] as const
  const { queue, key } = row
  database.run(COUNT_QUEUE, [queue, toClass(row) * changes[READY], ...changes])
  database.run(COUNT_KEY, [queue, key, ...changes])
  const lane = database.get<LaneHead>(COUNT_LANE, [...changes, row.lane])!
  if (changes[READY] > 0) enterLane(database, row, lane)
  else if (changes[READY] < 0 && lane.head === row.accepted) advanceLane(database, row)
  if (row.gate !== null) database.run(COUNT_GATE, [...changes, row.gate])
}
