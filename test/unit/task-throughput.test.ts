import { expect, test } from 'vitest'
import { TaskThroughput } from '../../src/services/tasks/task-throughput.js'

const MINUTE_MS = 60_000

function createThroughput() {
  const clock = { at: 1_000_000, now: () => clock.at, sleep: () => Promise.resolve() }
  return { clock, throughput: new TaskThroughput(clock) }
}

const ended = { queue: 'q', type: 'sleep', tenantId: 'acme', attempt: 1 }

test('of too few ends nothing is foretold', () => {
  const { clock, throughput } = createThroughput()
  for (let i = 0; i < 19; i++) throughput.note(ended)
  clock.at += 1_000
  expect(throughput.perSecond('q')).toBeNull()
  throughput.note(ended)
  expect(throughput.perSecond('q')).toBe(20)
  expect(throughput.perSecond('another')).toBeNull()
})

test('it is what ended since the first end of the last five minutes', () => {
  const { clock, throughput } = createThroughput()
  for (let i = 0; i < 100; i++) {
    throughput.note(ended)
    clock.at += 100
  }
  expect(throughput.perSecond('q')).toBeCloseTo(10)
  clock.at += 10_000
  expect(throughput.perSecond('q')).toBeCloseTo(5)
  clock.at += 5 * MINUTE_MS
  expect(throughput.perSecond('q')).toBeNull()
})

test('it forgets what is older, and goes on for ever', () => {
  const { clock, throughput } = createThroughput()
  for (let i = 0; i < 20 * 60; i++) {
    throughput.note(ended)
    clock.at += i < 600 ? 100 : 1_000
  }
  expect(throughput.perSecond('q')).toBeCloseTo(1, 1)
})

test('tenants have their own part of a queue', () => {
  const { clock, throughput } = createThroughput()
  for (let i = 0; i < 30; i++) throughput.note({ ...ended, tenantId: i < 20 ? 'acme' : 'evil' })
  clock.at += 1_000
  expect(throughput.perSecond('q')).toBe(30)
  expect(throughput.perSecond('q', 'acme')).toBe(20)
  expect(throughput.perSecond('q', 'evil')).toBeNull()
})

test('what was never begun does not count', () => {
  const { throughput } = createThroughput()
  for (let i = 0; i < 30; i++) throughput.note({ ...ended, attempt: 0 })
  expect(throughput.perSecond('q')).toBeNull()
})

test('of a type that nobody has worked on lately the speed of its queue says nothing', () => {
  const { clock, throughput } = createThroughput()
  throughput.note(ended)
  expect(throughput.endsType('q', 'sleep')).toBe(true)
  expect(throughput.endsType('q', 'sum')).toBe(false)
  expect(throughput.endsType('another', 'sleep')).toBe(false)
  clock.at += 6 * MINUTE_MS
  expect(throughput.endsType('q', 'sleep')).toBe(false)
})
