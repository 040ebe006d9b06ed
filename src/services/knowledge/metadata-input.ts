import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Metadata, MetadataField, MetadataKind, MetadataValue, ScalarValue } from '../../domain/metadata-filter.js'

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/
const MAX_FIELDS = 64
const MAX_VALUE_CHARACTERS = 4_096
const MAX_LIST_VALUES = 256

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkMetadataFields(fields: readonly MetadataField[], path: string): void {
  if (fields.length > MAX_FIELDS) throw invalidInput(path, `has ${fields.length}; at most ${MAX_FIELDS} are allowed.`)
  const names = new Set<string>()
  for (const [i, { name }] of fields.entries()) {
    if (!FIELD_NAME.test(name))
      throw invalidInput(`${path}.${i}.name`, 'must be a letter, then up to 63 letters, digits and underscores.')
    // Columns of an index are told apart by their letters alone.
    if (names.has(name.toLowerCase())) throw invalidInput(`${path}.${i}.name`, `"${name}" is there twice.`)
    names.add(name.toLowerCase())
  }
}

const MEANINGS: Readonly<Record<MetadataKind, string>> = {
  TEXT: `a text of at most ${MAX_VALUE_CHARACTERS} characters`,
  NUMBER: 'a number',
  BOOLEAN: 'true or false',
  DATE: 'a date as ISO 8601 writes it, e.g. "2026-03-31" or "2026-03-31T12:00:00Z"',
  LIST: `a list of at most ${MAX_LIST_VALUES} texts`,
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/

/** One value, or a member of a list, as it is stored and compared. @throws GraphloomError `INVALID_INPUT`. */
export function parseScalar(value: Json | undefined, kind: MetadataKind, path: string): ScalarValue {
  if ((kind === 'TEXT' || kind === 'LIST') && isShortText(value)) return value
  if (kind === 'NUMBER' && typeof value === 'number') return value
  if (kind === 'BOOLEAN' && typeof value === 'boolean') return value
  if (kind === 'DATE' && typeof value === 'string' && ISO_DATE.test(value)) {
    const time = Date.parse(value)
    if (Number.isFinite(time)) return time
  }
  throw invalidInput(path, `must be ${kind === 'LIST' ? MEANINGS.TEXT : MEANINGS[kind]}.`)
}

const isShortText = (value: Json | undefined): value is string =>
  typeof value === 'string' && value.length <= MAX_VALUE_CHARACTERS && value.isWellFormed()

/** Values by the fields that are declared; null is no value. @throws GraphloomError `INVALID_INPUT`. */
export function parseMetadata(given: Json, fields: readonly MetadataField[], path: string): Metadata {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalidInput(path, 'must be an object.')
  const kinds = new Map(fields.map(({ name, kind }) => [name, kind]))
  const metadata: Record<string, MetadataValue> = {}
  for (const [name, value] of Object.entries(given as Record<string, Json | undefined>)) {
    const kind = kinds.get(name)
    if (!kind) throw invalidInput(`${path}.${name}`, unknownField(fields))
    if (value === null || value === undefined) continue
    metadata[name] = kind === 'LIST' ? parseList(value, `${path}.${name}`) : parseScalar(value, kind, `${path}.${name}`)
  }
  return metadata
}

function parseList(value: Json, path: string): readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_LIST_VALUES) throw invalidInput(path, `must be ${MEANINGS.LIST}.`)
  return value.map((one, i) => parseScalar(one as Json, 'LIST', `${path}.${i}`) as string)
}

export const unknownField = (fields: readonly MetadataField[]): string =>
  fields.length === 0
    ? 'is not declared; the knowledge base has no metadata fields.'
    : `is not declared; the knowledge base has ${fields.map(({ name }) => name).join(', ')}.`

/** Stored values as a client gave them: dates are texts again. */
export function toMetadataJson(metadata: Metadata, fields: readonly MetadataField[]): Json {
  const dates = new Set(fields.filter(({ kind }) => kind === 'DATE').map(({ name }) => name))
  const entries = Object.entries(metadata).map(([name, value]): [string, Json] => [
    name,
    dates.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value,
  ])
  return Object.fromEntries(entries)
}
