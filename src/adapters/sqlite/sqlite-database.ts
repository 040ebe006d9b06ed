import { join } from 'node:path'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import type { DocumentStore } from '../../ports/document-store.js'
import type { EffectSink } from '../../ports/effect-sink.js'
import type { EventLog } from '../../ports/event-log.js'
import type { TaskQueue } from '../../ports/task-queue.js'
import { type AnyCollection, type CollectionLayout, toLayout } from './collection-layout.js'
import { openCollection } from './collection-tables.js'
import { openConnection } from './connection.js'
import { openFormat } from './database-format.js'
import { EventListeners } from './event-listeners.js'
import { QueueListeners } from './queue-listeners.js'
import { readNextDue } from './queue-reads.js'
import { SqliteDocumentStore } from './sqlite-document-store.js'
import { SqliteEffectSink } from './sqlite-effect-sink.js'
import { unavailableReason } from './sqlite-error.js'
import { SqliteEventLog } from './sqlite-event-log.js'
import { SqliteTaskQueue } from './sqlite-task-queue.js'
import { Writer, type WriterStats } from './writer.js'

export const DATABASE_FILE = 'graphloom.db'

interface SqliteDatabaseOptions {
  /** Folder of the database's files; it exists, and belongs to this process alone. */
  readonly directory: string
  readonly logger: Logger
  /** None where documents live elsewhere and only event log and queue are here. */
  readonly collections: readonly AnyCollection[]
  /** Unix milliseconds. */
  readonly now?: () => number
  /** Writes that may wait for the disk at once; `OVERLOADED` past that. */
  readonly maxPendingWrites?: number
  /** Bytes of documents and events that may wait for the disk at once. */
  readonly maxPendingBytes?: number
}

/** Documents, event log and queue in one file, so that a write and what it causes are one transaction. */
export interface SqliteDatabase extends AsyncDisposable {
  readonly documents: DocumentStore
  readonly events: EventLog
  readonly queue: TaskQueue
  /** For documents of another store, whose effects are to take place here. */
  readonly effects: EffectSink
  readonly path: string
  /** Resolves with the reason when the writer thread died: nothing can be written any more. */
  readonly failed: Promise<GraphloomError>
  stats(): WriterStats
}

/**
 * Opens or creates the database, migrates what is older. `UNAVAILABLE` with one line that names the file when it is
 * newer than this server, damaged, or cannot be written.
 */
export async function openSqliteDatabase(options: SqliteDatabaseOptions): Promise<SqliteDatabase> {
  const path = join(options.directory, DATABASE_FILE)
  const now = options.now ?? Date.now
  const layouts = new Map(options.collections.map((collection) => [collection.name, toLayout(collection)]))
  try {
    await prepareFile(path, layouts, options)
    await using stack = new AsyncDisposableStack()
    const reader = stack.use(openConnection(path, 'read'))
    const listeners = new EventListeners(options.logger)
    const nextDueMs = (queue: string, afterMs: number): number | null => readNextDue(reader, queue, afterMs)
    const queueListeners = stack.use(new QueueListeners({ logger: options.logger, now, nextDueMs }))
    const writer = stack.use(
      await Writer.open({
        settings: { path, collections: [...layouts.values()] },
        logger: options.logger,
        maxPending: options.maxPendingWrites ?? 10_000,
        maxPendingBytes: options.maxPendingBytes ?? 64 * 1_048_576,
        onCommitted: (request, outcome) => listeners.tell(request, outcome),
        onWakeups: (wakeups) => {
          for (const { queue, atMs } of wakeups) queueListeners.wake(queue, atMs)
        },
      }),
    )
    const owned = stack.move()
    return {
      documents: new SqliteDocumentStore({ reader, writer, layouts, now, description: `SQLite ${path}` }),
      events: new SqliteEventLog({ reader, writer, listeners, now }),
      queue: new SqliteTaskQueue({ reader, writer, listeners: queueListeners, now }),
      effects: new SqliteEffectSink(writer, now),
      path,
      failed: writer.failed,
      stats: () => writer.stats(),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  } catch (error) {
    const reason = unavailableReason(error)
    throw reason === null
      ? error
      : new GraphloomError('UNAVAILABLE', `${path} cannot be opened: ${reason}.`, { cause: error })
  }
}

async function prepareFile(
  path: string,
  layouts: ReadonlyMap<string, CollectionLayout>,
  { collections, logger }: SqliteDatabaseOptions,
): Promise<void> {
  using database = openConnection(path, 'write')
  openFormat(database, path)
  for (const collection of collections) {
    const layout = layouts.get(collection.name)
    if (layout) await openCollection(collection, layout, { database, path, logger })
  }
}
