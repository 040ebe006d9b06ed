import type { Filter as MongoFilter } from 'mongodb'
import { invalidInput } from '../../kernel/errors.js'
import { checkSearchText } from '../../kernel/search-text.js'
import {
  leavesOutNull,
  type FieldCondition,
  type FieldValue,
  type Filter,
  type Order,
  type Scope,
} from '../../ports/document-store.js'
import {
  type AnyCollection,
  findTextIndex,
  LEAST_VALUES,
  partsName,
  requireField,
  toFieldValue,
  toParts,
} from './collection-fields.js'
import type { OrderField } from './page-cursor.js'
import { isId, type StoredForm } from './stored-form.js'

/** A part of a query. Its paths come from declared fields, so that their values are of the right kind. */
export type Condition = MongoFilter<StoredForm>

const MAX_IN_VALUES = 1_000
/** Parts of a text that are looked for; more would be more ways to plan. */
const MAX_LOOKED_UP = 8
const NOTHING: Condition = { _id: { $in: [] } }

/** A document that is deleted or held has no tenant. A tenant that cannot be finds nothing. */
export function scopeCondition(scope: Scope): Condition {
  if (!('tenantId' in scope)) return { tenant: { $exists: true } }
  return isId(scope.tenantId) ? { tenant: scope.tenantId } : NOTHING
}

export const allOf = (conditions: readonly Condition[]): Condition => ({ $and: [...conditions] })

export const filterConditions = (collection: AnyCollection, filter: Filter = {}): Condition[] =>
  Object.entries(filter).map(([name, condition]) => fieldCondition(collection, name, condition))

function fieldCondition(collection: AnyCollection, name: string, condition: FieldCondition): Condition {
  const { path, kind } = requireField(collection, name)
  const value = (raw: FieldValue): FieldValue => toFieldValue(kind, raw, name)
  const operators: Record<string, FieldValue | FieldValue[]> = {}
  if (condition.eq !== undefined) operators.$eq = value(condition.eq)
  if (condition.ne !== undefined) operators.$ne = value(condition.ne)
  if (condition.in !== undefined) {
    if (condition.in.length > MAX_IN_VALUES) throw invalidInput(name, `more than ${MAX_IN_VALUES} values`)
    operators.$in = condition.in.map(value)
  }
  for (const range of ['lt', 'lte', 'gt', 'gte'] as const) {
    const bound = condition[range]
    if (bound === undefined) continue
    if (kind === 'boolean') throw invalidInput(name, 'a boolean field has no range')
    const stored = value(bound)
    // Nothing is before or after null.
    if (stored === null) return NOTHING
    operators[`$${range}`] = stored
  }
  const compared: Condition = Object.keys(operators).length === 0 ? {} : { [path]: operators }
  return condition.contains === undefined
    ? compared
    : allOf([compared, ...textConditions(collection, name, condition.contains)])
}

/** The index finds those that have parts of the text, few of which do not have the whole of it. */
function textConditions(collection: AnyCollection, name: string, text: string): Condition[] {
  if (!findTextIndex(collection, name)) throw invalidInput(name, `has no text index in ${collection.name}`)
  checkSearchText(name, text)
  const { path } = requireField(collection, name)
  const escaped = text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return [{ [partsName(path)]: { $all: toParts(text).slice(0, MAX_LOOKED_UP) } }, { [path]: { $regex: escaped } }]
}

/**
 * The fields of an order: each once, the id at the end in the direction of the field before it. Where the filter leaves
 * nulls out, a place in the order is found without a look at them.
 */
export function toOrderFields(
  collection: AnyCollection,
  orderBy: readonly Order[] = [],
  filter: Filter = {},
): OrderField[] {
  const fields = new Map<string, OrderField>()
  for (const { field, direction } of [...orderBy, { field: 'id', direction: orderBy.at(-1)?.direction ?? 'asc' }]) {
    if (fields.has(field) || fields.has('id')) continue
    const found = requireField(collection, field)
    const nullable = found.nullable && !leavesOutNull(filter[field])
    fields.set(field, { ...found, nullable, descending: direction === 'desc' })
  }
  return [...fields.values()]
}

export const reversed = (order: readonly OrderField[]): OrderField[] =>
  order.map((field) => ({ ...field, descending: !field.descending }))

export const toSort = (order: readonly OrderField[]): Record<string, 1 | -1> =>
  Object.fromEntries(order.map(({ path, descending }) => [path, descending ? -1 : 1]))

/** Documents behind a position in the order (with the position itself where `inclusive`). */
export function afterPosition(
  order: readonly OrderField[],
  values: readonly FieldValue[],
  inclusive = false,
): Condition {
  const choices: Condition[] = []
  const equal: Condition[] = []
  order.forEach((field, at) => {
    const value = values[at] ?? null
    const beyond = beyondValue(field, value)
    if (beyond) choices.push(allOf([...equal, beyond]))
    equal.push({ [field.path]: { $eq: value } })
  })
  if (inclusive) choices.push(allOf(equal))
  const either = choices.length > 0 ? { $or: choices } : NOTHING
  const bound = leadingBound(order[0], values[0] ?? null)
  return bound ? allOf([bound, either]) : either
}

/** Null is below everything. */
function beyondValue({ path, kind, nullable, descending }: OrderField, value: FieldValue): Condition | null {
  if (value === null) return descending ? null : { [path]: { $gte: LEAST_VALUES[kind] } }
  if (!descending) return { [path]: { $gt: value } }
  return nullable ? { $or: [{ [path]: { $lt: value } }, { [path]: null }] } : { [path]: { $lt: value } }
}

/** Follows from the whole condition, and lets an index start at the position instead of at its beginning. */
function leadingBound(first: OrderField | undefined, value: FieldValue): Condition | null {
  if (!first) return null
  if (value === null) return first.descending ? { [first.path]: null } : null
  if (!first.descending) return { [first.path]: { $gte: value } }
  return first.nullable ? null : { [first.path]: { $lte: value } }
}
