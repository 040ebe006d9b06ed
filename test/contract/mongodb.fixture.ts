import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import pino, { type Logger } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import {
  type MongoDocumentStoreOptions,
  openMongoDocumentStore,
  type OpenedMongoDocumentStore,
} from '../../src/adapters/mongodb/open-mongo-document-store.js'
import { openSqliteDatabase, type SqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import type { StoredDocument } from '../../src/domain/stored-document.js'
import type { CollectionDefinition } from '../../src/ports/document-store.js'
import type { EffectSink } from '../../src/ports/effect-sink.js'
import { type MongoMode, type MongoServer, startMongo } from '../support/mongo.js'

const logger = pino({ level: 'silent' })

export interface MongoState extends OpenedMongoDocumentStore {
  readonly sqlite: SqliteDatabase
}

export interface MongoStateOptions {
  readonly uri: string
  /** Folder of event log and queue. */
  readonly directory: string
  readonly collections: readonly CollectionDefinition<StoredDocument>[]
  readonly logger?: Logger
  /** Puts something between the store and the sink. */
  readonly wrapSink?: (sink: EffectSink) => EffectSink
  readonly settings?: Partial<MongoDocumentStoreOptions>
}

/** Documents in MongoDB, what their writes cause in SQLite. */
export async function openMongoState(options: MongoStateOptions): Promise<MongoState> {
  await using stack = new AsyncDisposableStack()
  const { uri, directory, collections, wrapSink = (sink) => sink } = options
  const log = options.logger ?? logger
  const sqlite = stack.use(await openSqliteDatabase({ directory, logger: log, collections: [] }))
  const effects = wrapSink(sqlite.effects)
  const mongo = stack.use(await openMongoDocumentStore({ uri, logger: log, collections, effects, ...options.settings }))
  const owned = stack.move()
  return { ...mongo, sqlite, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** A folder that is removed with the scope. */
export async function createFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'graphloom-mongodb-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** One mongod for all tests of a `describe`. */
export function useMongo(mode: MongoMode): () => MongoServer {
  let server: MongoServer | null = null
  beforeAll(async () => {
    server = await startMongo(mode)
  })
  afterAll(() => server?.[Symbol.asyncDispose]())
  return () => {
    if (!server) throw new Error('mongod has not been started.')
    return server
  }
}

/** A plain connection, for looking and meddling behind the store's back. */
export async function connectPlainly(uri: string): Promise<MongoClient & AsyncDisposable> {
  const client = await MongoClient.connect(uri)
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}
