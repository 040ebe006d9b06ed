import type { StoredDocument } from '../../domain/stored-document.js'
import type { CollectionDefinition, DocumentBody } from '../../ports/document-store.js'
import { invalidInput } from '../../kernel/errors.js'
import { withoutUsual } from '../../kernel/json.js'
import { type AnyCollection, type CollectionLayout, toSqlValue } from './collection-layout.js'
import type { SqlValue } from './connection.js'

export const MAX_DOCUMENT_BYTES = 1_048_576
const MAX_ID_LENGTH = 512

/** A document as it is written: its text without what the store sets, and the values of its columns. */
export interface DocumentRow {
  readonly id: string
  readonly tenantId: string
  readonly body: string
  readonly values: readonly SqlValue[]
}

/** What a query reads of a document. */
export interface StoredRow {
  readonly body: string
  readonly revision: number
  readonly created_at: number
  readonly updated_at: number
}

export const STORED_COLUMNS = 'body, revision, created_at, updated_at'

/** `INVALID_INPUT` when it cannot be stored: too large, a bad id, a declared field of another kind. */
export function toDocumentRow<T extends StoredDocument>(
  collection: AnyCollection,
  layout: CollectionLayout,
  document: DocumentBody<T>,
): DocumentRow {
  const fields = document as Readonly<Record<string, unknown>>
  const { id, tenantId } = fields
  if (typeof id !== 'string' || !isName(id))
    throw invalidInput('id', `must be text of 1 to ${MAX_ID_LENGTH} characters`)
  if (typeof tenantId !== 'string' || !isName(tenantId))
    throw invalidInput('tenantId', `must be text of 1 to ${MAX_ID_LENGTH} characters`)
  const body = toBody(collection, fields)
  const sizeBytes = Buffer.byteLength(body)
  if (sizeBytes > MAX_DOCUMENT_BYTES)
    throw invalidInput(collection.name, `a document has ${sizeBytes} bytes, more than ${MAX_DOCUMENT_BYTES}`)
  return { id, tenantId, body, values: columnValues(layout, fields) }
}

/** A document as text, without what the store sets and what follows from the collection. */
export function toBody({ defaults = {} }: AnyCollection, fields: Readonly<Record<string, unknown>>): string {
  const unset = { revision: undefined, createdAt: undefined, updatedAt: undefined }
  return JSON.stringify(withoutUsual({ ...fields, ...unset }, defaults))
}

export const columnValues = (
  { fields, kinds }: Pick<CollectionLayout, 'fields' | 'kinds'>,
  values: Readonly<Record<string, unknown>>,
): SqlValue[] =>
  fields.map((name, at) => toSqlValue(kinds[at]!, Object.hasOwn(values, name) ? values[name] : null, name))

/** The document that was written, as a read gives it. */
export function toWritten<T extends StoredDocument>(
  { defaults }: CollectionDefinition<T>,
  document: DocumentBody<T>,
  set: Pick<StoredDocument, 'revision' | 'createdAt' | 'updatedAt'>,
): T {
  const { revision, createdAt, updatedAt } = set
  const written: Record<string, unknown> = { ...(document as object), revision, createdAt, updatedAt }
  for (const name in defaults) if (written[name] === undefined) written[name] = (defaults as typeof written)[name]
  const values = Object.values(written)
  if (!values.includes(undefined)) return written as unknown as T
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) as unknown as T
}

/** The document with what the store set. Its type was checked when it was written. */
export const toDocument = <T extends StoredDocument>({ defaults }: CollectionDefinition<T>, row: StoredRow): T =>
  ({
    ...defaults,
    ...(JSON.parse(row.body) as object),
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }) as unknown as T

/** SQLite's functions end text at a NUL, and half a surrogate pair has no UTF-8. */
const isName = (text: string): boolean =>
  text.length > 0 && text.length <= MAX_ID_LENGTH && !text.includes('\0') && text.isWellFormed()
