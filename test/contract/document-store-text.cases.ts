import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DocumentStore, Scope } from '../../src/ports/document-store.js'
import {
  ACME,
  codeOf,
  type DocumentStoreFixture,
  firstPage,
  type StoreTest,
  type Widget,
  widget,
  WIDGETS,
} from './document-store.fixture.js'

const numRuns = process.env.GRAPHLOOM_TEST_FULL === '1' ? 200 : 10
/** More than those that are sorted after they were found. */
const MANY = 1_100

const findIds = async (store: DocumentStore, scope: Scope, contains: string): Promise<string[]> => {
  const found = await store.find(WIDGETS, scope, {
    filter: { note: { contains } },
    orderBy: [{ field: 'createdAt', direction: 'asc' }],
    page: firstPage(1_000),
  })
  return found.items.map(({ node }) => node.id)
}

/** Few letters, so that parts of texts meet; and what has a meaning in some language of queries. */
const letters = fc.constantFrom('a', 'b', 'A', ' ', '"', "'", '*', '.', '\\', '$', '%', '_', 'é', 'e\u0301', '😀')
const notes = fc.option(fc.string({ unit: letters, maxLength: 12 }), { freq: 4 })
const searched = fc.string({ unit: letters, minLength: 3, maxLength: 4 })

/** Search for texts within a field. */
export function runTextCases(storeTest: StoreTest, fixture: DocumentStoreFixture): void {
  let tenants = 0

  storeTest('finds the documents that have a text, as plain code does', async ({ store }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(notes, { maxLength: 20 }), searched, async (all, contains) => {
        const tenantId = `searched${++tenants}`
        const documents = all.map((note, at) =>
          widget(`${tenantId}.${String(at).padStart(2, '0')}`, { tenantId, note }),
        )
        await Promise.all(documents.map((document) => store.insert(WIDGETS, document)))
        const wanted = documents.filter(({ note }) => note?.includes(contains)).map(({ id }) => id)
        const scope = { tenantId }
        expect((await findIds(store, scope, contains)).sort()).toEqual(wanted)
        expect(await store.count(WIDGETS, scope, { note: { contains } })).toBe(wanted.length)
        const sums = await store.groupSum(WIDGETS, scope, { by: ['note'], filter: { note: { contains } } })
        expect(sums.reduce((sum, { count }) => sum + count, 0)).toBe(wanted.length)
      }),
      { numRuns },
    )
  })

  storeTest('follows updates and deletes, and other conditions hold too', async ({ store }) => {
    const one = await store.insert(WIDGETS, widget('one', { note: 'no route to host', state: 'A' }))
    await store.insert(WIDGETS, widget('two', { note: 'no route at all', state: 'B' }))
    await store.insert(WIDGETS, widget('theirs', { tenantId: 'other', note: 'no route' }))
    const filter = { note: { contains: 'route' }, state: { eq: 'B' } }
    expect((await store.find(WIDGETS, ACME, { filter, page: firstPage(10) })).items).toHaveLength(1)
    expect(await store.count(WIDGETS, { system: true }, { note: { contains: 'route' } })).toBe(3)
    await store.update(WIDGETS, ACME, one.revision, widget('one', { note: 'timed out' }))
    expect(await findIds(store, ACME, 'route')).toEqual(['two'])
    expect(await findIds(store, ACME, 'timed')).toEqual(['one'])
    await store.update(WIDGETS, ACME, one.revision + 1, widget('one'))
    await store.delete(WIDGETS, ACME, 'two')
    expect(await findIds(store, ACME, 'timed')).toEqual([])
    expect(await findIds(store, ACME, 'route')).toEqual([])
  })

  storeTest('of many the first come in order, page by page', async ({ store }) => {
    const requests = Array.from({ length: MANY }, (_, at) => ({
      collection: WIDGETS,
      document: widget(`w${String(at).padStart(4, '0')}`, { note: `attempt ${at} failed`, rank: at % 2 }),
    }))
    await store.insertAll([...requests, { collection: WIDGETS, document: widget('whole', { note: 'done' }) }])
    const wanted = requests.filter(({ document }) => document.rank === 1).map(({ document }) => document.id)
    const found: string[] = []
    for (let cursor: string | null = null; ;) {
      const page: Awaited<ReturnType<typeof store.find<Widget>>> = await store.find(WIDGETS, ACME, {
        filter: { note: { contains: 'failed' }, rank: { eq: 1 } },
        orderBy: [{ field: 'createdAt', direction: 'desc' }],
        page: { limit: 200, cursor, backward: false },
      })
      found.push(...page.items.map(({ node }) => node.id))
      expect(page.hasPreviousPage).toBe(cursor !== null)
      if (!page.hasNextPage) break
      cursor = page.items.at(-1)!.cursor
    }
    expect(found).toEqual(wanted.reverse())
    expect(await findIds(store, ACME, 'attempt 77 failed')).toEqual(['w0077'])
  })

  storeTest('refuses what it cannot search for', async ({ store }) => {
    for (const contains of ['', 'ab', 'x'.repeat(201), 'a\0bc', 'ab\ud800'])
      expect(await codeOf(findIds(store, ACME, contains))).toBe('INVALID_INPUT')
    const filter = { label: { contains: 'abc' } }
    expect(await codeOf(store.find(WIDGETS, ACME, { filter, page: firstPage(1) }))).toBe('INVALID_INPUT')
  })

  test(`${fixture.name}: a text index that is declared later finds what was there before`, async () => {
    const before = { ...WIDGETS, indexes: WIDGETS.indexes.filter(({ text }) => text !== true) }
    const opened = await fixture.open([before])
    await opened.store.insert(before, widget('old', { note: 'was here before' }))
    await using later = await opened.reopen([WIDGETS])
    await later.store.insert(WIDGETS, widget('new', { note: 'came after' }))
    expect(await findIds(later.store, ACME, 'before')).toEqual(['old'])
    expect(await findIds(later.store, ACME, 'after')).toEqual(['new'])
  })

  test(`${fixture.name}: a text index that is not declared any more goes, and comes again`, async () => {
    const without = { ...WIDGETS, indexes: WIDGETS.indexes.filter(({ text }) => text !== true) }
    const opened = await fixture.open([WIDGETS])
    await opened.store.insert(WIDGETS, widget('old', { note: 'was here before' }))
    const plain = await opened.reopen([without])
    await plain.store.insert(without, widget('new', { note: 'not here before' }))
    await plain.store.update(without, ACME, 1, widget('old', { note: 'changed' }))
    await using again = await plain.reopen([WIDGETS])
    expect(await findIds(again.store, ACME, 'before')).toEqual(['new'])
  })
}
