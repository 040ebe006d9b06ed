import type { TaskGate } from '../../ports/task-queue.js'
import { boundLimit, type Connection } from './connection.js'
import { moveTask } from './queue-moves.js'
import { PARKED, READY, type StateCounts, type TaskRow, type Wakeups } from './queue-rows.js'

/**
 * Of the tasks of a gate that are ready, as many as may be claimed at this moment are let into their lanes, the first of
 * them by priority and acceptance, those of paused queues last; the others are parked. A claim of one that was let in keeps the bounds by itself.
 */
interface GateRow extends StateCounts {
  readonly gate: number
  readonly max_claimed: number
  readonly rate_count: number | null
  readonly rate_per_ms: number | null
  /** Claims so far; the last of them are in `gate_starts` by number. */
  readonly starts: number
  /** When the rate lets in the next task, or when the gate can be forgotten. */
  readonly wake_at: number | null
}

const OPEN =
  'INSERT INTO gates (tenant, key, max_claimed, rate_count, rate_per_ms) VALUES (?, ?, ?, ?, ?) ' +
  'ON CONFLICT DO UPDATE SET max_claimed = excluded.max_claimed, rate_count = excluded.rate_count, ' +
  'rate_per_ms = excluded.rate_per_ms RETURNING gate'

/** The gate with these bounds from now on; it is to be settled when its task is there. */
export function openGate(database: Connection, tenantId: string, { key, maxClaimed, rate }: TaskGate): number {
  const values = [tenantId, key, maxClaimed, rate?.count ?? null, rate?.perMs ?? null]
  return database.get<{ gate: number }>(OPEN, values)!.gate
}

const getGate = (database: Connection, gate: number): GateRow | undefined =>
  database.get<GateRow>('SELECT * FROM gates WHERE gate = ?', [gate])

/** The state of one more task whose time has come. */
export function arrivalState(database: Connection, gateNumber: number | null, nowMs: number): 0 | 1 {
  if (gateNumber === null) return READY
  const gate = getGate(database, gateNumber)
  return gate && gate.parked === 0 && hasRoom(database, gate, nowMs) ? READY : PARKED
}

const startAt = (database: Connection, gate: GateRow, number: number): number | null =>
  database.get<{ at: number }>('SELECT at FROM gate_starts WHERE gate = ? AND number = ?', [gate.gate, number])?.at ??
  null

/** When the rate allows one more beside those that are let in; null is when one of those has been claimed. */
function rateAllowsAt(database: Connection, gate: GateRow): number | null {
  if (gate.rate_count === null || gate.rate_per_ms === null) return -Infinity
  const left = gate.rate_count - gate.ready
  if (left < 1) return null
  const at = startAt(database, gate, gate.starts - left + 1)
  return at === null ? -Infinity : at + gate.rate_per_ms
}

function hasRoom(database: Connection, gate: GateRow, nowMs: number): boolean {
  if (gate.ready + gate.claimed >= gate.max_claimed) return false
  const at = rateAllowsAt(database, gate)
  return at !== null && at <= nowMs
}

const FIRST_PARKED =
  `SELECT * FROM tasks WHERE state < 2 AND gate IS NOT NULL AND gate = ? AND state = ${PARKED} ` +
  'ORDER BY priority DESC, accepted LIMIT 1'
const LAST_LET_IN =
  `SELECT * FROM tasks WHERE state < 2 AND gate IS NOT NULL AND gate = ? AND state = ${READY} ` +
  'ORDER BY priority, accepted DESC LIMIT 1'

const ofQueues = (paused: 0 | 1, state: number, order: string): string =>
  'SELECT tasks.* FROM queues CROSS JOIN tasks ON tasks.accepted = (SELECT accepted FROM tasks AS own ' +
  `WHERE state < 2 AND gate IS NOT NULL AND gate = ? AND state = ${state} AND queue = queues.queue ` +
  `ORDER BY ${order} LIMIT 1) WHERE paused = ${paused} ORDER BY ${order} LIMIT 1`
const FIRST_PARKED_RUNNING = ofQueues(0, PARKED, 'priority DESC, accepted')
const LAST_LET_IN_PAUSED = ofQueues(1, READY, 'priority, accepted DESC')

const isPaused = (database: Connection, { queue }: TaskRow): boolean =>
  database.get<{ paused: number }>('SELECT paused FROM queues WHERE queue = ?', [queue])?.paused === 1

/** What is in a paused queue stands behind all others. */
function goesBefore(database: Connection, one: TaskRow, other: TaskRow): boolean {
  const [oneIsPaused, otherIsPaused] = [isPaused(database, one), isPaused(database, other)]
  if (oneIsPaused !== otherIsPaused) return otherIsPaused
  return one.priority > other.priority || (one.priority === other.priority && one.accepted < other.accepted)
}

function firstParked(database: Connection, { gate, parked }: GateRow): TaskRow | undefined {
  const first = parked > 0 ? database.get<TaskRow>(FIRST_PARKED, [gate]) : undefined
  if (!first || !isPaused(database, first)) return first
  return database.get<TaskRow>(FIRST_PARKED_RUNNING, [gate]) ?? first
}

function lastLetIn(database: Connection, { gate, ready }: GateRow): TaskRow | undefined {
  if (ready === 0) return undefined
  return database.get<TaskRow>(LAST_LET_IN_PAUSED, [gate]) ?? database.get<TaskRow>(LAST_LET_IN, [gate])
}

/** A queue was paused, or goes on: who is first at a gate may be another. */
export function recheckGates(database: Connection, nowMs: number): void {
  database.run('UPDATE gates SET wake_at = ? WHERE parked > 0', [nowMs])
}

/** Lets in what may run now, parks what may not any more. To be called after each change of the gate's tasks or bounds. */
export function settleGate(database: Connection, gateNumber: number, nowMs: number, wakeups: Wakeups): void {
  let gate = getGate(database, gateNumber)
  while (gate) {
    const first = firstParked(database, gate)
    const room = first !== undefined && hasRoom(database, gate, nowMs)
    const last = room ? undefined : lastLetIn(database, gate)
    if (first && (room || (last && goesBefore(database, first, last)))) {
      moveTask(database, first, READY)
      wakeups.push({ queue: first.queue, atMs: nowMs })
    } else if (!last || hasRoom(database, { ...gate, ready: gate.ready - 1 }, nowMs)) {
      setWakeTime(database, gate, first, wakeups)
      return
    }
    if (last) moveTask(database, last, PARKED)
    gate = getGate(database, gateNumber)
  }
}

function setWakeTime(database: Connection, gate: GateRow, next: TaskRow | undefined, wakeups: Wakeups): void {
  let wakeAt: number | null = null
  if (next) {
    if (gate.ready + gate.claimed < gate.max_claimed) wakeAt = rateAllowsAt(database, gate)
    if (wakeAt !== null) wakeups.push({ queue: next.queue, atMs: wakeAt })
    const leaseMs = nextGatedLease(database)
    if (leaseMs !== null) wakeups.push({ queue: next.queue, atMs: leaseMs })
  } else if (gate.ready + gate.scheduled + gate.claimed === 0) {
    const last = startAt(database, gate, gate.starts)
    if (gate.rate_per_ms === null || last === null) return forgetGate(database, gate)
    wakeAt = last + gate.rate_per_ms
  }
  if (wakeAt !== gate.wake_at) database.run('UPDATE gates SET wake_at = ? WHERE gate = ?', [wakeAt, gate.gate])
}

/** A gate without tasks is kept only for the claims that its rate still counts. */
function forgetGate(database: Connection, { gate }: GateRow): void {
  database.run('DELETE FROM gate_starts WHERE gate = ?', [gate])
  database.run('DELETE FROM gates WHERE gate = ?', [gate])
}

const DUE = `SELECT * FROM gates WHERE wake_at <= ? ORDER BY wake_at ${boundLimit()}`

/** Settles gates whose time has come; false when there may be more. */
export function settleDueGates(database: Connection, nowMs: number, limit: number, wakeups: Wakeups): boolean {
  const due = database.all<GateRow>(DUE, [nowMs, limit])
  for (const gate of due) {
    if (gate.ready + gate.parked + gate.scheduled + gate.claimed === 0) forgetGate(database, gate)
    else settleGate(database, gate.gate, nowMs, wakeups)
  }
  return due.length < limit
}

/** Remembers a claim for the rate. */
export function countStart(database: Connection, gateNumber: number, nowMs: number, wakeups: Wakeups): void {
  const gate = getGate(database, gateNumber)
  if (gate?.rate_count === undefined || gate.rate_count === null) return
  const number = gate.starts + 1
  // A clock that was set back must not make the window shorter.
  const at = Math.max(nowMs, startAt(database, gate, gate.starts) ?? nowMs)
  database.run('INSERT INTO gate_starts (gate, number, at) VALUES (?, ?, ?)', [gateNumber, number, at])
  database.run('DELETE FROM gate_starts WHERE gate = ? AND number <= ?', [gateNumber, number - gate.rate_count])
  database.run('UPDATE gates SET starts = ? WHERE gate = ?', [number, gateNumber])
  if (gate.parked > 0) settleGate(database, gateNumber, nowMs, wakeups)
}

const NEXT_LEASE = 'SELECT min(at) AS at FROM tasks WHERE state = 3 AND gate IS NOT NULL AND at > ?'
const NEXT_WAKE = 'SELECT min(wake_at) AS at FROM gates WHERE wake_at > ?'

const nextGatedLease = (database: Connection, afterMs = -1): number | null =>
  database.get<{ at: number | null }>(NEXT_LEASE, [afterMs])?.at ?? null

/** The next time after `afterMs` at which a gate may let somebody in by itself. */
export function nextGateTime(database: Connection, afterMs: number): number | null {
  const times = [
    nextGatedLease(database, afterMs),
    database.get<{ at: number | null }>(NEXT_WAKE, [afterMs])?.at ?? null,
  ]
  const known = times.filter((at) => at !== null)
  return known.length > 0 ? Math.min(...known) : null
}
