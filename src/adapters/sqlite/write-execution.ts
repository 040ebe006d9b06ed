import type { CollectionLayout } from './collection-layout.js'
import type { Connection } from './connection.js'
import { deleteDocument, insertDocument, updateDocument } from './document-writes.js'
import { claimTasks } from './queue-claims.js'
import { forgetIdle } from './queue-idle.js'
import type { Wakeups } from './queue-rows.js'
import {
  applyQueueChanges,
  completeTask,
  configureQueue,
  enqueueTask,
  extendLeases,
  endLeasesOfOthers,
  releaseTask,
  removeTask,
} from './queue-writes.js'
import { appendEvents, deleteStream, trimEvents } from './stream-writes.js'
import type { EffectRows, WriteAsk, WriteOutcome, WriteRequest } from './writer-protocol.js'

/** Marks of deleted documents are kept for this many deletions, against deliveries made again. */
const MAX_DELETED_DELIVERIES = 10_000

const NOTHING = { sequences: [], revision: null } as const

/** Where writes take place, and where they say what they made claimable. */
export interface WriteContext {
  readonly database: Connection
  readonly layouts: ReadonlyMap<string, CollectionLayout>
  readonly wakeups: Wakeups
}

/** Executes one write within the open transaction; it throws when nothing of it may stay. */
export function executeWrite(context: WriteContext, request: WriteRequest): WriteOutcome {
  const { database } = context
  const { nowMs } = request
  if (!('collection' in request) && request.kind !== 'insertAll') database.overwriteDeleted(false)
  switch (request.kind) {
    case 'insert': {
      const written = insertDocument(database, openLayout(context, request.collection), request, nowMs)
      return withEffects(context, request.effects, nowMs, written)
    }
    case 'insertAll': {
      for (const { collection, row } of request.documents)
        insertDocument(database, openLayout(context, collection), { row }, nowMs)
      return withEffects(context, request.effects, nowMs, { revision: 1, answer: null })
    }
    case 'update': {
      const written = updateDocument(database, openLayout(context, request.collection), request, nowMs)
      return withEffects(context, request.effects, nowMs, written)
    }
    case 'delete': {
      const written = deleteDocument(database, openLayout(context, request.collection), request)
      return withEffects(context, request.effects, nowMs, written)
    }
    case 'deliver':
      return deliver(context, request, nowMs)
    case 'append': {
      const sequences = appendEvents(database, request.events, { nowMs, revision: null, afterEnd: 'conflict' })
      return { ...NOTHING, answer: null, sequences }
    }
    case 'trim':
      return { ...NOTHING, answer: trimEvents(database, request.policy) }
    case 'deleteStream':
      deleteStream(database, request.stream)
      return { ...NOTHING, answer: null }
    case 'probe':
      database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('probed_at', ?)", [nowMs])
      return { ...NOTHING, answer: null }
    case 'erase':
      return { ...NOTHING, answer: null }
    case 'forgetIdle':
      return { ...NOTHING, answer: forgetIdle(database, request.after, request.limit) }
    case 'enqueue':
    case 'configure':
    case 'claim':
    case 'heartbeat':
    case 'complete':
    case 'release':
    case 'endLeasesOfOthers':
    case 'remove':
      return { ...NOTHING, answer: executeQueueWrite(context, request) }
  }
}

type QueueWrite = Extract<
  WriteRequest,
  { kind: 'enqueue' | 'configure' | 'claim' | 'heartbeat' | 'complete' | 'release' | 'endLeasesOfOthers' | 'remove' }
>

function executeQueueWrite({ database, wakeups }: WriteContext, request: QueueWrite): unknown {
  const { nowMs } = request
  switch (request.kind) {
    case 'enqueue':
      enqueueTask(database, request.entry, nowMs, wakeups)
      return null
    case 'configure':
      configureQueue(database, request, nowMs, wakeups)
      return null
    case 'claim':
      return claimTasks(database, request.request, nowMs, wakeups)
    case 'heartbeat':
      return extendLeases(database, request.claims, nowMs + request.leaseMs)
    case 'complete':
      return completeTask(database, request, nowMs, wakeups)
    case 'release':
      return releaseTask(database, request, wakeups)
    case 'endLeasesOfOthers':
      return endLeasesOfOthers(database, request, wakeups)
    case 'remove':
      removeTask(database, request.taskId, nowMs, wakeups)
      return null
  }
}

function withEffects(
  { database, wakeups }: WriteContext,
  effects: EffectRows,
  nowMs: number,
  { revision, answer }: { readonly revision: number; readonly answer: unknown },
): WriteOutcome {
  const sequences = appendEvents(database, effects.events, { nowMs, revision, afterEnd: 'conflict' })
  applyQueueChanges(database, effects.queue, { nowMs, lateCompletion: 'conflict', wakeups })
  for (const stream of effects.deleteStreams) deleteStream(database, stream)
  return { answer, sequences, revision }
}

interface DeliveryRow {
  readonly revision: number
  readonly deleted: number | null
}

function deliver({ database, wakeups }: WriteContext, request: WriteAsk<'deliver'>, nowMs: number): WriteOutcome {
  const { documentId, revision, deleted, effects } = request
  const last = database.get<DeliveryRow>('SELECT revision, deleted FROM deliveries WHERE document = ?', [documentId])
  const isNewDocument = last !== undefined && last.deleted !== null && revision === 1
  if (last && !isNewDocument && revision <= last.revision) return { ...NOTHING, answer: false }
  const sequences = appendEvents(database, effects.events, { nowMs, revision, afterEnd: 'pass-over' })
  applyQueueChanges(database, effects.queue, { nowMs, lateCompletion: 'pass-over', wakeups })
  for (const stream of effects.deleteStreams) deleteStream(database, stream)
  const mark = deleted ? nextDeletion(database) : null
  const sql = 'INSERT OR REPLACE INTO deliveries (document, revision, deleted) VALUES (?, ?, ?)'
  database.run(sql, [documentId, revision, mark])
  return { answer: true, sequences, revision }
}

/** Numbers deletions, and forgets those that are long past. */
function nextDeletion(database: Connection): number {
  const sql = 'SELECT max(deleted) AS newest FROM deliveries WHERE deleted IS NOT NULL'
  const next = (database.get<{ newest: number | null }>(sql)?.newest ?? 0) + 1
  database.run('DELETE FROM deliveries WHERE deleted IS NOT NULL AND deleted <= ?', [next - MAX_DELETED_DELIVERIES])
  return next
}

function openLayout({ database, layouts }: WriteContext, name: string): CollectionLayout {
  const layout = layouts.get(name)
  if (!layout) throw new Error(`The database was opened without the collection "${name}".`)
  database.overwriteDeleted(layout.overwritesDeleted)
  return layout
}
