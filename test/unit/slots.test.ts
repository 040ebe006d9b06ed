import { describe, expect, test } from 'vitest'
import { Slots } from '../../src/services/models/slots.js'

const never = new AbortController().signal
const of = (priority: number, tenantId = 'acme') => ({ priority, tenantId })

describe('Slots', () => {
  test('never more than the limit, higher priority first, then the order of asking', async () => {
    const slots = new Slots(1)
    const first = await slots.acquire(of(5), never)
    const granted: string[] = []
    const ask = (name: string, priority: number) =>
      slots.acquire(of(priority), never).then((release) => {
        granted.push(name)
        expect(slots.taken).toBe(1)
        release()
      })
    const all = [ask('low', 0), ask('a', 5), ask('b', 5), ask('high', 9)]
    expect(slots.waiting).toBe(4)
    first()
    first()
    await Promise.all(all)
    expect(granted).toEqual(['high', 'a', 'b', 'low'])
    expect(slots.taken).toBe(0)
  })

  test('the one that waits longest is not starved by a stream of better ones', async () => {
    const slots = new Slots(1)
    let release = await slots.acquire(of(9), never)
    let lowGranted = false
    const low = slots.acquire(of(0), never).then((done) => {
      lowGranted = true
      done()
    })
    for (let i = 0; i < 20 && !lowGranted; i++) {
      const next = slots.acquire(of(9), never)
      release()
      release = await next
    }
    release()
    await low
    expect(lowGranted).toBe(true)
  })

  test.each([1, 2])('of %i places a tenant and bulk work get theirs, however many others want', async (limit) => {
    const slots = new Slots(limit)
    const order: string[] = []
    const held: (() => void)[] = []
    for (let i = 0; i < limit; i++) held.push(await slots.acquire(of(5, 'busy'), never))
    const ask = (tenantId: string, priority: number) =>
      slots.acquire(of(priority, tenantId), never).then((release) => {
        order.push(priority < 5 ? 'bulk' : tenantId)
        setImmediate(release)
      })
    const all = Array.from({ length: 30 }, () => ask('busy', 5))
    all.push(ask('late', 5), ask('busy', 1), ask('busy', 1))
    for (const release of held) release()
    await Promise.all(all)
    expect(order.indexOf('late')).toBeLessThanOrEqual(2)
    expect(order.indexOf('bulk')).toBeLessThanOrEqual(4)
    expect(order.lastIndexOf('bulk')).toBeLessThanOrEqual(8)
  })

  test('an abandoned wait leaves the queue and takes no place', async () => {
    const slots = new Slots(1)
    const release = await slots.acquire(of(5), never)
    const leaving = new AbortController()
    const waiting = slots.acquire(of(5), leaving.signal)
    leaving.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    expect(slots.waiting).toBe(0)
    release()
    expect(slots.taken).toBe(0)
  })

  test('closing waits for what runs and lets nobody in until it is opened again', async () => {
    const slots = new Slots(2)
    const release = await slots.acquire(of(5), never)
    const drained = slots.closeAndDrain()
    const late = slots.acquire(of(9), never)
    release()
    await drained
    expect(slots.taken).toBe(0)
    expect(slots.waiting).toBe(1)
    slots.reopen()
    const done = await late
    done()
  })
})
