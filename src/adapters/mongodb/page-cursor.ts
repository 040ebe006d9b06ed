import { invalidInput } from '../../kernel/errors.js'
import type { FieldValue } from '../../ports/document-store.js'
import type { QueryField } from './collection-fields.js'

/** One field of a page's order; the last one is always the id. */
export interface OrderField extends QueryField {
  readonly descending: boolean
}

const orderText = (order: readonly OrderField[]): string =>
  order.map(({ name, descending }) => `${name} ${descending ? 'desc' : 'asc'}`).join()

/** The position of a document in an order: the order itself and the document's values in it. */
export const toCursor = (order: readonly OrderField[], values: readonly FieldValue[]): string =>
  Buffer.from(JSON.stringify({ order: orderText(order), at: values })).toString('base64url')

/** `INVALID_INPUT` for what is not a cursor, or one of another order. */
export function parseCursor(order: readonly OrderField[], cursor: string, path: 'after' | 'before'): FieldValue[] {
  const foreign = (): Error => invalidInput(path, 'is not a cursor of this server')
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw foreign()
  }
  if (typeof parsed !== 'object' || parsed === null || !('order' in parsed) || !('at' in parsed)) throw foreign()
  const { order: ofOrder, at } = parsed
  if (ofOrder !== orderText(order)) throw invalidInput(path, 'belongs to a list in another order')
  if (!Array.isArray(at) || at.length !== order.length) throw foreign()
  return order.map((field, index) => {
    const value = (at as unknown[])[index]
    if (value === null && field.nullable) return null
    if (typeof value !== field.kind || (typeof value === 'string' && !value.isWellFormed())) throw foreign()
    return value as FieldValue
  })
}
