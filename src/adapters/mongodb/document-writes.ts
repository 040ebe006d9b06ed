import { type Collection, Double } from 'mongodb'
import { GraphloomError, invalidInput, notFound } from '../../kernel/errors.js'
import type { Scope } from '../../ports/document-store.js'
import { scopeCondition } from './document-query.js'
import { duplicateIndexName, isDuplicateKey } from './mongo-error.js'
import type { StoredForm, WrittenForm } from './stored-form.js'

/** So many writes of one document may wait for their delivery; the next is `OVERLOADED`. */
const MAX_PENDING_ENTRIES = 64
const ROOM_IN_OUTBOX = { [`outbox.${MAX_PENDING_ENTRIES - 1}`]: { $exists: false } }
const INSERT_ATTEMPTS = 3

/** What a write of the caller's document is made of. */
export interface WriteRequest {
  readonly collection: Collection<StoredForm>
  readonly written: WrittenForm
  /** Version of the collection's definition. */
  readonly version: number
  readonly effects: string | null
  readonly nowMs: number
  /** The batch that this write commits. */
  readonly batch?: string
}

/** The document as its insert stores it. */
export function toInsertedForm({ written, version, effects, nowMs, batch }: WriteRequest): StoredForm {
  return {
    _id: written.id,
    tenant: written.tenantId,
    revision: new Double(1),
    createdAt: new Double(nowMs),
    updatedAt: new Double(nowMs),
    version,
    body: written.body,
    f: written.f,
    ...(effects !== null && { outbox: [{ revision: 1, effects }] }),
    ...(batch !== undefined && { batch }),
  } as unknown as StoredForm
}

/** `settleDeleted` takes away a deleted document that still stands under the id. */
export async function insertDocument(request: WriteRequest, settleDeleted: () => Promise<void>): Promise<void> {
  const { collection, written } = request
  const stored = toInsertedForm(request)
  for (let attempt = 1; ; attempt++) {
    try {
      await collection.insertOne(stored)
      return
    } catch (error) {
      const conflict = toConflict(collection, error)
      if (!conflict || !isIdTaken(error) || attempt === INSERT_ATTEMPTS) throw conflict ?? error
      if (!(await collection.findOne({ _id: written.id, deleted: true }, { projection: { _id: 1 } }))) throw conflict
      await settleDeleted()
    }
  }
}

export type UpdatedForm = Pick<StoredForm, 'revision' | 'createdAt' | 'updatedAt'>

export async function updateDocument(
  { collection, written, version, effects, nowMs }: WriteRequest,
  scope: Scope,
  expectedRevision: number,
): Promise<UpdatedForm> {
  const { id, tenantId, body, f } = written
  const filter = {
    $and: [{ _id: id, tenant: tenantId, revision: expectedRevision }, ROOM_IN_OUTBOX, scopeCondition(scope)],
  }
  const entry = { revision: expectedRevision + 1, effects: effects ?? '' }
  const update = {
    $set: { body, f, version },
    $inc: { revision: 1 },
    $max: { updatedAt: new Double(nowMs) },
    ...(effects !== null && { $push: { outbox: entry } }),
  }
  const projection = { revision: 1, createdAt: 1, updatedAt: 1 }
  try {
    const updated = await collection.findOneAndUpdate(filter, update as object, { returnDocument: 'after', projection })
    if (updated) return updated
  } catch (error) {
    throw toConflict(collection, error) ?? error
  }
  const current = await requireCurrent(collection, scope, id, expectedRevision)
  if (current.tenant !== tenantId) throw invalidInput('tenantId', 'a document stays with its tenant')
  throw lostRace(collection, current)
}

/** Turns the document into a mark that holds only what its deletion, and writes before it, caused. */
export async function markDeleted(
  collection: Collection<StoredForm>,
  scope: Scope,
  { id, expectedRevision, effects }: { id: string; expectedRevision: number | undefined; effects: string | null },
): Promise<void> {
  const filter = {
    $and: [
      { _id: id, tenant: { $exists: true } },
      expectedRevision === undefined ? {} : { revision: expectedRevision },
      ROOM_IN_OUTBOX,
      scopeCondition(scope),
    ],
  }
  const entry = { revision: { $add: ['$revision', 1] }, deleted: true, effects: { $literal: effects ?? '{}' } }
  const outbox = { $concatArrays: [{ $ifNull: ['$outbox', []] }, [entry]] }
  // The whole document is replaced: neither its values nor its tenant are left for any index or read.
  const mark = [{ $replaceWith: { _id: '$_id', revision: entry.revision, deleted: true, outbox } }]
  const { matchedCount } = await collection.updateOne(filter, mark)
  if (matchedCount > 0) return
  throw lostRace(collection, await requireCurrent(collection, scope, id, expectedRevision))
}

type CurrentForm = Pick<StoredForm, 'tenant' | 'revision'> & { readonly pending: number }

/** Why nothing was written: `NOT_FOUND`, or `CONFLICT` for another revision; otherwise the document as it is. */
async function requireCurrent(
  collection: Collection<StoredForm>,
  scope: Scope,
  id: string,
  expectedRevision: number | undefined,
): Promise<CurrentForm> {
  const projection = { tenant: 1, revision: 1, pending: { $size: { $ifNull: ['$outbox', []] } } }
  const current = await collection.findOne<CurrentForm>({ $and: [{ _id: id }, scopeCondition(scope)] }, { projection })
  if (!current) throw notFound(collection.collectionName, id)
  if (expectedRevision !== undefined && current.revision !== expectedRevision) {
    const message = `${collection.collectionName} "${id}" has revision ${current.revision}, not ${expectedRevision}.`
    throw new GraphloomError('CONFLICT', message)
  }
  return current
}

function lostRace(collection: Collection<StoredForm>, { pending }: CurrentForm): GraphloomError {
  if (pending < MAX_PENDING_ENTRIES)
    return new GraphloomError('CONFLICT', `${collection.collectionName}: the document was changed meanwhile.`)
  return new GraphloomError('OVERLOADED', 'Too much that earlier writes of the document caused is not delivered yet.')
}

const isIdTaken = (error: unknown): boolean => isDuplicateKey(error) && duplicateIndexName(error) === 'id'

export function toConflict(collection: Collection<StoredForm>, error: unknown): GraphloomError | null {
  if (!isDuplicateKey(error)) return null
  const message = `${collection.collectionName}: the value of unique index "${duplicateIndexName(error)}" is taken.`
  return new GraphloomError('CONFLICT', message)
}
