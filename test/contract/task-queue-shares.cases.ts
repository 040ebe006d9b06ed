import { expect } from 'vitest'
import type { TaskQueue } from '../../src/ports/task-queue.js'
import {
  claimRequest,
  enqueueAll,
  enqueueMany,
  entry,
  numbered,
  type QueueTest,
  settings,
} from './task-queue.fixture.js'

/** The tenants of the next claims. */
const claimTenants = async (queue: TaskQueue, count: number, keys?: readonly string[]): Promise<string[]> =>
  (await queue.claim({ ...claimRequest(count), ...(keys && { keys }) })).map(({ tenantId }) => tenantId)

const countOf = (tenants: readonly string[], tenant: string): number => tenants.filter((one) => one === tenant).length

/** How claims are shared out among tenants. */
export function runShareCases(queueTest: QueueTest): void {
  queueTest('shares go by weight, over all keys of a tenant', async ({ queue }) => {
    await queue.configure('q', settings({ weights: { big: 3, small: 0.5 } }))
    for (const key of ['a', 'b', 'c']) await enqueueAll(queue, numbered(`big${key}`, 40, { tenantId: 'big', key }))
    for (const tenantId of ['plain', 'small']) await enqueueAll(queue, numbered(tenantId, 40, { tenantId, key: 'a' }))
    const tenants = await claimTenants(queue, 90)
    expect(Math.abs(countOf(tenants, 'big') - 60)).toBeLessThanOrEqual(3)
    expect(Math.abs(countOf(tenants, 'plain') - 20)).toBeLessThanOrEqual(2)
    expect(Math.abs(countOf(tenants, 'small') - 10)).toBeLessThanOrEqual(2)
  })

  queueTest('a small tenant is done within twice its fair time beside a large one', async ({ queue }) => {
    await enqueueMany(queue, numbered('big', 10_000, { tenantId: 'big' }))
    await enqueueMany(queue, numbered('small', 10, { tenantId: 'small' }))
    const tenants = await claimTenants(queue, 40)
    expect(countOf(tenants, 'small')).toBe(10)
    expect(tenants.lastIndexOf('small')).toBeLessThan(2 * 20)
  })

  queueTest('a tenant that comes late begins with the share of the others', async ({ queue }) => {
    await enqueueAll(queue, numbered('early', 60, { tenantId: 'early' }))
    await claimTenants(queue, 40)
    await enqueueAll(queue, numbered('late', 20, { tenantId: 'late' }))
    const tenants = await claimTenants(queue, 20)
    expect(countOf(tenants, 'late')).toBeGreaterThanOrEqual(9)
    expect(countOf(tenants, 'early')).toBeGreaterThanOrEqual(9)
  })

  queueTest('a tenant that comes back each time with one task gets no more than its share', async ({ queue }) => {
    await enqueueAll(queue, numbered('busy', 40, { tenantId: 'busy' }))
    const tenants: string[] = []
    for (let at = 0; at < 40; at++) {
      await queue.enqueue(entry(`single${at}`, { tenantId: 'single', priority: 9 }))
      tenants.push(...(await claimTenants(queue, 1)))
    }
    expect(countOf(tenants, 'busy')).toBeGreaterThanOrEqual(18)
  })

  queueTest('a tenant that works on its own tasks keeps its share', async ({ queue }) => {
    for (const tenantId of ['own', 'other']) await enqueueAll(queue, numbered(tenantId, 60, { tenantId }))
    await queue.enqueue(entry('old', { tenantId: 'own', key: 'rare' }))
    const claimed = await queue.claim({ ...claimRequest(40), tenantId: 'own', keys: ['k'] })
    expect(claimed.map(({ taskId }) => taskId)).toEqual(Array.from({ length: 40 }, (_, at) => `own${at}`))
    const own = countOf(await claimTenants(queue, 20), 'own')
    expect(Math.abs(own - 10)).toBeLessThanOrEqual(1)
    expect(await queue.claim({ ...claimRequest(20), tenantId: 'own' })).toHaveLength(21 - own)
    expect(await queue.claim({ ...claimRequest(20), tenantId: 'nobody' })).toEqual([])
  })

  queueTest('shares hold among those whose keys are asked for', async ({ queue }) => {
    await enqueueAll(queue, numbered('idle', 30, { tenantId: 'idle', key: 'unserved' }))
    await enqueueAll(queue, numbered('first', 60, { tenantId: 'first', key: 'served' }))
    expect(countOf(await claimTenants(queue, 30, ['served']), 'first')).toBe(30)
    await enqueueAll(queue, numbered('second', 30, { tenantId: 'second', key: 'served' }))
    const tenants = await claimTenants(queue, 20, ['served'])
    expect(Math.abs(countOf(tenants, 'first') - 10)).toBeLessThanOrEqual(1)
    await enqueueAll(queue, numbered('third', 30, { tenantId: 'third', key: 'unserved' }))
    const unserved = await claimTenants(queue, 20, ['unserved'])
    expect(Math.abs(countOf(unserved, 'idle') - 10)).toBeLessThanOrEqual(3)
  })
}
