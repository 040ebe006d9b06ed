import { Double } from 'mongodb'
import type { StoredDocument } from '../../domain/stored-document.js'
import { invalidInput } from '../../kernel/errors.js'
import type { DocumentBody } from '../../ports/document-store.js'
import {
  type AnyCollection,
  declaredFields,
  findTextIndex,
  partsName,
  toFieldValue,
  toParts,
} from './collection-fields.js'
import type { OutboxEntry } from './outbox-entry.js'

const MAX_DOCUMENT_BYTES = 1_048_576
const MAX_ID_LENGTH = 512

type IndexedValue = string | Double | boolean | null | readonly string[]

/**
 * A document in MongoDB. The body is JSON text: BSON has no form for some keys and strings that JSON has. What can be
 * filtered and ordered by stands beside it. Numbers are always doubles, so that sums are too.
 */
export interface StoredForm {
  readonly _id: string
  /** Missing in a document that is deleted or held, so that no read finds it. */
  readonly tenant?: string
  readonly revision: number
  readonly createdAt: number
  readonly updatedAt: number
  /** Version of the collection's definition that wrote it. */
  readonly version: number
  readonly body: string
  /** Declared fields; null where the document has none. */
  readonly f: Readonly<Record<string, unknown>>
  /** What writes caused and is not delivered yet, by rising revision; missing when there is nothing. */
  readonly outbox?: readonly OutboxEntry[]
  /** The document is gone, what its deletion caused is still to be delivered. */
  readonly deleted?: true
  /** The batch that it is a part of. Of a batch that is committed and not shown yet, the first document has it too. */
  readonly batch?: string
  /** What it gets when its batch is shown; until then it is not there for any read. */
  readonly held?: Pick<StoredForm, 'tenant' | 'outbox'>
}

/** The parts of the stored form that come from the caller. */
export interface WrittenForm {
  readonly id: string
  readonly tenantId: string
  readonly body: string
  readonly f: Readonly<Record<string, IndexedValue>>
}

/** What a query reads of a document. */
export type ReadForm = Pick<StoredForm, '_id' | 'revision' | 'createdAt' | 'updatedAt' | 'body'>

export const READ_PROJECTION = { revision: 1, createdAt: 1, updatedAt: 1, body: 1 } as const

/** `INVALID_INPUT` when it cannot be stored: too large, a bad id, a declared field of another kind. */
export function toWrittenForm<T extends StoredDocument>(
  collection: AnyCollection,
  document: DocumentBody<T>,
): WrittenForm {
  const fields: Record<string, unknown> = { ...document }
  const { id, tenantId } = fields
  delete fields.revision
  delete fields.createdAt
  delete fields.updatedAt
  for (const [name, value] of Object.entries({ id, tenantId }))
    if (!isId(value)) throw invalidInput(name, `must be text of 1 to ${MAX_ID_LENGTH} characters`)
  const body = JSON.stringify(fields)
  const sizeBytes = Buffer.byteLength(body)
  if (sizeBytes > MAX_DOCUMENT_BYTES)
    throw invalidInput(collection.name, `a document has ${sizeBytes} bytes, more than ${MAX_DOCUMENT_BYTES}`)
  return { id: id as string, tenantId: tenantId as string, body, f: toIndexedValues(collection, fields) }
}

export const toIndexedValues = (
  collection: AnyCollection,
  fields: Readonly<Record<string, unknown>>,
): Record<string, IndexedValue> =>
  Object.fromEntries(
    declaredFields(collection).flatMap(({ name, kind }): [string, IndexedValue][] => {
      const value = toFieldValue(kind, Object.hasOwn(fields, name) ? fields[name] : null, name)
      const stored: [string, IndexedValue] = [name, typeof value === 'number' ? new Double(value) : value]
      const isSearched = typeof value === 'string' && findTextIndex(collection, name) !== undefined
      return isSearched ? [stored, [partsName(name), toParts(value)]] : [stored]
    }),
  )

/** The document with what the store set. Its type was checked when it was written. */
export function toDocument<T extends StoredDocument>(stored: Omit<ReadForm, '_id'>): T {
  const document = JSON.parse(stored.body) as Record<string, unknown>
  document.revision = stored.revision
  document.createdAt = stored.createdAt
  document.updatedAt = stored.updatedAt
  return document as unknown as T
}

/** Whether there can be a document or tenant of this name. */
export const isId = (text: unknown): text is string =>
  typeof text === 'string' &&
  text.length > 0 &&
  text.length <= MAX_ID_LENGTH &&
  !text.includes('\0') &&
  text.isWellFormed()
