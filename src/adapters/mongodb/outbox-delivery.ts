import { setTimeout as delay } from 'node:timers/promises'
import { type Collection, WriteConcern } from 'mongodb'
import type { Logger } from 'pino'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { EffectSink } from '../../ports/effect-sink.js'
import { type OutboxEntry, toDelivery } from './outbox-entry.js'
import { toStoreError } from './mongo-error.js'
import type { StoredForm } from './stored-form.js'

const DELIVERY_ATTEMPTS = 5
const FIRST_RETRY_MS = 20
const SETTLED_TOGETHER = 500

/** A document with what its writes caused and is not delivered yet. */
type PendingOutbox = Pick<StoredForm, '_id' | 'revision' | 'deleted' | 'outbox'>

const OUTBOX_PROJECTION = { revision: 1, deleted: 1, outbox: 1 } as const

export interface OutboxDeliveryOptions {
  readonly sink: EffectSink
  readonly logger: Logger
  /** Called when something stayed in an outbox. */
  readonly onLeft: () => void
}

/** Documents of a collection whose settling was asked for, by id. */
type Waiting = Map<string, PromiseWithResolvers<void>>

/**
 * Delivers what stands in outboxes. Documents take turns of their own: within a turn the outbox is read, delivered in
 * the order of revisions, and emptied. What a write itself answered is not used, since the answer can come late, when
 * the document has gone and another has its id. What is asked for while others of its collection have their turn is
 * done together after them, so that many writes at once cost few calls.
 */
export class OutboxDelivery {
  readonly #options: OutboxDeliveryOptions
  readonly #tails = new Map<string, Promise<void>>()
  /** By the collection's name, while any of it are being settled. */
  readonly #waiting = new Map<string, Waiting>()

  constructor(options: OutboxDeliveryOptions) {
    this.#options = options
  }

  /**
   * Resolves when all that is pending of the document has been delivered. `UNAVAILABLE` when it could not be; it stays
   * in the document then, and is delivered later.
   */
  settle(collection: Collection<StoredForm>, id: string): Promise<void> {
    const known = this.#waiting.get(collection.collectionName)
    const waiting: Waiting = known ?? new Map<string, PromiseWithResolvers<void>>()
    const settled = waiting.get(id) ?? Promise.withResolvers<void>()
    waiting.set(id, settled)
    if (!known) {
      this.#waiting.set(collection.collectionName, waiting)
      void this.#settleWaiting(collection, waiting)
    }
    return settled.promise
  }

  async #settleWaiting(collection: Collection<StoredForm>, waiting: Waiting): Promise<void> {
    while (waiting.size > 0) {
      const some = new Map([...waiting].slice(0, SETTLED_TOGETHER))
      for (const id of some.keys()) waiting.delete(id)
      await this.#inTurns(
        [...some.keys()].map((id) => keyOf(collection, id)),
        () => this.#settleTogether(collection, some),
      )
    }
    this.#waiting.delete(collection.collectionName)
  }

  async #settleTogether(collection: Collection<StoredForm>, some: Waiting): Promise<void> {
    const delivered: PendingOutbox[] = []
    const deliver = async (pending: PendingOutbox): Promise<void> => {
      try {
        for (const entry of byRevision(pending)) await this.#deliverOne(pending._id, entry)
        delivered.push(pending)
      } catch (error) {
        some.get(pending._id)?.reject(this.#toLeft(collection, error))
      }
    }
    try {
      const filter = { _id: { $in: [...some.keys()] } }
      const find = collection.find<PendingOutbox>(filter, {
        projection: OUTBOX_PROJECTION,
        batchSize: SETTLED_TOGETHER,
      })
      const pending = (await find.toArray()).filter(({ deleted, outbox }) => deleted || outbox)
      await Promise.all(pending.map(deliver))
      if (delivered.length > 0) await this.#trying(() => removeDelivered(collection, delivered), collection)
      for (const { resolve } of some.values()) resolve()
    } catch (error) {
      const left = this.#toLeft(collection, error)
      for (const { reject } of some.values()) reject(left)
    }
  }

  /**
   * As `settle`, for documents of a collection that were just inserted together: all in one turn, what their inserts
   * caused in the order of `ids`.
   */
  async settleInserted(collection: Collection<StoredForm>, ids: readonly string[]): Promise<void> {
    await this.#inTurns(
      ids.map((id) => keyOf(collection, id)),
      async () => {
        try {
          const find = collection.find<PendingOutbox>({ _id: { $in: [...ids] } }, { projection: OUTBOX_PROJECTION })
          const found = new Map((await find.toArray()).map((pending) => [pending._id, pending]))
          const entries = ids.flatMap((id) => {
            const { deleted, outbox = [] } = found.get(id) ?? {}
            return deleted ? [] : outbox.filter(({ revision }) => revision === 1).map((entry) => ({ id, entry }))
          })
          await Promise.all(entries.map(({ id, entry }) => this.#deliverOne(id, entry)))
          await this.#trying(() => removeInserted(collection, ids), collection)
        } catch (error) {
          throw this.#toLeft(collection, error)
        }
      },
    )
  }

  /** Takes the turns of all, so that none waits for another that waits for it: each was asked for before any is had. */
  async #inTurns(keys: readonly string[], work: () => Promise<void>): Promise<void> {
    const done = Promise.withResolvers<void>()
    const begun: Promise<void>[] = []
    const turns = keys.map((key) => {
      const turn = Promise.withResolvers<void>()
      begun.push(turn.promise)
      return this.#inTurn(key, () => {
        turn.resolve()
        return done.promise
      })
    })
    await Promise.all(begun)
    try {
      await work()
    } finally {
      done.resolve()
      await Promise.all(turns)
    }
  }

  async #inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(key)
    const mine = before ? before.then(work, work) : work()
    this.#tails.set(key, mine)
    try {
      await mine
    } finally {
      if (this.#tails.get(key) === mine) this.#tails.delete(key)
    }
  }

  async #trying(remove: () => Promise<void>, collection: Collection<StoredForm>): Promise<void> {
    try {
      await remove()
    } catch (error) {
      this.#options.onLeft()
      this.#options.logger.debug(
        { collection: collection.collectionName, error: error instanceof Error ? error.name : 'unknown' },
        'delivered effects stay in their document for now',
      )
    }
  }

  #toLeft(collection: Collection<StoredForm>, error: unknown): GraphloomError {
    const { logger, onLeft } = this.#options
    onLeft()
    const cause = toStoreError(error)
    const code = cause instanceof GraphloomError ? cause.code : 'INTERNAL'
    logger.error({ collection: collection.collectionName, code }, 'effects cannot be delivered yet')
    const message = 'The write took place, but the events and queue changes that it causes follow later.'
    return new GraphloomError('UNAVAILABLE', message, { cause })
  }

  async #deliverOne(documentId: string, entry: OutboxEntry): Promise<void> {
    const delivery = toDelivery(documentId, entry)
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#options.sink.deliver(delivery)
        return
      } catch (error) {
        if (attempt === DELIVERY_ATTEMPTS || !isErrorWithCode(error, 'OVERLOADED')) throw error
        await delay(FIRST_RETRY_MS * 2 ** attempt)
      }
    }
  }
}

const byRevision = ({ outbox = [] }: PendingOutbox): OutboxEntry[] =>
  [...outbox].sort((one, other) => one.revision - other.revision)

/**
 * Takes out what was delivered. It need not survive a crash, a second delivery is passed over; that a deleted document
 * goes does, before its id can be used again.
 */
async function removeDelivered(collection: Collection<StoredForm>, delivered: readonly PendingOutbox[]): Promise<void> {
  const emptied = delivered.flatMap((pending) => {
    const upTo = byRevision(pending).at(-1)?.revision
    if (pending.deleted || upTo === undefined) return []
    const filter = { _id: pending._id, 'outbox.revision': { $lte: upTo } }
    return [{ updateOne: { filter, update: withoutDelivered(upTo) } }]
  })
  const gone = delivered.flatMap(({ _id, revision, deleted }) =>
    deleted ? [{ deleteOne: { filter: { _id, revision, deleted } } }] : [],
  )
  if (emptied.length > 0) await collection.bulkWrite(emptied, { ordered: false, ...NOT_DURABLE })
  if (gone.length > 0) await collection.bulkWrite(gone, { ordered: false })
}

async function removeInserted(collection: Collection<StoredForm>, ids: readonly string[]): Promise<void> {
  const filter = { _id: { $in: [...ids] }, deleted: { $exists: false }, 'outbox.revision': 1 }
  await collection.updateMany(filter, withoutDelivered(1), NOT_DURABLE)
}

const NOT_DURABLE = { writeConcern: new WriteConcern(1) }

function withoutDelivered(upTo: number) {
  const left = { $filter: { input: '$outbox', cond: { $gt: ['$$this.revision', upTo] } } }
  return [{ $set: { outbox: { $cond: [{ $eq: [{ $size: left }, 0] }, '$$REMOVE', left] } } }]
}

const keyOf = (collection: Collection<StoredForm>, id: string): string => `${collection.collectionName} ${id}`
