import { expect, test } from 'vitest'
import type { EventLog, LoggedEvent, TrimPolicy } from '../../src/ports/event-log.js'
import { codeOf } from './document-store.fixture.js'

export interface OpenedEventLog extends AsyncDisposable {
  readonly log: EventLog
  /** The log's time, which stands still unless it is set. */
  readonly clock: { nowMs: number }
  reopen(): Promise<OpenedEventLog>
}

interface EventLogFixture {
  readonly name: string
  open(): Promise<OpenedEventLog>
}

const event = (data: number) => ({ type: 'E', data })
const end = { type: 'End', data: null, ends: true }
const many = (count: number) => Array.from({ length: count }, (_, at) => event(at + 1))
const sequences = (events: readonly LoggedEvent[]): number[] => events.map(({ sequence }) => sequence)
const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1)

/** Lets nothing go unless it says so. */
const policy = (changes: Partial<TrimPolicy>): TrimPolicy => ({
  endedBeforeMs: 0,
  openStreamMaxEvents: 1_000_000,
  maxDeletedEvents: 1_000_000,
  ...changes,
})

/** The contract of `EventLog`, for each adapter. */
export function runEventLogSuite(fixture: EventLogFixture): void {
  const logTest = (name: string, run: (opened: OpenedEventLog) => Promise<void>): void => {
    test(`${fixture.name}: ${name}`, async () => {
      await using opened = await fixture.open()
      await run(opened)
    })
  }
  runAppendCases(logTest, fixture)
  runSubscribeCases(logTest)
  runTrimCases(logTest)
}

type LogTest = (name: string, run: (opened: OpenedEventLog) => Promise<void>) => void

function runAppendCases(logTest: LogTest, fixture: EventLogFixture): void {
  logTest('events are read back in order with all that they had', async ({ log, clock }) => {
    clock.nowMs = 5_000
    expect(await log.head('s')).toEqual({ firstSequence: 1, lastSequence: 0, revision: 0, ended: false })
    const data = { text: 'é\0\ud800😀', list: [1.5, null, false, {}], nothing: undefined }
    expect(await log.append('s', [{ type: 'A', data }, event(2)])).toBe(2)
    clock.nowMs = 6_000
    expect(await log.append('s', [event(3)])).toBe(3)
    expect(await log.append('s', [])).toBe(3)
    const { nothing: _, ...kept } = data
    expect(await log.read('s', 0, 10)).toEqual([
      { stream: 's', sequence: 1, at: 5_000, type: 'A', data: kept, revision: null },
      { stream: 's', sequence: 2, at: 5_000, type: 'E', data: 2, revision: null },
      { stream: 's', sequence: 3, at: 6_000, type: 'E', data: 3, revision: null },
    ])
    expect(sequences(await log.read('s', 1, 1))).toEqual([2])
    expect(await log.read('s', 3, 10)).toEqual([])
    expect(await log.read('other', 0, 10)).toEqual([])
    expect(await log.head('s')).toEqual({ firstSequence: 1, lastSequence: 3, revision: 0, ended: false })
    for (const limit of [0, 10_001, 1.5]) expect(await codeOf(log.read('s', 0, limit))).toBe('INVALID_INPUT')
  })

  logTest('parallel appends leave no hole and no double', async ({ log }) => {
    const lasts = await Promise.all(Array.from({ length: 100 }, (_, at) => log.append('s', [event(at), event(at)])))
    expect([...lasts].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => 2 * at + 2))
    const logged = await log.read('s', 0, 1_000)
    expect(sequences(logged)).toEqual(upTo(200))
    // Those of one call stand together.
    for (let at = 0; at < 200; at += 2) expect(logged[at]?.data).toBe(logged[at + 1]?.data)
  })

  logTest('nothing follows an end, and a call is all or nothing', async ({ log }) => {
    expect(await log.append('s', [event(1), end])).toBe(2)
    expect(await log.head('s')).toMatchObject({ lastSequence: 2, ended: true })
    expect(await codeOf(log.append('s', [event(3)]))).toBe('CONFLICT')
    expect(await codeOf(log.append('t', [event(1), end, event(2)]))).toBe('CONFLICT')
    expect((await log.head('s')).lastSequence).toBe(2)
    expect(await log.head('t')).toEqual({ firstSequence: 1, lastSequence: 0, revision: 0, ended: false })
    const race = await Promise.allSettled([log.append('u', [end]), log.append('u', [end]), log.append('u', [end])])
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  logTest('a deleted stream begins anew', async ({ log }) => {
    await log.append('s', [event(1), end])
    await log.append('t', [event(1)])
    await log.deleteStream('s')
    await log.deleteStream('unknown')
    expect(await log.head('s')).toEqual({ firstSequence: 1, lastSequence: 0, revision: 0, ended: false })
    expect(await log.read('s', 0, 10)).toEqual([])
    expect(await log.append('s', [event(1)])).toBe(1)
    expect((await log.head('t')).lastSequence).toBe(1)
  })

  test(`${fixture.name}: the log is there when it is opened again`, async () => {
    const opened = await fixture.open()
    await opened.log.append('s', many(20))
    await opened.log.append('ended', [event(1), end])
    await using again = await opened.reopen()
    expect(sequences(await again.log.read('s', 0, 100))).toEqual(upTo(20))
    expect(await again.log.head('ended')).toMatchObject({ ended: true })
    expect(await again.log.append('s', [event(21)])).toBe(21)
  })
}

function runSubscribeCases(logTest: LogTest): void {
  logTest('a listener is told everything after subscribe, in order, once, with its content', async ({ log }) => {
    await log.append('s', [event(0)])
    const told: LoggedEvent[] = []
    const subscription = log.subscribe('s', (events) => told.push(...events))
    expect(told).toEqual([])
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => log.append(at % 5 === 0 ? 'other' : 's', [event(at), event(at)])),
    )
    expect(told).toEqual(await log.read('s', 1, 1_000))
    expect(told).toHaveLength(80)
    subscription[Symbol.dispose]()
    subscription[Symbol.dispose]()
    await log.append('s', [event(99)])
    expect(told).toHaveLength(80)
  })

  logTest('what is told can be read', async ({ log }) => {
    const checks: Promise<void>[] = []
    using _subscription = log.subscribe('s', (events) => {
      const last = events.at(-1)
      checks.push(log.read('s', (last?.sequence ?? 0) - 1, 1).then(([read]) => expect(read).toEqual(last)))
    })
    await Promise.all(Array.from({ length: 20 }, (_, at) => log.append('s', [event(at)])))
    expect(checks.length).toBeGreaterThan(0)
    await Promise.all(checks)
  })

  logTest('subscribe, then read, misses nothing, also when appends race', async ({ log }) => {
    for (let round = 0; round < 50; round++) {
      const stream = `s${round}`
      const seen = new Set<number>()
      const writing = Promise.all(Array.from({ length: 8 }, (_, at) => log.append(stream, [event(at)])))
      for (let ticks = 0; ticks < round % 7; ticks++) await Promise.resolve()
      using _subscription = log.subscribe(stream, (events) => sequences(events).forEach((one) => seen.add(one)))
      for (const one of sequences(await log.read(stream, 0, 100))) seen.add(one)
      await writing
      expect([...seen].sort((a, b) => a - b)).toEqual(upTo(8))
    }
  })

  logTest('listeners are independent of each other', async ({ log }) => {
    const told: string[] = []
    const same = (): void => void told.push('same')
    using _first = log.subscribe('s', same)
    const second = log.subscribe('s', same)
    using _third = log.subscribe('s', () => {
      told.push('third')
      second[Symbol.dispose]()
    })
    await log.append('s', [event(1)])
    expect(told).toEqual(['same', 'same', 'third'])
    await log.append('s', [event(2)])
    expect(told.slice(3)).toEqual(['same', 'third'])
  })
}

function runTrimCases(logTest: LogTest): void {
  logTest('trim lets go what ended before its time, the head stays', async ({ log, clock }) => {
    for (const [at, stream] of ['a', 'b', 'c'].entries()) {
      clock.nowMs = 1_000 * (at + 1)
      await log.append(stream, [...many(3), end])
    }
    await log.append('open', many(5))
    expect(await log.trim(policy({ endedBeforeMs: 2_000 }))).toBe(4)
    expect(await log.read('a', 0, 10)).toEqual([])
    expect(await log.head('a')).toEqual({ firstSequence: 5, lastSequence: 4, revision: 0, ended: true })
    expect(await codeOf(log.append('a', [event(5)]))).toBe('CONFLICT')
    expect(sequences(await log.read('b', 0, 10))).toEqual(upTo(4))
    expect(await log.trim(policy({ endedBeforeMs: 3_001 }))).toBe(8)
    expect(await log.trim(policy({ endedBeforeMs: 1_000_000 }))).toBe(0)
    expect(sequences(await log.read('open', 0, 10))).toEqual(upTo(5))
  })

  logTest('trim lets an open stream keep its last events', async ({ log }) => {
    await log.append('long', many(500))
    await log.append('short', many(10))
    await log.append('ended', [...many(400), end])
    expect(await log.trim(policy({ openStreamMaxEvents: 300 }))).toBe(200)
    expect(await log.head('long')).toMatchObject({ firstSequence: 201, lastSequence: 500 })
    expect(sequences(await log.read('long', 0, 1_000))).toEqual(upTo(500).slice(200))
    expect(sequences(await log.read('long', 350, 2))).toEqual([351, 352])
    expect(await log.trim(policy({ openStreamMaxEvents: 300 }))).toBe(0)
    expect(await log.append('long', many(1))).toBe(501)
    expect(await log.trim(policy({ openStreamMaxEvents: 300 }))).toBe(1)
    expect(await log.trim(policy({ openStreamMaxEvents: 4 }))).toBe(296 + 6)
    expect(sequences(await log.read('short', 0, 100))).toEqual([7, 8, 9, 10])
    expect(sequences(await log.read('ended', 0, 1_000))).toEqual(upTo(401))
  })

  logTest('one trim deletes no more than it may, and the next goes on', async ({ log, clock }) => {
    clock.nowMs = 1_000
    await log.append('a', [...many(6), end])
    await log.append('b', [...many(6), end])
    await log.append('c', many(20))
    const trim = policy({ endedBeforeMs: 2_000, openStreamMaxEvents: 10, maxDeletedEvents: 5 })
    const deleted: number[] = []
    for (let count = await log.trim(trim); count > 0; count = await log.trim(trim)) deleted.push(count)
    expect(Math.max(...deleted)).toBeLessThanOrEqual(5)
    expect(deleted.reduce((sum, count) => sum + count, 0)).toBe(7 + 7 + 10)
    expect(sequences(await log.read('c', 0, 100))).toEqual(upTo(20).slice(10))
  })
}
