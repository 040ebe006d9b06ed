import type { Collection } from 'mongodb'
import { CallGate } from '../../src/adapters/mongodb/call-gate.js'
import { openMongoConnection } from '../../src/adapters/mongodb/mongo-connection.js'
import { MongoDocumentStore } from '../../src/adapters/mongodb/mongo-document-store.js'
import { openMongoDocumentStore } from '../../src/adapters/mongodb/open-mongo-document-store.js'
import { OutboxDelivery } from '../../src/adapters/mongodb/outbox-delivery.js'
import type { StoredForm } from '../../src/adapters/mongodb/stored-form.js'
import type { StoredDocument } from '../../src/domain/stored-document.js'
import type { CollectionDefinition, DocumentStore } from '../../src/ports/document-store.js'
import type { EffectSink } from '../../src/ports/effect-sink.js'
import { silentLogger as logger } from './state.js'

export interface SharedMongoOptions {
  readonly uri: string
  readonly collections: readonly CollectionDefinition<StoredDocument>[]
  readonly effects: EffectSink
}

/** Makes the collections and their indexes. */
export async function prepareMongo(options: SharedMongoOptions): Promise<void> {
  await using _store = await openMongoDocumentStore({ ...options, logger })
}

/** The store of one process of several on a prepared database: without the lease that keeps the others away. */
export async function openSharedMongo(
  options: SharedMongoOptions,
): Promise<AsyncDisposable & { readonly documents: DocumentStore }> {
  const connection = await openMongoConnection({
    uri: options.uri,
    logger,
    serverSelectionTimeoutMs: 5_000,
    answerTimeoutMs: 15_000,
    maxConnections: 5,
  })
  const { db, description } = connection
  const collections = new Map<string, Collection<StoredForm>>(
    options.collections.map(({ name }) => [name, db.collection<StoredForm>(name)]),
  )
  const gate = new CallGate({
    maxCalls: 1_000,
    timeoutMs: 15_000,
    reachability: () => connection.reachability(),
    onDoubt: () => undefined,
  })
  const delivery = new OutboxDelivery({ sink: options.effects, logger, onLeft: () => undefined })
  const lease = {
    lost: new Promise<never>(() => undefined),
    requireHeld: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return {
    documents: new MongoDocumentStore({ db, collections, gate, delivery, lease, now: Date.now, description }),
    [Symbol.asyncDispose]: async () => {
      await gate.close()
      await connection[Symbol.asyncDispose]()
    },
  }
}
