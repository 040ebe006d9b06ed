import fc from 'fast-check'
import { expect } from 'vitest'
import type { Page } from '../../src/kernel/pages.js'
import type {
  DocumentStore,
  FieldCondition,
  FieldValue,
  Filter,
  FindRequest,
  Order,
  Scope,
} from '../../src/ports/document-store.js'
import { ACME, codeOf, firstPage, type StoreTest, type Widget, widget, WIDGETS } from './document-store.fixture.js'

const numRuns = process.env.GRAPHLOOM_TEST_FULL === '1' ? 200 : 10

const RANK = (value: FieldValue): number =>
  value === null ? 0 : typeof value === 'boolean' ? 1 : typeof value === 'number' ? 2 : 3

/** Null < false < true < numbers < strings by UTF-8 bytes. */
function compareValues(a: FieldValue, b: FieldValue): number {
  if (RANK(a) !== RANK(b)) return RANK(a) - RANK(b)
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  return Number(a) - Number(b)
}

const valueOf = (document: Widget, field: string): FieldValue =>
  (document as unknown as Record<string, FieldValue | undefined>)[field] ?? null

/** Ties by id, in the direction of the last order. */
function compareDocuments(orderBy: readonly Order[]): (a: Widget, b: Widget) => number {
  const last = orderBy.at(-1)?.direction ?? 'asc'
  return (a, b) => {
    for (const { field, direction } of [...orderBy, { field: 'id', direction: last }]) {
      const compared = compareValues(valueOf(a, field), valueOf(b, field))
      if (compared !== 0) return direction === 'asc' ? compared : -compared
    }
    return 0
  }
}

function matches(document: Widget, filter: Filter): boolean {
  return Object.entries(filter).every(([field, condition]) => {
    const value = valueOf(document, field)
    const compared = (bound: FieldValue): number => compareValues(value, bound)
    const { eq, ne, in: among, lt, lte, gt, gte } = condition
    if (eq !== undefined && compared(eq) !== 0) return false
    if (ne !== undefined && compared(ne) === 0) return false
    if (among !== undefined && !among.some((one) => compared(one) === 0)) return false
    if ([lt, lte, gt, gte].some((bound) => bound !== undefined) && value === null) return false
    if (lt !== undefined && compared(lt) >= 0) return false
    if (lte !== undefined && compared(lte) > 0) return false
    if (gt !== undefined && compared(gt) <= 0) return false
    return gte === undefined || compared(gte) >= 0
  })
}

const text = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'aa', 'é', 'e\u0301', '\uffff', '\u{10000}', '😀'),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const number = fc.oneof(
  fc.constantFrom(0, 1, -1, 10, 2, 0.1, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE, Number.MAX_VALUE),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.integer(),
)
const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 3 })
const fields = fc.record({
  state: nullable(fc.constantFrom('A', 'B')),
  rank: nullable(number),
  flag: nullable(fc.boolean()),
  label: nullable(text),
})
const documents = fc.array(fields, { maxLength: 24 })
const orders = fc
  .uniqueArray(fc.constantFrom('state', 'rank', 'flag', 'label', 'createdAt', 'revision', 'id'), { maxLength: 3 })
  .chain((names) =>
    fc
      .array(fc.constantFrom<'asc' | 'desc'>('asc', 'desc'), { minLength: names.length, maxLength: names.length })
      .map((directions): Order[] => names.map((field, at) => ({ field, direction: directions[at] ?? 'asc' }))),
  )

const conditions = <T extends FieldValue>(values: fc.Arbitrary<T>, ranges: boolean): fc.Arbitrary<FieldCondition> => {
  const set: fc.Arbitrary<FieldCondition>[] = [
    nullable(values).map((eq) => ({ eq })),
    nullable(values).map((ne) => ({ ne })),
    fc.array(nullable(values), { maxLength: 4 }).map((among) => ({ in: among })),
  ]
  const bound = values as fc.Arbitrary<string | number>
  if (ranges) set.push(fc.record({ lt: bound, lte: bound, gt: bound, gte: bound }, { requiredKeys: [] }))
  return fc.oneof(...set)
}
const filters = fc.record(
  {
    state: conditions(fc.constantFrom('A', 'B', 'C'), true),
    rank: conditions(number, true),
    flag: conditions(fc.boolean(), false),
    label: conditions(text, true),
  },
  { requiredKeys: [] },
)

let tenants = 0

/** Documents of a tenant of their own. */
async function insertAll(
  store: DocumentStore,
  all: readonly Partial<Widget>[],
): Promise<{ scope: Scope; stored: Widget[] }> {
  const tenantId = `tenant${++tenants}`
  const stored = await Promise.all(
    all.map((some, at) => store.insert(WIDGETS, { ...some, id: `${tenantId}.${at % 2 ? 'x' : 'Y'}${at}`, tenantId })),
  )
  return { scope: { tenantId }, stored }
}

interface Walk {
  readonly scope: Scope
  readonly filter?: Filter
  readonly orderBy?: readonly Order[]
  readonly limit: number
  readonly backward: boolean
}

/** Reads page after page to the end, checking what the pages say of their neighbours. */
async function walk(store: DocumentStore, { scope, filter, orderBy, limit, backward }: Walk): Promise<Widget[]> {
  const all: Widget[] = []
  for (let cursor: string | null = null; ;) {
    const request: FindRequest = {
      ...(filter && { filter }),
      ...(orderBy && { orderBy }),
      page: { limit, cursor, backward },
    }
    const page: Page<Widget> = await store.find(WIDGETS, scope, request)
    const nodes = page.items.map(({ node }) => node)
    if (backward) all.unshift(...nodes)
    else all.push(...nodes)
    expect(backward ? page.hasNextPage : page.hasPreviousPage).toBe(cursor !== null)
    if (!(backward ? page.hasPreviousPage : page.hasNextPage)) return all
    expect(page.items).toHaveLength(limit)
    cursor = (backward ? page.items[0] : page.items.at(-1))?.cursor ?? null
  }
}

const ids = (all: readonly Widget[]): string[] => all.map(({ id }) => id)

/** Lists: filters, orders, pages and sums against the same in plain code. */
export function runPagingCases(storeTest: StoreTest): void {
  storeTest('every order and page is that of a plain sort, in both directions', async ({ store }) => {
    await fc.assert(
      fc.asyncProperty(documents, orders, fc.integer({ min: 1, max: 7 }), async (all, orderBy, limit) => {
        const { scope, stored } = await insertAll(store, all)
        const expected = ids([...stored].sort(compareDocuments(orderBy)))
        for (const backward of [false, true])
          expect(ids(await walk(store, { scope, orderBy, limit, backward }))).toEqual(expected)
      }),
      { numRuns },
    )
  })

  storeTest('every filter, count and sum is that of plain code', async ({ store }) => {
    await fc.assert(
      fc.asyncProperty(documents, filters, async (all, filter) => {
        const { scope, stored } = await insertAll(store, all)
        const expected = stored.filter((document) => matches(document, filter)).sort(compareDocuments([]))
        expect(ids(await walk(store, { scope, filter, limit: 5, backward: false }))).toEqual(ids(expected))
        expect(await store.count(WIDGETS, scope, filter)).toBe(expected.length)
        const groups = new Map<string, { key: FieldValue[]; count: number; ranks: number[] }>()
        for (const document of expected) {
          const key = [valueOf(document, 'state'), valueOf(document, 'flag')]
          const group = groups.get(JSON.stringify(key)) ?? { key, count: 0, ranks: [] }
          groups.set(JSON.stringify(key), group)
          group.count++
          if (Math.abs(document.rank ?? 0) < 2 ** 31) group.ranks.push(document.rank ?? 0)
        }
        const found = await store.groupSum(WIDGETS, scope, { by: ['state', 'flag'], filter })
        const byKey = (a: { key: readonly FieldValue[] }, b: { key: readonly FieldValue[] }): number =>
          JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1
        expect([...found].sort(byKey)).toEqual(
          [...groups.values()].sort(byKey).map(({ key, count }) => ({ key, count, sum: 0 })),
        )
      }),
      { numRuns },
    )
  })

  storeTest('of no values nothing is found, whatever else is asked for', async ({ store }) => {
    const values = { state: 'A', rank: 1, flag: true, label: 'a' } as const
    await store.insert(WIDGETS, widget('one', values))
    for (const none of Object.keys(values))
      for (const [other, eq] of Object.entries(values)) {
        const filter = { [other]: { eq }, [none]: { in: [] } }
        for (const field of ['id', 'createdAt', ...Object.keys(values)]) {
          const orderBy: Order[] = [{ field, direction: 'asc' }]
          expect((await store.find(WIDGETS, ACME, { filter, orderBy, page: firstPage(5) })).items).toEqual([])
        }
        expect(await store.count(WIDGETS, ACME, filter)).toBe(0)
      }
  })

  storeTest('sums count null as nothing', async ({ store }) => {
    await insertAll(store, [])
    const rows = [
      ['A', 1.5],
      ['A', null],
      ['B', null],
      [null, 4],
      ['A', -3],
    ] as const
    for (const [at, [state, rank]] of rows.entries()) await store.insert(WIDGETS, widget(`s${at}`, { state, rank }))
    const sums = await store.groupSum(WIDGETS, ACME, { by: ['state'], sum: 'rank' })
    expect([...sums].sort((a, b) => compareValues(a.key[0] ?? null, b.key[0] ?? null))).toEqual([
      { key: [null], count: 1, sum: 4 },
      { key: ['A'], count: 3, sum: -1.5 },
      { key: ['B'], count: 1, sum: 0 },
    ])
    expect(await store.groupSum(WIDGETS, ACME, { by: [], sum: 'rank' })).toEqual([{ key: [], count: 5, sum: 2.5 }])
    expect(await codeOf(store.groupSum(WIDGETS, ACME, { by: ['state'], sum: 'label' }))).toBe('INVALID_INPUT')
  })

  for (const backward of [false, true])
    storeTest(
      `cursors stay stable under inserts and deletes, ${backward ? 'backward' : 'forward'}`,
      async ({ store }) => {
        const orderBy: Order[] = [{ field: 'rank', direction: 'desc' }]
        const original = Array.from({ length: 30 }, (_, at) => `m${String(at).padStart(2, '0')}`)
        for (const [at, id] of original.entries())
          await store.insert(WIDGETS, widget(id, { rank: at % 4 === 0 ? null : at % 5 }))
        const seen: string[] = []
        let inserted = 0
        for (let cursor: string | null = null; ;) {
          const page: Page<Widget> = await store.find(WIDGETS, ACME, { orderBy, page: { limit: 4, cursor, backward } })
          seen.push(...page.items.map(({ node }) => node.id))
          cursor = (backward ? page.items[0] : page.items.at(-1))?.cursor ?? cursor
          if (!(backward ? page.hasPreviousPage : page.hasNextPage)) break
          if (inserted < 24)
            for (const rank of [null, 0, 2, 4])
              await store.insert(WIDGETS, widget(`${inserted++ % 2 ? 'a' : 'z'}${inserted}`, { rank }))
          // The row that the cursor stands on goes.
          const at = (backward ? page.items[0] : page.items.at(-1))?.node.id ?? ''
          await store.delete(WIDGETS, ACME, at)
        }
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.filter((id) => id.startsWith('m')).sort()).toEqual(original)
      },
    )

  storeTest('a cursor serves the list that it came from only', async ({ store }) => {
    for (const id of ['a', 'b', 'c']) await store.insert(WIDGETS, widget(id, { rank: 1 }))
    const page = await store.find(WIDGETS, ACME, { orderBy: [{ field: 'rank', direction: 'asc' }], page: firstPage(1) })
    const cursor = page.items[0]?.cursor ?? ''
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/)
    const others: (readonly Order[])[] = [
      [],
      [{ field: 'rank', direction: 'desc' }],
      [{ field: 'label', direction: 'asc' }],
      [
        { field: 'rank', direction: 'asc' },
        { field: 'label', direction: 'asc' },
      ],
    ]
    for (const orderBy of others) {
      const request = { orderBy, page: { limit: 1, cursor, backward: false } }
      expect(await codeOf(store.find(WIDGETS, ACME, request))).toBe('INVALID_INPUT')
    }
    for (const bad of ['', 'x', '!!!', 'e30', Buffer.from('[1,2]').toString('base64url'), cursor.slice(0, -4)]) {
      for (const [backward, path] of [
        [false, 'after'],
        [true, 'before'],
      ] as const) {
        const request = {
          orderBy: [{ field: 'rank', direction: 'asc' } as const],
          page: { limit: 1, cursor: bad, backward },
        }
        await expect(store.find(WIDGETS, ACME, request)).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          details: { path },
        })
      }
    }
  })

  storeTest('undeclared fields and too large pages are refused', async ({ store }) => {
    const page = firstPage(1)
    for (const field of ['text', 'nope', '__proto__', 'constructor', '$where', 'extra.x']) {
      expect(await codeOf(store.find(WIDGETS, ACME, { filter: { [field]: { eq: 1 } }, page }))).toBe('INVALID_INPUT')
      expect(await codeOf(store.find(WIDGETS, ACME, { orderBy: [{ field, direction: 'asc' }], page }))).toBe(
        'INVALID_INPUT',
      )
      expect(await codeOf(store.count(WIDGETS, ACME, { [field]: { eq: 1 } }))).toBe('INVALID_INPUT')
      expect(await codeOf(store.groupSum(WIDGETS, ACME, { by: [field] }))).toBe('INVALID_INPUT')
    }
    expect(await codeOf(store.find(WIDGETS, ACME, { filter: { rank: { eq: 'x' } }, page }))).toBe('INVALID_INPUT')
    expect(await codeOf(store.find(WIDGETS, ACME, { page: firstPage(1_001) }))).toBe('INVALID_INPUT')
    expect((await store.find(WIDGETS, ACME, { page: firstPage(1_000) })).items).toEqual([])
  })
}
