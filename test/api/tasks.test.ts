import { hostname } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelTaskDocument,
  DeleteTaskDocument,
  FindNodeDocument,
  FindNodesDocument,
  RescheduleTaskDocument,
  RetryTaskDocument,
  SetTaskPriorityDocument,
  TaskDocument,
  TasksDocument,
  TaskTypesDocument,
  type TasksQuery,
  type TasksQueryVariables,
} from '../generated/graphql.js'
import { enqueue, failing, readToEnd, readUntil, sleep } from '../support/enqueued-tasks.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES } from '../support/stores.js'

const MINUTE_MS = 60_000
const inAMinute = (): string => new Date(Date.now() + MINUTE_MS).toISOString()

describe.each(STORES)('tasks, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer

  beforeAll(async () => {
    server = stack.use(await TestServer.start(await openStore(stack, store)))
  })
  afterAll(() => stack.disposeAsync())

  const find = async (id: string) => (await server.request(TaskDocument, { id })).task
  const cancel = async (id: string) => (await server.request(CancelTaskDocument, { input: { id } })).cancelTask

  test('a task is accepted, done, and tells what it gave', async () => {
    const accepted = await enqueue(server, sleep(30, { priority: 7, attemptLimit: 2, backoff: { factor: 3 } }))
    expect(accepted).toMatchObject({
      type: 'sleep',
      tenantId: 'local',
      createdBy: 'local',
      queue: { name: 'default' },
      input: { durationMs: 30 },
      output: null,
      priority: 7,
      attemptLimit: 2,
      backoff: { initialMs: 1_000, factor: 3 },
      timeoutMs: null,
      isDeadLetter: false,
    })
    expect(accepted.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(await readToEnd(server, accepted.id)).toMatchObject({ end: 'FINISHED', mistakes: [] })
    const task = await find(accepted.id)
    expect(task).toMatchObject({ state: 'SUCCEEDED', error: null, failures: 0, attempt: 1, queuePosition: null })
    expect(task!.output).toMatchObject({ sleptMs: expect.any(Number) as number })
    expect(task!.attempts).toMatchObject([{ number: 1, error: null, nextAttemptAt: null }])
    const [attempt] = task!.attempts
    expect(Date.parse(attempt!.endedAt!)).toBeGreaterThanOrEqual(Date.parse(attempt!.startedAt))
    expect(attempt!.worker).toEqual({ id: attempt!.workerId, host: hostname() })
    expect(task!.trace.spans.map(({ name, failed }) => ({ name, failed }))).toEqual([
      { name: 'wait', failed: false },
      { name: 'work', failed: false },
    ])
    expect(task!.trace.spans[1]!.durationMs).toBeGreaterThanOrEqual(25)
  })

  test('a task and its queue are found by their ids', async () => {
    const { id, queue } = await enqueue(server, sleep(0))
    expect((await server.request(FindNodeDocument, { id })).node).toEqual({ __typename: 'Task', id })
    const { nodes } = await server.request(FindNodesDocument, { ids: [queue.id, id] })
    expect(nodes).toEqual([
      { __typename: 'TaskQueue', id: queue.id },
      { __typename: 'Task', id },
    ])
    expect(await find('task_00000000000000000000000000')).toBeNull()
  })

  test('the kinds of work tell what they take and give', async () => {
    const { taskTypes } = await server.request(TaskTypesDocument, {})
    expect(taskTypes).toContainEqual(
      expect.objectContaining({
        name: 'sleep',
        queue: expect.objectContaining({ name: 'default' }) as object,
        inputSchema: expect.objectContaining({ required: ['durationMs'] }) as object,
        defaults: expect.objectContaining({ attemptLimit: 3, timeoutMs: null }) as object,
      }),
    )
  })

  test.each([
    ['at a time', () => ({ runAt: new Date(Date.now() + 500).toISOString() })],
    ['after a delay', () => ({ delayMs: 500 })],
  ])('a task that is to run %s waits for it', async (_when, makeTime) => {
    const accepted = await enqueue(server, sleep(0, makeTime()))
    expect(accepted).toMatchObject({ state: 'SCHEDULED', queuePosition: null, etaMs: null, startedAt: null })
    const reader = await readToEnd(server, accepted.id)
    expect(reader).toMatchObject({ end: 'FINISHED', mistakes: [] })
    expect(reader.states).toEqual(['SCHEDULED', 'QUEUED', 'RUNNING', 'SUCCEEDED'])
    expect(Date.parse(reader.task!.startedAt!)).toBeGreaterThanOrEqual(Date.parse(accepted.runAt!))
  })

  test('what waits can be put off, and told to run at once', async () => {
    const { id } = await enqueue(server, sleep(0, { runAt: inAMinute() }))
    const later = new Date(Date.now() + 2 * MINUTE_MS).toISOString()
    const reschedule = async (runAt: string | null) =>
      (await server.request(RescheduleTaskDocument, { input: { id, runAt } })).rescheduleTask
    expect(await reschedule(later)).toMatchObject({ state: 'SCHEDULED', runAt: later })
    expect(await reschedule(null)).toMatchObject({ __typename: 'Task' })
    expect(await readToEnd(server, id)).toMatchObject({ end: 'FINISHED', mistakes: [] })
    expect(await reschedule(null)).toMatchObject({ __typename: 'Conflict', code: 'CONFLICT' })
  })

  test('what waits can go sooner or later; what runs cannot', async () => {
    const { id } = await enqueue(server, sleep(MINUTE_MS, { delayMs: MINUTE_MS }))
    const setPriority = async (priority: number) =>
      (await server.request(SetTaskPriorityDocument, { input: { id, priority } })).setTaskPriority
    expect(await setPriority(9)).toMatchObject({ priority: 9, state: 'SCHEDULED' })
    expect(await setPriority(10)).toMatchObject({ __typename: 'InvalidInput', path: 'input.priority' })
    await server.request(RescheduleTaskDocument, { input: { id } })
    await readUntil(server, id, 'RUNNING')
    expect(await setPriority(1)).toMatchObject({ __typename: 'Conflict' })
    await cancel(id)
  })

  test('what waits is cancelled at once; what runs is told, and followers learn of it', async () => {
    const waiting = await enqueue(server, sleep(0, { delayMs: MINUTE_MS }))
    expect(await cancel(waiting.id)).toMatchObject({ state: 'CANCELLED' })
    const running = await enqueue(server, sleep(MINUTE_MS))
    await readUntil(server, running.id, 'RUNNING')
    const following = readToEnd(server, running.id)
    expect((await cancel(running.id)).__typename).toBe('Task')
    expect(await following).toMatchObject({ end: 'CANCELLED', mistakes: [] })
    expect(await find(running.id)).toMatchObject({ state: 'CANCELLED', isDeadLetter: false, output: null })
    expect(await cancel(running.id)).toMatchObject({ state: 'CANCELLED' })
    expect(await cancel('task_00000000000000000000000000')).toMatchObject({ __typename: 'NotFound' })
  })

  test('a task that fails is tried again, then kept as a dead letter, and can be done again otherwise', async () => {
    const { id } = await enqueue(server, failing(2, { delayMs: 200 }))
    const reader = await readToEnd(server, id)
    expect(reader).toMatchObject({ end: 'FAILED', mistakes: [] })
    expect(reader.states).toEqual(expect.arrayContaining(['RETRYING', 'TIMED_OUT']))
    expect(reader.task!.attempts).toHaveLength(2)
    expect(reader.task).toMatchObject({ failures: 2, isDeadLetter: true, error: { code: 'DEADLINE_EXCEEDED' } })
    expect(reader.task!.attempts[0]).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED', retryable: true } })
    expect(reader.task!.attempts[0]!.nextAttemptAt).not.toBeNull()
    const retry = async (input?: unknown) =>
      (await server.request(RetryTaskDocument, { input: { id, input } })).retryTask
    expect(await retry({ durationMs: 'long' })).toMatchObject({ path: 'input.input.durationMs' })
    // A key that somebody else thought of stands in the way of nothing.
    await enqueue(server, sleep(0), { idempotencyKey: `retry:${id}` })
    const again = await retry({ durationMs: 0 })
    if (again.__typename !== 'Task') throw new Error(JSON.stringify(again))
    expect(again).toMatchObject({ retryOf: { id }, attemptLimit: 2, input: { durationMs: 0 } })
    expect(await readToEnd(server, again.id)).toMatchObject({ end: 'FINISHED', mistakes: [] })
    expect(await find(id)).toMatchObject({ state: 'TIMED_OUT', isDeadLetter: false, retriedAs: { id: again.id } })
    expect(await retry()).toMatchObject({ __typename: 'Conflict' })
    expect(await readToEnd(server, id)).toMatchObject({ names: ['TaskSnapshot', 'StreamEnd'], mistakes: [] })
  })

  test('what expires while it waits is not begun', async () => {
    const expiresAt = new Date(Date.now() + 300).toISOString()
    const runAt = new Date(Date.now() + 200).toISOString()
    const { id } = await enqueue(server, sleep(0, { runAt, expiresAt }))
    const late = await server.request(RescheduleTaskDocument, { input: { id, runAt: inAMinute() } })
    expect(late.rescheduleTask).toMatchObject({ __typename: 'InvalidInput', path: 'input.runAt' })
    await readToEnd(server, id)
    const held = await enqueue(server, sleep(MINUTE_MS, { concurrency: { key: 'one' } }))
    await readUntil(server, held.id, 'RUNNING')
    const soon = new Date(Date.now() + 300).toISOString()
    const expiring = await enqueue(server, sleep(0, { concurrency: { key: 'one' }, expiresAt: soon }))
    expect(await readToEnd(server, expiring.id)).toMatchObject({ states: ['QUEUED', 'EXPIRED'], end: 'FAILED' })
    await cancel(held.id)
  })

  test('deleting takes an ended task with its stream, and no other', async () => {
    const { id } = await enqueue(server, sleep(0))
    await readToEnd(server, id)
    const remove = async (asked: string) =>
      (await server.request(DeleteTaskDocument, { input: { id: asked } })).deleteTask
    expect(await remove(id)).toEqual({ __typename: 'DeletedTask', deletedId: id })
    expect(await find(id)).toBeNull()
    expect(await remove(id)).toMatchObject({ __typename: 'NotFound' })
    await expect(readToEnd(server, id)).rejects.toThrow('NOT_FOUND')
    const waiting = await enqueue(server, sleep(0, { delayMs: MINUTE_MS }))
    expect(await remove(waiting.id)).toMatchObject({ __typename: 'Conflict' })
    await cancel(waiting.id)
  })

  test('tasks are found by a text in their error, whatever its case, as long as they have it', async () => {
    const type = 'sleep'
    const { id } = await enqueue(server, failing(1, { concurrency: { key: 'found by its error', limit: 1 } }))
    await enqueue(server, sleep(0))
    await readToEnd(server, id)
    const list = async (errorContains: string) => {
      const filter = { type, concurrencyKey: 'found by its error', errorContains }
      return (await server.request(TasksDocument, { filter })).tasks.nodes.map((task) => task.id)
    }
    for (const text of ['took longer than', 'TOOK Longer', 'deadline_exceeded']) expect(await list(text)).toEqual([id])
    expect(await list('no such error')).toEqual([])
    const { errors } = await server.send(TasksDocument, { filter: { errorContains: 'ab' } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', inputPath: 'filter.errorContains' })
  })

  test('lists are ordered by the end and by the time to run, both ways, and cut by these times', async () => {
    const list = async (variables: TasksQueryVariables) => (await server.request(TasksDocument, variables)).tasks
    const idsOf = ({ nodes }: TasksQuery['tasks']): string[] => nodes.map((node) => node.id)
    const concurrency = { key: 'in order', limit: 100 }
    const filter = { concurrencyKey: 'in order' }
    const later = (minutes: number): string => new Date(Date.now() + minutes * MINUTE_MS).toISOString()
    const put = async (minutes: number) => enqueue(server, sleep(0, { concurrency, runAt: later(minutes) }))
    const [c, a, b] = [await put(30), await put(10), await put(20)]
    const now = await enqueue(server, sleep(0, { concurrency }))
    await readToEnd(server, now.id)
    const waiting = await list({ filter, orderBy: 'RUN_AT_ASC', first: 2 })
    expect(idsOf(waiting)).toEqual([a.id, b.id])
    expect(idsOf(await list({ filter, orderBy: 'RUN_AT_ASC', after: waiting.pageInfo.endCursor }))).toEqual([c.id])
    expect(idsOf(await list({ filter, orderBy: 'RUN_AT_DESC' }))).toEqual([c.id, b.id, a.id])
    const between = { ...filter, runAfter: later(15), runBefore: later(25) }
    expect(idsOf(await list({ filter: between }))).toEqual([b.id])

    for (const { id } of [c, b, a]) {
      await cancel(id)
      await readToEnd(server, id)
    }
    const ended = await list({ filter, orderBy: 'ENDED_AT_ASC' })
    const times = ended.nodes.map(({ endedAt }) => endedAt!)
    expect(idsOf(ended)).toHaveLength(4)
    expect(times).toEqual(times.toSorted())
    const latest = await list({ filter, orderBy: 'ENDED_AT_DESC', first: 2 })
    expect(idsOf(latest)).toEqual(idsOf(ended).toReversed().slice(0, 2))
    const rest = await list({ filter, orderBy: 'ENDED_AT_DESC', after: latest.pageInfo.endCursor })
    expect(idsOf(rest)).toEqual(idsOf(ended).toReversed().slice(2))
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    const since = await list({ filter: { ...filter, endedAfter: times[0]! }, orderBy: 'ENDED_AT_ASC' })
    expect(since.nodes.map(({ endedAt }) => endedAt)).toEqual(times.filter((time) => time > times[0]!))
    expect(idsOf(await list({ filter: { ...filter, endedBefore: times[0]! } }))).toEqual([])
  })

  test('lists are paged both ways, filtered and stable under inserts', async () => {
    const key = 'a page'
    const concurrency = { key, limit: 100 }
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await enqueue(server, sleep(0, { concurrency }))).id)
    for (const id of ids) await readToEnd(server, id)
    const filter = { concurrencyKey: key, state: ['SUCCEEDED' as const], type: 'sleep', queue: 'default' }
    const list = async (variables: object) =>
      (await server.request(TasksDocument, { filter, orderBy: 'CREATED_AT_ASC', ...variables })).tasks
    const idsOf = ({ nodes }: Awaited<ReturnType<typeof list>>): string[] => nodes.map((node) => node.id)
    const first = await list({ first: 3 })
    expect(idsOf(first)).toEqual(ids.slice(0, 3))
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const second = await list({ first: 3, after: first.pageInfo.endCursor })
    expect(idsOf(second)).toEqual(ids.slice(3))
    expect(idsOf(await list({ last: 2, before: second.pageInfo.startCursor }))).toEqual(ids.slice(1, 3))
    expect(idsOf(await list({ orderBy: 'CREATED_AT_DESC' }))).toEqual(ids.toReversed())
    expect((await list({ filter: { ...filter, isDeadLetter: true } })).nodes).toEqual([])
    expect((await list({ filter: { ...filter, createdAfter: inAMinute() } })).nodes).toEqual([])
    for (const wrong of ['created', 'ended', 'run']) {
      const time = inAMinute()
      const range = { [`${wrong}After`]: time, [`${wrong}Before`]: time }
      const refused = await server.send(TasksDocument, { filter: range })
      expect(refused.errors?.[0]?.extensions).toMatchObject({ inputPath: `filter.${wrong}Before` })
    }
    const { errors } = await server.send(TasksDocument, { first: 101 })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', inputPath: 'first' })
  })
})
