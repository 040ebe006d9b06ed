import { expect, test } from 'vitest'
import type { CollectionDefinition } from '../../src/ports/document-store.js'
import {
  ACME,
  codeOf,
  type DocumentStoreFixture,
  firstPage,
  type Widget,
  widget,
  WIDGETS,
} from './document-store.fixture.js'

const COUNT = 1_203

interface NewWidget extends Omit<Widget, 'text'> {
  readonly grade: string
  readonly length: number
}

const NEW_WIDGETS: CollectionDefinition<NewWidget> = {
  name: 'widgets',
  version: 3,
  fields: { ...WIDGETS.fields, grade: 'string', length: 'number' },
  indexes: [...WIDGETS.indexes, { name: 'byGrade', fields: ['grade', 'length'] }],
  migrations: {
    1: ({ text, ...document }) => ({ ...document, length: typeof text === 'string' ? text.length : 0 }),
    2: (document) => ({ ...document, grade: Number(document.length) % 2 === 0 ? 'EVEN' : 'ODD' }),
  },
}

/** What holds when the data is opened again: by the same server, a later one, an earlier one. */
export function runReopenCases(fixture: DocumentStoreFixture): void {
  test(`${fixture.name}: what was written is there when it is opened again`, async () => {
    const opened = await fixture.open([WIDGETS])
    const documents = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        opened.store.insert(WIDGETS, widget(`w${at}`, { rank: at, text: 'é'.repeat(at * 100) }), {
          events: [{ stream: 'all', type: 'Created', data: at }],
          queue: [
            {
              kind: 'enqueue',
              entry: { taskId: `w${at}`, queue: 'q', key: 'k', tenantId: 'acme', priority: 5, runAtMs: 0 },
            },
          ],
        }),
      ),
    )
    await using again = await opened.reopen([WIDGETS])
    await again.settled()
    expect(
      await again.store.getMany(
        WIDGETS,
        ACME,
        documents.map(({ id }) => id),
      ),
    ).toEqual(documents)
    expect(await again.events.read('all', 0, 100)).toHaveLength(50)
    expect(await again.queue.waitingByKey('q')).toEqual(new Map([['k', 50]]))
    expect(await codeOf(again.store.insert(WIDGETS, widget('w0')))).toBe('CONFLICT')
  })

  test(`${fixture.name}: documents of an older version are migrated at the start`, async () => {
    const opened = await fixture.open([WIDGETS])
    const texts = Array.from({ length: COUNT }, (_, at) => 'x'.repeat(at % 10))
    const before = await Promise.all(
      texts.map((text, at) => opened.store.insert(WIDGETS, widget(`w${at}`, { text, rank: at }))),
    )
    await opened.store.update(WIDGETS, ACME, 1, widget('w0', { text: 'xyz', rank: 0 }))
    await using again = await opened.reopen([NEW_WIDGETS])
    const { store } = again
    expect(await store.count(NEW_WIDGETS, ACME, { grade: { in: ['EVEN', 'ODD'] } })).toBe(COUNT)
    const migrated = await store.get(NEW_WIDGETS, ACME, 'w7')
    expect(migrated).toEqual({
      id: 'w7',
      tenantId: 'acme',
      rank: 7,
      length: 7,
      grade: 'ODD',
      revision: 1,
      createdAt: before[7]?.createdAt,
      updatedAt: before[7]?.updatedAt,
    })
    expect(await store.get(NEW_WIDGETS, ACME, 'w0')).toMatchObject({ length: 3, grade: 'ODD', revision: 2 })
    const orderBy = [{ field: 'length', direction: 'desc' } as const]
    const page = await store.find(NEW_WIDGETS, ACME, { filter: { grade: { eq: 'EVEN' } }, orderBy, page: firstPage(1) })
    expect(page.items[0]?.node.length).toBe(8)
    await store.insert(NEW_WIDGETS, { id: 'new', tenantId: 'acme', grade: 'EVEN', length: 2 })
  })

  test(`${fixture.name}: what most documents have is read, found and migrated like the rest`, async () => {
    const defaults = { state: 'NEW', rank: 7, flag: false, label: null }
    const usual: CollectionDefinition<Widget> = { ...WIDGETS, defaults }
    const opened = await fixture.open([usual])
    const plain = await opened.store.insert(usual, widget('w1', defaults))
    const other = await opened.store.insert(usual, widget('w2', { state: 'OLD', rank: null, flag: true, label: 'x' }))
    const changed = await opened.store.update(usual, ACME, 1, { ...plain, state: 'OLD' })
    const back = await opened.store.update(usual, ACME, 1, { ...other, ...defaults })
    const filter = { state: { eq: 'NEW' }, rank: { eq: 7 }, flag: { eq: false }, label: { eq: null } }
    expect(await opened.store.getMany(usual, ACME, ['w1', 'w2'])).toEqual([changed, back])
    const page = await opened.store.find(usual, ACME, { filter, page: firstPage(2) })
    expect(page.items.map(({ node }) => node)).toEqual([back])
    const next: CollectionDefinition<Widget> = {
      ...usual,
      version: 2,
      migrations: { 1: (document) => ({ ...document, code: JSON.stringify([document.state, document.rank]) }) },
    }
    await using again = await opened.reopen([next])
    expect((await again.store.getMany(next, ACME, ['w1', 'w2'])).map((found) => found?.code)).toEqual([
      '["OLD",7]',
      '["NEW",7]',
    ])
    expect(await again.store.count(next, ACME, filter)).toBe(1)
  })

  test(`${fixture.name}: data of a newer version is refused with one clear line`, async () => {
    const opened = await fixture.open([NEW_WIDGETS])
    await opened.store.insert(NEW_WIDGETS, { id: 'w1', tenantId: 'acme', grade: 'EVEN', length: 2 })
    const refused = opened.reopen([WIDGETS])
    await expect(refused).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^(?=.*widgets)(?=.*\b3\b)(?=.*\b1\b)[^\n]+$/) as unknown,
    })
  })

  test(`${fixture.name}: a field and an index that are declared later serve what was there before`, async () => {
    const fewer: CollectionDefinition<Widget> = {
      name: 'widgets',
      version: 1,
      fields: { state: 'string' },
      indexes: [],
    }
    const opened = await fixture.open([fewer])
    for (let at = 0; at < 20; at++) await opened.store.insert(fewer, widget(`w${at}`, { rank: at, code: `c${at}` }))
    expect(await codeOf(opened.store.count(fewer, ACME, { rank: { gt: 9 } }))).toBe('INVALID_INPUT')
    await using again = await opened.reopen([WIDGETS])
    expect(await again.store.count(WIDGETS, ACME, { rank: { gt: 9 } })).toBe(10)
    expect(await codeOf(again.store.insert(WIDGETS, widget('new', { code: 'c3' })))).toBe('CONFLICT')
  })
}
