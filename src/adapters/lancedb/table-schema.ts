import { createRequire } from 'node:module'
import type * as Arrow from 'apache-arrow'
import { parseRowId, type ScoredRow } from '../../domain/chunk-row.js'
import type { MetadataField, MetadataKind } from '../../domain/metadata-filter.js'
import type { VectorIndexShape, VectorRow } from '../../ports/vector-index.js'
import { columnOf, fieldOf } from './filter-sql.js'

/** The copy that LanceDB has: it knows its own classes alone. Loaded once, with the first index. */
const loadArrow = (): typeof Arrow => createRequire(import.meta.url)('apache-arrow') as typeof Arrow

export function toColumnField({ name, kind }: MetadataField): Arrow.Field {
  const { Field } = loadArrow()
  return new Field(columnOf(name), toType(kind), true)
}

export const isListField = ({ type }: Arrow.Field): boolean => loadArrow().DataType.isList(type)

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

/** Brought to length 1, where the cosine follows from the distance, which costs less to compute. */
export function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0))
  return vector.map((one) => one / length)
}

/** The row as columns of the schema; a value of a field that the schema does not have is left out. */
export function toTableRow({ metadata, vector, ...row }: VectorRow, schema: Arrow.Schema): Record<string, unknown> {
  const columns: Record<string, unknown> = { ...row, vector: Array.from(toUnit(vector)) }
  for (const { name } of schema.fields) {
    const field = fieldOf(name)
    if (field === null) continue
    const value = metadata[field] ?? null
    columns[name] = typeof value === 'boolean' ? Number(value) : value
  }
  return columns
}

const NAMES = ['id', 'documentId']
const SCORE = '_distance'
/** What is read of each row; the rest follows from the id. */
export const SELECTED = { named: [...NAMES, SCORE], unnamed: [SCORE] } as const

/** What a row is called; its number is LanceDB's. */
export type RowName = Omit<ScoredRow, 'score'>

export interface FoundRows {
  readonly rowIds: readonly bigint[]
  /** Of each row; none where they were not read. */
  readonly names: readonly RowName[]
  readonly scores: readonly number[]
}

/** The distance is that of vectors of length 1. */
export function toFoundRows(found: Arrow.RecordBatch): FoundRows {
  const column = (name: string): ArrayLike<unknown> => (found.getChild(name)?.toArray() ?? []) as ArrayLike<unknown>
  const [ids, documentIds] = NAMES.map(column)
  return {
    rowIds: Array.from(column('_rowid') as ArrayLike<bigint>),
    names: Array.from(ids!, (id, i) => ({
      id: String(id),
      documentId: String(documentIds![i]),
      ...parseRowId(String(id)),
    })),
    scores: Array.from(column(SCORE), (distance) => 1 - Number(distance) / 2),
  }
}
