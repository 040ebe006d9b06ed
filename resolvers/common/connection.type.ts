import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql'
import { invalidInput } from '../../src/kernel/errors.js'
import type { Page, PageRequest } from '../../src/kernel/pages.js'
import { CursorScalar } from './scalars.js'

export const DEFAULT_PAGE_ITEMS = 20
export const MAX_PAGE_ITEMS = 100

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'How many items from the beginning or after `after`; 1 to 100, 20 when neither `first` nor `last` is given.',
  })
  readonly first?: number | null

  @Field(() => CursorScalar, { nullable: true, description: 'Items after this cursor.' })
  readonly after?: string | null

  @Field(() => Int, {
    nullable: true,
    description: 'How many items from the end or before `before`; 1 to 100. Not together with `first`.',
  })
  readonly last?: number | null

  @Field(() => CursorScalar, { nullable: true, description: 'Items before this cursor.' })
  readonly before?: string | null
}

@ObjectType('PageInfo', { description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether items follow this page.' })
  readonly hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether items come before this page.' })
  readonly hasPreviousPage!: boolean

  @Field(() => CursorScalar, { nullable: true, description: 'Cursor of the first item; null when the page is empty.' })
  readonly startCursor!: string | null

  @Field(() => CursorScalar, { nullable: true, description: 'Cursor of the last item; null when the page is empty.' })
  readonly endCursor!: string | null
}

export interface ConnectionRoot<T> {
  readonly edges: readonly { readonly node: T; readonly cursor: string }[]
  readonly nodes: readonly T[]
  readonly pageInfo: PageInfo
}

/** The Relay connection of an object type. */
export function createConnectionType(nodeType: ClassType, name: string): ClassType {
  @ObjectType(`${name}Edge`, { description: `An item of a list, with its place in it.` })
  class Edge {
    @Field(() => nodeType, { description: 'The item.' })
    readonly node!: object

    @Field(() => CursorScalar, { description: 'Its place; stays valid when items are added or removed.' })
    readonly cursor!: string
  }

  @ObjectType(`${name}Connection`, { description: 'A page of a list.' })
  class Connection {
    @Field(() => [Edge], { description: 'The items with their cursors.' })
    readonly edges!: Edge[]

    @Field(() => [nodeType], { description: 'The items alone.' })
    readonly nodes!: object[]

    @Field(() => PageInfo, { description: 'Whether there is more, and where to go on.' })
    readonly pageInfo!: PageInfo
  }
  return Connection
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function toPageRequest({ first, after, last, before }: PageArgs): PageRequest {
  const given = (value: unknown): boolean => value !== undefined && value !== null
  if (given(first) && given(last)) throw invalidInput('last', 'cannot be given together with `first`.')
  if (given(after) && given(before)) throw invalidInput('before', 'cannot be given together with `after`.')
  const backward = given(last) || (given(before) && !given(first))
  if (backward && given(after)) throw invalidInput('after', 'goes with `first`, `before` with `last`.')
  if (!backward && given(before)) throw invalidInput('before', 'goes with `last`, `after` with `first`.')
  const limit = (backward ? last : first) ?? DEFAULT_PAGE_ITEMS
  if (limit < 1 || limit > MAX_PAGE_ITEMS)
    throw invalidInput(backward ? 'last' : 'first', `is ${limit}; 1 to ${MAX_PAGE_ITEMS} is allowed.`)
  return { limit, cursor: (backward ? before : after) ?? null, backward }
}

export function toConnection<T>({ items, hasNextPage, hasPreviousPage }: Page<T>): ConnectionRoot<T> {
  const pageInfo = {
    hasNextPage,
    hasPreviousPage,
    startCursor: items[0]?.cursor ?? null,
    endCursor: items.at(-1)?.cursor ?? null,
  }
  return { edges: items, nodes: items.map((item) => item.node), pageInfo }
}
