import type { StoredDocument } from '../../domain/stored-document.js'
import type { DocumentBody } from '../../ports/document-store.js'
import { invalidInput } from '../../kernel/errors.js'
import { type AnyCollection, type CollectionLayout, requireField, toSqlValue } from './collection-layout.js'
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
  const fields: Record<string, unknown> = { ...document }
  const { id, tenantId } = fields
  delete fields.revision
  delete fields.createdAt
  delete fields.updatedAt
  if (typeof id !== 'string' || !isName(id))
    throw invalidInput('id', `must be text of 1 to ${MAX_ID_LENGTH} characters`)
  if (typeof tenantId !== 'string' || !isName(tenantId))
    throw invalidInput('tenantId', `must be text of 1 to ${MAX_ID_LENGTH} characters`)
  const body = JSON.stringify(fields)
  const sizeBytes = Buffer.byteLength(body)
  if (sizeBytes > MAX_DOCUMENT_BYTES)
    throw invalidInput(collection.name, `a document has ${sizeBytes} bytes, more than ${MAX_DOCUMENT_BYTES}`)
  return { id, tenantId, body, values: columnValues(collection, layout, fields) }
}

export const columnValues = (
  collection: AnyCollection,
  layout: CollectionLayout,
  fields: Readonly<Record<string, unknown>>,
): SqlValue[] =>
  layout.fields.map((name) =>
    toSqlValue(requireField(collection, name).kind, Object.hasOwn(fields, name) ? fields[name] : null, name),
  )

/** The document with what the store set. Its type was checked when it was written. */
export function toDocument<T extends StoredDocument>(row: StoredRow): T {
  const document = JSON.parse(row.body) as Record<string, unknown>
  document.revision = row.revision
  document.createdAt = row.created_at
  document.updatedAt = row.updated_at
  return document as unknown as T
}

/** SQLite's functions end text at a NUL, and half a surrogate pair has no UTF-8. */
const isName = (text: string): boolean =>
  text.length > 0 && text.length <= MAX_ID_LENGTH && !text.includes('\0') && text.isWellFormed()
