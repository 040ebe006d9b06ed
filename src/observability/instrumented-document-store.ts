import type { StoredDocument } from '../domain/stored-document.js'
import { GraphloomError } from '../kernel/errors.js'
import type { CollectionDefinition, DocumentStore } from '../ports/document-store.js'
import type { Metrics } from './metrics.js'
import { withSpan } from './tracing.js'

/** The store, with each call counted and a span of its own. */
export function instrumentDocumentStore(
  store: DocumentStore,
  { storeOperations }: Pick<Metrics, 'storeOperations'>,
): DocumentStore {
  const measured = async <T>(operation: string, collection: string, work: () => Promise<T>): Promise<T> => {
    let outcome = 'success'
    try {
      return await withSpan(
        `store ${operation}`,
        { attributes: { 'db.operation.name': operation, 'db.collection.name': collection } },
        work,
      )
    } catch (error) {
      outcome = error instanceof GraphloomError ? error.code : 'INTERNAL'
      throw error
    } finally {
      storeOperations.inc({ operation, collection, outcome })
    }
  }
  type C<T extends StoredDocument> = CollectionDefinition<T>
  return {
    get: <T extends StoredDocument>(c: C<T>, ...rest: Rest<'get'>) =>
      measured('get', c.name, () => store.get(c, ...rest)),
    getMany: <T extends StoredDocument>(c: C<T>, ...rest: Rest<'getMany'>) =>
      measured('getMany', c.name, () => store.getMany(c, ...rest)),
    find: <T extends StoredDocument>(c: C<T>, ...rest: Rest<'find'>) =>
      measured('find', c.name, () => store.find(c, ...rest)),
    count: (c, ...rest) => measured('count', c.name, () => store.count(c, ...rest)),
    groupSum: (c, ...rest) => measured('groupSum', c.name, () => store.groupSum(c, ...rest)),
    insert: (c, document, ...rest) => measured('insert', c.name, () => store.insert(c, document, ...rest)),
    insertAll: (requests, options) =>
      measured('insertAll', requests[0]?.collection.name ?? '', () => store.insertAll(requests, options)),
    update: (c, scope, revision, document, ...rest) =>
      measured('update', c.name, () => store.update(c, scope, revision, document, ...rest)),
    delete: (c, ...rest) => measured('delete', c.name, () => store.delete(c, ...rest)),
    erase: () => store.erase(),
    check: (options) => store.check(options),
    description: store.description,
  }
}

type Rest<K extends 'get' | 'getMany' | 'find'> = DocumentStore[K] extends (c: never, ...rest: infer R) => unknown
  ? R
  : never
