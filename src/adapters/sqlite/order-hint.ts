import {
  leavesOutNull,
  type FieldCondition,
  type Filter,
  type IndexDefinition,
  type Order,
  type Scope,
} from '../../ports/document-store.js'
import { type AnyCollection, type CollectionLayout, indexedBy, requireField } from './collection-layout.js'
import type { Connection } from './connection.js'
import { allOf, filterConditions, scopeConditions } from './document-query.js'

/** Of more documents the order of an index gives the first ones sooner than their sorting. */
export const MAX_SORTED = 1_000

const ID = 'id'
/** The order of a page where no other is asked for: every tenant's documents have an index of it. */
export const BY_ID: readonly Order[] = [{ field: ID, direction: 'asc' }]

export interface OrderedRequest {
  readonly scope: Scope
  readonly filter?: Filter | undefined
  readonly orderBy?: readonly Order[] | undefined
}

/**
 * By which index a page of a tenant's documents is read, where there is one that has the order and another that has the
 * filter: which is quicker depends on how many documents there are, and the database does not know that. Few are found
 * by the filter and sorted; of many, all are gone through in their order. Null where there is no such choice, or where
 * the order of ids is to be gone through.
 */
export function findOrderHint(
  reader: Connection,
  collection: AnyCollection,
  layout: CollectionLayout,
  { scope, filter = {}, orderBy = [] }: OrderedRequest,
): string | null {
  const [ordered] = orderBy
  if (!('tenantId' in scope) || !ordered || orderBy.length > 1 || 'id' in filter) return null
  // Of no values nothing is found, and SQLite does not see then that an index has all that is asked for.
  if (Object.values(filter).some(({ in: among }) => among?.length === 0)) return null
  const usable = collection.indexes.filter((index) => isUsable(collection, index, filter))
  const inOrder = usable.filter((index) => hasOrder(index, filter, ordered.field))
  const others = usable.filter((index) => !inOrder.includes(index) && isLookedUp(filter[index.fields[0]!]))
  const [best = null] = inOrder.sort((one, other) => other.fields.length - one.fields.length)
  if (others.length === 0 || (best === null) !== (ordered.field === ID)) return null
  const hasFew = (index: IndexDefinition): boolean => {
    const known = Object.fromEntries(Object.entries(filter).filter(([name]) => index.fields.includes(name)))
    const where = allOf([...scopeConditions(collection, layout, scope), ...filterConditions(collection, known)])
    const rows = `SELECT 1 FROM ${layout.table} ${indexedBy(collection, index)} WHERE ${where.sql} LIMIT ${MAX_SORTED + 1}`
    const found = reader.get<{ count: number }>(`SELECT count(*) AS count FROM (${rows})`, where.values)
    return (found?.count ?? 0) <= MAX_SORTED
  }
  const read = others.find(hasFew) ?? best
  return read && indexedBy(collection, read)
}

/** Whether the index has all that the filter leaves, within a tenant. */
function isUsable(collection: AnyCollection, index: IndexDefinition, filter: Filter): boolean {
  if (index.unique || index.text || index.acrossTenants) return false
  return !index.sparse || index.fields.every((name) => isPresent(collection, name, filter[name]))
}

function isPresent(collection: AnyCollection, name: string, condition: FieldCondition | undefined): boolean {
  const { kind, nullable } = requireField(collection, name)
  if (!nullable) return true
  return kind === 'boolean' ? condition?.eq === true : leavesOutNull(withoutText(condition))
}

/** An index of values does not find a text within them. */
const withoutText = ({ contains: _contains, ...condition }: FieldCondition = {}): FieldCondition => condition

const isLookedUp = (condition: FieldCondition | undefined): boolean => Object.keys(withoutText(condition)).length > 0

/** Whether what the filter leaves stands in the order of the field in the index. */
function hasOrder({ fields }: IndexDefinition, filter: Filter, field: string): boolean {
  const at = [...fields, ID].indexOf(field)
  return at >= 0 && fields.slice(0, at).every((name) => isOneValue(filter[name]))
}

const isOneValue = ({ eq, in: among }: FieldCondition = {}): boolean => eq !== undefined || among?.length === 1
