import { isErrorWithCode, notFound } from '../kernel/errors.js'
import type { StoredDocument } from '../domain/stored-document.js'
import type { CollectionDefinition, DocumentStore, Filter, Order, Scope } from '../ports/document-store.js'

/** A document store's part of what these need. */
type Reads = Pick<DocumentStore, 'get' | 'find'>

interface Wanted<T extends StoredDocument> {
  readonly collection: CollectionDefinition<T>
  readonly scope: Scope
}

/** @throws GraphloomError `NOT_FOUND`, in which the document is called `what`. */
export async function requireDocument<T extends StoredDocument>(
  documents: Reads,
  { collection, scope, id, what }: Wanted<T> & { readonly id: string; readonly what: string },
): Promise<T> {
  const document = await documents.get(collection, scope, id)
  if (!document) throw notFound(what, id)
  return document
}

/** The first that fits, in the order that is given; null when there is none. */
export async function findFirst<T extends StoredDocument>(
  documents: Reads,
  { collection, scope, filter, orderBy }: Wanted<T> & { readonly filter: Filter; readonly orderBy?: readonly Order[] },
): Promise<T | null> {
  const page = { limit: 1, cursor: null, backward: false }
  const found = await documents.find(collection, scope, { filter, page, ...(orderBy && { orderBy }) })
  return found.items[0]?.node ?? null
}

/** What somebody else deleted a moment sooner is deleted. */
export async function ignoreMissing(deleting: Promise<unknown>): Promise<void> {
  try {
    await deleting
  } catch (error) {
    if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
  }
}
