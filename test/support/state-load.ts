import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { FilesystemBlobStore } from '../../src/adapters/filesystem/filesystem-blob-store.js'
import { openSqliteDatabase, type SqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import type { StoredDocument } from '../../src/domain/stored-document.js'
import type { CollectionDefinition, Scope } from '../../src/ports/document-store.js'

/** Each write of a job adds one event to the job's stream; a job that is QUEUED is in the queue, an ENDED one is not. */
export interface Job extends StoredDocument {
  readonly state: 'QUEUED' | 'ENDED'
  readonly step: number
  readonly text: string
}

export const JOBS: CollectionDefinition<Job> = {
  name: 'jobs',
  version: 1,
  fields: { state: 'string', step: 'number' },
  indexes: [{ name: 'byState', fields: ['state', 'createdAt'] }],
}

export const LOAD_SCOPE: Scope = { tenantId: 'load' }
export const LOAD_QUEUE = 'jobs'

/** What the load was told. A job's revision of 0 says that its deletion was acknowledged. */
export type Acknowledgement =
  | { readonly kind: 'job'; readonly id: string; readonly revision: number }
  | { readonly kind: 'events'; readonly stream: string; readonly last: number }
  | { readonly kind: 'blob'; readonly id: string; readonly sha256: string }

/** The text of a job at a step can be told from its id and step. */
export const textOf = (id: string, step: number): string => `${id}.${step} `.repeat(20 + 40 * (step % 3))

interface LoadState extends AsyncDisposable {
  readonly database: SqliteDatabase
  readonly blobs: FilesystemBlobStore
}

export async function openLoadState(folder: string): Promise<LoadState> {
  await using stack = new AsyncDisposableStack()
  const logger = pino({ level: 'silent' })
  const database = stack.use(await openSqliteDatabase({ directory: folder, logger, collections: [JOBS] }))
  const blobs = await FilesystemBlobStore.open(join(folder, 'blobs'))
  const owned = stack.move()
  return { database, blobs, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** The problems of a state that is opened after a crash: what was acknowledged and is not there, what is half there. */
export async function findProblems(folder: string, acknowledged: readonly Acknowledgement[]): Promise<string[]> {
  const problems: string[] = []
  await using state = await openLoadState(folder)
  const latest = new Map<string, Acknowledgement>()
  for (const one of acknowledged) latest.set(`${one.kind} ${one.kind === 'events' ? one.stream : one.id}`, one)
  for (const one of latest.values()) problems.push(...(await missing(state, one)))
  problems.push(...(await findHalfWrites(state.database)))
  using reader = new DatabaseSync(state.database.path, { readOnly: true })
  const integrity = reader.prepare('PRAGMA integrity_check').all()
  if (JSON.stringify(integrity) !== '[{"integrity_check":"ok"}]') problems.push(JSON.stringify(integrity))
  return problems
}

async function missing({ database, blobs }: LoadState, one: Acknowledgement): Promise<string[]> {
  if (one.kind === 'job') {
    const job = await database.documents.get(JOBS, LOAD_SCOPE, one.id)
    if (one.revision === 0) return job ? [`job ${one.id} is there after its deletion`] : []
    // A write that was not acknowledged yet may have followed, also one that deletes.
    if (!job) return one.revision === 3 ? [] : [`job ${one.id} is missing at revision ${one.revision}`]
    return job.revision < one.revision ? [`job ${one.id} is at ${job.revision}, ${one.revision} was acknowledged`] : []
  }
  if (one.kind === 'events') {
    const { lastSequence } = await database.events.head(one.stream)
    return lastSequence < one.last ? [`stream ${one.stream} is at ${lastSequence}, ${one.last} was acknowledged`] : []
  }
  const hash = createHash('sha256')
  try {
    for await (const chunk of blobs.read(one.id)) hash.update(chunk)
  } catch (error) {
    return [`blob ${one.id}: ${String(error)}`]
  }
  return hash.digest('hex') === one.sha256 ? [] : [`blob ${one.id} has other content`]
}

/** A write, its events and its queue changes are there together. */
async function findHalfWrites({ documents, events, queue }: SqliteDatabase): Promise<string[]> {
  const problems: string[] = []
  const queued = new Set<string>()
  for (let cursor: string | null = null, more = true; more;) {
    const page: Awaited<ReturnType<typeof documents.find<Job>>> = await documents.find(JOBS, LOAD_SCOPE, {
      page: { limit: 100, cursor, backward: false },
    })
    for (const { node: job } of page.items) {
      if (job.state === 'QUEUED') queued.add(job.id)
      if (job.step !== job.revision || job.text !== textOf(job.id, job.step)) problems.push(`job ${job.id} is mixed up`)
      const logged = (await events.read(job.id, 0, 100)).map(({ data, revision }) => [data, revision])
      const expected = Array.from({ length: job.revision }, (_, at) => [{ step: at + 1 }, at + 1])
      if (JSON.stringify(logged) !== JSON.stringify(expected))
        problems.push(`job ${job.id} of revision ${job.revision} has events ${JSON.stringify(logged)}`)
    }
    cursor = page.items.at(-1)?.cursor ?? null
    more = page.hasNextPage
  }
  await queue.endLeasesOfOthers('check', '')
  const claimed = await queue.claim({ queue: LOAD_QUEUE, owner: 'check', limit: 1_000, leaseMs: 60_000 })
  const waiting = new Set(claimed.map(({ taskId }) => taskId))
  for (const id of queued.symmetricDifference(waiting)) problems.push(`job ${id} and the queue differ`)
  return problems
}
