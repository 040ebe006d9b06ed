import { toLayout, type AnyCollection } from '../../src/adapters/sqlite/collection-layout.js'
import type { Connection, SqlValue } from '../../src/adapters/sqlite/connection.js'
import {
  afterPosition,
  allOf,
  filterConditions,
  orderSql,
  scopeConditions,
  toOrderColumns,
} from '../../src/adapters/sqlite/document-query.js'
import { BY_ID, findOrderHint } from '../../src/adapters/sqlite/order-hint.js'
import type { Filter, Order } from '../../src/ports/document-store.js'

export const PLANNED_SCOPE = { tenantId: 'acme' }

export interface PlannedRead {
  readonly filter: Filter
  readonly orderBy?: readonly Order[]
  /** Of the document that the page is behind. */
  readonly position?: readonly SqlValue[]
}

/** How SQLite reads a page of a tenant's documents. */
export function planOf(
  reader: Connection,
  collection: AnyCollection,
  { filter, orderBy = BY_ID, position }: PlannedRead,
): string {
  const layout = toLayout(collection)
  const columns = toOrderColumns(collection, orderBy, filter)
  const where = allOf([
    ...(position ? [afterPosition(columns, position)] : []),
    ...scopeConditions(collection, layout, PLANNED_SCOPE, filter),
    ...filterConditions(collection, filter),
  ])
  const hint = findOrderHint(reader, collection, layout, { scope: PLANNED_SCOPE, filter, orderBy }) ?? ''
  const sql = `EXPLAIN QUERY PLAN SELECT body FROM ${layout.table} ${hint} WHERE ${where.sql} ORDER BY ${orderSql(columns)} LIMIT 21`
  const steps = reader.all<{ detail: string }>(sql, where.values)
  return steps.map(({ detail }) => detail.replaceAll('"', '')).join('; ')
}
