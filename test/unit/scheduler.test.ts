import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { GraphloomError } from '../../src/kernel/errors.js'
import { beginAttempt } from '../../src/services/tasks/task-rules.js'
import { ManualClock } from '../support/manual-clock.js'
import {
  ADA,
  advance,
  endTaskOf,
  openScheduling,
  SCHEDULING_COLLECTIONS,
  scheduleSettings,
  tasksOf,
  type Scheduling,
  type SchedulingOptions,
} from '../support/schedules.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const START = Date.parse('2026-01-01T00:30:00Z')
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const hour = (count: number): number => Date.parse('2026-01-01T00:00:00Z') + count * HOUR_MS

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function open(options: Partial<SchedulingOptions> = {}): Promise<Scheduling> {
  const folder = stack.use(await createTemporaryFolder('schedules'))
  const database = stack.use(
    await openSqliteDatabase({ directory: folder.path, logger, collections: SCHEDULING_COLLECTIONS }),
  )
  const { documents, events } = database
  const clock = new ManualClock(START)
  const blobsPath = join(folder.path, 'blobs')
  return stack.use(await openScheduling({ documents, events, blobsPath, clock, schedulers: 1, ...options }))
}

const dueAtsOf = async (scheduling: Scheduling, id: string): Promise<(number | null)[]> =>
  (await tasksOf(scheduling, id)).map(({ scheduleDueAt }) => scheduleDueAt)

const read = (scheduling: Scheduling) => scheduling.store.requireByName(ADA.tenantId, 'nightly')

test('a task is made at each due time, as the template says', async () => {
  const scheduling = await open()
  const template = { type: 'sleep', priority: 7, timeoutMs: 5_000, attemptLimit: 2, expiresAfterMs: MINUTE_MS }
  const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ template, input: { durationMs: 5 } }))
  await advance(scheduling, 29 * MINUTE_MS)
  expect(await tasksOf(scheduling, id)).toEqual([])
  await advance(scheduling, MINUTE_MS)
  await advance(scheduling, HOUR_MS)
  const tasks = await tasksOf(scheduling, id)
  expect(tasks.map(({ scheduleDueAt }) => scheduleDueAt)).toEqual([hour(1), hour(2)])
  expect(tasks[0]).toMatchObject({
    tenantId: 'acme',
    createdBy: 'ada',
    type: 'sleep',
    queue: 'default',
    state: 'QUEUED',
    priority: 7,
    timeoutMs: 5_000,
    attemptLimit: 2,
    expiresAt: hour(1) + MINUTE_MS,
    input: { inline: { durationMs: 5 } },
    scheduleId: id,
    idempotencyKey: `schedule:${id}:${hour(1)}`,
  })
  expect(await read(scheduling)).toMatchObject({
    lastDueAt: hour(2),
    nextDueAt: hour(3),
    lastTaskId: tasks[1]!.id,
    skipped: [],
  })
})

test('jitter puts the firing off, and not the due time', async () => {
  const scheduling = await open()
  const schedule = await scheduling.service.upsert(ADA, scheduleSettings({ jitterMs: 10 * MINUTE_MS }))
  const [planned] = scheduling.service.nextRuns(schedule, 1)
  expect(planned!.dueAt).toBe(hour(1))
  await advance(scheduling, planned!.firesAt - 1 - START)
  expect(await tasksOf(scheduling, schedule.id)).toEqual([])
  await advance(scheduling, 1)
  expect(await dueAtsOf(scheduling, schedule.id)).toEqual([hour(1)])
})

describe('while the task before has not ended', () => {
  test('SKIP makes none, and counts', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ overlap: 'SKIP' }))
    await advance(scheduling, 30 * MINUTE_MS)
    await advance(scheduling, HOUR_MS)
    await advance(scheduling, HOUR_MS)
    expect(await dueAtsOf(scheduling, id)).toEqual([hour(1)])
    const { skipped, lastTaskId } = await read(scheduling)
    expect(skipped).toEqual([{ reason: 'OVERLAP', count: 2, lastDueAt: hour(3), lastMessage: null }])
    await endTaskOf(scheduling, lastTaskId!)
    await advance(scheduling, HOUR_MS)
    expect(await dueAtsOf(scheduling, id)).toEqual([hour(1), hour(4)])
  })

  test('QUEUE lets the next one wait behind it', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ overlap: 'QUEUE' }))
    await advance(scheduling, 30 * MINUTE_MS)
    await advance(scheduling, HOUR_MS)
    const tasks = await tasksOf(scheduling, id)
    expect(tasks.map(({ state }) => state)).toEqual(['QUEUED', 'QUEUED'])
    for (const task of tasks) expect(task.concurrency).toEqual({ key: `schedule:${id}`, limit: 1, rate: null })
  })

  test('CANCEL_PREVIOUS cancels it', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ overlap: 'CANCEL_PREVIOUS' }))
    await advance(scheduling, 30 * MINUTE_MS)
    await advance(scheduling, HOUR_MS)
    const [, second] = await tasksOf(scheduling, id)
    const claim = { attempt: 1, workerId: 'worker', token: null }
    await scheduling.tasks.change({ tenantId: 'acme' }, second!.id, (task) => beginAttempt(task, claim, hour(2)))
    await advance(scheduling, HOUR_MS)
    const tasks = await tasksOf(scheduling, id)
    expect(tasks.map(({ state }) => state)).toEqual(['CANCELLED', 'CANCELLING', 'QUEUED'])
    expect(scheduling.stopped).toEqual([tasks[0]!.id, second!.id])
  })
})

describe('after a downtime', () => {
  test.each([
    ['NONE', [], 3],
    ['LATEST', [hour(3)], 2],
    ['ALL', [hour(1), hour(2), hour(3)], 0],
  ] as const)('%s', async (catchUp, fired, missed) => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ catchUp }))
    await advance(scheduling, 3 * HOUR_MS)
    expect(await dueAtsOf(scheduling, id)).toEqual(fired)
    const schedule = await read(scheduling)
    expect(schedule.skipped.map(({ reason, count }) => [reason, count])).toEqual(
      missed === 0 ? [] : [['MISSED', missed]],
    )
    expect(schedule).toMatchObject({ lastDueAt: hour(3), nextDueAt: hour(4) })
  })
})

describe('a firing that cannot be', () => {
  test('is tried again for a while when the queue is full, then counted', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings())
    scheduling.waiting.length = 1_000
    scheduling.clock.advance(30 * MINUTE_MS)
    scheduling.clock.advance(5_000)
    scheduling.waiting.length = 0
    await advance(scheduling, 1_000)
    expect(await dueAtsOf(scheduling, id)).toEqual([hour(1)])
    scheduling.waiting.length = 1_000
    await advance(scheduling, HOUR_MS + 30_000)
    expect((await read(scheduling)).skipped).toMatchObject([{ reason: 'REFUSED', count: 1, lastDueAt: hour(2) }])
    expect((await read(scheduling)).skipped[0]?.lastMessage).toContain('full')
  })

  test('is counted when somebody took its key', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings())
    const other = await scheduling.service.upsert(ADA, scheduleSettings({ name: 'other' }))
    const task = await scheduling.service.runNow(ADA, 'other', undefined)
    const key = `schedule:${id}:${hour(1)}`
    await scheduling.tasks.change({ tenantId: 'acme' }, task.id, (next) => ({
      next: { ...next, idempotencyKey: key },
      queue: [],
    }))
    expect(task.scheduleId).toBe(other.id)
    await advance(scheduling, 30 * MINUTE_MS)
    expect((await read(scheduling)).skipped).toMatchObject([{ reason: 'REFUSED', count: 1, lastDueAt: hour(1) }])
  })
})

describe('at once', () => {
  test('a paused schedule does not fire, and does not catch up', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ catchUp: 'ALL' }))
    expect(await scheduling.service.setPaused(ADA, 'nightly', true)).toMatchObject({ paused: true, nextDueAt: null })
    await advance(scheduling, 5 * HOUR_MS)
    expect(scheduling.service.nextRuns(await read(scheduling), 5)).toEqual([])
    const resumed = await scheduling.service.setPaused(ADA, 'nightly', false)
    expect(scheduling.service.nextRuns(resumed, 2).map(({ dueAt }) => dueAt)).toEqual([hour(6), hour(7)])
    await advance(scheduling, 30 * MINUTE_MS)
    expect(await dueAtsOf(scheduling, id)).toEqual([hour(6)])
    expect((await read(scheduling)).skipped).toEqual([])
  })

  test('a change holds, and leaves what does not change', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings())
    await scheduling.service.setPaused(ADA, 'nightly', true)
    const kept = await scheduling.service.upsert(ADA, scheduleSettings({ input: { durationMs: 2 } }))
    expect(kept).toMatchObject({ id, paused: true, createdBy: 'ada' })
    await scheduling.service.upsert(
      ADA,
      scheduleSettings({ cron: '0 40 * * * *', paused: false, input: { durationMs: 3 } }),
    )
    await advance(scheduling, 10 * MINUTE_MS)
    await advance(scheduling, 30 * MINUTE_MS)
    const tasks = await tasksOf(scheduling, id)
    expect(tasks.map(({ scheduleDueAt, input }) => [scheduleDueAt, input])).toEqual([
      [hour(0) + 40 * MINUTE_MS, { inline: { durationMs: 3 } }],
    ])
  })

  test('a deleted schedule is gone, and its tasks are not', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings())
    await advance(scheduling, 30 * MINUTE_MS)
    await scheduling.service.delete(ADA, 'nightly')
    await advance(scheduling, 5 * HOUR_MS)
    expect(await dueAtsOf(scheduling, id)).toEqual([hour(1)])
    await expect(scheduling.service.delete(ADA, 'nightly')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // The next of this name is another one.
    const next = await scheduling.service.upsert(ADA, scheduleSettings())
    expect(next.id).not.toBe(id)
  })
})

describe('between the task and the schedule', () => {
  /** Something happens once a task was made, before its schedule knows of it. */
  async function openWith(between: (scheduling: Scheduling) => Promise<unknown>): Promise<Scheduling> {
    let happened = false
    const scheduling: Scheduling = await open({
      wrapFire: (fire) => async (schedule, dueAt) => {
        const outcome = await fire(schedule, dueAt)
        if (!happened) {
          happened = true
          await between(scheduling)
        }
        return outcome
      },
    })
    await scheduling.service.upsert(ADA, scheduleSettings({ catchUp: 'NONE', overlap: 'SKIP' }))
    return scheduling
  }

  test('a pause', async () => {
    const scheduling = await openWith(({ service }) => service.setPaused(ADA, 'nightly', true))
    await advance(scheduling, 30 * MINUTE_MS)
    const schedule = await read(scheduling)
    const [task] = await tasksOf(scheduling, schedule.id)
    expect(schedule).toMatchObject({ paused: true, nextDueAt: null, lastDueAt: hour(1), lastTaskId: task!.id })
  })

  test('a change', async () => {
    const settings = scheduleSettings({ cron: '15 * * * *', overlap: 'SKIP' })
    const scheduling = await openWith(({ service }) => service.upsert(ADA, settings))
    await advance(scheduling, 30 * MINUTE_MS)
    const schedule = await read(scheduling)
    const [task] = await tasksOf(scheduling, schedule.id)
    const nextDueAt = hour(1) + 15 * MINUTE_MS
    expect(schedule).toMatchObject({ cron: '15 * * * *', nextDueAt, lastDueAt: hour(1), lastTaskId: task!.id })
    await advance(scheduling, 15 * MINUTE_MS)
    expect((await read(scheduling)).skipped).toMatchObject([{ reason: 'OVERLAP', lastDueAt: nextDueAt }])
  })

  test('a change of the task alone', async () => {
    const settings = scheduleSettings({ overlap: 'QUEUE', input: { durationMs: 2 } })
    const scheduling = await openWith(({ service }) => service.upsert(ADA, settings))
    await advance(scheduling, 30 * MINUTE_MS)
    const schedule = await read(scheduling)
    expect(await dueAtsOf(scheduling, schedule.id)).toEqual([hour(1)])
    expect(schedule).toMatchObject({ lastDueAt: hour(1), nextDueAt: hour(2), input: { inline: { durationMs: 2 } } })
  })

  test('the end of the schedule', async () => {
    const scheduling = await openWith(({ service }) => service.delete(ADA, 'nightly'))
    await advance(scheduling, 30 * MINUTE_MS)
    expect(await scheduling.service.get(ADA, 'nightly')).toBeNull()
  })

  test('the end of the server: the due time was not missed', async () => {
    const scheduling = await openWith(() => Promise.reject(new GraphloomError('UNAVAILABLE', 'It died.')))
    scheduling.clock.advance(30 * MINUTE_MS)
    await scheduling.idle()
    await advance(scheduling, 20 * MINUTE_MS)
    const schedule = await read(scheduling)
    const [task] = await tasksOf(scheduling, schedule.id)
    expect(schedule).toMatchObject({ lastDueAt: hour(1), lastTaskId: task!.id, skipped: [] })
  })
})

describe('a run that is asked for', () => {
  test('is made once for a key, also while the schedule is paused', async () => {
    const scheduling = await open()
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ paused: true }))
    const [one, two] = await Promise.all([1, 2].map(() => scheduling.service.runNow(ADA, 'nightly', 'once')))
    const other = await scheduling.service.runNow(ADA, 'nightly', undefined)
    expect(one!.id).toBe(two!.id)
    expect(other.id).not.toBe(one!.id)
    expect(other).toMatchObject({ scheduleId: id, scheduleDueAt: null })
    expect((await read(scheduling)).lastTaskId).toBe(other.id)
  })

  test('follows the overlap policy', async () => {
    const scheduling = await open()
    await scheduling.service.upsert(ADA, scheduleSettings({ overlap: 'SKIP' }))
    await scheduling.service.runNow(ADA, 'nightly', undefined)
    await expect(scheduling.service.runNow(ADA, 'nightly', undefined)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await read(scheduling)).skipped).toEqual([])
  })
})

test('an input that is too large for a document is kept beside it, as long as the schedule has it', async () => {
  const scheduling = await open()
  const input = { text: 'x'.repeat(100_000) }
  const settings = scheduleSettings({ template: { type: 'note' }, input })
  const first = await scheduling.service.upsert(ADA, settings)
  expect(await scheduling.service.readInput(ADA, first)).toEqual(input)
  expect(await scheduling.store.isBlobReferenced(first.inputBlobId!)).toBe(true)
  await advance(scheduling, 30 * MINUTE_MS)
  const second = await scheduling.service.upsert(ADA, settings)
  expect(await scheduling.store.isBlobReferenced(first.inputBlobId!)).toBe(false)
  await expect(scheduling.service.readInput(ADA, first)).rejects.toThrow()
  await scheduling.service.delete(ADA, 'nightly')
  await expect(scheduling.service.readInput(ADA, second)).rejects.toThrow()
  const [task] = await tasksOf(scheduling, first.id)
  expect(await scheduling.payloads.get(task!.input)).toEqual(input)
})

describe('three schedulers on one store', () => {
  const SECOND_MS = 1_000

  const expected = Array.from({ length: 50 }, (_, at) => START + (at + 1) * SECOND_MS)

  test('fire each of 50 due times once', async () => {
    let calls = 0
    const scheduling = await open({
      schedulers: 3,
      wrapFire: (fire) => (schedule, dueAt) => {
        calls++
        return fire(schedule, dueAt)
      },
    })
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ cron: '* * * * * *', catchUp: 'ALL' }))
    for (let step = 0; step < 50; step++) await advance(scheduling, SECOND_MS)
    expect(await dueAtsOf(scheduling, id)).toEqual(expected)
    expect((await read(scheduling)).skipped).toEqual([])
    // They did come in each other's way.
    expect(calls).toBeGreaterThan(50)
  })

  test('also when they fail again and again between the task and the schedule', async () => {
    let calls = 0
    let fails = true
    const scheduling = await open({
      schedulers: 3,
      wrapFire: (fire) => async (schedule, dueAt) => {
        const outcome = await fire(schedule, dueAt)
        if (fails && ++calls % 3 !== 0) throw new GraphloomError('UNAVAILABLE', 'It died.')
        return outcome
      },
    })
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ cron: '* * * * * *', catchUp: 'ALL' }))
    for (let step = 0; step < 50; step++) {
      // Who failed tries again a second later.
      if (step === 48) fails = false
      scheduling.clock.advance(SECOND_MS)
      await scheduling.idle()
    }
    await scheduling.settle()
    expect(await dueAtsOf(scheduling, id)).toEqual(expected)
    expect((await read(scheduling)).skipped).toEqual([])
  })
})
