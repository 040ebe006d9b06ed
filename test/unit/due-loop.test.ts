import { expect, test } from 'vitest'
import { DueLoop } from '../../src/services/tasks/due-loop.js'
import { ManualClock } from '../support/manual-clock.js'
import { silentLogger as logger } from '../support/state.js'
import { waitFor } from '../support/wait.js'

const START = 1_000_000_000
const HOUR_MS = 3_600_000

function open(nextAt: () => number | null = () => null) {
  const clock = new ManualClock(START)
  const looks: number[] = []
  let fails = false
  const loop = new DueLoop({
    what: 'things',
    pass: (nowMs) => {
      looks.push(nowMs - START)
      return fails ? Promise.reject(new Error('It cannot look.')) : Promise.resolve(false)
    },
    nextAt: () => Promise.resolve(nextAt()),
    clock,
    logger,
  })
  loop.start()
  const asleep = () => waitFor('it to sleep', () => clock.sleeping === 1)
  return {
    clock,
    loop,
    looks,
    asleep,
    fail: (value: boolean) => (fails = value),
    advance: async (ms: number) => {
      await asleep()
      clock.advance(ms)
      await asleep()
    },
    [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose](),
  }
}

test('it looks at the start, when something is due, and every five seconds', async () => {
  await using opened = open(() => START + 7_000)
  await opened.advance(4_999)
  expect(opened.looks).toEqual([0])
  await opened.advance(1)
  await opened.advance(1_999)
  expect(opened.looks).toEqual([0, 5_000])
  await opened.advance(1)
  expect(opened.looks).toEqual([0, 5_000, 7_000])
})

test('it is told of what is due sooner, and not disturbed by what is due later', async () => {
  await using opened = open()
  await opened.asleep()
  opened.loop.note(START + 100)
  opened.loop.note(START + 200)
  await opened.advance(99)
  expect(opened.looks).toEqual([0])
  await opened.advance(1)
  expect(opened.looks).toEqual([0, 100])
})

test('what is due and could not be seen to is looked at again a second later', async () => {
  await using opened = open(() => START - 1)
  await opened.advance(999)
  await opened.advance(1)
  expect(opened.looks).toEqual([0, 1_000])
})

test('it goes on after a failure', async () => {
  await using opened = open()
  await opened.asleep()
  opened.fail(true)
  await opened.advance(5_000)
  opened.fail(false)
  await opened.advance(1_000)
  expect(opened.looks).toEqual([0, 5_000, 6_000])
})

test('a clock that goes back does not hold it up', async () => {
  await using opened = open()
  await opened.asleep()
  opened.clock.advance(-HOUR_MS)
  // It wakes for what is due by the old time, which never comes near.
  opened.loop.note(START + 1)
  await opened.advance(5_000)
  expect(opened.looks.length).toBeGreaterThan(1)
})
