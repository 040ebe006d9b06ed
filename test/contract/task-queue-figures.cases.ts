import { expect } from 'vitest'
import { MAX_POSITION, type QueueFigures, type TaskQueue } from '../../src/ports/task-queue.js'
import {
  claimIds,
  claimRequest,
  enqueueAll,
  enqueueMany,
  entry,
  gate,
  numbered,
  type QueueTest,
  settings,
  START_MS,
} from './task-queue.fixture.js'

const figures = (queue: string, counts: Partial<QueueFigures> = {}): QueueFigures => ({
  queue,
  readyCount: 0,
  scheduledCount: 0,
  claimedCount: 0,
  oldestReadySinceMs: null,
  ...counts,
})

const positions = (queue: TaskQueue, ids: readonly string[]): Promise<(number | null)[]> =>
  Promise.all(ids.map((id) => queue.position(id)))

/** What can be read of a queue. */
export function runFigureCases(queueTest: QueueTest): void {
  queueTest('queues are counted, also for one tenant', async ({ queue, clock }) => {
    await queue.configure('set', settings({ concurrency: 1 }))
    await enqueueAll(queue, numbered('t', 3))
    clock.nowMs += 10
    await enqueueAll(queue, numbered('late', 3, { tenantId: 'late', priority: 2, gate: gate(1) }))
    await queue.enqueue(entry('later', { runAtMs: clock.nowMs + 100 }))
    await claimIds(queue, 1)
    expect(await queue.figures()).toEqual([
      figures('q', { readyCount: 5, scheduledCount: 1, claimedCount: 1, oldestReadySinceMs: START_MS }),
      figures('set'),
    ])
    expect(await queue.figures('late')).toEqual([
      figures('q', { readyCount: 3, oldestReadySinceMs: START_MS + 10 }),
      figures('set'),
    ])
    expect(await queue.figures('nobody')).toEqual([figures('q'), figures('set')])
    expect(await Promise.all(['q', 'set', 'none'].map((name) => queue.length(name)))).toEqual([6, 0, 0])
    // The scheduled one is due; then the lease passes too.
    clock.nowMs += 100
    const due = { readyCount: 6, scheduledCount: 0, claimedCount: 1, oldestReadySinceMs: START_MS }
    expect((await queue.figures())[0]).toEqual(figures('q', due))
    clock.nowMs += 900
    expect((await queue.figures())[0]).toEqual(figures('q', { ...due, readyCount: 7, claimedCount: 0 }))
    expect((await queue.figures('acme'))[0]).toEqual(figures('q', { ...due, readyCount: 4, claimedCount: 0 }))
    await claimIds(queue, 10)
    for (const id of ['t1', 't2', 'late0', 'late1', 'late2', 'later']) await queue.remove(id)
    await queue.complete('t0', 2)
    expect(await queue.figures()).toEqual([figures('q'), figures('set')])
  })

  queueTest('positions of one tenant are exact', async ({ queue }) => {
    const priorities = [5, 0, 9, 5, 9, 0, 7, 4]
    for (const [at, priority] of priorities.entries())
      await queue.enqueue(entry(`t${at}`, { priority, key: `k${at % 3}` }))
    const order = ['t2', 't4', 't6', 't0', 't3', 't7', 't1', 't5']
    expect(await positions(queue, order)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    await claimIds(queue, 2)
    expect(await positions(queue, ['t2', 't6', 't5', 'unknown'])).toEqual([null, 0, 5, null])
  })

  queueTest('positions go by the shares of tenants', async ({ queue }) => {
    await queue.configure('q', settings({ weights: { heavy: 2 } }))
    await enqueueAll(queue, numbered('heavy', 100, { tenantId: 'heavy' }))
    await enqueueAll(queue, numbered('light', 20, { tenantId: 'light' }))
    await enqueueAll(queue, numbered('bulk', 2, { tenantId: 'light', priority: 0 }))
    const [first = 0, last = 0] = await positions(queue, ['light0', 'light19'])
    expect(first).toBeLessThanOrEqual(1)
    expect(Math.abs((last ?? 0) - 58)).toBeLessThanOrEqual(2)
    expect(await positions(queue, ['bulk0', 'bulk1'])).toEqual([120, 121])
  })

  queueTest('what is held back or far behind has no position', async ({ queue, clock }) => {
    await enqueueAll(queue, numbered('gated', 2, { gate: gate(1) }))
    await queue.enqueue(entry('later', { runAtMs: clock.nowMs + 10 }))
    expect(await positions(queue, ['gated0', 'gated1', 'later'])).toEqual([0, null, null])
    await enqueueMany(queue, numbered('t', MAX_POSITION + 1))
    const last = [`t${MAX_POSITION - 1}`, `t${MAX_POSITION}`]
    expect(await positions(queue, last)).toEqual([MAX_POSITION, null])
    await queue.claim(claimRequest(1))
    expect(await positions(queue, last)).toEqual([MAX_POSITION - 1, MAX_POSITION])
  })
}
