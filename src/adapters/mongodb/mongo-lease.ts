import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Collection, Db, Document } from 'mongodb'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import { isDuplicateKey, toStoreError } from './mongo-error.js'
import { hasEnded, type ProcessIdentity, readProcessIdentity } from './process-identity.js'

const LEASE_COLLECTION = 'graphloom_lease'
const LEASE_ID = 'server'
const WATCH_INTERVAL_MS = 200

interface LeaseDocument extends ProcessIdentity {
  readonly _id: string
  readonly holder: string
  readonly since: Date
  /** By the clock of the database server. */
  readonly expiresAt: Date
}

export interface MongoLeaseOptions {
  readonly db: Db
  readonly logger: Logger
  /** The lease ends this long after its last renewal, milliseconds. */
  readonly ttlMs: number
}

/** The right to use a database alone. */
export interface MongoLease extends AsyncDisposable {
  /** Resolves with the reason when another server has taken the lease: this one must stop. */
  readonly lost: Promise<GraphloomError>
  /** `UNAVAILABLE` while the lease is lost, or was not renewed in time so that another server may have it. */
  requireHeld(): void
}

/**
 * Takes the database for this process. A server on this machine that has ended is known to have; another one's lease
 * is watched until it ends. `UNAVAILABLE` with one line that says who has it when its holder lives.
 */
export async function openMongoLease({ db, logger, ttlMs }: MongoLeaseOptions): Promise<MongoLease> {
  const leases = db.collection<LeaseDocument>(LEASE_COLLECTION)
  const identity = readProcessIdentity()
  const holder = randomUUID()
  let seen = null as LeaseDocument | null
  for (;;) {
    const askedAt = performance.now()
    const endedHolder = seen && hasEnded(seen, identity) === true ? seen.holder : null
    if (await take(leases, { holder, identity, ttlMs, endedHolder }))
      return new HeldLease({ leases, holder, ttlMs, logger, heldSince: askedAt })
    const current = await leases.findOne({ _id: LEASE_ID })
    if (!current) continue
    const ended = hasEnded(current, identity)
    if (ended === false || (seen && !isSameTerm(seen, current))) throw inUse(db, current)
    if (!seen) logger.info({ host: current.host, pid: current.pid }, 'waiting for the lease of a server to end')
    seen = current
    if (ended === null) await delay(WATCH_INTERVAL_MS)
  }
}

const isSameTerm = (a: LeaseDocument, b: LeaseDocument): boolean =>
  a.holder === b.holder && a.expiresAt.getTime() === b.expiresAt.getTime()

const inUse = (db: Db, { host, pid, since }: LeaseDocument): GraphloomError =>
  new GraphloomError(
    'UNAVAILABLE',
    `The MongoDB database ${db.databaseName} is in use by process ${pid} on ${host} since ${since.toISOString()}.`,
  )

interface TakeRequest {
  readonly holder: string
  readonly identity: ProcessIdentity
  readonly ttlMs: number
  /** A holder that is known to have ended. */
  readonly endedHolder: string | null
}

/** False when somebody has it. */
async function take(leases: Collection<LeaseDocument>, request: TakeRequest): Promise<boolean> {
  const { holder, identity, ttlMs, endedHolder } = request
  const mine = [{ $set: { holder, ...toLiterals({ ...identity }), since: '$$NOW', expiresAt: expiry(ttlMs) } }]
  const free = { $or: [{ $expr: { $lte: ['$expiresAt', '$$NOW'] } }, { holder: endedHolder ?? holder }] }
  const taken = await leases.updateOne({ _id: LEASE_ID, ...free }, mine)
  if (taken.matchedCount > 0) return true
  try {
    // Inserts it, or finds the id taken.
    await leases.updateOne({ _id: LEASE_ID, holder }, mine, { upsert: true })
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

const expiry = (ttlMs: number): Document => ({ $add: ['$$NOW', ttlMs] })

const toLiterals = (values: Document): Document =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { $literal: value as unknown }]))

interface HeldLeaseOptions {
  readonly leases: Collection<LeaseDocument>
  readonly holder: string
  readonly ttlMs: number
  readonly logger: Logger
  /** Before the lease was asked for, by `performance.now()`. */
  readonly heldSince: number
}

class HeldLease implements MongoLease {
  readonly lost: Promise<GraphloomError>
  readonly #options: HeldLeaseOptions
  readonly #stop = new AbortController()
  readonly #renewing: Promise<void>
  #tellLost!: (reason: GraphloomError) => void
  #lostReason: GraphloomError | null = null
  #renewedAt: number

  constructor(options: HeldLeaseOptions) {
    this.#options = options
    this.#renewedAt = options.heldSince
    this.lost = new Promise((resolve) => (this.#tellLost = resolve))
    this.#renewing = this.#renewAgainAndAgain()
  }

  requireHeld(): void {
    if (this.#lostReason) throw this.#lostReason
    if (performance.now() - this.#renewedAt < this.#options.ttlMs) return
    throw new GraphloomError('UNAVAILABLE', 'MongoDB cannot be used: the lease of the database could not be renewed.')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#renewing
    const { leases, holder, logger } = this.#options
    try {
      await leases.deleteOne({ _id: LEASE_ID, holder })
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'the lease of the database ends by itself')
    }
  }

  async #renewAgainAndAgain(): Promise<void> {
    const { ttlMs, logger } = this.#options
    const { signal } = this.#stop
    let waitMs = ttlMs / 3
    while (!this.#lostReason) {
      try {
        await delay(waitMs, undefined, { signal })
      } catch {
        return
      }
      try {
        await this.#renew()
        waitMs = ttlMs / 3
      } catch (error) {
        logger.warn({ reason: messageOf(error) }, 'the lease of the database is not renewed yet')
        waitMs = Math.min(ttlMs / 3, 1_000)
      }
    }
  }

  async #renew(): Promise<void> {
    const { leases, holder, ttlMs } = this.#options
    const askedAt = performance.now()
    const renewed = await leases.updateOne({ _id: LEASE_ID, holder }, [{ $set: { expiresAt: expiry(ttlMs) } }])
    if (renewed.matchedCount > 0) {
      this.#renewedAt = askedAt
      return
    }
    const message = 'Another server has taken the MongoDB database; this one must stop.'
    this.#lostReason = new GraphloomError('UNAVAILABLE', message)
    this.#tellLost(this.#lostReason)
  }
}

function messageOf(error: unknown): string {
  const reason = toStoreError(error)
  return reason instanceof Error ? reason.message : 'unknown'
}
