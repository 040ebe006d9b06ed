import { createRequire } from 'node:module'
import type * as Arrow from 'apache-arrow'
import type { MetadataField, MetadataKind } from '../../domain/metadata-filter.js'
import type { VectorIndexShape, VectorRow } from '../../ports/vector-index.js'
import { columnOf } from './filter-sql.js'

/** The copy that LanceDB has: it knows its own classes alone. Loaded once, with the first index. */
const loadArrow = (): typeof Arrow => createRequire(import.meta.url)('apache-arrow') as typeof Arrow

export function toColumnField({ name, kind }: MetadataField): Arrow.Field {
  const { Field } = loadArrow()
  return new Field(columnOf(name), toType(kind), true)
}

/** Arrow's writer makes a file that nobody can read of a column of booleans that are all null, so they are 0 and 1. */
function toType(kind: MetadataKind): Arrow.DataType {
  const { Field, Float64, List, Utf8 } = loadArrow()
  if (kind === 'TEXT') return new Utf8()
  return kind === 'LIST' ? new List(new Field('item', new Utf8(), true)) : new Float64()
}

export function toTableSchema({ dimensions, metadataFields }: VectorIndexShape): Arrow.Schema {
  const { Field, FixedSizeList, Float32, Int32, Schema, Utf8 } = loadArrow()
  return new Schema([
    new Field('id', new Utf8(), false),
    new Field('documentId', new Utf8(), false),
    new Field('versionId', new Utf8(), false),
    new Field('ordinal', new Int32(), false),
    new Field('readers', toType('LIST'), true),
    new Field('vector', new FixedSizeList(dimensions, new Field('item', new Float32(), true)), false),
    ...metadataFields.map(toColumnField),
  ])
}

/** The row as columns of the schema; a value of a field that the schema does not have is left out. */
export function toTableRow({ metadata, vector, ...row }: VectorRow, schema: Arrow.Schema): Record<string, unknown> {
  const columns: Record<string, unknown> = { ...row, vector: Array.from(vector) }
  for (const field of schema.fields) {
    if (!field.name.startsWith('m_')) continue
    const value = metadata[field.name.slice('m_'.length)] ?? null
    columns[field.name] = typeof value === 'boolean' ? Number(value) : value
  }
  return columns
}
