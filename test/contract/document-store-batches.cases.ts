import { expect, test } from 'vitest'
import type { InsertRequest } from '../../src/ports/document-store.js'
import { isFullTest } from '../support/seed.js'
import {
  ACME,
  codeOf,
  type DocumentStoreFixture,
  type StoreTest,
  type Widget,
  widget,
  WIDGETS,
} from './document-store.fixture.js'

const request = (id: string, fields: Partial<Widget> = {}): InsertRequest => ({
  collection: WIDGETS,
  document: widget(id, fields),
  effects: {
    events: [
      { stream: id, type: 'Created', data: id },
      { stream: 'all', type: 'Created', data: id },
    ],
    queue: [
      { kind: 'enqueue', entry: { taskId: id, queue: 'work', key: 'k', tenantId: 'acme', priority: 5, runAtMs: 0 } },
    ],
  },
})

const ids = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, at) => `w${String(from + at).padStart(6, '0')}`)

/** Documents that are inserted together: all of them with what they cause, or none. */
export function runBatchCases(storeTest: StoreTest, fixture: DocumentStoreFixture): void {
  storeTest('documents that are inserted together come with their effects, in their order', async (opened) => {
    const { store, events, queue, settled } = opened
    const names = ids(40)
    await store.insertAll(names.map((id, at) => request(id, at === 0 ? { code: 'A' } : { rank: at })))
    await settled()
    expect(await store.count(WIDGETS, ACME)).toBe(40)
    expect(await store.get(WIDGETS, ACME, names[7]!)).toMatchObject({ id: names[7], revision: 1, rank: 7 })
    expect((await events.read('all', 0, 100)).map(({ data }) => data)).toEqual(names)
    expect(await events.head(names[39]!)).toMatchObject({ lastSequence: 1, revision: 1 })
    const claimed = await queue.claim({ queue: 'work', owner: 'me', limit: 40, leaseMs: 60_000 })
    expect(new Set(claimed.map(({ taskId }) => taskId))).toEqual(new Set(names))
    const changed = await store.update(WIDGETS, ACME, 1, widget(names[0]!, { code: 'B' }))
    expect(changed.revision).toBe(2)
    await store.insertAll([])
  })

  storeTest('where one of them cannot be, none is', async (opened) => {
    const { store, events, queue, settled } = opened
    await store.insert(WIDGETS, widget('taken', { code: 'A' }))
    const others = ids(30).map((id) => request(id))
    const first = (code: string): InsertRequest => request('first', { code })
    expect(await codeOf(store.insertAll([first('A'), ...others]))).toBe('CONFLICT')
    expect(await codeOf(store.insertAll([first('B'), ...others, request('taken')]))).toBe('CONFLICT')
    expect(await codeOf(store.insertAll([first('B'), ...others, request(ids(1)[0]!)]))).toBe('CONFLICT')
    expect(await codeOf(store.insertAll([first('B'), ...others, request('last', { code: 'C' })]))).toBe('INVALID_INPUT')
    const tooLarge = request('last', { text: 'x'.repeat(1_048_577) })
    expect(await codeOf(store.insertAll([first('B'), ...others, tooLarge]))).toBe('INVALID_INPUT')
    await settled()
    expect(await store.count(WIDGETS, ACME)).toBe(1)
    expect((await events.head('all')).lastSequence).toBe(0)
    expect(await queue.claim({ queue: 'work', owner: 'me', limit: 10, leaseMs: 60_000 })).toEqual([])
    await store.insertAll([first('B'), ...others])
    expect(await store.count(WIDGETS, ACME)).toBe(32)
  })

  storeTest('of racing ones with one unique value one is there, and whole', async ({ store, events, settled }) => {
    const race = Array.from({ length: 8 }, (_, at) =>
      store.insertAll([
        request(`first${at}`, { code: 'A' }),
        ...ids(20, at * 100).map((id) => request(id, { rank: at })),
      ]),
    )
    const results = await Promise.allSettled(race)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const won = results.findIndex(({ status }) => status === 'fulfilled')
    await settled()
    expect(await store.count(WIDGETS, ACME)).toBe(21)
    expect(await store.count(WIDGETS, ACME, { rank: { eq: won } })).toBe(20)
    expect((await events.head('all')).lastSequence).toBe(21)
  })

  test(`${fixture.name}: many can be inserted together, and are there after the store was opened anew`, async () => {
    const opened = await fixture.open([WIDGETS])
    const count = isFullTest() ? 10_000 : 1_000
    await opened.store.insertAll(ids(count).map((id, at) => request(id, { rank: at })))
    expect(await opened.store.count(WIDGETS, ACME)).toBe(count)
    await opened.settled()
    await using again = await opened.reopen([WIDGETS])
    expect(await again.store.count(WIDGETS, ACME, { rank: { gte: 0 } })).toBe(count)
    expect((await again.events.head('all')).lastSequence).toBe(count)
  })
}
