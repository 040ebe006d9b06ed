import { MAX_POSITION } from '../../ports/task-queue.js'
import { boundLimit, type Connection } from './connection.js'
import { getQueue, getTask, type LaneRow, READY, type TaskRow, toClass } from './queue-rows.js'

/** See `TaskQueue.position`. */
export function readPosition(reader: Connection, taskId: string): number | null {
  const task = getTask(reader, taskId)
  if (!task || task.state !== READY) return null
  const interactiveBefore = toClass(task) === 1 ? 0 : (getQueue(reader, task.queue)?.interactive_ready ?? 0)
  const own = readTenant(reader, task)
  const ownBefore = countOwnBefore(reader, task, own.lanes)
  let position = interactiveBefore + ownBefore
  if (position <= MAX_POSITION)
    for (const other of readOthers(reader, task, own.pass + ownBefore / own.weight)) {
      const rounds = (own.pass - other.pass) * other.weight + (ownBefore * other.weight) / own.weight
      position += Math.min(other.ready, countRounds(rounds, isBefore(other, own)))
    }
  return position <= MAX_POSITION ? position : null
}

interface Tenant extends Omit<LaneRow, 'tenant' | 'key'> {
  readonly ready: number
  readonly weight: number
}

/** Claims of a tenant whose first comes `rounds` of its turns before; one that falls together counts if it goes first. */
function countRounds(rounds: number, goesFirst: boolean): number {
  const whole = Math.round(rounds)
  const fallsTogether = Math.abs(rounds - whole) < 1e-6
  return fallsTogether ? whole + (goesFirst ? 1 : 0) : Math.ceil(rounds)
}

const isBefore = (one: Tenant, other: Tenant): boolean =>
  (other.head_priority - one.head_priority || one.head - other.head) < 0

const LANES =
  'SELECT lane, lanes.tenant, key, pass, head_priority, head, ready, ifnull(weight, 1) AS weight FROM lanes ' +
  'LEFT JOIN weights ON weights.queue = lanes.queue AND weights.tenant = lanes.tenant ' +
  'WHERE head IS NOT NULL AND lanes.queue = ? AND interactive = ?'
const OWN_LANES = `${LANES} AND lanes.tenant = ?`
const LANES_BEFORE = `${LANES} AND pass <= ? AND lanes.tenant <> ? ORDER BY pass ${boundLimit()}`

type LaneOfTenant = LaneRow & Pick<Tenant, 'ready' | 'weight'> & { readonly lane: number }

/** The lanes of a tenant as one. */
const join = (one: Tenant | undefined, other: Tenant): Tenant =>
  one ? { ...(isBefore(other, one) ? other : one), ready: one.ready + other.ready } : other

function readTenant(reader: Connection, task: TaskRow): Tenant & { readonly lanes: readonly number[] } {
  const lanes = reader.all<LaneOfTenant>(OWN_LANES, [task.queue, toClass(task), task.tenant])
  return { ...lanes.reduce<Tenant>(join, lanes[0]!), lanes: lanes.map(({ lane }) => lane) }
}

function readOthers(reader: Connection, task: TaskRow, pass: number): Iterable<Tenant> {
  const tenants = new Map<string, Tenant>()
  const values = [task.queue, toClass(task), pass + 1e-6, task.tenant, MAX_POSITION + 1]
  for (const lane of reader.all<LaneOfTenant>(LANES_BEFORE, values))
    tenants.set(lane.tenant, join(tenants.get(lane.tenant), lane))
  return tenants.values()
}

const IN_LANE = `SELECT 1 FROM tasks WHERE state = ${READY} AND lane = ?1`
const BEFORE_IN_LANE =
  `SELECT (SELECT count(*) FROM (${IN_LANE} AND priority > ?2 ${boundLimit('?4')})) + ` +
  `(SELECT count(*) FROM (${IN_LANE} AND priority = ?2 AND accepted < ?3 ${boundLimit('?4')})) AS count`

function countOwnBefore(reader: Connection, task: TaskRow, lanes: readonly number[]): number {
  let count = 0
  for (const lane of lanes) {
    if (count > MAX_POSITION) break
    const values = [lane, task.priority, task.accepted, MAX_POSITION + 1]
    count += reader.get<{ count: number }>(BEFORE_IN_LANE, values)?.count ?? 0
  }
  return count
}
