import { expect } from 'vitest'
import { claimIds, claimRequest, enqueueAll, entry, gate, numbered, type QueueTest } from './task-queue.fixture.js'

/** Tasks that may not run together. */
export function runGateCases(queueTest: QueueTest): void {
  queueTest('a gate bounds what is claimed at once, per tenant and over queues', async ({ queue }) => {
    await enqueueAll(queue, numbered('t', 4, { gate: gate(2) }))
    await queue.enqueue(entry('elsewhere', { gate: gate(2), queue: 'other', priority: 9 }))
    await queue.enqueue(entry('foreign', { gate: gate(2), tenantId: 'late' }))
    await queue.enqueue(entry('free'))
    expect(await queue.claim(claimRequest(10, 'me', 'other'))).toMatchObject([{ taskId: 'elsewhere' }])
    expect(await claimIds(queue, 10)).toEqual(['t0', 'foreign', 'free'])
    expect(await claimIds(queue, 10)).toEqual([])
    await queue.complete('t0', 1)
    expect(await claimIds(queue, 10)).toEqual(['t1'])
    await queue.remove('elsewhere')
    expect(await claimIds(queue, 10)).toEqual(['t2'])
  })

  queueTest('what waits at a gate goes by priority, also before what was let in', async ({ queue }) => {
    await enqueueAll(queue, numbered('t', 3, { gate: gate(1) }))
    await queue.enqueue(entry('high', { gate: gate(1), priority: 9 }))
    await queue.enqueue(entry('low', { gate: gate(1), priority: 2 }))
    expect(await claimIds(queue, 10)).toEqual(['high'])
    await queue.enqueue(entry('higher', { gate: gate(1), priority: 8 }))
    await queue.release('high', 1, 0)
    const order: string[] = []
    for (let at = 0; at < 6; at++) {
      const [id = ''] = await claimIds(queue, 10)
      order.push(id)
      await queue.complete(id, id === 'high' ? 2 : 1)
    }
    expect(order).toEqual(['high', 'higher', 't0', 't1', 't2', 'low'])
  })

  queueTest('a paused queue holds up nobody of the same gate elsewhere', async ({ queue }) => {
    const pause = (paused: boolean): Promise<void> =>
      queue.configure('held', { paused, concurrency: null, weights: {} })
    await enqueueAll(queue, numbered('held', 3, { gate: gate(1), queue: 'held', priority: 9 }))
    await enqueueAll(queue, numbered('t', 3, { gate: gate(1) }))
    await pause(true)
    expect(await claimIds(queue, 10)).toEqual(['t0'])
    await queue.complete('t0', 1)
    await pause(false)
    expect(await claimIds(queue, 10)).toEqual([])
    expect(await queue.claim(claimRequest(10, 'me', 'held'))).toMatchObject([{ taskId: 'held0' }])
    await pause(true)
    await queue.complete('held0', 1)
    expect(await claimIds(queue, 10)).toEqual(['t1'])
    await queue.complete('t1', 1)
    await queue.enqueue(entry('last', { gate: gate(1), priority: 1 }))
    for (const id of ['t2', 'last']) {
      expect(await claimIds(queue, 10)).toEqual([id])
      await queue.complete(id, 1)
    }
    await pause(false)
    expect(await queue.claim(claimRequest(10, 'me', 'held'))).toMatchObject([{ taskId: 'held1' }])
  })

  queueTest('a task that is claimed again, given back or scheduled counts once', async ({ queue, clock }) => {
    await enqueueAll(queue, numbered('t', 2, { gate: gate(1) }))
    await queue.enqueue(entry('later', { gate: gate(1), priority: 9, runAtMs: clock.nowMs + 1_500 }))
    expect(await claimIds(queue, 10)).toEqual(['t0'])
    clock.nowMs += 1_000
    expect(await claimIds(queue, 10)).toEqual(['t0'])
    await queue.release('t0', 2, clock.nowMs + 5_000)
    expect(await claimIds(queue, 10)).toEqual(['t1'])
    clock.nowMs += 500
    expect(await claimIds(queue, 10)).toEqual([])
    expect(await queue.complete('t1', 1)).toBe(true)
    expect(await claimIds(queue, 10)).toEqual(['later'])
  })

  queueTest('a claim that lapsed is not taken up again when another has its place', async ({ queue, clock }) => {
    await queue.enqueue(entry('slow', { gate: gate(1) }))
    await claimIds(queue, 1)
    await queue.enqueue(entry('high', { gate: gate(1), priority: 9 }))
    clock.nowMs += 1_000
    expect(await claimIds(queue, 10)).toEqual(['high'])
    expect(await queue.heartbeat([{ taskId: 'slow', attempt: 1 }], 1_000)).toEqual(['slow'])
    expect(await queue.complete('slow', 1)).toBe(true)
  })

  queueTest('the latest bounds hold', async ({ queue }) => {
    await enqueueAll(queue, numbered('t', 4, { gate: gate(4) }))
    await queue.enqueue(entry('t4', { gate: gate(2) }))
    expect(await claimIds(queue, 10)).toEqual(['t0', 't1'])
    await queue.enqueue(entry('t5', { gate: gate(3) }))
    expect(await claimIds(queue, 10)).toEqual(['t2'])
    await queue.enqueue(entry('t3'))
    expect(await claimIds(queue, 10)).toEqual(['t3'])
  })

  queueTest('a rate holds in every window', async ({ queue, clock }) => {
    const rated = { gate: gate(10, { count: 2, perMs: 100 }) }
    await enqueueAll(queue, numbered('t', 6, rated))
    expect(await claimIds(queue, 1)).toEqual(['t0'])
    clock.nowMs += 60
    expect(await claimIds(queue, 10)).toEqual(['t1'])
    clock.nowMs += 39
    expect(await claimIds(queue, 10)).toEqual([])
    clock.nowMs += 1
    expect(await claimIds(queue, 10)).toEqual(['t2'])
    clock.nowMs += 59
    expect(await claimIds(queue, 10)).toEqual([])
    for (const id of ['t0', 't1', 't2']) await queue.complete(id, 1)
    clock.nowMs += 1
    expect(await claimIds(queue, 10)).toEqual(['t3'])
    clock.nowMs += 500
    await queue.enqueue(entry('high', { ...rated, priority: 9 }))
    expect(await claimIds(queue, 10)).toEqual(['high', 't4'])
  })

  queueTest('a rate is remembered while nothing is in its gate', async ({ queue, clock }) => {
    const rated = { gate: gate(1, { count: 1, perMs: 100 }) }
    await queue.enqueue(entry('a', rated))
    expect(await claimIds(queue, 1)).toEqual(['a'])
    await queue.complete('a', 1)
    clock.nowMs += 99
    await queue.enqueue(entry('b', rated))
    expect(await claimIds(queue, 1)).toEqual([])
    clock.nowMs += 1
    expect(await claimIds(queue, 1)).toEqual(['b'])
    await queue.complete('b', 1)
    clock.nowMs += 200
    expect(await claimIds(queue, 1)).toEqual([])
    await queue.enqueue(entry('c', rated))
    expect(await claimIds(queue, 1)).toEqual(['c'])
  })
}
