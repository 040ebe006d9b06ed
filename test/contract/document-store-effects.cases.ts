import { expect, test } from 'vitest'
import type { QueueChange } from '../../src/ports/task-queue.js'
import {
  ACME,
  codeOf,
  type DocumentStoreFixture,
  type OpenedStore,
  type StoreTest,
  widget,
  WIDGETS,
} from './document-store.fixture.js'

const enqueue = (taskId: string): QueueChange => ({
  kind: 'enqueue',
  entry: { taskId, queue: 'work', key: 'k', tenantId: 'acme', priority: 5, runAtMs: 0 },
})

const waiting = async ({ queue }: OpenedStore): Promise<number> => (await queue.waitingByKey('work')).get('k') ?? 0

/** What a write causes: with it, or not at all. */
export function runEffectCases(storeTest: StoreTest, fixture: DocumentStoreFixture): void {
  if (fixture.sharesTransaction)
    storeTest('what is to wait stays as it is where a worker has just got it', async ({ store, queue }) => {
      await store.insert(WIDGETS, widget('w1'), { queue: [enqueue('w1')] })
      const change = { ...enqueue('w1'), ifWaits: true }
      await store.update(WIDGETS, ACME, 1, widget('w1', { rank: 2 }), { queue: [change] })
      await queue.claim({ queue: 'work', owner: 'me', limit: 1, leaseMs: 60_000 })
      const late = store.update(WIDGETS, ACME, 2, widget('w1', { rank: 3 }), { queue: [change] })
      await expect(late).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('worker') as string,
      })
      expect(await store.get(WIDGETS, ACME, 'w1')).toMatchObject({ rank: 2, revision: 2 })
      await store.update(WIDGETS, ACME, 2, widget('w1', { rank: 3 }), { queue: [enqueue('w1')] })
      expect(await queue.complete('w1', 1)).toBe(true)
    })

  storeTest('a write carries its events and queue changes', async (opened) => {
    const { store, events, queue, settled } = opened
    await store.insert(WIDGETS, widget('w1'), {
      events: [
        { stream: 'w1', type: 'Created', data: { n: 1, text: '😀\u0301' } },
        { stream: 'w1', type: 'Noted', data: [null, true] },
        { stream: 'all', type: 'Created', data: 'w1' },
      ],
      queue: [enqueue('w1')],
    })
    await settled()
    const [first, second] = await events.read('w1', 0, 10)
    expect(first).toMatchObject({
      stream: 'w1',
      sequence: 1,
      type: 'Created',
      data: { n: 1, text: '😀\u0301' },
      revision: 1,
    })
    expect(second).toMatchObject({ sequence: 2, type: 'Noted', data: [null, true], revision: 1 })
    expect(await events.head('w1')).toEqual({ firstSequence: 1, lastSequence: 2, revision: 1, ended: false })
    expect(await events.read('all', 0, 10)).toHaveLength(1)
    expect(await waiting(opened)).toBe(1)
    const [claimed] = await queue.claim({ queue: 'work', owner: 'me', limit: 1, leaseMs: 60_000 })
    expect(claimed).toMatchObject({ taskId: 'w1', attempt: 1 })
    await store.update(WIDGETS, ACME, 1, widget('w1', { state: 'DONE' }), {
      events: [{ stream: 'w1', type: 'Ended', data: null, ends: true }],
      queue: [{ kind: 'complete', taskId: 'w1', attempt: 1 }],
    })
    await settled()
    expect(await events.head('w1')).toEqual({ firstSequence: 1, lastSequence: 3, revision: 2, ended: true })
    expect((await events.read('w1', 2, 10))[0]).toMatchObject({ sequence: 3, revision: 2 })
    expect(await queue.heartbeat([{ taskId: 'w1', attempt: 1 }], 1_000)).toEqual(['w1'])
    await store.delete(WIDGETS, ACME, 'w1', 2, {
      events: [{ stream: 'all', type: 'Deleted', data: 'w1' }],
      deleteStreams: ['w1'],
    })
    await settled()
    expect(await events.head('w1')).toEqual({ firstSequence: 1, lastSequence: 0, revision: 0, ended: false })
    expect((await events.read('all', 1, 10))[0]).toMatchObject({ type: 'Deleted', revision: 3 })
  })

  storeTest('a write that is refused has no effects', async (opened) => {
    const { store, events, settled } = opened
    await store.insert(WIDGETS, widget('w1', { code: 'A' }))
    const effects = { events: [{ stream: 'w2', type: 'Created', data: null }], queue: [enqueue('w2')] }
    expect(await codeOf(store.insert(WIDGETS, widget('w2', { code: 'A' }), effects))).toBe('CONFLICT')
    expect(await codeOf(store.update(WIDGETS, ACME, 7, widget('w1'), effects))).toBe('CONFLICT')
    expect(await codeOf(store.update(WIDGETS, { tenantId: 'other' }, 1, widget('w1'), effects))).toBe('NOT_FOUND')
    expect(await codeOf(store.delete(WIDGETS, ACME, 'w1', 7, effects))).toBe('CONFLICT')
    expect(await codeOf(store.delete(WIDGETS, ACME, 'w3', undefined, { deleteStreams: ['w1'] }))).toBe('NOT_FOUND')
    await settled()
    expect((await events.head('w2')).lastSequence).toBe(0)
    expect(await waiting(opened)).toBe(0)
  })

  storeTest('of racing writes only the winner has effects', async (opened) => {
    const { store, events, settled } = opened
    const race = Array.from({ length: 32 }, (_, at) =>
      store.insert(WIDGETS, widget(`w${at}`, { code: 'A' }), {
        events: [{ stream: 'race', type: 'Won', data: at }],
        queue: [enqueue(`w${at}`)],
      }),
    )
    const won = (await Promise.allSettled(race)).findIndex(({ status }) => status === 'fulfilled')
    await settled()
    expect((await events.read('race', 0, 100)).map(({ data }) => data)).toEqual([won])
    expect(await waiting(opened)).toBe(1)
  })

  storeTest('the events of one document come in the order of its revisions', async ({ store, events, settled }) => {
    const told: number[] = []
    using _subscription = events.subscribe('w1', (group) => told.push(...group.map(({ sequence }) => sequence)))
    let document = await store.insert(WIDGETS, widget('w1'), { events: [{ stream: 'w1', type: 'E', data: 1 }] })
    for (let step = 2; step <= 40; step++)
      document = await store.update(WIDGETS, ACME, document.revision, document, {
        events: [{ stream: 'w1', type: 'E', data: step }],
      })
    await settled()
    const logged = await events.read('w1', 0, 100)
    expect(logged.map(({ revision }) => revision)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
    expect(logged.map(({ data }) => data)).toEqual(logged.map(({ revision }) => revision))
    expect(told).toEqual(logged.map(({ sequence }) => sequence))
  })

  if (!fixture.sharesTransaction) return

  test(`${fixture.name}: effects that cannot be make the whole write a conflict`, async () => {
    await using opened = await fixture.open([WIDGETS])
    const { store, events, queue } = opened
    await events.append('ended', [{ type: 'End', data: null, ends: true }])
    const late = { events: [{ stream: 'ended', type: 'Late', data: null }], queue: [enqueue('w1')] }
    expect(await codeOf(store.insert(WIDGETS, widget('w1'), late))).toBe('CONFLICT')
    expect(await store.get(WIDGETS, ACME, 'w1')).toBeNull()
    expect(await waiting(opened)).toBe(0)
    const document = await store.insert(WIDGETS, widget('w1'), { queue: [enqueue('w1')] })
    const claim = { queue: 'work', owner: 'me', limit: 1, leaseMs: 60_000 }
    expect(await queue.claim(claim)).toHaveLength(1)
    expect(await queue.release('w1', 1, 0)).toBe(true)
    expect(await queue.claim(claim)).toMatchObject([{ attempt: 2 }])
    const complete = (attempt: number) => ({ queue: [{ kind: 'complete' as const, taskId: 'w1', attempt }] })
    expect(await codeOf(store.update(WIDGETS, ACME, 1, document, complete(1)))).toBe('CONFLICT')
    expect(await store.get(WIDGETS, ACME, 'w1')).toMatchObject({ revision: 1 })
    await store.update(WIDGETS, ACME, 1, document, complete(2))
    expect(await codeOf(store.update(WIDGETS, ACME, 2, document, complete(2)))).toBe('CONFLICT')
  })
}
