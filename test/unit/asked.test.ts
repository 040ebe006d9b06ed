import { expect, test, vi } from 'vitest'
import { systemClock } from '../../src/kernel/clock.js'
import { Asked } from '../../src/services/streams/soonest.js'
import { ManualClock } from '../support/manual-clock.js'

test('what comes in time is given, what does not can be waited for again', async () => {
  const clock = new ManualClock(0)
  const { promise, resolve } = Promise.withResolvers<string>()
  const asked = new Asked(promise)
  const first = asked.within(10, clock)
  clock.advance(10)
  expect(await first).toBeNull()
  const second = asked.within(10, clock)
  resolve('it')
  expect(await second).toBe('it')
  expect(clock.sleeping).toBe(0)
  expect(await asked.within(10, clock)).toBe('it')
})

test('a failure is told to who waits, and to nobody else', async () => {
  const asked = new Asked<string>(Promise.reject(new Error('gone')))
  await new Promise((resolve) => setTimeout(resolve))
  await expect(asked.within(1, systemClock)).rejects.toThrow('gone')
})

test('to wait many times for one answer adds nothing to it', async () => {
  const answer = new Promise<string>(() => undefined)
  const then = vi.spyOn(answer, 'then')
  const asked = new Asked(answer)
  for (let time = 0; time < 100; time++)
    expect(await asked.within(1, { now: () => 0, sleep: () => Promise.resolve() })).toBeNull()
  expect(then).toHaveBeenCalledTimes(1)
})
