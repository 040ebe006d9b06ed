import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCron } from '../../src/services/tasks/cron.js'
import { createCronReference, type CronFields } from '../support/cron-reference.js'
import { isFullTest, testSeed } from '../support/seed.js'

const parameters = { seed: testSeed(), numRuns: isFullTest() ? 1_000 : 12 }

const listAfter = (cron: string, timezone: string, from: string, count: number): string[] =>
  parseCron(cron, timezone)
    .listAfter(Date.parse(from), count)
    .map((ms) => new Date(ms).toISOString().replace('.000', ''))

describe('clock changes of Europe/Berlin', () => {
  test('a time of day in the skipped hour is due when that is over, once', () => {
    const from = '2026-03-28T12:00:00Z'
    expect(listAfter('30 2 * * *', 'Europe/Berlin', from, 2)).toEqual(['2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'])
    expect(listAfter('15,45 2 * * *', 'Europe/Berlin', from, 2)).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:15:00Z',
    ])
    expect(listAfter('0 2,3 * * *', 'Europe/Berlin', from, 2)).toEqual(['2026-03-29T01:00:00Z', '2026-03-30T00:00:00Z'])
  })

  test('a rhythm leaves the skipped hour out', () => {
    expect(listAfter('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z', 3)).toEqual([
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T01:30:00Z',
    ])
    expect(listAfter('30 */2 * * *', 'Europe/Berlin', '2026-03-28T23:00:00Z', 2)).toEqual([
      '2026-03-28T23:30:00Z',
      '2026-03-29T02:30:00Z',
    ])
  })

  test('a time of day in the doubled hour is due the first time alone', () => {
    const times = parseCron('30 2 * * *', 'Europe/Berlin')
    const first = Date.parse('2026-10-25T00:30:00Z')
    const nextDay = Date.parse('2026-10-26T01:30:00Z')
    expect(times.nextAfter(first - 1)).toBe(first)
    expect(times.nextAfter(first)).toBe(nextDay)
    // Whoever asks between the two and after them.
    expect(times.nextAfter(Date.parse('2026-10-25T01:00:00Z'))).toBe(nextDay)
    expect(times.nextAfter(Date.parse('2026-10-25T01:30:00Z'))).toBe(nextDay)
  })

  test('a rhythm goes through the doubled hour twice', () => {
    expect(listAfter('30 * * * *', 'Europe/Berlin', '2026-10-24T23:59:00Z', 3)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
      '2026-10-25T02:30:00Z',
    ])
  })
})

describe('clock changes of Australia/Lord_Howe, by half an hour', () => {
  test('a time of day in the skipped half hour is due when that is over', () => {
    expect(listAfter('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual([
      '2026-10-03T15:30:00Z',
      '2026-10-04T15:15:00Z',
    ])
  })

  test('a time of day in the doubled half hour is due the first time alone', () => {
    expect(listAfter('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', 2)).toEqual([
      '2026-04-04T14:45:00Z',
      '2026-04-05T15:15:00Z',
    ])
  })

  test('a rhythm has neither a hole nor a doubled moment', () => {
    const tenMinutes = 600_000
    for (const [from, count] of [
      ['2026-10-03T15:00:00Z', 12],
      ['2026-04-04T14:00:00Z', 12],
    ] as const) {
      const due = parseCron('*/10 * * * *', 'Australia/Lord_Howe').listAfter(Date.parse(from), count)
      expect(due).toEqual(Array.from({ length: count }, (_, at) => Date.parse(from) + (at + 1) * tenMinutes))
    }
  })
})

/** Days around changes of the clock, and one without. */
const STRETCHES = [
  ['Europe/Berlin', '2026-03-28T00:00:00Z', '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', '2026-10-24T00:00:00Z', '2026-10-25T01:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-03T12:00:00Z', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T12:00:00Z', '2026-10-03T15:30:00Z'],
  ['America/New_York', '2026-03-07T05:00:00Z', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-10-31T05:00:00Z', '2026-11-01T06:00:00Z'],
  // The clock goes from 0:00 to 1:00, and from 24:00 to 23:00.
  ['America/Sao_Paulo', '2018-11-03T03:00:00Z', '2018-11-04T03:00:00Z'],
  ['America/Sao_Paulo', '2018-02-16T12:00:00Z', '2018-02-18T02:00:00Z'],
  ['Asia/Kolkata', '2026-02-27T00:00:00Z', '2026-02-28T18:30:00Z'],
] as const
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

interface Field {
  readonly text: string
  readonly allowed: ReadonlySet<number> | null
}

function field(least: number, most: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min: least, max: most })
  const span = (from: number, to: number, step = 1): number[] =>
    Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step)
  const ranges = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  return fc.oneof(
    fc.constant({ text: '*', allowed: null }),
    fc
      .uniqueArray(value, { minLength: 1, maxLength: 3 })
      .map((list) => ({ text: list.join(','), allowed: new Set(list) })),
    ranges.map(([from, to]) => ({ text: `${from}-${to}`, allowed: new Set(span(from, to)) })),
  )
}

const stepped = (least: number, most: number): fc.Arbitrary<Field> =>
  fc.integer({ min: 1, max: Math.ceil((most - least) / 2) }).map((step) => ({
    text: `*/${step}`,
    allowed: new Set(
      Array.from({ length: most - least + 1 }, (_, at) => at)
        .filter((at) => at % step === 0)
        .map((at) => at + least),
    ),
  }))

const timeField = (most: number): fc.Arbitrary<Field> =>
  fc.oneof({ weight: 4, arbitrary: field(0, most) }, { weight: 1, arbitrary: stepped(0, most) })
const anyDay: fc.Arbitrary<Field> = fc.constant({ text: '*', allowed: null })
const dateFields = fc.tuple(
  fc.oneof(anyDay, field(1, 31)),
  fc.oneof({ weight: 3, arbitrary: anyDay }, { weight: 1, arbitrary: field(1, 12) }),
  fc.oneof(anyDay, field(0, 6)),
)

const toFields = (time: readonly Field[], date: readonly Field[]): CronFields => ({
  second: time[0]!.allowed,
  minute: time[1]!.allowed,
  hour: time[2]!.allowed,
  day: date[0]!.allowed,
  month: date[1]!.allowed,
  weekday: date[2]!.allowed,
  namesTimesOfDay: time.every(({ text }) => !/[*/]/.test(text)),
})

/** All due times of a stretch, taken one by one. */
function walk(cron: string, timezone: string, fromMs: number, untilMs: number): number[] {
  const times = parseCron(cron, timezone)
  const due: number[] = []
  for (let at = times.nextAfter(fromMs - 1); at !== null && at <= untilMs; at = times.nextAfter(at)) due.push(at)
  expect(times.listLatest({ fromMs, untilMs, limit: due.length + 1 })).toEqual(due)
  return due
}

const ZERO: Field = { text: '0', allowed: new Set([0]) }

describe.each(STRETCHES)('in %s around %s', (timezone, from, changeAt) => {
  test('five fields are due as a look at each minute says', () => {
    const fromMs = Date.parse(from)
    const untilMs = fromMs + 3 * DAY_MS
    const reference = createCronReference(timezone, { fromMs, untilMs, stepMs: MINUTE_MS })
    fc.assert(
      fc.property(timeField(59), timeField(23), dateFields, (minute, hour, date) => {
        const cron = [minute, hour, ...date].map(({ text }) => text).join(' ')
        const fields = toFields([ZERO, minute, hour], date)
        fc.pre(isEverDue(cron, timezone))
        expect(walk(cron, timezone, fromMs, untilMs)).toEqual(reference.listDue(fields))
      }),
      { ...parameters, numRuns: parameters.numRuns / 2 },
    )
  })

  test('six fields are due as a look at each second says', () => {
    const fromMs = Date.parse(changeAt) - 75 * MINUTE_MS
    const untilMs = Date.parse(changeAt) + 75 * MINUTE_MS
    const reference = createCronReference(timezone, { fromMs, untilMs, stepMs: 1_000 })
    const times = fc.tuple(field(0, 59), timeField(59), field(0, 3))
    fc.assert(
      fc.property(times, (time) => {
        const cron = [...time.map(({ text }) => text), '*', '*', '*'].join(' ')
        const any = { text: '*', allowed: null }
        const due = reference.listDue(toFields(time, [any, any, any]))
        fc.pre(due.length < 500)
        expect(walk(cron, timezone, fromMs, untilMs)).toEqual(due)
      }),
      { ...parameters, numRuns: parameters.numRuns / 4 },
    )
  })
})

function isEverDue(cron: string, timezone: string): boolean {
  try {
    parseCron(cron, timezone)
    return true
  } catch {
    return false
  }
}

describe('what is wrong is said', () => {
  test.each([
    ['', /has 0 fields/],
    ['* * * *', /has 4 fields; it must have five \(minute, hour/],
    ['* * * * * * *', /has 7 fields/],
    ['@daily', /has 1 fields/],
    ['2026-01-01T00:00:00 * * * *', /"2026-01-01T00:00:00" has characters/],
    ['61 * * * *', /Invalid value for minute: 61/],
    ['0 24 * * *', /Invalid value for hour: 24/],
    ['0 0 * * 8', /Invalid value for dayOfWeek: 8/],
    ['0 0 0 * *', /Invalid value for day: 0/],
    ['0 0 32 * *', /Invalid value for day: 32/],
    ['0 0 1 13 *', /Invalid value for month: 13/],
    ['0 0 * * MON#6', /should be 1-5 or L: 6\.$/],
    ['*/0 * * * *', /stepping/],
    ['10-5 * * * *', /From value is larger/],
    ['a * * * *', /illegal characters/],
    ['0,,1 * * * *', /empty/],
    ['0 0 30 2 *', /never due/],
    ['0 0 1 * +1', /"\+1" has characters/],
    [`0${',0'.repeat(200)} * * * *`, /more than 256 characters/],
  ])('of %j', (cron, problem) => {
    expect(() => parseCron(cron, 'UTC', { cron: 'input.cron', timezone: 'input.timezone' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        details: { path: 'input.cron' },
        message: expect.stringMatching(problem),
      }),
    )
  })

  test.each(['', 'Mars/Olympus', '+02:00', 'Europe', '../etc'])('of the time zone %j', (timezone) => {
    expect(() => parseCron('* * * * *', timezone)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', details: { path: 'timezone' } }),
    )
  })

  test('what people write is taken', () => {
    for (const cron of [
      '0 9 * * MON-FRI',
      '0 0 L * *',
      '0 0 * JAN,JUL *',
      '0 12 * * 5#2',
      ' 0   0  1 1 * ',
      '0 0 15W * *',
    ])
      expect(parseCron(cron, 'Europe/Berlin').nextAfter(0)).toBeGreaterThan(0)
  })
})
