import { boundLimit, type Connection } from './connection.js'
import { getQueue, type QueueRow } from './queue-rows.js'

interface IdleLane {
  readonly lane: number
  readonly tenant: string
  readonly queue: string
  readonly interactive: 0 | 1
  readonly pass: number
}

const EMPTY = 'ready = 0 AND parked = 0 AND scheduled = 0 AND claimed = 0'
const STEP = `SELECT lane, tenant, queue, interactive, pass FROM lanes WHERE lane > ? ORDER BY lane ${boundLimit()}`
const FORGET =
  'DELETE FROM lanes WHERE lane = ?1 AND NOT EXISTS (SELECT 1 FROM lanes AS other ' +
  `WHERE tenant = ?2 AND queue = ?3 AND interactive = ?4 AND NOT (${EMPTY}))`
const REACH = [
  'UPDATE queues SET bulk_pass = max(bulk_pass, ?) WHERE queue = ?',
  'UPDATE queues SET interactive_pass = max(interactive_pass, ?) WHERE queue = ?',
] as const

/**
 * Forgets tenants that have nothing in a queue, of the lanes after `after`: where they are not ahead of the queue they
 * would begin where it is anyway; where nothing at all is ready, it goes on from the one that was ahead most. Gives the
 * last lane that was looked at; null at the end, where keys that have nothing go too.
 */
export function forgetIdle(database: Connection, after: number, limit: number): number | null {
  database.settle()
  const lanes = database.all<IdleLane>(STEP, [after, limit])
  for (const lane of lanes) forgetLane(database, lane)
  if (lanes.length === limit) return lanes.at(-1)!.lane
  database.run(`DELETE FROM keys WHERE ${EMPTY}`, [])
  return null
}

function forgetLane(database: Connection, { lane, tenant, queue: name, interactive, pass }: IdleLane): void {
  const queue = getQueue(database, name)
  if (!queue || (pass > reachedPass(queue, interactive) && queue.ready + queue.parked > 0)) return
  const forgotten = database.run(FORGET, [lane, tenant, name, interactive])
  if (forgotten > 0) database.run(REACH[interactive], [pass, name])
}

const reachedPass = (queue: QueueRow, interactive: 0 | 1): number =>
  interactive === 1 ? queue.interactive_pass : queue.bulk_pass
