import { invalidInput } from '../../kernel/errors.js'
import { leavesOutNull, type FieldCondition, type Filter, type Order, type Scope } from '../../ports/document-store.js'
import {
  type AnyCollection,
  type CollectionLayout,
  type QueryField,
  requireField,
  toSqlValue,
} from './collection-layout.js'
import type { SqlValue } from './connection.js'
import type { OrderColumn } from './page-cursor.js'

/** A piece of SQL with the values of its parameters. */
export interface SqlPart {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

const MAX_IN_VALUES = 1_000
const RANGES = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

export const allOf = (parts: readonly SqlPart[]): SqlPart => ({
  sql: parts.map(({ sql }) => sql).join(' AND ') || '1',
  values: parts.flatMap(({ values }) => values),
})

/**
 * The tenant of the scope. Most indexes start with the tenant, so filtered work across tenants goes through all of
 * them, which one seek per tenant finds; the primary key and indexes across tenants need none of that.
 */
export function scopeConditions(
  collection: AnyCollection,
  layout: CollectionLayout,
  scope: Scope,
  filter: Filter = {},
): SqlPart[] {
  if ('tenantId' in scope) return [{ sql: 'tenant = ?', values: [scope.tenantId] }]
  const filtered = Object.keys(filter)
  const serves = collection.indexes.some(
    ({ acrossTenants, fields: [first] }) => acrossTenants && filtered.includes(first ?? ''),
  )
  if (filtered.length === 0 || filtered.includes('id') || serves) return []
  const tenants =
    `WITH RECURSIVE tenants(t) AS (SELECT min(tenant) FROM ${layout.table} UNION ALL ` +
    `SELECT (SELECT min(tenant) FROM ${layout.table} WHERE tenant > t) FROM tenants WHERE t IS NOT NULL) ` +
    'SELECT t FROM tenants WHERE t IS NOT NULL'
  return [{ sql: `tenant IN (${tenants})`, values: [] }]
}

export const filterConditions = (collection: AnyCollection, filter: Filter = {}): SqlPart[] =>
  Object.entries(filter).flatMap(([name, condition]) => fieldConditions(collection, name, condition))

function fieldConditions(collection: AnyCollection, name: string, condition: FieldCondition): SqlPart[] {
  const field = requireField(collection, name)
  const value = (raw: unknown): SqlValue => toSqlValue(field.kind, raw, name)
  const parts: SqlPart[] = []
  if (condition.eq !== undefined) parts.push(equality(field, value(condition.eq)))
  if (condition.ne !== undefined) parts.push({ sql: `${field.column} IS NOT ?`, values: [value(condition.ne)] })
  if (condition.in !== undefined) parts.push(membership(field.column, name, condition.in.map(value)))
  if (condition.contains !== undefined)
    parts.push({ sql: `instr(${field.column}, ?) > 0`, values: [value(condition.contains)] })
  for (const [key, operator] of Object.entries(RANGES)) {
    const bound = condition[key as keyof typeof RANGES]
    if (bound === undefined) continue
    if (field.kind === 'boolean') throw invalidInput(name, 'a boolean field has no range')
    parts.push({ sql: `${field.column} ${operator} ?`, values: [value(bound)] })
  }
  return parts
}

/** As the conditions of partial indexes are written, so that they serve. */
function equality({ column, kind }: QueryField, value: SqlValue): SqlPart {
  if (value === null) return { sql: `${column} IS NULL`, values: [] }
  return kind === 'boolean' ? { sql: `${column} = ${value}`, values: [] } : { sql: `${column} = ?`, values: [value] }
}

function membership(column: string, name: string, values: readonly SqlValue[]): SqlPart {
  if (values.length > MAX_IN_VALUES) throw invalidInput(name, `more than ${MAX_IN_VALUES} values`)
  const present = values.filter((value) => value !== null)
  const list = `${column} IN (${present.map(() => '?').join(', ')})`
  return present.length < values.length
    ? { sql: `(${list} OR ${column} IS NULL)`, values: present }
    : { sql: list, values: present }
}

/**
 * The columns of an order: each field once, the id at the end in the direction of the field before it. Where the filter
 * leaves nulls out, a place in the order is found without a look at them.
 */
export function toOrderColumns(
  collection: AnyCollection,
  orderBy: readonly Order[] = [],
  filter: Filter = {},
): OrderColumn[] {
  const columns: OrderColumn[] = []
  for (const { field, direction } of orderBy) {
    if (columns.some(({ name }) => name === field)) continue
    const found = requireField(collection, field)
    const nullable = found.nullable && !leavesOutNull(filter[field])
    columns.push({ ...found, nullable, descending: direction === 'desc' })
    if (field === 'id') return columns
  }
  const descending = columns.at(-1)?.descending ?? false
  return [...columns, { ...requireField(collection, 'id'), descending }]
}

export const reversed = (order: readonly OrderColumn[]): OrderColumn[] =>
  order.map((column) => ({ ...column, descending: !column.descending }))

export const orderSql = (order: readonly OrderColumn[]): string =>
  order.map(({ column, descending }) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ')

/** Rows behind a position in the order (with the position itself where `inclusive`). */
export function afterPosition(order: readonly OrderColumn[], values: readonly SqlValue[], inclusive = false): SqlPart {
  const uniform = order.every(({ nullable, descending }) => !nullable && descending === order[0]?.descending)
  if (uniform) {
    const operator = (order[0]?.descending ? '<' : '>') + (inclusive ? '=' : '')
    const columns = order.map(({ column }) => column).join(', ')
    return { sql: `(${columns}) ${operator} (${order.map(() => '?').join(', ')})`, values }
  }
  const choices: SqlPart[] = []
  const equal: SqlPart[] = []
  order.forEach((column, at) => {
    const value = values[at] ?? null
    const beyond = beyondValue(column, value)
    if (beyond) choices.push(allOf([...equal, beyond]))
    equal.push({ sql: `${column.column} IS ?`, values: [value] })
  })
  if (inclusive) choices.push(allOf(equal))
  const either: SqlPart = {
    sql: `(${choices.map(({ sql }) => `(${sql})`).join(' OR ') || '0'})`,
    values: choices.flatMap((choice) => choice.values),
  }
  const bound = leadingBound(order[0], values[0] ?? null)
  return bound ? allOf([bound, either]) : either
}

/** Null is below everything. */
function beyondValue({ column, descending, nullable }: OrderColumn, value: SqlValue): SqlPart | null {
  if (value === null) return descending ? null : { sql: `${column} IS NOT NULL`, values: [] }
  if (!descending) return { sql: `${column} > ?`, values: [value] }
  return { sql: nullable ? `(${column} < ? OR ${column} IS NULL)` : `${column} < ?`, values: [value] }
}

/** Follows from the whole condition, and lets an index start at the position instead of at its beginning. */
function leadingBound(first: OrderColumn | undefined, value: SqlValue): SqlPart | null {
  if (!first || (first.descending && value !== null)) return null
  return first.descending
    ? { sql: `${first.column} IS NULL`, values: [] }
    : value === null
      ? null
      : { sql: `${first.column} >= ?`, values: [value] }
}
