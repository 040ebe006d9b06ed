import type { Collection } from 'mongodb'
import type { StoredDocument } from '../../domain/stored-document.js'
import { invalidInput } from '../../kernel/errors.js'
import type { Page } from '../../kernel/pages.js'
import type { CollectionDefinition, FieldValue, FindRequest, Scope } from '../../ports/document-store.js'
import {
  afterPosition,
  allOf,
  filterConditions,
  reversed,
  scopeCondition,
  toOrderFields,
  toSort,
} from './document-query.js'
import { type OrderField, parseCursor, toCursor } from './page-cursor.js'
import { READ_PROJECTION, type StoredForm, toDocument } from './stored-form.js'

const MAX_PAGE = 1_000

/** `INVALID_INPUT` for a field that is not declared, a page that is too large, a cursor of another order. */
export async function findPage<T extends StoredDocument>(
  c: CollectionDefinition<T>,
  collection: Collection<StoredForm>,
  scope: Scope,
  { filter, orderBy, page: { limit, cursor, backward } }: FindRequest,
): Promise<Page<T>> {
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_PAGE) throw invalidInput('limit', `must be 0 to ${MAX_PAGE}`)
  const order = toOrderFields(c, orderBy, filter)
  const direction = backward ? reversed(order) : order
  const position = cursor === null ? null : parseCursor(order, cursor, backward ? 'before' : 'after')
  const where = [scopeCondition(scope), ...filterConditions(c, filter)]
  const onPage = position ? [...where, afterPosition(direction, position)] : where
  const before = position && allOf([...where, afterPosition(reversed(direction), position, true)])
  const [rows, oneBefore] = await Promise.all([
    collection
      .find(allOf(onPage), {
        projection: projectionOf(order),
        sort: toSort(direction),
        limit: limit + 1,
        batchSize: limit + 2,
      })
      .toArray(),
    before ? collection.findOne(before, { projection: { _id: 1 } }) : null,
  ])
  const hasMore = rows.length > limit
  if (hasMore) rows.pop()
  if (backward) rows.reverse()
  const hasBefore = oneBefore !== null
  return {
    items: rows.map((row) => ({ node: toDocument<T>(row), cursor: toCursor(order, positionOf(order, row)) })),
    hasNextPage: backward ? hasBefore : hasMore,
    hasPreviousPage: backward ? hasMore : hasBefore,
  }
}

const projectionOf = (order: readonly OrderField[]): Record<string, 1> => ({
  ...READ_PROJECTION,
  ...Object.fromEntries(order.map(({ path }) => [path, 1 as const])),
})

const positionOf = (order: readonly OrderField[], row: StoredForm): FieldValue[] =>
  order.map(({ path, name }) => {
    const value = path.startsWith('f.') ? row.f[name] : (row as unknown as Record<string, unknown>)[path]
    return (value ?? null) as FieldValue
  })
