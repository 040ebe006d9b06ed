import type { StoredDocument } from '../../domain/stored-document.js'
import { invalidInput } from '../../kernel/errors.js'
import type {
  CollectionDefinition,
  DocumentBody,
  FieldKind,
  FieldValue,
  IndexDefinition,
} from '../../ports/document-store.js'

/** A definition whose document type does not matter. */
export type AnyCollection = CollectionDefinition<StoredDocument>

/** A field that can be filtered, ordered and grouped by. */
export interface QueryField {
  readonly name: string
  /** Where its value stands in the stored form. */
  readonly path: string
  readonly kind: FieldKind
  readonly nullable: boolean
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/

const COMMON_FIELDS: Readonly<Record<string, QueryField>> = {
  id: { name: 'id', path: '_id', kind: 'string', nullable: false },
  tenantId: { name: 'tenantId', path: 'tenant', kind: 'string', nullable: false },
  revision: { name: 'revision', path: 'revision', kind: 'number', nullable: false },
  createdAt: { name: 'createdAt', path: 'createdAt', kind: 'number', nullable: false },
  updatedAt: { name: 'updatedAt', path: 'updatedAt', kind: 'number', nullable: false },
}

/** The smallest value of a kind: what is at or above it is not null. */
export const LEAST_VALUES = { string: '', number: -Infinity, boolean: false } as const satisfies Record<
  FieldKind,
  FieldValue
>

/** Names become parts of paths and of index names, so that they must not have a meaning there. */
export function requireNames(collection: AnyCollection): void {
  const indexes = collection.indexes.map(({ name }) => name)
  for (const name of [collection.name, ...Object.keys(collection.fields), ...indexes])
    if (!NAME.test(name)) throw new Error(`"${name}" cannot name a collection, field or index.`)
}

/** The declared fields that have a place of their own in the stored form. */
export const declaredFields = (collection: AnyCollection): QueryField[] =>
  Object.keys(collection.fields)
    .filter((name) => !Object.hasOwn(COMMON_FIELDS, name))
    .map((name) => requireField(collection, name))

/** `INVALID_INPUT` for a field that is not declared. */
export function requireField(collection: AnyCollection, name: string): QueryField {
  const kind = Object.hasOwn(collection.fields, name) ? collection.fields[name] : undefined
  const common = Object.hasOwn(COMMON_FIELDS, name) ? COMMON_FIELDS[name] : undefined
  if (common && (kind !== undefined || name !== 'tenantId')) return common
  if (!kind) throw invalidInput(name, `is not a declared field of ${collection.name}`)
  return { name, path: `f.${name}`, kind, nullable: true }
}

/**
 * The tenant first, unless the index is for all of them; one that is not unique ends with the id, so that it gives
 * documents in the order of a page. Of a text its parts are indexed.
 */
export function indexFields(collection: AnyCollection, index: IndexDefinition): QueryField[] {
  const fields = index.fields.map((name, at) => {
    const field = requireField(collection, name)
    return index.text && at === 0 ? { ...field, path: partsName(field.path) } : field
  })
  const tenant = COMMON_FIELDS.tenantId
  const id = COMMON_FIELDS.id
  const all = [index.acrossTenants ? undefined : tenant, ...fields, index.unique ? undefined : id]
  return [...new Map(all.filter((field) => field !== undefined).map((field) => [field.path, field])).values()]
}

/**
 * A value as it is stored and compared. `INVALID_INPUT` when it is not of the field's kind, or is text with half of a
 * surrogate pair, which has no UTF-8. Numbers that JSON does not know are null, as in the document's text.
 */
export function toFieldValue(kind: FieldKind, value: unknown, path: string): FieldValue {
  if (value === null || value === undefined) return null
  switch (kind) {
    case 'boolean':
      if (typeof value === 'boolean') return value
      break
    case 'number':
      if (typeof value === 'number') return Number.isFinite(value) ? value : null
      break
    case 'string':
      if (typeof value !== 'string') break
      if (!value.isWellFormed()) throw invalidInput(path, 'must not hold half of a surrogate pair')
      return value
  }
  throw invalidInput(path, `must be a ${kind} or null`)
}

/** Where the parts of a text stand that is searched in. */
export const partsName = (field: string): string => `${field}:parts`

/** The parts of three characters that a text has. */
export function toParts(text: string): string[] {
  const characters = Array.from(text)
  return [...new Set(characters.slice(2).map((last, at) => `${characters[at]}${characters[at + 1]}${last}`))]
}

/** The index that serves a search in the field. */
export const findTextIndex = (collection: AnyCollection, field: string): IndexDefinition | undefined =>
  collection.indexes.find(({ text, fields }) => text && fields[0] === field)

/** Whether a unique index would hold the document: none of its values there is null. */
export function hasUniqueValue({ indexes }: AnyCollection, document: DocumentBody<StoredDocument>): boolean {
  const values: Readonly<Record<string, unknown>> = { ...document }
  return indexes.some(({ unique, fields }) => unique && fields.every((field) => (values[field] ?? null) !== null))
}
