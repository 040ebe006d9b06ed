import type { ClaimRequest } from '../../ports/task-queue.js'
import type { Connection } from './connection.js'
import { nextLane, oldestReady } from './queue-lanes.js'
import { type LaneRow, type QueueRow, type TaskRow, toClass, type Wanted } from './queue-rows.js'

type Request = Omit<ClaimRequest, 'leaseMs' | 'owner'>

/** A task that is next. */
export interface Candidate {
  readonly accepted: number
  readonly interactive: 0 | 1
  /** The share so far of its tenant. */
  readonly pass: number
}

const CLASSES = [1, 0] as const
const PASS = 'SELECT pass FROM lanes WHERE lane = ?'

/** Which task is next for one request, while it claims one after the other. */
export class ClaimOrder {
  readonly #database: Connection
  readonly #queue: string
  readonly #tenant: string | null
  /** How many more may be claimed by key; the key null stands for all. */
  readonly #places: Map<string | null, number>
  /** The next lane of each key, of bulk and of interactive tasks, where it is known. */
  readonly #next = [new Map<string | null, LaneRow | null>(), new Map<string | null, LaneRow | null>()] as const

  constructor(database: Connection, request: Request, queue: QueueRow) {
    this.#database = database
    this.#queue = request.queue
    this.#tenant = request.tenantId ?? null
    this.#places = listPlaces(database, request, queue)
  }

  /** By class, shares, priority and acceptance. */
  next(): Candidate | null {
    for (const interactive of CLASSES) {
      let best: LaneRow | null = null
      for (const key of this.#places.keys()) {
        const lane = this.#laneOf(key, interactive)
        if (lane && (!best || isBefore(lane, best))) best = lane
      }
      if (best) return { accepted: best.head, interactive, pass: best.pass }
    }
    return null
  }

  oldest(): Candidate | null {
    let best: TaskRow | null = null
    for (const key of this.#places.keys()) {
      const row = oldestReady(this.#database, this.#wanted(key))
      if (row && (!best || row.at < best.at || (row.at === best.at && row.accepted < best.accepted))) best = row
    }
    if (!best) return null
    const { pass } = this.#database.get<{ pass: number }>(PASS, [best.lane])!
    return { accepted: best.accepted, interactive: toClass(best), pass }
  }

  /** The task was claimed, and its tenant's share has grown. */
  took(row: TaskRow): void {
    const places = this.#places.get(row.key)
    if (places !== undefined && places > 1) this.#places.set(row.key, places - 1)
    else this.#places.delete(row.key)
    const next = this.#next[toClass(row)]
    for (const [key, lane] of next) if (lane?.tenant === row.tenant) next.delete(key)
  }

  #wanted(key: string | null): Wanted {
    const queue = this.#queue
    return key === null ? { queue, key, tenant: null } : { queue, key, tenant: this.#tenant }
  }

  #laneOf(key: string | null, interactive: 0 | 1): LaneRow | null {
    const known = this.#next[interactive]
    let lane = known.get(key)
    if (lane === undefined) {
      lane = nextLane(this.#database, this.#wanted(key), interactive) ?? null
      known.set(key, lane)
    }
    return lane
  }
}

const isBefore = (one: LaneRow, other: LaneRow): boolean =>
  (one.pass - other.pass || other.head_priority - one.head_priority || one.head - other.head) < 0

/** A key that is full is looked at again when such a part of its places is free, not at each. */
const REFILL_PARTS = 64

const KEYS =
  'SELECT keys.key, claimed, ready FROM json_each(?2) CROSS JOIN keys ON keys.queue = ?1 AND keys.key = value WHERE ready > 0'
const ALL_KEYS = 'SELECT key, claimed, ready FROM keys WHERE queue = ? AND ready > 0'
const KEYS_OF_TENANT =
  'SELECT DISTINCT keys.key, keys.claimed, keys.ready FROM lanes ' +
  'JOIN keys ON keys.queue = lanes.queue AND keys.key = lanes.key ' +
  'WHERE lanes.queue = ? AND tenant = ? AND head IS NOT NULL'

interface KeyRow {
  readonly key: string
  readonly claimed: number
  readonly ready: number
}

function listKeys(database: Connection, { queue, keys, tenantId }: Request): KeyRow[] {
  if (keys) return database.all<KeyRow>(KEYS, [queue, JSON.stringify([...new Set(keys)])])
  if (tenantId === undefined) return database.all<KeyRow>(ALL_KEYS, [queue])
  return database.all<KeyRow>(KEYS_OF_TENANT, [queue, tenantId])
}

const ALL: readonly [null, number] = [null, Infinity]

function listPlaces(database: Connection, request: Request, { ready }: QueueRow): Map<string | null, number> {
  const { keys, tenantId, maxPerKey } = request
  const isWhole = tenantId === undefined && maxPerKey === undefined
  if (!keys && isWhole) return new Map([ALL])
  const rows = listKeys(database, request)
  if (isWhole && rows.reduce((sum, row) => sum + row.ready, 0) === ready) return new Map([ALL])
  const max = maxPerKey ?? Infinity
  const most = maxPerKey === undefined ? Infinity : maxPerKey - Math.max(1, Math.floor(maxPerKey / REFILL_PARTS))
  return new Map(rows.filter(({ claimed }) => claimed <= most).map(({ key, claimed }) => [key, max - claimed]))
}
