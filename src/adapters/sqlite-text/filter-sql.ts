import type { MetadataFilter, ScalarValue } from '../../domain/metadata-filter.js'
import type { SqlValue } from '../sqlite/connection.js'

export interface SqlCondition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

const COMPARISONS = { EQ: '=', LT: '<', LTE: '<=', GT: '>', GTE: '>=' } as const

/** A filter over the column `metadata`, which has an object as JSON. Never null. */
export function toSqlCondition(filter: MetadataFilter): SqlCondition {
  switch (filter.op) {
    case 'AND':
    case 'OR': {
      const parts = filter.parts.map(toSqlCondition)
      if (parts.length === 0) return { sql: filter.op === 'AND' ? '1' : '0', values: [] }
      return {
        sql: `(${parts.map(({ sql }) => sql).join(` ${filter.op} `)})`,
        values: parts.flatMap(({ values }) => values),
      }
    }
    case 'NOT': {
      const { sql, values } = toSqlCondition(filter.part)
      return { sql: `NOT ${sql}`, values }
    }
    case 'MISSING':
      return { sql: '(json_extract(metadata, ?) IS NULL)', values: [pathOf(filter.field.name)] }
    case 'CONTAINS':
      return {
        sql: 'EXISTS (SELECT 1 FROM json_each(metadata, ?) WHERE value = ?)',
        values: [pathOf(filter.field.name), toSqlValue(filter.value)],
      }
    case 'IN':
      return {
        sql: `coalesce(json_extract(metadata, ?) IN (${filter.values.map(() => '?').join(', ')}), 0)`,
        values: [pathOf(filter.field.name), ...filter.values.map(toSqlValue)],
      }
    default:
      return {
        sql: `coalesce(json_extract(metadata, ?) ${COMPARISONS[filter.op]} ?, 0)`,
        values: [pathOf(filter.field.name), toSqlValue(filter.value)],
      }
  }
}

const pathOf = (field: string): string => `$."${field}"`

const toSqlValue = (value: ScalarValue): SqlValue => (typeof value === 'boolean' ? Number(value) : value)
