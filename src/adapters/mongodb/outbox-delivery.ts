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

/** A document with what its writes caused and is not delivered yet. */
type PendingOutbox = Pick<StoredForm, '_id' | 'revision' | 'deleted' | 'outbox'>

const OUTBOX_PROJECTION = { revision: 1, deleted: 1, outbox: 1 } as const

export interface OutboxDeliveryOptions {
  readonly sink: EffectSink
  readonly logger: Logger
  /** Called when something stayed in an outbox. */
  readonly onLeft: () => void
}

/**
 * Delivers what stands in outboxes. Documents take turns of their own: within a turn the outbox is read, delivered in
 * the order of revisions, and emptied. What a write itself answered is not used, since the answer can come late, when
 * the document has gone and another has its id.
 */
export class OutboxDelivery {
  readonly #options: OutboxDeliveryOptions
  readonly #tails = new Map<string, Promise<void>>()

  constructor(options: OutboxDeliveryOptions) {
    this.#options = options
  }

  /**
   * Resolves when all that is pending of the document has been delivered. `UNAVAILABLE` when it could not be; it stays
   * in the document then, and is delivered later.
   */
  settle(collection: Collection<StoredForm>, id: string): Promise<void> {
    return this.#inTurn(keyOf(collection, id), async () => {
      try {
        const pending = await collection.findOne<PendingOutbox>({ _id: id }, { projection: OUTBOX_PROJECTION })
        if (pending && (pending.deleted || pending.outbox)) await this.#deliver(collection, pending)
      } catch (error) {
        throw this.#toLeft(collection, error)
      }
    })
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

  async #deliver(collection: Collection<StoredForm>, pending: PendingOutbox): Promise<void> {
    const entries = [...(pending.outbox ?? [])].sort((a, b) => a.revision - b.revision)
    for (const entry of entries) await this.#deliverOne(pending._id, entry)
    await this.#trying(() => removeDelivered(collection, pending, entries.at(-1)?.revision ?? 0), collection)
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

/**
 * Takes out what was delivered. It need not survive a crash, a second delivery is passed over; that a deleted document
 * goes does, before its id can be used again.
 */
async function removeDelivered(
  collection: Collection<StoredForm>,
  { _id, revision, deleted }: PendingOutbox,
  upTo: number,
): Promise<void> {
  if (deleted) {
    await collection.deleteOne({ _id, deleted: true, revision })
    return
  }
  await collection.updateOne({ _id, 'outbox.revision': { $lte: upTo } }, withoutDelivered(upTo), NOT_DURABLE)
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
