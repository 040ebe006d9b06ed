import { expect, test } from 'vitest'
import type { QueueEntry, TaskQueue } from '../../src/ports/task-queue.js'

export interface OpenedTaskQueue extends AsyncDisposable {
  readonly queue: TaskQueue
  /** The queue's time, which stands still unless it is set. */
  readonly clock: { nowMs: number }
  reopen(): Promise<OpenedTaskQueue>
}

interface TaskQueueFixture {
  readonly name: string
  open(): Promise<OpenedTaskQueue>
}

const START_MS = 1_000_000

const entry = (taskId: string, changes: Partial<QueueEntry> = {}): QueueEntry => ({
  taskId,
  queue: 'q',
  key: 'k',
  tenantId: 'acme',
  priority: 5,
  runAtMs: 0,
  ...changes,
})

const claimRequest = (limit: number, owner = 'me', queue = 'q') => ({ queue, owner, limit, leaseMs: 1_000 })

const claimIds = async (queue: TaskQueue, limit: number, owner = 'me'): Promise<string[]> =>
  (await queue.claim(claimRequest(limit, owner))).map(({ taskId }) => taskId)

type QueueTest = (name: string, run: (opened: OpenedTaskQueue) => Promise<void>) => void

/** The contract of `TaskQueue`, for each adapter. */
export function runTaskQueueSuite(fixture: TaskQueueFixture): void {
  const queueTest: QueueTest = (name, run) => {
    test(`${fixture.name}: ${name}`, async () => {
      await using opened = await fixture.open()
      opened.clock.nowMs = START_MS
      await run(opened)
    })
  }
  runClaimCases(queueTest)
  runFencingCases(queueTest)
  runNotifyCases(queueTest)

  test(`${fixture.name}: the queue is there when it is opened again`, async () => {
    const opened = await fixture.open()
    opened.clock.nowMs = START_MS
    for (const id of ['a', 'b', 'c']) await opened.queue.enqueue(entry(id))
    expect(await claimIds(opened.queue, 1, 'before')).toEqual(['a'])
    await using again = await opened.reopen()
    again.clock.nowMs = START_MS
    expect(await claimIds(again.queue, 1, 'after')).toEqual(['b'])
    expect(await again.queue.releaseOthers('after')).toBe(1)
    const [claimed] = await again.queue.claim(claimRequest(1, 'after'))
    expect(claimed).toMatchObject({ taskId: 'a', attempt: 2 })
    expect(await again.queue.complete('a', 1)).toBe(false)
    expect(await again.queue.complete('a', 2)).toBe(true)
  })
}

function runClaimCases(queueTest: QueueTest): void {
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
    // The one that has fewest goes on.
    expect(await claimIds(queue, 2)).toEqual(['late0', 'busy2'])
    await queue.enqueue(entry('late2', { tenantId: 'late' }))
    expect(await claimIds(queue, 2)).toEqual(['late2', 'busy3'])
    expect(await claimIds(queue, 15)).toEqual(Array.from({ length: 15 }, (_, at) => `busy${at + 4}`))
    expect(await claimIds(queue, 5)).toEqual(['busy19', 'bulk'])
  })

  queueTest('one key takes no more than its part', async ({ queue }) => {
    for (let at = 0; at < 20; at++) await queue.enqueue(entry(`busy${at}`, { key: 'busy', priority: 9 }))
    for (let at = 0; at < 3; at++) await queue.enqueue(entry(`rare${at}`, { key: 'rare' }))
    const claim = async (limit: number, oldestFirst = false) =>
      (await queue.claim({ ...claimRequest(limit), oldestFirst, maxPerKey: 4 })).map(({ taskId }) => taskId)
    expect(await claim(3)).toEqual(['busy0', 'rare0', 'busy1'])
    expect(await claim(10)).toEqual(['rare1', 'busy2', 'rare2', 'busy3'])
    expect(await claim(10, true)).toEqual([])
    expect(await queue.complete('busy2', 1)).toBe(true)
    expect(await claim(10, true)).toEqual(['busy4'])
    expect(await claimIds(queue, 10)).toHaveLength(10)
  })

  queueTest('what waits longest can be asked for', async ({ queue }) => {
    for (const [at, priority] of [1, 9, 5, 9].entries()) await queue.enqueue(entry(`t${at}`, { priority }))
    const [oldest] = await queue.claim({ ...claimRequest(1), oldestFirst: true })
    expect(oldest?.taskId).toBe('t0')
    expect(await claimIds(queue, 2)).toEqual(['t1', 't3'])
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
    // Keys take turns.
    await queue.claim(claimRequest(5))
    expect(await queue.waitingByKey('q')).toEqual(new Map([['a', 1]]))
    await queue.remove('t3')
    expect(await queue.waitingByKey('q')).toEqual(new Map())
    clock.nowMs += 1_000
    expect(await queue.waitingByKey('q')).toEqual(new Map([['a', 3], ['b', 2]])) // prettier-ignore
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
}

function runFencingCases(queueTest: QueueTest): void {
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
    expect(await queue.releaseOthers('me')).toBe(2)
    expect(await queue.complete('b', 1)).toBe(false)
    expect(await claimIds(queue, 10)).toEqual(['b', 'c'])
    expect(await queue.complete('a', 1)).toBe(true)
    expect(await queue.releaseOthers('me')).toBe(0)
  })

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
}

function runNotifyCases(queueTest: QueueTest): void {
  /** Resolves when the queue's listener is called after `act`. */
  const told = async (queue: TaskQueue, act: () => Promise<unknown>): Promise<void> => {
    const called = Promise.withResolvers<void>()
    using _subscription = queue.subscribe('q', () => called.resolve())
    await act()
    await called.promise
  }

  queueTest('a listener is told of what becomes claimable', async ({ queue, clock }) => {
    await told(queue, () => queue.enqueue(entry('a')))
    await queue.claim(claimRequest(1))
    await told(queue, () => queue.release('a', 1, START_MS))
    await queue.claim(claimRequest(1))
    await told(queue, () => queue.releaseOthers('other'))
    await queue.claim(claimRequest(1))
    // The lease passes.
    await told(queue, () => Promise.resolve((clock.nowMs += 1_000)))
    await queue.complete('a', 3)
    await queue.enqueue(entry('later', { runAtMs: clock.nowMs + 20 }))
    await told(queue, () => Promise.resolve((clock.nowMs += 20)))
  })

  queueTest('a listener is not told of other queues, nor after it was disposed', async ({ queue }) => {
    let calls = 0
    const subscription = queue.subscribe('q', () => calls++)
    await queue.enqueue(entry('a', { queue: 'other' }))
    expect(calls).toBe(0)
    await queue.enqueue(entry('b'))
    expect(calls).toBe(1)
    subscription[Symbol.dispose]()
    await queue.enqueue(entry('c'))
    expect(calls).toBe(1)
  })
}
