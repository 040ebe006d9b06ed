import type { MetadataFilter, ScalarValue } from '../../domain/metadata-filter.js'

const COMPARISONS = { EQ: '=', LT: '<', LTE: '<=', GT: '>', GTE: '>=' } as const

const PREFIX = 'm_'

/** Metadata fields have columns of their own, apart from those that every row has. */
export const columnOf = (field: string): string => PREFIX + field

export const fieldOf = (column: string): string | null =>
  column.startsWith(PREFIX) ? column.slice(PREFIX.length) : null

/** A filter as DataFusion reads it. Names of fields are checked where they are declared. */
export const toLanceFilter = (filter: MetadataFilter): string => toCondition(filter, (condition) => condition)

/**
 * What is null of a value that is missing counts as false where it stands, except within NOT, where `settle` makes it so:
 * an index of a field's values knows only plain comparisons.
 */
function toCondition(filter: MetadataFilter, settle: (condition: string) => string): string {
  switch (filter.op) {
    case 'AND':
    case 'OR':
      if (filter.parts.length === 0) return filter.op === 'AND' ? 'true' : 'false'
      return `(${filter.parts.map((part) => toCondition(part, settle)).join(` ${filter.op} `)})`
    case 'NOT':
      return `(NOT ${toCondition(filter.part, orFalse)})`
    case 'MISSING':
      return `(${toColumn(filter.field.name)} IS NULL)`
    case 'CONTAINS':
      return settle(`array_has(${toColumn(filter.field.name)}, ${toLiteral(filter.value)})`)
    case 'IN': {
      const { field, values } = filter
      if (values.length === 0) return 'false'
      return settle(`(${toColumn(field.name)} IN (${values.map(toLiteral).join(', ')}))`)
    }
    default: {
      const { field, value } = filter
      return settle(`(${toColumn(field.name)} ${COMPARISONS[filter.op]} ${toLiteral(value)})`)
    }
  }
}

/** Rows for everybody, and those that name one of the readers. */
export function toReadersFilter(readers: readonly string[]): string {
  if (readers.length === 0) return '(readers IS NULL)'
  return `(readers IS NULL OR array_has_any(readers, [${readers.map(toText).join(', ')}]))`
}

export const toText = (value: string): string => `'${value.replaceAll("'", "''")}'`

const toColumn = (field: string): string => '`' + columnOf(field) + '`'

const orFalse = (condition: string): string => `coalesce(${condition}, false)`

const toLiteral = (value: ScalarValue): string =>
  typeof value === 'string' ? toText(value) : `CAST(${Number(value)} AS DOUBLE)`
