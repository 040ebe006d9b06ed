import { type Db, MongoClient, type MongoClientOptions, ReadPreference, TopologyType } from 'mongodb'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import { unavailableReason } from './mongo-error.js'

const DEFAULT_DATABASE = 'graphloom'

export interface MongoConnectionOptions {
  /** Connection string; its credentials are never logged. Without a database in it, `graphloom` is used. */
  readonly uri: string
  readonly logger: Logger
  /** How long a call waits for a server that can be written to, milliseconds. */
  readonly serverSelectionTimeoutMs: number
  /** How long one answer may take, milliseconds; 0 for as long as it takes. */
  readonly answerTimeoutMs: number
  readonly maxConnections: number
}

/** Says whether a server that takes writes is known, and since when. */
export interface Reachability {
  readonly writable: boolean
  /** Goes up each time that such a server is found. */
  readonly found: number
}

export interface MongoConnection extends AsyncDisposable {
  readonly db: Db
  /** Database and hosts, without credentials. */
  readonly description: string
  reachability(): Reachability
  /** Calls `listener` each time that a server which takes writes is found. */
  onFound(listener: () => void): void
}

/**
 * Connects and waits for a server that takes writes. The client reconnects by itself afterwards. `UNAVAILABLE` with
 * one line when there is none in time.
 *
 * Writes are acknowledged when a majority has them in its journal. Reads go to the primary with read concern
 * `majority`: it has every acknowledged write, and never one that a change of the primary could take back. A
 * `linearizable` read would also exclude a primary that has been replaced without knowing it, at a round of the
 * replica set for each read and for single documents only; the lease allows one server, so that nobody else writes
 * through the new primary meanwhile.
 */
export async function openMongoConnection(options: MongoConnectionOptions): Promise<MongoConnection> {
  const client = createClient(options)
  const watch = watchReachability(client, options.logger)
  try {
    await client.connect()
    const name = databaseName(options.uri)
    const db = client.db(name)
    await db.command({ ping: 1 })
    const hosts = client.options.srvHost ?? client.options.hosts.map(String).join(',')
    return {
      db,
      description: `MongoDB ${name} at ${hosts}`,
      ...watch,
      [Symbol.asyncDispose]: () => client.close(),
    }
  } catch (error) {
    await client.close()
    throw new GraphloomError('UNAVAILABLE', `MongoDB cannot be used: ${openingReason(error)}.`)
  }
}

function createClient({ uri, serverSelectionTimeoutMs, answerTimeoutMs, maxConnections }: MongoConnectionOptions) {
  const settings: MongoClientOptions = {
    appName: 'graphloom',
    maxPoolSize: maxConnections,
    serverSelectionTimeoutMS: serverSelectionTimeoutMs,
    connectTimeoutMS: serverSelectionTimeoutMs,
    waitQueueTimeoutMS: answerTimeoutMs,
    socketTimeoutMS: answerTimeoutMs,
    heartbeatFrequencyMS: 2_000,
    retryReads: true,
    retryWrites: true,
    readPreference: ReadPreference.primary,
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', journal: true, ...(answerTimeoutMs > 0 && { wtimeoutMS: answerTimeoutMs }) },
  }
  try {
    return new MongoClient(uri, settings)
  } catch {
    // What the driver says of it repeats parts of the string.
    throw new GraphloomError('UNAVAILABLE', 'MONGODB_URI is not a connection string that the MongoDB driver accepts.')
  }
}

/** Of the driver's errors only the name: their messages can repeat the connection string. */
function openingReason(error: unknown): string {
  const reason = unavailableReason(error)
  if (reason !== null) return reason
  if (!(error instanceof Error)) return 'unknown reason'
  // A certificate that cannot be read, a name that cannot be looked up.
  return 'syscall' in error ? error.message : error.name
}

/** The path of the connection string. */
function databaseName(uri: string): string {
  const path = /^[^:]+:\/\/[^/?]*\/([^?]+)/.exec(uri)?.[1]
  return path ? decodeURIComponent(path) : DEFAULT_DATABASE
}

function watchReachability(client: MongoClient, logger: Logger): Pick<MongoConnection, 'reachability' | 'onFound'> {
  let writable = false
  let found = 0
  const listeners: (() => void)[] = []
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const { type } = newDescription
    const isWritable =
      type === TopologyType.ReplicaSetWithPrimary ||
      ((type === TopologyType.Single || type === TopologyType.Sharded) && newDescription.hasDataBearingServers)
    if (isWritable === writable) return
    writable = isWritable
    if (!isWritable) {
      logger.warn('MongoDB cannot be written to at the moment')
      return
    }
    found++
    if (found > 1) logger.info('MongoDB can be written to again')
    for (const listener of listeners) listener()
  })
  return { reachability: () => ({ writable, found }), onFound: (listener) => void listeners.push(listener) }
}
