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
