import { describe, expect, test } from 'vitest'
import { Slots } from '../../src/services/models/slots.js'

const never = new AbortController().signal

describe('Slots', () => {
  test('never more than the limit, higher priority first, then the order of asking', async () => {
    const slots = new Slots(1)
    const first = await slots.acquire(5, never)
    const granted: string[] = []
    const ask = (name: string, priority: number) =>
      slots.acquire(priority, never).then((release) => {
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
    let release = await slots.acquire(9, never)
    let lowGranted = false
    const low = slots.acquire(0, never).then((done) => {
      lowGranted = true
      done()
    })
    for (let i = 0; i < 20 && !lowGranted; i++) {
      const next = slots.acquire(9, never)
      release()
      release = await next
    }
    release()
    await low
    expect(lowGranted).toBe(true)
  })

  test('an abandoned wait leaves the queue and takes no place', async () => {
    const slots = new Slots(1)
    const release = await slots.acquire(5, never)
    const leaving = new AbortController()
    const waiting = slots.acquire(5, leaving.signal)
    leaving.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    expect(slots.waiting).toBe(0)
    release()
    expect(slots.taken).toBe(0)
  })

  test('closing waits for what runs and lets nobody in until it is opened again', async () => {
    const slots = new Slots(2)
    const release = await slots.acquire(5, never)
    const drained = slots.closeAndDrain()
    const late = slots.acquire(9, never)
    release()
    await drained
    expect(slots.taken).toBe(0)
    expect(slots.waiting).toBe(1)
    slots.reopen()
    const done = await late
    done()
  })
})
