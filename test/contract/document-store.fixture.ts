import type { StoredDocument } from '../../src/domain/stored-document.js'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { CollectionDefinition, DocumentBody, DocumentStore, Scope } from '../../src/ports/document-store.js'
import type { EventLog } from '../../src/ports/event-log.js'
import type { TaskQueue } from '../../src/ports/task-queue.js'

export interface OpenedStore extends AsyncDisposable {
  readonly store: DocumentStore
  readonly events: EventLog
  readonly queue: TaskQueue
  /** Resolves when the effects of every write that resolved have taken place; at once where they share a transaction. */
  readonly settled: () => Promise<void>
  /** Closes the store and opens the same data with these collections. */
  readonly reopen: (collections: readonly CollectionDefinition<StoredDocument>[]) => Promise<OpenedStore>
}

export interface DocumentStoreFixture {
  readonly name: string
  /** Whether documents, events and queue change in one transaction. */
  readonly sharesTransaction: boolean
  /** Opens a store on fresh data. */
  open(collections: readonly CollectionDefinition<StoredDocument>[]): Promise<OpenedStore>
}

export interface Widget extends StoredDocument {
  readonly state?: string | null
  readonly rank?: number | null
  readonly flag?: boolean | null
  readonly label?: string | null
  readonly code?: string | null
  /** Searched in. */
  readonly note?: string | null
  readonly text?: string
  readonly extra?: unknown
}

export const WIDGETS: CollectionDefinition<Widget> = {
  name: 'widgets',
  version: 1,
  fields: { state: 'string', rank: 'number', flag: 'boolean', label: 'string', code: 'string', note: 'string' },
  indexes: [
    { name: 'byState', fields: ['state', 'createdAt'] },
    { name: 'byRank', fields: ['rank'] },
    { name: 'byLabel', fields: ['label'], sparse: true },
    { name: 'byStateAcrossTenants', fields: ['state'], acrossTenants: true },
    { name: 'uniqueCode', fields: ['code'], unique: true },
    { name: 'byNote', fields: ['note', 'createdAt'], text: true },
    { name: 'sparseFlag', fields: ['flag', 'createdAt'], sparse: true },
    { name: 'sparseRank', fields: ['rank'], acrossTenants: true, sparse: true },
  ],
}

export const ACME: Scope = { tenantId: 'acme' }

export const widget = (id: string, fields: Partial<DocumentBody<Widget>> = {}): DocumentBody<Widget> => ({
  id,
  tenantId: 'acme',
  ...fields,
})

export const firstPage = (limit: number) => ({ limit, cursor: null, backward: false })

/** The code of the error that the promise rejects with; a promise that resolves fails the test. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof GraphloomError) return error.code
    throw error
  }
  throw new Error('The call was not refused.')
}

/** A test with a store of its own. */
export type StoreTest = (name: string, run: (opened: OpenedStore) => Promise<void>) => void
