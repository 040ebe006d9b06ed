import { expect } from 'vitest'
import {
  claimIds,
  claimRequest,
  enqueueAll,
  entry,
  numbered,
  type QueueTest,
  settings,
  START_MS,
} from './task-queue.fixture.js'

export function runFencingCases(queueTest: QueueTest): void {
  queueTest('a completion counts with the latest attempt only', async ({ queue, clock }) => {
    await queue.enqueue(entry('a'))
    expect(await queue.complete('a', 0)).toBe(false)
    expect(await queue.complete('a', 1)).toBe(false)
    expect(await claimIds(queue, 1, 'slow')).toEqual(['a'])
    clock.nowMs += 1_000
    const [again] = await queue.claim(claimRequest(1, 'fast'))
    expect(again).toMatchObject({ taskId: 'a', attempt: 2 })
    expect(await queue.complete('a', 1)).toBe(false)
    expect(await queue.release('a', 1, 0)).toBe(false)
    expect(await queue.heartbeat([{ taskId: 'a', attempt: 1 }], 1_000)).toEqual(['a'])
    expect(await queue.complete('a', 2)).toBe(true)
    expect(await queue.complete('a', 2)).toBe(false)
    clock.nowMs += 10_000
    expect(await claimIds(queue, 1)).toEqual([])
  })

  queueTest('a lease that passed can still be completed until another claim', async ({ queue, clock }) => {
    await queue.enqueue(entry('a'))
    await queue.enqueue(entry('b', { priority: 9 }))
    expect(await claimIds(queue, 2)).toEqual(['b', 'a'])
    clock.nowMs += 5_000
    expect(await claimIds(queue, 1, 'other')).toEqual(['b'])
    expect(await queue.complete('a', 1)).toBe(true)
    expect(await queue.complete('b', 1)).toBe(false)
  })

  queueTest('a heartbeat holds the lease', async ({ queue, clock }) => {
    for (const id of ['a', 'b']) await queue.enqueue(entry(id))
    await queue.claim(claimRequest(2))
    clock.nowMs += 900
    expect(await queue.heartbeat([{ taskId: 'a', attempt: 1 }], 1_000)).toEqual([])
    clock.nowMs += 900
    expect(await claimIds(queue, 10, 'other')).toEqual(['b'])
    clock.nowMs += 100
    expect(await claimIds(queue, 10, 'other')).toEqual(['a'])
    const lost = await queue.heartbeat([{ taskId: 'a', attempt: 1 }, { taskId: 'x', attempt: 1 }], 1_000) // prettier-ignore
    expect(lost).toEqual(['a', 'x'])
    expect(await queue.heartbeat([], 1_000)).toEqual([])
  })

  queueTest('a released task runs again at its time, in its old place', async ({ queue, clock }) => {
    for (const id of ['a', 'b', 'c']) await queue.enqueue(entry(id))
    expect(await claimIds(queue, 2)).toEqual(['a', 'b'])
    expect(await queue.release('b', 1, START_MS + 100)).toBe(true)
    expect(await queue.release('a', 1, START_MS)).toBe(true)
    expect(await queue.complete('a', 1)).toBe(false)
    expect(await queue.heartbeat([{ taskId: 'a', attempt: 1 }], 1_000)).toEqual(['a'])
    expect(await claimIds(queue, 10)).toEqual(['a', 'c'])
    clock.nowMs += 100
    expect(await claimIds(queue, 10)).toEqual(['b'])
    expect(await queue.complete('b', 2)).toBe(true)
  })

  queueTest('the leases of others can be ended at once', async ({ queue }) => {
    for (const id of ['a', 'b', 'c']) await queue.enqueue(entry(id))
    await queue.enqueue(entry('d', { queue: 'other' }))
    await queue.claim(claimRequest(1, 'me'))
    await queue.claim(claimRequest(1, 'gone1'))
    await queue.claim(claimRequest(1, 'gone2', 'other'))
    expect(await queue.endLeasesOfOthers('me', '')).toBe(2)
    expect(await claimIds(queue, 10)).toEqual(['b', 'c'])
    expect(await queue.complete('a', 1)).toBe(true)
    expect(await queue.endLeasesOfOthers('me', '')).toBe(0)
  })

  queueTest(
    'claims whose lease passed are listed until somebody has them or says that they are over',
    async (opened) => {
      const { queue, effects, clock } = opened
      await enqueueAll(queue, [...numbered('t', 3), entry('r', { queue: 'r' }), entry('mine')])
      await queue.claim(claimRequest(3))
      await queue.claim(claimRequest(1, 'me', 'r'))
      await queue.claim(claimRequest(1, 'it'))
      const list = async (): Promise<string[]> => {
        const lapsed = await queue.listLapsed({ untilMs: clock.nowMs, limit: 10 })
        return lapsed.map(({ taskId, tenantId, attempt, owner }) => `${taskId} ${tenantId} ${attempt} ${owner}`).sort()
      }
      const lapse = (taskId: string, attempt: number, revision: number) =>
        effects.deliver({ documentId: taskId, revision, events: [], queue: [{ kind: 'lapse', taskId, attempt }] })
      expect(await list()).toEqual([])
      await lapse('t0', 1, 1)
      expect(await queue.complete('t0', 1)).toBe(true)
      clock.nowMs += 1_000
      const all = ['mine acme 1 it', 'r acme 1 me', 't1 acme 1 me', 't2 acme 1 me']
      expect(await list()).toEqual(all)
      // Whether a claim has seen it makes no difference.
      expect(await queue.claim({ ...claimRequest(1), keys: ['other'] })).toEqual([])
      expect(await list()).toEqual(all)
      await queue.heartbeat([{ taskId: 'r', attempt: 1 }], 1_000)
      await lapse('t1', 2, 1)
      await lapse('t2', 1, 1)
      await queue.complete('mine', 1)
      expect(await list()).toEqual(['t1 acme 1 me'])
      clock.nowMs -= 1
      expect(await list()).toEqual([])
      clock.nowMs += 1
      expect(await queue.complete('t2', 1)).toBe(false)
      expect(await queue.claim(claimRequest(9, 'next'))).toMatchObject([
        { taskId: 't1', attempt: 2 },
        { taskId: 't2', attempt: 2 },
      ])
      expect(await list()).toEqual([])
    },
  )

  queueTest('a removed task is gone, whoever works on it', async ({ queue }) => {
    for (const id of ['a', 'b']) await queue.enqueue(entry(id))
    await queue.claim(claimRequest(1))
    await queue.remove('a')
    await queue.remove('b')
    await queue.remove('unknown')
    expect(await queue.complete('a', 1)).toBe(false)
    expect(await claimIds(queue, 10)).toEqual([])
    await queue.enqueue(entry('a'))
    expect(await queue.claim(claimRequest(1))).toMatchObject([{ taskId: 'a', attempt: 1 }])
  })

  queueTest('a task knows its claims from before it was taken out', async ({ queue }) => {
    await queue.enqueue(entry('a', { claimsBefore: 3 }))
    expect(await queue.claim(claimRequest(1))).toMatchObject([{ taskId: 'a', attempt: 4 }])
    expect(await queue.complete('a', 1)).toBe(false)
    expect(await queue.release('a', 4, START_MS)).toBe(true)
    await queue.enqueue(entry('a'))
    expect(await queue.claim(claimRequest(1))).toMatchObject([{ taskId: 'a', attempt: 5 }])
  })

  queueTest('the leases of those with a prefix can be ended', async ({ queue }) => {
    await enqueueAll(queue, numbered('t', 4))
    for (const owner of ['srv_1', 'srv_2', 'srw', 'sr']) await queue.claim(claimRequest(1, owner))
    expect(await queue.endLeasesOfOthers('srv_2', 'srv_')).toBe(1)
    expect(await claimIds(queue, 4)).toEqual(['t0'])
  })

  queueTest('a late heartbeat takes a claim up again unless its place is gone', async ({ queue, clock }) => {
    await queue.configure('q', settings({ concurrency: 1 }))
    await enqueueAll(queue, numbered('t', 2))
    await queue.claim(claimRequest(1))
    clock.nowMs += 1_000
    expect(await queue.heartbeat([{ taskId: 't0', attempt: 1 }], 1_000)).toEqual([])
    await queue.remove('t1')
    await queue.enqueue(entry('t1', { priority: 9 }))
    clock.nowMs += 1_000
    expect(await claimIds(queue, 1)).toEqual(['t1'])
    expect(await queue.heartbeat([{ taskId: 't0', attempt: 1 }], 1_000)).toEqual(['t0'])
    expect(await queue.complete('t0', 1)).toBe(true)
  })
}
