import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Principal } from '../../src/domain/principal.js'
import { MAX_SCHEDULES } from '../../src/services/tasks/schedules.service.js'
import { SLEEP } from '../../src/services/tasks/types/sleep.js'
import {
  CancelTaskDocument,
  DeleteScheduleDocument,
  FindNodeDocument,
  PauseScheduleDocument,
  ResumeScheduleDocument,
  RunScheduleNowDocument,
  ScheduleDocument,
  ScheduleRunsDocument,
  SchedulesDocument,
  TasksDocument,
  UpsertScheduleDocument,
  type UpsertScheduleInput,
} from '../generated/graphql.js'
import { scheduleSettings } from '../support/schedules.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { TaskServer } from '../support/task-server.js'
import { waitFor } from '../support/wait.js'

const DAY_MS = 86_400_000

/** Due far from now, unless it is said otherwise. */
const yearly = (name: string, changes: Partial<UpsertScheduleInput> = {}): UpsertScheduleInput => ({
  name,
  cron: '0 0 1 1 *',
  task: { type: 'sleep', input: { durationMs: 0 } },
  ...changes,
})

const withTask = (changes: Partial<UpsertScheduleInput['task']>): UpsertScheduleInput =>
  yearly('mistake', { task: { type: 'sleep', input: { durationMs: 0 }, ...changes } })

const MISTAKES: readonly (readonly [string, UpsertScheduleInput, string])[] = [
  ['no name', yearly(''), 'input.name'],
  ['a name with a space', yearly('two words'), 'input.name'],
  ['no fields', yearly('mistake', { cron: '' }), 'input.cron'],
  ['four fields', yearly('mistake', { cron: '* * * *' }), 'input.cron'],
  ['a minute that is none', yearly('mistake', { cron: '60 * * * *' }), 'input.cron'],
  ['words', yearly('mistake', { cron: 'every day at five o’clock' }), 'input.cron'],
  ['a day that never comes', yearly('mistake', { cron: '0 0 31 6 *' }), 'input.cron'],
  ['an unknown zone', yearly('mistake', { timezone: 'Mars/Olympus' }), 'input.timezone'],
  ['an offset for a zone', yearly('mistake', { timezone: '+02:00' }), 'input.timezone'],
  ['a negative jitter', yearly('mistake', { jitterMs: -1 }), 'input.jitterMs'],
  ['a jitter above an hour', yearly('mistake', { jitterMs: 3_600_001 }), 'input.jitterMs'],
  ['a negative window', yearly('mistake', { catchUpWindowMs: -1 }), 'input.catchUpWindowMs'],
  ['a window above 30 days', yearly('mistake', { catchUpWindowMs: 31 * DAY_MS }), 'input.catchUpWindowMs'],
  ['an unknown type', withTask({ type: 'nothing' }), 'input.task.type'],
  ['an unknown queue', withTask({ queue: 'nowhere' }), 'input.task.queue'],
  ['an input that breaks the schema', withTask({ input: { durationMs: -1 } }), 'input.task.input.durationMs'],
  ['a priority above 9', withTask({ priority: 10 }), 'input.task.priority'],
  ['no attempts', withTask({ attemptLimit: 0 }), 'input.task.attemptLimit'],
  ['no time', withTask({ timeoutMs: 0 }), 'input.task.timeoutMs'],
  ['a negative wait', withTask({ backoff: { initialMs: -1 } }), 'input.task.backoff.initialMs'],
  ['a negative end', withTask({ expiresAfterMs: -1 }), 'input.task.expiresAfterMs'],
  ['an empty key', withTask({ concurrency: { key: '' } }), 'input.task.concurrency.key'],
  [
    'two gates',
    yearly('mistake', { overlap: 'QUEUE', task: { ...withTask({}).task, concurrency: { key: 'k' } } }),
    'input.task.concurrency',
  ],
]

type Operation = readonly [document: unknown, variables: object]
type Ask = Parameters<TestServer['send']>

const OPERATIONS: readonly (readonly [string, (name: string) => Operation])[] = [
  ['schedule', (name) => [ScheduleDocument, { name }]],
  ['deleteSchedule', (name) => [DeleteScheduleDocument, { input: { name } }]],
  ['pauseSchedule', (name) => [PauseScheduleDocument, { input: { name } }]],
  ['resumeSchedule', (name) => [ResumeScheduleDocument, { input: { name } }]],
  ['runScheduleNow', (name) => [RunScheduleNowDocument, { input: { name } }]],
]

describe.each(STORES_BRIEFLY)('schedules, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let ada: string
  let eve: string

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    ada = await signToken('acme')
    eve = await signToken('evil')
  })
  afterAll(() => stack.disposeAsync())

  const send = (operation: Operation, token?: string) => server.send(operation[0] as Ask[0], operation[1], token)

  async function upsert(input: UpsertScheduleInput, token = ada) {
    const { upsertSchedule } = await server.request(UpsertScheduleDocument, { input }, token)
    if (upsertSchedule.__typename !== 'Schedule') throw new Error(JSON.stringify(upsertSchedule))
    return upsertSchedule
  }

  const runsOf = async (name: string) =>
    (await server.request(ScheduleRunsDocument, { name }, ada)).schedule?.runs.nodes ?? []

  test('a schedule is made whole, with defaults filled in', async () => {
    const input = yearly('whole', {
      timezone: 'Europe/Berlin',
      jitterMs: 1_000,
      catchUp: 'ALL',
      task: {
        type: 'sleep',
        input: { durationMs: 1 },
        queue: 'default',
        priority: 9,
        timeoutMs: 5_000,
        attemptLimit: 2,
        backoff: { factor: 3 },
        concurrency: { key: 'nights' },
        expiresAfterMs: 60_000,
      },
    })
    const schedule = await upsert(input)
    expect(schedule).toMatchObject({
      name: 'whole',
      tenantId: 'acme',
      paused: false,
      overlap: 'SKIP',
      catchUpWindowMs: DAY_MS,
      input: { durationMs: 1 },
      task: {
        priority: 9,
        backoff: { ...SLEEP.defaults.backoff, factor: 3 },
        concurrency: { key: 'nights', limit: 1, rate: null },
        expiresAfterMs: 60_000,
      },
      lastDueAt: null,
      lastRun: null,
      skipped: [],
      createdBy: 'ada',
    })
    const [first, ...rest] = schedule.nextRuns
    expect(first!.dueAt).toMatch(/-12-31T23:00:00.000Z$/)
    expect(Date.parse(first!.firesAt) - Date.parse(first!.dueAt)).toBeLessThanOrEqual(1_000)
    expect(rest).toHaveLength(4)
    expect(await server.request(FindNodeDocument, { id: schedule.id }, ada)).toMatchObject({
      node: { __typename: 'Schedule', id: schedule.id },
    })
    const again = await upsert(yearly('whole', { cron: '0 0 2 1 *' }))
    expect(again).toMatchObject({ id: schedule.id, cron: '0 0 2 1 *', timezone: 'UTC', jitterMs: 0 })
  })

  test('it fires by itself, and its tasks name it', async () => {
    const { id } = await upsert(yearly('each-second', { cron: '* * * * * *', overlap: 'QUEUE' }))
    await waitFor('two runs', async () => (await runsOf('each-second')).length >= 2)
    await server.request(PauseScheduleDocument, { input: { name: 'each-second' } }, ada)
    // A firing that was under way is recorded still.
    const runs = await waitFor('the last run to be recorded', async () => {
      const { schedule } = await server.request(ScheduleDocument, { name: 'each-second' }, ada)
      const made = await runsOf('each-second')
      return schedule?.lastRun?.id === made[0]?.id ? made : null
    })
    for (const run of runs) expect(run).toMatchObject({ schedule: { id, name: 'each-second' } })
    const dueAts = runs.map(({ scheduleDueAt }) => scheduleDueAt)
    expect(new Set(dueAts).size).toBe(runs.length)
    for (const dueAt of dueAts) expect(dueAt).toMatch(/\.000Z$/)
    const { schedule } = await server.request(ScheduleDocument, { name: 'each-second' }, ada)
    expect(schedule).toMatchObject({ lastDueAt: dueAts[0], lastRun: { id: runs[0]!.id }, nextRuns: [] })
    const { tasks } = await server.request(TasksDocument, { filter: { scheduleId: id } }, ada)
    expect(tasks.nodes.map((task) => task.id)).toEqual(runs.map((run) => run.id))
  })

  test('it is paused, resumed and deleted at once; its tasks stay', async () => {
    const { id } = await upsert(yearly('paused'))
    const paused = await server.request(PauseScheduleDocument, { input: { name: 'paused' } }, ada)
    expect(paused.pauseSchedule).toMatchObject({ paused: true, nextRuns: [] })
    const run = await server.request(RunScheduleNowDocument, { input: { name: 'paused' } }, ada)
    expect(run.runScheduleNow).toMatchObject({ __typename: 'Task', schedule: { id }, scheduleDueAt: null })
    const resumed = await server.request(ResumeScheduleDocument, { input: { name: 'paused' } }, ada)
    expect(resumed.resumeSchedule).toMatchObject({ paused: false, nextRuns: { length: 5 } })
    const deleted = await server.request(DeleteScheduleDocument, { input: { name: 'paused' } }, ada)
    expect(deleted.deleteSchedule).toEqual({ __typename: 'DeletedSchedule', deletedId: id })
    expect((await server.request(ScheduleDocument, { name: 'paused' }, ada)).schedule).toBeNull()
    const { tasks } = await server.request(TasksDocument, { filter: { scheduleId: id } }, ada)
    expect(tasks.nodes).toHaveLength(1)
  })

  test('a run that is asked for is made once for a key, and not while the one before is in the way', async () => {
    await upsert(yearly('asked', { task: { type: 'sleep', input: { durationMs: DAY_MS } } }))
    const input = { name: 'asked' }
    const ask = async (idempotencyKey?: string) =>
      (await server.request(RunScheduleNowDocument, { input, ...(idempotencyKey && { idempotencyKey }) }, ada))
        .runScheduleNow
    const [one, two] = await Promise.all([ask('once'), ask('once')])
    expect(one.__typename).toBe('Task')
    expect(two).toMatchObject({ id: (one as { readonly id: string }).id })
    expect(await ask()).toMatchObject({ __typename: 'Conflict', code: 'CONFLICT' })
    expect(await ask('k'.repeat(201))).toMatchObject({ __typename: 'InvalidInput', path: 'idempotencyKey' })
    await server.request(CancelTaskDocument, { input: { id: (one as { readonly id: string }).id } }, ada)
    await waitFor('the next', async () => (await ask()).__typename === 'Task')
  })

  test('of runs that are asked for at the same time SKIP lets one through', async () => {
    const task = { type: 'sleep', input: { durationMs: DAY_MS } }
    await upsert(yearly('raced', { task }))
    const ask = () => server.request(RunScheduleNowDocument, { input: { name: 'raced' } }, ada)
    const results = await Promise.all(Array.from({ length: 8 }, ask))
    expect(results.filter(({ runScheduleNow }) => runScheduleNow.__typename === 'Task')).toHaveLength(1)
    const refused = yearly('refused', {
      task: { type: 'prediction', input: { input: { embedding: { model: 'nope', texts: ['x'] } } } },
    })
    expect((await server.request(UpsertScheduleDocument, { input: refused }, ada)).upsertSchedule).toMatchObject({
      __typename: 'InvalidInput',
      path: 'input.task.input',
    })
  })

  test('lists go by name, page by page', async () => {
    const token = await signToken('pages')
    for (const name of ['c', 'a', 'b']) await upsert(yearly(name), token)
    const first = await server.request(SchedulesDocument, { first: 2 }, token)
    expect(first.schedules.nodes.map(({ name }) => name)).toEqual(['a', 'b'])
    const after = first.schedules.pageInfo.endCursor
    const rest = await server.request(SchedulesDocument, { first: 2, after }, token)
    expect(rest.schedules.nodes.map(({ name }) => name)).toEqual(['c'])
    expect(rest.schedules.pageInfo.hasNextPage).toBe(false)
  })

  test.each(MISTAKES)('%s is told by its path', async (_name, input, path) => {
    const { upsertSchedule } = await server.request(UpsertScheduleDocument, { input }, ada)
    expect(upsertSchedule).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path })
  })

  test.each([0, 101, -1])('%i next runs are not told', async (nextRuns) => {
    await upsert(yearly('told'))
    const { errors } = await server.send(ScheduleDocument, { name: 'told', nextRuns }, ada)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT' })
  })

  describe.each(OPERATIONS)('%s', (_name, about) => {
    test('finds nothing of another tenant', async () => {
      const { id } = await upsert(yearly('private'))
      const [theirs, none] = await Promise.all([send(about('private'), eve), send(about('missing'), eve)])
      expect(JSON.stringify(theirs).replaceAll('private', 'missing')).toBe(JSON.stringify(none))
      expect((await server.request(FindNodeDocument, { id }, eve)).node).toBeNull()
      expect((await server.request(ScheduleDocument, { name: 'private' }, ada)).schedule?.id).toBe(id)
    })

    test('needs a token, and a role', async () => {
      expect((await send(about('private'))).errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
      const nobody = await signToken('acme', [])
      expect((await send(about('private'), nobody)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    })
  })

  test('upsertSchedule and schedules need a token and a role, and names are each tenant’s own', async () => {
    const nobody = await signToken('acme', [])
    for (const operation of [
      [UpsertScheduleDocument, { input: yearly('x') }],
      [SchedulesDocument, {}],
    ] as const) {
      expect((await send(operation)).errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
      expect((await send(operation, nobody)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    }
    const [mine, theirs] = [await upsert(yearly('shared')), await upsert(yearly('shared'), eve)]
    expect(mine.id).not.toBe(theirs.id)
    expect((await server.request(SchedulesDocument, {}, eve)).schedules.nodes.map(({ id }) => id)).toEqual([theirs.id])
  })
})

test(`a tenant has at most ${MAX_SCHEDULES} schedules, however many are made at once`, async () => {
  await using server = await TaskServer.start([SLEEP])
  const local: Principal = { subject: 'local', tenantId: 'local', roles: ['ADMIN'], expiresAtMs: null, method: 'LOCAL' }
  const make = (at: number) => server.work.schedules.upsert(local, scheduleSettings({ name: `s${at}`, paused: true }))
  for (let from = 0; from < MAX_SCHEDULES - 10; from += 90)
    await Promise.all(Array.from({ length: 90 }, (_, at) => make(from + at)))
  const last = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => make(MAX_SCHEDULES + at)))
  expect(last.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(10)
  for (let at = 0; at < 10; at++) await make(2 * MAX_SCHEDULES + at).catch(() => undefined)
  const { upsertSchedule } = await server.request(UpsertScheduleDocument, { input: yearly('one-more') })
  expect(upsertSchedule).toMatchObject({ __typename: 'InvalidInput', path: 'input.name' })
  // One that is there can be changed.
  const { upsertSchedule: changed } = await server.request(UpsertScheduleDocument, { input: yearly('s0') })
  expect(changed.__typename).toBe('Schedule')
})
