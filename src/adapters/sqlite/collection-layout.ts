import type {
  CollectionDefinition,
  DocumentBody,
  FieldKind,
  FieldValue,
  IndexDefinition,
} from '../../ports/document-store.js'
import type { StoredDocument } from '../../domain/stored-document.js'
import { invalidInput } from '../../kernel/errors.js'
import type { SqlValue } from './connection.js'

/** A definition whose document type does not matter. */
export type AnyCollection = CollectionDefinition<StoredDocument>

/** How a collection lies in the database. Plain data, so that it can be given to another thread. */
export interface CollectionLayout {
  readonly name: string
  readonly table: string
  readonly version: number
  readonly overwritesDeleted: boolean
  /** Names of the declared fields with a column of their own, in the order of the columns. */
  readonly fields: readonly string[]
  readonly kinds: readonly FieldKind[]
  readonly columns: readonly string[]
  /** Statements of each write, put together once. */
  readonly insertSql: string
  /** A row before it is changed, by its id. */
  readonly currentSql: string
  /** What SQLite names in a violation (`table.column, …`) to the name of the declared index. */
  readonly uniqueIndexes: Readonly<Record<string, string>>
}

/** A field that can be filtered, ordered and grouped by. */
export interface QueryField {
  readonly name: string
  readonly column: string
  readonly kind: FieldKind
  readonly nullable: boolean
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/

/** Columns that every collection has, by the document's field. */
const COMMON_FIELDS: Readonly<Record<string, QueryField>> = {
  id: { name: 'id', column: 'id', kind: 'string', nullable: false },
  tenantId: { name: 'tenantId', column: 'tenant', kind: 'string', nullable: false },
  revision: { name: 'revision', column: 'revision', kind: 'number', nullable: false },
  createdAt: { name: 'createdAt', column: 'created_at', kind: 'number', nullable: false },
  updatedAt: { name: 'updatedAt', column: 'updated_at', kind: 'number', nullable: false },
}

export const quoted = (identifier: string): string => `"${identifier}"`

const isCommonField = (field: string): boolean => Object.hasOwn(COMMON_FIELDS, field)

/** `INVALID_INPUT` for a field that is not declared. */
export function requireField(collection: AnyCollection, name: string): QueryField {
  const common = Object.hasOwn(COMMON_FIELDS, name) ? COMMON_FIELDS[name] : undefined
  if (common && (name !== 'tenantId' || Object.hasOwn(collection.fields, name))) return common
  const kind = Object.hasOwn(collection.fields, name) ? collection.fields[name] : undefined
  if (!kind) throw invalidInput(name, `is not a declared field of ${collection.name}`)
  return { name, column: quoted(`f_${name}`), kind, nullable: true }
}

export function toLayout(collection: AnyCollection): CollectionLayout {
  for (const name of [collection.name, ...Object.keys(collection.fields), ...collection.indexes.map((i) => i.name)])
    if (!NAME.test(name)) throw new Error(`"${name}" cannot name a collection, field or index.`)
  const fields = Object.keys(collection.fields).filter((field) => !isCommonField(field))
  const plainTable = `doc_${collection.name}`
  const uniqueIndexes: Record<string, string> = { [`${plainTable}.id`]: 'id' }
  for (const index of collection.indexes) {
    if (!index.unique) continue
    const columns = indexColumns(collection, index).map((column) => column.replaceAll('"', ''))
    uniqueIndexes[columns.map((column) => `${plainTable}.${column}`).join(', ')] = index.name
  }
  const table = quoted(plainTable)
  const columns = fields.map((field) => quoted(`f_${field}`))
  const inserted = ['id', 'tenant', 'revision', 'created_at', 'updated_at', 'version', 'body', ...columns]
  return {
    name: collection.name,
    table,
    version: collection.version,
    overwritesDeleted: collection.overwritesDeleted ?? false,
    fields,
    kinds: fields.map((field) => requireField(collection, field).kind),
    columns,
    insertSql: `INSERT INTO ${table} (${inserted.join(', ')}) VALUES (${inserted.map(() => '?').join(', ')})`,
    currentSql: `SELECT ${['rowid', 'tenant', 'revision', 'created_at', 'updated_at', ...columns].join(', ')} FROM ${table} WHERE id = ?`,
    uniqueIndexes,
  }
}

export const indexName = (collection: AnyCollection, name: string): string => `ix_${collection.name}_${name}`

/** What stands behind the name of a table that is to be read by this index. */
export const indexedBy = (collection: AnyCollection, { name }: IndexDefinition): string =>
  `INDEXED BY ${quoted(indexName(collection, name))}`

/**
 * An index that is not unique ends with the id, so that it gives rows in the order of a page. Text itself is no column:
 * its index has the rows that have any.
 */
export function indexColumns(collection: AnyCollection, index: IndexDefinition): string[] {
  const columns = index.fields.slice(index.text ? 1 : 0).map((field) => requireField(collection, field).column)
  if (!index.acrossTenants) columns.unshift('tenant')
  if (!index.unique && !columns.includes('id')) columns.push('id')
  return [...new Set(columns)]
}

/** What a row must have to be in an index that leaves some out. */
export function presentColumns(collection: AnyCollection, { fields, unique, sparse, text }: IndexDefinition): string[] {
  if (!unique && !sparse && !text) return []
  return fields
    .map((name) => requireField(collection, name))
    .filter(({ nullable }) => nullable)
    .map(({ column, kind }) => (kind === 'boolean' && sparse ? `${column} = 1` : `${column} IS NOT NULL`))
}

/** A value for SQLite: false and true are 0 and 1. `INVALID_INPUT` when it is not of the field's kind. */
export function toSqlValue(kind: FieldKind, value: unknown, path: string): SqlValue {
  if (value === null || value === undefined) return null
  if (typeof value !== kind) throw invalidInput(path, `must be a ${kind} or null`)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (!(value as string).isWellFormed()) throw invalidInput(path, 'must not hold half of a surrogate pair')
  return value as string
}

export const toFieldValue = (kind: FieldKind, value: SqlValue): FieldValue =>
  kind === 'boolean' && value !== null ? value === 1 : value

/** Whether a unique index would hold the document: none of its values there is null. */
export function hasUniqueValue({ indexes }: AnyCollection, document: DocumentBody<StoredDocument>): boolean {
  const values: Readonly<Record<string, unknown>> = { ...document }
  return indexes.some(({ unique, fields }) => unique && fields.every((field) => (values[field] ?? null) !== null))
}
