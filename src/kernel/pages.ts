import { invalidInput } from './errors.js'

/** A page of a list. Cursors are opaque and stay valid when rows are added or removed. */
export interface Page<T> {
  readonly items: readonly { readonly node: T; readonly cursor: string }[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

/** Which page is asked for: the first `limit` items after (or, backwards, the last `limit` before) a cursor. */
export interface PageRequest {
  readonly limit: number
  readonly cursor: string | null
  readonly backward: boolean
}

/** A page of a list that is whole and never changes; cursors are places in it. @throws GraphloomError `INVALID_INPUT`. */
export function toPage<T>(items: readonly T[], { limit, cursor, backward }: PageRequest): Page<T> {
  const at = cursor === null ? (backward ? items.length : -1) : Number(cursor)
  if (!Number.isInteger(at)) throw invalidInput(backward ? 'before' : 'after', 'is not a cursor of this list.')
  const start = Math.max(0, backward ? at - limit : at + 1)
  const end = Math.min(items.length, backward ? at : at + 1 + limit)
  return {
    items: items.slice(start, end).map((node, i) => ({ node, cursor: String(start + i) })),
    hasNextPage: end < items.length,
    hasPreviousPage: start > 0,
  }
}
