import type { Connection } from './connection.js'
import { type LaneRow, READY, type TaskRow, toClass, type Wanted } from './queue-rows.js'

/** A lane with its first task, where it has one that is ready. */
export interface Lane {
  readonly lane: number
  readonly head_priority: number | null
  readonly head: number | null
}

const LANE = 'SELECT lane, head_priority, head FROM lanes WHERE'
const FIND = `${LANE} tenant = ? AND queue = ? AND interactive = ? AND key = ?`
const GET = `${LANE} lane = ?`
const ADD =
  'INSERT INTO lanes (tenant, queue, interactive, key) VALUES (?, ?, ?, ?) RETURNING lane, head_priority, head'

/** The lane in which such a task waits. */
export function openLane(database: Connection, row: Omit<TaskRow, 'accepted' | 'lane'>): Lane {
  const place = [row.tenant, row.queue, toClass(row), row.key]
  return database.get<Lane>(FIND, place) ?? database.get<Lane>(ADD, place)!
}

const SET_HEAD = 'UPDATE lanes SET head_priority = ?, head = ? WHERE lane = ?'
const BEGIN = 'UPDATE lanes SET pass = ?, head_priority = ?, head = ? WHERE lane = ?'

/** One more is ready in the lane. */
export function enterLane(database: Connection, row: TaskRow, known?: Lane): void {
  const { lane, priority, accepted } = row
  const { head_priority, head } = known ?? database.get<Lane>(GET, [lane])!
  if (head_priority === null || head === null)
    database.run(BEGIN, [beginningPass(database, row), priority, accepted, lane])
  else if (priority > head_priority || (priority === head_priority && accepted < head))
    database.run(SET_HEAD, [priority, accepted, lane])
}

const FIRST = `FROM tasks WHERE state = ${READY} AND lane = ?1 ORDER BY priority DESC, accepted LIMIT 1`
const ADVANCE = `UPDATE lanes SET (head_priority, head) = (SELECT priority, accepted ${FIRST}) WHERE lane = ?1 AND head = ?2`

/** One is ready no more; if it was the first, the next one is. */
export const leaveLane = (database: Connection, { lane, accepted }: TaskRow): void => {
  database.run(ADVANCE, [lane, accepted])
}

const TENANT_PASS =
  'SELECT max(pass) AS pass, count(head) AS lanes FROM lanes WHERE tenant = ? AND queue = ? AND interactive = ?'
const LAST_PASSES = 'SELECT interactive_pass, bulk_pass FROM queues WHERE queue = ?'

/**
 * A tenant that had nothing ready begins where the queue is, or where those of the same key are that were not asked for
 * since long, but never before its own place.
 */
function beginningPass(database: Connection, row: TaskRow): number {
  const { tenant, queue, key } = row
  const interactive = toClass(row)
  const own = database.get<{ pass: number | null; lanes: number }>(TENANT_PASS, [tenant, queue, interactive])
  const pass = own?.pass ?? 0
  if (own && own.lanes > 0) return pass
  const last = database.get<{ interactive_pass: number; bulk_pass: number }>(LAST_PASSES, [queue])
  const reached = (interactive === 1 ? last?.interactive_pass : last?.bulk_pass) ?? 0
  const others = nextLane(database, { queue, key, tenant: null }, interactive)
  return Math.max(pass, others ? Math.min(others.pass, reached) : reached)
}

const LANES = 'SELECT tenant, key, pass, head_priority, head FROM lanes WHERE head IS NOT NULL'
const IN_TURN = 'ORDER BY pass, head_priority DESC, head LIMIT 1'
const NEXT = `${LANES} AND queue = ? AND interactive = ? ${IN_TURN}`
const NEXT_OF_KEY = `${LANES} AND queue = ? AND key = ? AND interactive = ? ${IN_TURN}`
const OF_TENANT = `${LANES} AND tenant = ? AND queue = ? AND interactive = ? AND key = ?`

/** The lane that is next of those that are wanted. */
export function nextLane(
  database: Connection,
  { queue, key, tenant }: Wanted,
  interactive: 0 | 1,
): LaneRow | undefined {
  if (key === null) return database.get<LaneRow>(NEXT, [queue, interactive])
  if (tenant === null) return database.get<LaneRow>(NEXT_OF_KEY, [queue, key, interactive])
  return database.get<LaneRow>(OF_TENANT, [tenant, queue, interactive, key])
}

const IF_FIRST = (column: string, first: string): string =>
  `${column} = CASE WHEN lane = ?1 AND head = ?2 THEN (SELECT ${first} ${FIRST}) ELSE ${column} END`
const CHARGE =
  `UPDATE lanes SET pass = ?3, ${IF_FIRST('head_priority', 'priority')}, ${IF_FIRST('head', 'accepted')} ` +
  'WHERE tenant = ?4 AND queue = ?5 AND interactive = ?6'

/** A task was claimed: sets the share of its tenant, in all of its lanes, and is `leaveLane` at once. */
export const chargeTenant = (database: Connection, row: TaskRow, pass: number): void => {
  database.run(CHARGE, [row.lane, row.accepted, pass, row.tenant, row.queue, toClass(row)])
}

const OLDEST = `SELECT * FROM tasks WHERE state < 2 AND queue = ? AND state = ${READY} ORDER BY at, accepted LIMIT 1`
const OLDEST_OF_KEY = `SELECT * FROM tasks WHERE state = ${READY} AND queue = ? AND key = ? ORDER BY at, accepted LIMIT 1`
const OLDEST_IN_LANE = `SELECT accepted FROM tasks WHERE state < 2 AND lane = lanes.lane AND state = ${READY} ORDER BY at, accepted LIMIT 1`
const OLDEST_OF_TENANT =
  `SELECT tasks.* FROM lanes CROSS JOIN tasks ON tasks.accepted = (${OLDEST_IN_LANE}) ` +
  'WHERE head IS NOT NULL AND lanes.tenant = ? AND lanes.queue = ? AND interactive IN (0, 1) AND lanes.key = ? ' +
  'ORDER BY tasks.at, tasks.accepted LIMIT 1'

/** The task that has been ready longest of those that are wanted. */
export function oldestReady(database: Connection, { queue, key, tenant }: Wanted): TaskRow | undefined {
  if (key === null) return database.get<TaskRow>(OLDEST, [queue])
  if (tenant === null) return database.get<TaskRow>(OLDEST_OF_KEY, [queue, key])
  return database.get<TaskRow>(OLDEST_OF_TENANT, [tenant, queue, key])
}
