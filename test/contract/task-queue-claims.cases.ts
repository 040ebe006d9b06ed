import { expect } from 'vitest'
import {
  claimIds,
  claimRequest,
  enqueueAll,
  entry,
  gate,
  numbered,
  type QueueTest,
  settings,
  START_MS,
} from './task-queue.fixture.js'

export function runClaimCases(queueTest: QueueTest): void {
  queueTest('claims go by priority, then by order of acceptance', async ({ queue }) => {
    const priorities = [5, 0, 9, 5, 9, 0, 7]
    for (const [at, priority] of priorities.entries()) await queue.enqueue(entry(`t${at}`, { priority }))
    await queue.enqueue(entry('elsewhere', { queue: 'other', priority: 9 }))
    expect(await claimIds(queue, 3)).toEqual(['t2', 't4', 't6'])
    expect(await claimIds(queue, 100)).toEqual(['t0', 't3', 't1', 't5'])
    expect(await claimIds(queue, 100)).toEqual([])
    const [claimed] = await queue.claim(claimRequest(1, 'me', 'other'))
    expect(claimed).toEqual({
      ...entry('elsewhere', { queue: 'other', priority: 9 }),
      attempt: 1,
      leaseUntilMs: START_MS + 1_000,
    })
  })

  queueTest('tenants take turns, interactive tasks go before bulk ones', async ({ queue }) => {
    for (let at = 0; at < 20; at++) await queue.enqueue(entry(`busy${at}`))
    await queue.enqueue(entry('bulk', { tenantId: 'late', priority: 4 }))
    await queue.enqueue(entry('late0', { tenantId: 'late' }))
    await queue.enqueue(entry('late1', { tenantId: 'late', priority: 9 }))
    expect(await claimIds(queue, 3)).toEqual(['late1', 'busy0', 'busy1'])
    // The fourth is the one that has been ready longest; then the tenant that has fewest goes on.
    expect(await claimIds(queue, 2)).toEqual(['busy2', 'late0'])
    await queue.enqueue(entry('late2', { tenantId: 'late' }))
    expect(await claimIds(queue, 2)).toEqual(['late2', 'busy3'])
    expect(await claimIds(queue, 15)).toEqual(Array.from({ length: 15 }, (_, at) => `busy${at + 4}`))
    expect(await claimIds(queue, 5)).toEqual(['busy19', 'bulk'])
  })

  queueTest('one key takes no more than its part', async ({ queue }) => {
    await enqueueAll(queue, numbered('busy', 20, { key: 'busy', priority: 9 }))
    await enqueueAll(queue, numbered('rare', 3, { key: 'rare' }))
    const claim = async (limit: number) =>
      (await queue.claim({ ...claimRequest(limit), maxPerKey: 4 })).map(({ taskId }) => taskId)
    expect(await claim(3)).toEqual(['busy0', 'busy1', 'busy2'])
    expect(await claim(10)).toEqual(['busy3', 'rare0', 'rare1', 'rare2'])
    expect(await claim(10)).toEqual([])
    expect(await queue.complete('busy2', 1)).toBe(true)
    expect(await claim(10)).toEqual(['busy4'])
    expect(await claimIds(queue, 10)).toHaveLength(10)
  })

  queueTest('only tasks of the keys are claimed that are asked for', async ({ queue }) => {
    for (const key of ['a', 'b', 'c']) await enqueueAll(queue, numbered(key, 3, { key }))
    const claim = async (limit: number, keys: readonly string[]) =>
      (await queue.claim({ ...claimRequest(limit), keys })).map(({ taskId }) => taskId)
    expect(await claim(10, ['none'])).toEqual([])
    expect(await claim(4, ['c', 'b', 'c'])).toEqual(['b0', 'b1', 'b2', 'c0'])
    expect(await claim(10, ['c', 'a'])).toEqual(['a0', 'a1', 'a2', 'c1', 'c2'])
    const many = Array.from({ length: 101 }, (_, at) => `k${at}`)
    await expect(claim(1, many)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  queueTest('every fourth claim takes what has been ready longest', async ({ queue, clock }) => {
    await enqueueAll(queue, numbered('bulk', 2, { priority: 0 }))
    clock.nowMs += 1
    await queue.enqueue(entry('back', { priority: 0 }))
    await enqueueAll(queue, numbered('first', 20, { tenantId: 'other', priority: 9 }))
    expect(await claimIds(queue, 4)).toEqual(['first0', 'first1', 'first2', 'bulk0'])
    expect(await queue.release('bulk0', 1, clock.nowMs)).toBe(true)
    expect(await claimIds(queue, 4)).toEqual(['first3', 'first4', 'first5', 'bulk1'])
    // One that was given back has been ready since then.
    expect((await claimIds(queue, 8)).filter((id) => !id.startsWith('first'))).toEqual(['bulk0', 'back'])
  })

  queueTest('parallel claims share nothing', async ({ queue }) => {
    await Promise.all(Array.from({ length: 100 }, (_, at) => queue.enqueue(entry(`t${at}`))))
    const claims = await Promise.all(Array.from({ length: 30 }, (_, at) => claimIds(queue, 4, `owner${at}`)))
    expect(claims.flat()).toHaveLength(100)
    expect(new Set(claims.flat()).size).toBe(100)
  })

  queueTest('a task runs not before its time', async ({ queue, clock }) => {
    await queue.enqueue(entry('later', { priority: 9, runAtMs: START_MS + 500 }))
    await queue.enqueue(entry('now'))
    expect(await claimIds(queue, 10)).toEqual(['now'])
    expect(await queue.waitingByKey('q')).toEqual(new Map([['k', 1]]))
    clock.nowMs += 499
    expect(await claimIds(queue, 10)).toEqual([])
    clock.nowMs += 1
    expect(await claimIds(queue, 10)).toEqual(['later'])
  })

  queueTest('waiting tasks are counted by key', async ({ queue, clock }) => {
    for (let at = 0; at < 6; at++) await queue.enqueue(entry(`t${at}`, { key: at < 4 ? 'a' : 'b' }))
    await queue.enqueue(entry('elsewhere', { queue: 'other' }))
    expect(await queue.waitingByKey('q')).toEqual(new Map([['a', 4], ['b', 2]])) // prettier-ignore
    await queue.claim(claimRequest(5))
    expect(await queue.waitingByKey('q')).toEqual(new Map([['b', 1]]))
    await queue.remove('t5')
    expect(await queue.waitingByKey('q')).toEqual(new Map())
    clock.nowMs += 1_000
    expect(await queue.waitingByKey('q')).toEqual(new Map([['a', 4], ['b', 1]])) // prettier-ignore
  })

  queueTest('a task that is enqueued again takes its new place, one that is claimed stays', async ({ queue }) => {
    for (const id of ['a', 'b']) await queue.enqueue(entry(id))
    await queue.enqueue(entry('b', { priority: 9, key: 'z' }))
    expect(await queue.waitingByKey('q')).toEqual(new Map([['k', 1], ['z', 1]])) // prettier-ignore
    const claimed = await queue.claim(claimRequest(2))
    expect(claimed.map(({ taskId, key }) => [taskId, key])).toEqual([['b', 'z'], ['a', 'k']]) // prettier-ignore
    await queue.enqueue(entry('a'))
    expect(await claimIds(queue, 2)).toEqual([])
    expect(await queue.complete('a', 1)).toBe(true)
  })

  queueTest('a queue can be paused and bounded', async ({ queue }) => {
    await enqueueAll(queue, numbered('t', 6))
    await queue.configure('q', settings({ concurrency: 2 }))
    expect(await claimIds(queue, 10)).toEqual(['t0', 't1'])
    expect(await claimIds(queue, 10, 'other')).toEqual([])
    await queue.complete('t0', 1)
    await queue.configure('q', settings({ paused: true, concurrency: 2 }))
    expect(await claimIds(queue, 10)).toEqual([])
    expect(await queue.complete('t1', 1)).toBe(true)
    await queue.configure('q', settings({ concurrency: 3 }))
    expect(await claimIds(queue, 10)).toEqual(['t2', 't3', 't4'])
    await queue.configure('q', settings({ concurrency: 0 }))
    expect(await claimIds(queue, 10)).toEqual([])
    await queue.configure('q', settings({}))
    expect(await claimIds(queue, 10)).toEqual(['t5'])
  })

  queueTest('what cannot be is refused', async ({ queue }) => {
    const refused = { code: 'INVALID_INPUT' }
    await expect(claimIds(queue, 0)).rejects.toMatchObject(refused)
    await expect(claimIds(queue, 1_001)).rejects.toMatchObject(refused)
    await expect(queue.enqueue(entry('a', { priority: 10 }))).rejects.toMatchObject(refused)
    await expect(queue.enqueue(entry('a', { runAtMs: NaN }))).rejects.toMatchObject(refused)
    await expect(queue.enqueue(entry('a', { claimsBefore: -1 }))).rejects.toMatchObject(refused)
    for (const bounds of [gate(0), gate(1, { count: 10_001, perMs: 1 }), gate(1, { count: 1, perMs: 0 })])
      await expect(queue.enqueue(entry('a', { gate: bounds }))).rejects.toMatchObject(refused)
    for (const wrong of [{ concurrency: -1 }, { weights: { acme: 0 } }, { weights: { acme: Infinity } }])
      await expect(queue.configure('q', settings(wrong))).rejects.toMatchObject(refused)
    expect(await queue.figures()).toEqual([])
  })
}
