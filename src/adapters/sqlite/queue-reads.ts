import type { LapsedClaim, LapsedRequest, QueueFigures } from '../../ports/task-queue.js'
import { boundLimit, type Connection } from './connection.js'
import { nextGateTime } from './queue-gates.js'
import { CLAIMED, getQueue, PARKED, type QueueRow, READY, SCHEDULED, type StateCounts } from './queue-rows.js'

/** Of what is due and was not made ready yet no more is looked at, so that reading does not take its time. */
const MAX_DUE = 10_000

const WAITING =
  'SELECT key, ready + parked + scheduled AS count FROM keys WHERE queue = ? AND ready + parked + scheduled > 0'
const LAPSED =
  `SELECT key, count(*) AS count FROM (SELECT key, state FROM tasks WHERE state > 1 AND queue = ? AND at <= ? ${boundLimit()}) ` +
  `WHERE state = ${CLAIMED} GROUP BY key`

export function readWaitingByKey(reader: Connection, queue: string, nowMs: number): Map<string, number> {
  const counts = new Map<string, number>()
  const rows = [
    ...reader.all<{ key: string; count: number }>(WAITING, [queue]),
    ...reader.all<{ key: string; count: number }>(LAPSED, [queue, nowMs, MAX_DUE]),
  ]
  for (const { key, count } of rows) counts.set(key, (counts.get(key) ?? 0) + count)
  return counts
}

const LENGTH = 'SELECT ready + parked + scheduled AS length FROM queues WHERE queue = ?'

export const readLength = (reader: Connection, queue: string): number =>
  reader.get<{ length: number }>(LENGTH, [queue])?.length ?? 0

const OF_TENANT =
  'SELECT queue, sum(ready) AS ready, sum(parked) AS parked, sum(scheduled) AS scheduled, sum(claimed) AS claimed ' +
  'FROM lanes WHERE tenant = ? GROUP BY queue'
const NONE: StateCounts = { ready: 0, parked: 0, scheduled: 0, claimed: 0 }

export function readFigures(reader: Connection, tenantId: string | null, nowMs: number): QueueFigures[] {
  const queues = reader.all<QueueRow>('SELECT * FROM queues ORDER BY queue')
  const ofTenant =
    tenantId === null
      ? null
      : new Map(
          reader.all<StateCounts & { queue: string }>(OF_TENANT, [tenantId]).map((counts) => [counts.queue, counts]),
        )
  return queues.map((row) => {
    const counts = ofTenant ? (ofTenant.get(row.queue) ?? NONE) : row
    const due = readDue(reader, row.queue, tenantId, nowMs)
    return {
      queue: row.queue,
      readyCount: counts.ready + counts.parked + due.scheduled + due.claimed,
      scheduledCount: counts.scheduled - due.scheduled,
      claimedCount: counts.claimed - due.claimed,
      oldestReadySinceMs: earliest([due.sinceMs, ...readOldest(reader, row.queue, tenantId)]),
    }
  })
}

const earliest = (times: readonly (number | null)[]): number | null => {
  const known = times.filter((at) => at !== null)
  return known.length > 0 ? Math.min(...known) : null
}

const DUE =
  'SELECT state, count(*) AS count, min(at) AS since FROM ' +
  `(SELECT state, at, tenant FROM tasks WHERE state > 1 AND queue = ?1 AND at <= ?2 ${boundLimit('?3')}) ` +
  'WHERE ?4 IS NULL OR tenant = ?4 GROUP BY state'

/** What is ready by its time and not by its row. */
function readDue(reader: Connection, queue: string, tenantId: string | null, nowMs: number) {
  const rows = reader.all<{ state: number; count: number; since: number }>(DUE, [queue, nowMs, MAX_DUE, tenantId])
  const countOf = (state: number): number => rows.find((row) => row.state === state)?.count ?? 0
  return {
    scheduled: countOf(SCHEDULED),
    claimed: countOf(CLAIMED),
    sinceMs: earliest(rows.map(({ since }) => since)),
  }
}

// What a claim has seen to have lapsed, then what nobody has looked at since.
export const LAPSED_CLAIMS =
  'SELECT task AS taskId, tenant AS tenantId, attempt, owner FROM tasks INDEXED BY tasks_lapsed ' +
  'WHERE state < 2 AND owner IS NOT NULL AND at <= ?1 ' +
  'UNION ALL SELECT task, tenant, attempt, owner FROM queues CROSS JOIN tasks INDEXED BY tasks_due ' +
  'ON tasks.queue = queues.queue AND tasks.state > 1 AND tasks.at <= ?1 ' +
  `WHERE queues.claimed > 0 AND state = ${CLAIMED} ${boundLimit('?2')}`

export const readLapsed = (reader: Connection, { untilMs, limit }: LapsedRequest): LapsedClaim[] =>
  reader.all<LapsedClaim>(LAPSED_CLAIMS, [untilMs, limit])

const OLDEST = 'SELECT min(at) AS at FROM tasks WHERE state < 2 AND queue = ?1 AND state = ?2'
const OLDEST_IN_LANE = 'SELECT min(at) FROM tasks WHERE state < 2 AND tasks.lane = lanes.lane AND state = ?2'
const OLDEST_OF_TENANT =
  `SELECT min(at) AS at FROM (SELECT (${OLDEST_IN_LANE}) AS at FROM lanes ` +
  'WHERE tenant = ?3 AND queue = ?1 AND ready + parked > 0)'

const readOldest = (reader: Connection, queue: string, tenantId: string | null): (number | null)[] =>
  [READY, PARKED].map((state) => {
    const row =
      tenantId === null
        ? reader.get<{ at: number | null }>(OLDEST, [queue, state])
        : reader.get<{ at: number | null }>(OLDEST_OF_TENANT, [queue, state, tenantId])
    return row?.at ?? null
  })

const NEXT_DUE = 'SELECT min(at) AS at FROM tasks WHERE state > 1 AND queue = ? AND at > ?'

/** The next time after `afterMs` at which something of the queue becomes claimable by itself. */
export function readNextDue(reader: Connection, queue: string, afterMs: number): number | null {
  const own = reader.get<{ at: number | null }>(NEXT_DUE, [queue, afterMs])?.at ?? null
  const isGated = (getQueue(reader, queue)?.parked ?? 0) > 0
  return earliest([own, isGated ? nextGateTime(reader, afterMs) : null])
}
