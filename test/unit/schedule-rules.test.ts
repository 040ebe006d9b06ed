import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ScheduleDocument } from '../../src/domain/schedule.js'
import { parseCron } from '../../src/services/tasks/cron.js'
import {
  countSkipped,
  fireAtOf,
  MAX_MISSED,
  moveOn,
  planFirings,
  PUNCTUAL_MS,
  waitAfter,
} from '../../src/services/tasks/schedule-rules.js'
import { makeSchedule } from '../support/schedules.js'
import { isFullTest, testSeed } from '../support/seed.js'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const times = parseCron('* * * * *', 'UTC')
const plan = (changes: Partial<ScheduleDocument>, nowMs: number) => planFirings(makeSchedule(changes), times, nowMs)
const minutes = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => (from + at) * MINUTE_MS)

test('nothing before its time, and nothing while it is paused', () => {
  expect(plan({}, MINUTE_MS - 1)).toEqual({ missed: [], fire: [] })
  expect(plan({ nextDueAt: null }, DAY_MS)).toEqual({ missed: [], fire: [] })
})

describe('a due time is fired up to ten seconds late, whatever the catch-up policy', () => {
  test.each(['NONE', 'LATEST', 'ALL'] as const)('%s', (catchUp) => {
    expect(plan({ catchUp, catchUpWindowMs: 0 }, MINUTE_MS + PUNCTUAL_MS)).toEqual({ missed: [], fire: [MINUTE_MS] })
  })
})

describe('after a downtime of ten minutes', () => {
  const now = 10 * MINUTE_MS + 30_000

  test('NONE leaves out what was missed', () => {
    expect(plan({ catchUp: 'NONE' }, now)).toEqual({ missed: minutes(1, 10), fire: [] })
  })

  test('LATEST fires once', () => {
    expect(plan({ catchUp: 'LATEST' }, now)).toEqual({ missed: minutes(1, 9), fire: minutes(10, 10) })
  })

  test('ALL fires each', () => {
    expect(plan({ catchUp: 'ALL' }, now)).toEqual({ missed: [], fire: minutes(1, 10) })
  })

  test('what is older than the window is left out', () => {
    const catchUpWindowMs = 2 * MINUTE_MS + 30_000
    expect(plan({ catchUp: 'ALL', catchUpWindowMs }, now)).toEqual({ missed: minutes(1, 7), fire: minutes(8, 10) })
    expect(plan({ catchUp: 'LATEST', catchUpWindowMs: 20_000 }, now)).toEqual({ missed: minutes(1, 10), fire: [] })
  })

  test('a due time of this moment is fired beside', () => {
    expect(plan({ catchUp: 'NONE' }, 10 * MINUTE_MS)).toEqual({ missed: minutes(1, 9), fire: minutes(10, 10) })
    expect(plan({ catchUp: 'LATEST' }, 10 * MINUTE_MS)).toEqual({ missed: minutes(1, 8), fire: minutes(9, 10) })
  })
})

test('of very many missed due times the latest are looked at', () => {
  const now = 30 * DAY_MS + 30_000
  const all = plan({ catchUp: 'ALL', catchUpWindowMs: 30 * DAY_MS }, now)
  const last = (30 * DAY_MS) / MINUTE_MS
  expect(all).toEqual({ missed: [], fire: minutes(last - MAX_MISSED + 1, last) })
  expect(plan({ catchUp: 'LATEST' }, now).fire).toEqual([30 * DAY_MS])
})

test('jitter is within its bound, spread over it, and the same for all', () => {
  const schedule = makeSchedule({ jitterMs: 10_000 })
  const delays = minutes(1, 1_000).map((dueAt) => fireAtOf(schedule, dueAt) - dueAt)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...delays)).toBeLessThanOrEqual(10_000)
  for (let from = 0; from < 10_000; from += 1_000)
    expect(delays.filter((delay) => delay >= from && delay < from + 1_000).length).toBeGreaterThan(50)
  expect(minutes(1, 1_000).map((dueAt) => fireAtOf({ ...schedule }, dueAt) - dueAt)).toEqual(delays)
  expect(fireAtOf({ ...schedule, id: 'sched_00000000000000000000000002' }, MINUTE_MS)).not.toBe(
    fireAtOf(schedule, MINUTE_MS),
  )
})

test('skipped due times are counted by reason', () => {
  const one = countSkipped(makeSchedule(), 'OVERLAP', [1])
  const two = countSkipped(countSkipped(one, 'REFUSED', [2], 'The queue is full.'), 'OVERLAP', [3, 4])
  expect(two.skipped).toEqual([
    { reason: 'REFUSED', count: 1, lastDueAt: 2, lastMessage: 'The queue is full.' },
    { reason: 'OVERLAP', count: 3, lastDueAt: 4, lastMessage: null },
  ])
  expect(countSkipped(two, 'MISSED', [])).toBe(two)
})

test('the next due time is after the one that is dealt with; there is none while it is paused', () => {
  expect(moveOn(makeSchedule(), times, MINUTE_MS)).toMatchObject({ lastDueAt: MINUTE_MS, nextDueAt: 2 * MINUTE_MS })
  expect(waitAfter(makeSchedule({ paused: true }), times, 0)).toMatchObject({ nextDueAt: null, nextFireAt: null })
})

test('however the looks fall, every due time is dealt with once and in order', () => {
  const jitter = fc.constantFrom(0, 5_000, MINUTE_MS, HOUR_MS)
  const policy = fc.constantFrom('NONE', 'LATEST', 'ALL')
  const looks = fc.array(fc.integer({ min: 1, max: HOUR_MS }), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(
      jitter,
      policy,
      fc.integer({ min: 0, max: HOUR_MS }),
      looks,
      (jitterMs, catchUp, catchUpWindowMs, waits) => {
        let schedule = waitAfter(makeSchedule({ jitterMs, catchUp, catchUpWindowMs }), times, 0)
        let now = 0
        const dealt: number[] = []
        for (const wait of waits) {
          now += wait
          const { missed, fire } = planFirings(schedule, times, now)
          for (const dueAt of [...missed, ...fire]) {
            expect(fireAtOf(schedule, dueAt)).toBeLessThanOrEqual(now)
            dealt.push(dueAt)
            schedule = moveOn(schedule, times, dueAt)
          }
          for (const dueAt of missed) expect(now - fireAtOf(schedule, dueAt)).toBeGreaterThan(PUNCTUAL_MS)
          expect(schedule.nextFireAt).toBeGreaterThan(now)
        }
        expect(dealt).toEqual(minutes(1, dealt.length))
      },
    ),
    { seed: testSeed(), numRuns: isFullTest() ? 5_000 : 25 },
  )
})
