import type { Logger } from 'pino'
import type { GraphloomError } from '../../kernel/errors.js'
import type { DocumentStore } from '../../ports/document-store.js'
import type { EffectSink } from '../../ports/effect-sink.js'
import { CallGate } from './call-gate.js'
import { type AnyCollection, requireNames } from './collection-fields.js'
import { openCollection, openFormat } from './collection-migration.js'
import { recoverBatches } from './document-batches.js'
import { type MongoConnection, openMongoConnection } from './mongo-connection.js'
import { MongoDocumentStore } from './mongo-document-store.js'
import { toStoreError } from './mongo-error.js'
import { openMongoLease } from './mongo-lease.js'
import { OutboxDelivery } from './outbox-delivery.js'
import { OutboxSweeper } from './outbox-sweeper.js'
import type { StoredForm } from './stored-form.js'

export interface MongoDocumentStoreOptions {
  /** Connection string. The database is its path, `graphloom` without one. Never logged. */
  readonly uri: string
  readonly logger: Logger
  readonly collections: readonly AnyCollection[]
  /** Where events and queue changes of writes go. */
  readonly effects: EffectSink
  /** Unix milliseconds. */
  readonly now?: () => number
  /** How long a call waits for a server that takes writes, milliseconds. */
  readonly serverSelectionTimeoutMs?: number
  /** The most time a call takes, milliseconds; what it asked for may still take place after. */
  readonly callTimeoutMs?: number
  /** How long the lease of a server that vanished lasts, milliseconds. */
  readonly leaseTtlMs?: number
  /** Time between two looks for effects that were left undelivered, milliseconds. */
  readonly sweepIntervalMs?: number
  readonly maxConnections?: number
  /** Calls under way at once; `OVERLOADED` past that. */
  readonly maxCalls?: number
}

/** Documents in MongoDB. The database belongs to this process until it is disposed. */
export interface OpenedMongoDocumentStore extends AsyncDisposable {
  readonly documents: DocumentStore
  /** Resolves with the reason when another server has taken the database: nothing can be written any more. */
  readonly failed: Promise<GraphloomError>
}

/**
 * Connects, takes the lease, brings the stored data to the definitions and delivers what an earlier process left in
 * outboxes. `UNAVAILABLE` with one line when the server is not there, the database is in use or newer than this
 * server, or an index cannot be made.
 */
export async function openMongoDocumentStore(options: MongoDocumentStoreOptions): Promise<OpenedMongoDocumentStore> {
  const { logger, now = Date.now, callTimeoutMs = 15_000, leaseTtlMs = 15_000 } = options
  options.collections.forEach(requireNames)
  try {
    await using stack = new AsyncDisposableStack()
    const connection = stack.use(await connect(options, callTimeoutMs))
    const { db } = connection
    const lease = stack.use(await openMongoLease({ db, logger, ttlMs: leaseTtlMs }))
    await prepareDatabase(options)
    lease.requireHeld()
    const collections = new Map(options.collections.map(({ name }) => [name, db.collection<StoredForm>(name)]))
    let wake = (): void => undefined
    const onLeft = (): void => wake()
    const delivery = new OutboxDelivery({ sink: options.effects, logger, onLeft })
    const sweeper = stack.use(
      new OutboxSweeper({
        collections: [...collections.values()],
        delivery,
        logger,
        intervalMs: options.sweepIntervalMs ?? 30_000,
      }),
    )
    wake = () => sweeper.wake()
    connection.onFound(onLeft)
    await sweeper.sweep()
    sweeper.start()
    const gate = new CallGate({
      maxCalls: options.maxCalls ?? 10_000,
      timeoutMs: callTimeoutMs,
      reachability: () => connection.reachability(),
      onDoubt: onLeft,
    })
    stack.defer(() => gate.close())
    const { description } = connection
    const owned = stack.move()
    return {
      documents: new MongoDocumentStore({ db, collections, gate, delivery, lease, now, description }),
      failed: lease.lost,
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  } catch (error) {
    throw toStoreError(error)
  }
}

const connect = (options: MongoDocumentStoreOptions, answerTimeoutMs: number): Promise<MongoConnection> =>
  openMongoConnection({
    uri: options.uri,
    logger: options.logger,
    serverSelectionTimeoutMs: options.serverSelectionTimeoutMs ?? 5_000,
    answerTimeoutMs,
    maxConnections: options.maxConnections ?? 100,
  })

/** Over a connection of its own: an index over many documents may take its time. */
async function prepareDatabase(options: MongoDocumentStoreOptions): Promise<void> {
  await using connection = await connect(options, 0)
  await openFormat({ db: connection.db, logger: options.logger })
  await recoverBatches(options.collections.map(({ name }) => connection.db.collection<StoredForm>(name)))
  for (const collection of options.collections)
    await openCollection(collection, { db: connection.db, logger: options.logger })
}
