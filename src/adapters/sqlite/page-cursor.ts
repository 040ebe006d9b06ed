import { invalidInput } from '../../kernel/errors.js'
import type { FieldKind } from '../../ports/document-store.js'
import type { SqlValue } from './connection.js'

/** One column of a page's order; the last one is always the id. */
export interface OrderColumn {
  readonly name: string
  readonly column: string
  readonly kind: FieldKind
  readonly nullable: boolean
  readonly descending: boolean
}

const orderText = (order: readonly OrderColumn[]): string =>
  order.map(({ name, descending }) => `${descending ? '-' : '+'}${name}`).join(',')

/** The position of a row in an order: the order itself and the row's values in it. */
export const toCursor = (order: readonly OrderColumn[], values: readonly SqlValue[]): string =>
  Buffer.from(JSON.stringify([orderText(order), ...values])).toString('base64url')

/** `INVALID_INPUT` for what is not a cursor, or one of another order. */
export function parseCursor(order: readonly OrderColumn[], cursor: string, path: 'after' | 'before'): SqlValue[] {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw invalidInput(path, 'is not a cursor of this server')
  }
  if (!Array.isArray(parts)) throw invalidInput(path, 'is not a cursor of this server')
  const [text, ...values] = parts as unknown[]
  if (text !== orderText(order)) throw invalidInput(path, 'belongs to a list in another order')
  const fits =
    values.length === order.length &&
    values.every((value, at) => {
      const column = order[at]
      if (!column) return false
      if (value === null) return column.nullable
      return typeof value === (column.kind === 'string' ? 'string' : 'number')
    })
  if (!fits) throw invalidInput(path, 'is not a cursor of this server')
  return values as SqlValue[]
}
