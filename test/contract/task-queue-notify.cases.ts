import { expect } from 'vitest'
import type { TaskQueue } from '../../src/ports/task-queue.js'
import { claimIds, claimRequest, entry, gate, type QueueTest, settings, START_MS } from './task-queue.fixture.js'

export function runNotifyCases(queueTest: QueueTest): void {
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
    await told(queue, () => queue.endLeasesOfOthers('other', ''))
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

  queueTest('a listener is told when a bound lets something in', async ({ queue, clock }) => {
    await queue.configure('q', settings({ concurrency: 1 }))
    for (const id of ['a', 'b']) await queue.enqueue(entry(id))
    await queue.claim(claimRequest(1))
    await told(queue, () => queue.complete('a', 1))
    await told(queue, () => queue.configure('q', settings({ paused: true })))
    await queue.remove('b')
    await queue.configure('q', settings({}))
    const rated = { gate: gate(10, { count: 1, perMs: 30 }) }
    for (const id of ['c', 'd']) await queue.enqueue(entry(id, rated))
    expect(await claimIds(queue, 2)).toEqual(['c'])
    await told(queue, () => Promise.resolve((clock.nowMs += 30)))
    expect(await claimIds(queue, 2)).toEqual(['d'])
  })

  queueTest('a listener is told when a task of another queue leaves the gate', async ({ queue, clock }) => {
    const gated = { gate: gate(1) }
    await queue.enqueue(entry('a', { ...gated, queue: 'other' }))
    await queue.claim(claimRequest(1, 'me', 'other'))
    await queue.enqueue(entry('b', gated))
    expect(await claimIds(queue, 1)).toEqual([])
    await told(queue, () => queue.complete('a', 1))
    expect(await claimIds(queue, 1)).toEqual(['b'])
    await queue.complete('b', 1)
    await queue.enqueue(entry('c', { ...gated, queue: 'other' }))
    const claim = { ...claimRequest(1, 'gone', 'other'), leaseMs: 20 }
    expect(await queue.claim(claim)).toHaveLength(1)
    await queue.enqueue(entry('d', { ...gated, priority: 9 }))
    // Nobody claims from the other queue any more, and the lease passes.
    await told(queue, () => Promise.resolve((clock.nowMs += 20)))
    expect(await claimIds(queue, 1)).toEqual(['d'])
  })
}
