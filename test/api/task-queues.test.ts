import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  CancelTaskDocument,
  EnqueueTaskGraphDocument,
  PauseTaskQueueDocument,
  RequeueDeadLettersDocument,
  RerunTaskGraphDocument,
  RescheduleTaskDocument,
  ResumeTaskQueueDocument,
  SetTaskPriorityDocument,
  TaskDocument,
  TaskQueueDocument,
  TaskQueueEventsDocument,
  TaskQueuesDocument,
  TasksDocument,
  UpdateTaskQueueDocument,
  type TaskQueuePartsFragment,
  type UpdateTaskQueueInput,
} from '../generated/graphql.js'
import { ask, enqueue, failing, readToEnd, readUntil, sleep } from '../support/enqueued-tasks.js'
import { readPrometheus } from '../support/prometheus.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

const MINUTE_MS = 60_000
const EVERY_MS = 1_000

describe.each(STORES_BRIEFLY)('queues of tasks, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let environment: Record<string, string>
  let server: TestServer

  beforeAll(async () => {
    environment = await openStore(stack, store)
    server = stack.use(await TestServer.start(environment))
  })
  afterAll(() => stack.disposeAsync())

  const update = async (input: UpdateTaskQueueInput) =>
    (await server.request(UpdateTaskQueueDocument, { input })).updateTaskQueue
  const read = async (name: string) => (await server.request(TaskQueueDocument, { name })).taskQueue
  const pause = async (name: string) =>
    (await server.request(PauseTaskQueueDocument, { input: { name } })).pauseTaskQueue
  const resume = async (name: string) =>
    (await server.request(ResumeTaskQueueDocument, { input: { name } })).resumeTaskQueue
  const cancel = (id: string) => server.request(CancelTaskDocument, { input: { id } })

  test('a queue is made, changed in part, and listed by name', async () => {
    const weights = [{ tenantId: 'acme', weight: 2 }]
    expect(await update({ name: 'made', concurrency: 3, weights })).toMatchObject({
      name: 'made',
      paused: false,
      concurrency: 3,
      maxLength: 10_000_000,
      weights,
      length: 0,
      runningCount: 0,
      oldestWaitMs: null,
      throughputPerSecond: null,
      deadLetters: 0,
    })
    expect(await update({ name: 'made', maxLength: 5 })).toMatchObject({ concurrency: 3, maxLength: 5, weights })
    expect(await update({ name: 'made', concurrency: null, weights: [] })).toMatchObject({
      concurrency: null,
      maxLength: 5,
      weights: [],
    })
    const { taskQueues } = await server.request(TaskQueuesDocument, {})
    const names = taskQueues.map(({ name }) => name)
    expect(names).toEqual(names.toSorted())
    expect(names).toEqual(expect.arrayContaining(['default', 'made']))
    expect(await read('nothing')).toBeNull()
  })

  test.each<[string, UpdateTaskQueueInput, string]>([
    ['an empty name', { name: '' }, 'input.name'],
    ['a name with a space', { name: 'a b' }, 'input.name'],
    ['no concurrency', { name: 'x', concurrency: 0 }, 'input.concurrency'],
    ['a negative length', { name: 'x', maxLength: -1 }, 'input.maxLength'],
    ['a weight of 0', { name: 'x', weights: [{ tenantId: 't', weight: 0 }] }, 'input.weights.0.weight'],
    ['an empty tenant', { name: 'x', weights: [{ tenantId: '', weight: 1 }] }, 'input.weights.0.tenantId'],
  ])('%s is refused by what was wrong', async (_what, input, path) => {
    expect(await update(input)).toMatchObject({ __typename: 'InvalidInput', path })
    expect(await read('x')).toBeNull()
  })

  test('nothing of a paused queue is begun until it goes on, in the order of priority', async () => {
    await update({ name: 'paused', concurrency: 1 })
    expect(await pause('paused')).toMatchObject({ paused: true })
    const ids: string[] = []
    for (const priority of [1, 5, 9]) ids.push((await enqueue(server, sleep(20, { queue: 'paused', priority }))).id)
    expect(await read('paused')).toMatchObject({ length: 3, runningCount: 0 })
    expect((await read('paused'))!.oldestWaitMs).toBeGreaterThanOrEqual(0)
    const positions = await Promise.all(
      ids.map(async (id) => (await server.request(TaskDocument, { id })).task!.queuePosition),
    )
    expect(positions.toSorted()).toEqual([0, 1, 2])
    const { setTaskPriority } = await server.request(SetTaskPriorityDocument, { input: { id: ids[0]!, priority: 8 } })
    expect(setTaskPriority).toMatchObject({ state: 'QUEUED', priority: 8 })
    expect(await resume('paused')).toMatchObject({ paused: false })
    for (const id of ids) expect(await readToEnd(server, id)).toMatchObject({ end: 'FINISHED', mistakes: [] })
    expect(await read('paused')).toMatchObject({ length: 0, runningCount: 0, oldestWaitMs: null })
    expect(await pause('nothing')).toMatchObject({ __typename: 'NotFound' })
    expect(await resume('nothing')).toMatchObject({ __typename: 'NotFound' })
  })

  test('a full queue refuses more and says when to come again', async () => {
    await update({ name: 'small', maxLength: 5 })
    await pause('small')
    const results = await Promise.all(Array.from({ length: 20 }, () => ask(server, sleep(0, { queue: 'small' }))))
    const refused = results.filter((result) => result.__typename === 'Overloaded')
    expect(refused).toHaveLength(15)
    for (const problem of refused) expect(problem).toMatchObject({ code: 'OVERLOADED', retryable: true })
    for (const problem of refused) expect(problem.retryAfterMs).toBeGreaterThan(0)
    expect(await read('small')).toMatchObject({ length: 5 })
    await resume('small')
    for (const result of results) if (result.__typename === 'Task') await readToEnd(server, result.id)
    expect(await ask(server, sleep(0, { queue: 'small' }))).toMatchObject({ __typename: 'Task' })
  })

  test('what waits for its time, its next attempt or other tasks takes room too', async () => {
    const queue = 'bounded'
    await update({ name: queue, maxLength: 4 })
    const later = await enqueue(server, sleep(0, { queue, delayMs: MINUTE_MS }))
    const retrying = await enqueue(server, failing(2, { queue, backoff: { initialMs: MINUTE_MS, maxMs: MINUTE_MS } }))
    await waitFor('the next attempt to be waited for', async () => {
      const { task } = await server.request(TaskDocument, { id: retrying.id })
      return task?.state === 'RETRYING' && (await read(queue))?.length === 2
    })
    const accept = async (names: readonly string[]) => {
      const tasks = names.map((name, at) => ({
        ...{ name, type: 'sleep', input: { durationMs: 0 }, queue, delayMs: at === 0 ? MINUTE_MS : 0 },
        after: names.slice(0, at).map((parent) => ({ name: parent })),
      }))
      return (await server.request(EnqueueTaskGraphDocument, { input: { tasks } })).enqueueTaskGraph
    }
    expect(await accept(['a', 'b', 'c'])).toMatchObject({ __typename: 'Overloaded' })
    expect(await accept(['a', 'b'])).toMatchObject({ __typename: 'TaskGraph' })
    expect(await read(queue)).toMatchObject({ length: 4, readyCount: 0, oldestWaitMs: null })
    expect(await ask(server, sleep(0, { queue }))).toMatchObject({ __typename: 'Overloaded' })
    expect(await ask(server, sleep(0, { queue, delayMs: MINUTE_MS }))).toMatchObject({ __typename: 'Overloaded' })
    await cancel(retrying.id)
    await server.request(RescheduleTaskDocument, { input: { id: later.id, runAt: null } })
    await readToEnd(server, later.id)
    expect(await read(queue)).toMatchObject({ length: 2 })
    const { tasks } = await server.request(TasksDocument, { filter: { queue, state: ['SCHEDULED'] } })
    await cancel(tasks.nodes[0]!.id)
    await waitFor('the graph to be cancelled', async () => (await read(queue))!.length === 0)
    await update({ name: queue, maxLength: 1 })
    const { rerunTaskGraph } = await server.request(RerunTaskGraphDocument, { input: { id: tasks.nodes[0]!.id } })
    expect(rerunTaskGraph).toMatchObject({ __typename: 'Overloaded', code: 'OVERLOADED' })
  })

  test('settings stay over a restart', async () => {
    await update({ name: 'lasting', concurrency: 2, maxLength: 7, weights: [{ tenantId: 'a', weight: 0.5 }] })
    await pause('lasting')
    const { updatedAt } = (await read('lasting'))!
    const { id } = await enqueue(server, sleep(0, { queue: 'lasting' }))
    await server[Symbol.asyncDispose]()
    server = stack.use(await TestServer.start(environment))
    expect(await read('lasting')).toMatchObject({
      ...{ paused: true, concurrency: 2, maxLength: 7, weights: [{ tenantId: 'a', weight: 0.5 }], updatedAt },
      ...{ length: 1, oldestWaitMs: expect.any(Number) as number },
    })
    await resume('lasting')
    expect(await readToEnd(server, id)).toMatchObject({ end: 'FINISHED', mistakes: [] })
  })

  test('dead letters are counted and done again by what they are', async () => {
    await update({ name: 'deadly' })
    const ids: string[] = []
    for (let i = 0; i < 4; i++) ids.push((await enqueue(server, failing(1, { queue: 'deadly' }))).id)
    for (const id of ids) expect(await readToEnd(server, id)).toMatchObject({ end: 'FAILED', mistakes: [] })
    expect(await read('deadly')).toMatchObject({ deadLetters: 4 })
    const listed = await server.request(TasksDocument, { filter: { isDeadLetter: true, queue: 'deadly' } })
    expect(listed.tasks.nodes.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    const requeue = async (input: object) =>
      (await server.request(RequeueDeadLettersDocument, { input })).requeueDeadLetters
    expect(await requeue({ queue: 'deadly', type: 'another' })).toMatchObject({ count: 0 })
    expect(await requeue({ first: 0 })).toMatchObject({ __typename: 'InvalidInput', path: 'input.first' })
    expect(await requeue({ first: 1_001 })).toMatchObject({ __typename: 'InvalidInput', path: 'input.first' })
    const two = await requeue({ queue: 'deadly', type: 'sleep', first: 2 })
    if (two.__typename !== 'RequeuedDeadLetters') throw new Error(JSON.stringify(two))
    expect(two).toMatchObject({ count: 2, hasMore: true })
    const olds = await Promise.all(
      two.taskIds.map(async (id) => (await server.request(TaskDocument, { id })).task!.retryOf!.id),
    )
    expect(olds.toSorted()).toEqual(ids.slice(0, 2).toSorted())
    const named = [...ids.toReversed(), 'task_00000000000000000000000000']
    const byId = await requeue({ ids: named, first: 1 })
    const last = await requeue({ ids: named })
    if (byId.__typename !== 'RequeuedDeadLetters' || last.__typename !== 'RequeuedDeadLetters')
      throw new Error(JSON.stringify([byId, last]))
    expect(byId).toMatchObject({ count: 1, hasMore: true })
    expect((await server.request(TaskDocument, { id: byId.taskIds[0]! })).task!.retryOf!.id).toBe(ids[2])
    expect(last).toMatchObject({ count: 1, hasMore: false })
    const again = [...two.taskIds, ...byId.taskIds, ...last.taskIds]
    for (const id of again) await readToEnd(server, id)
    expect(await read('deadly')).toMatchObject({ deadLetters: 4 })
  })

  test('dead letters that cannot be done again are not in the way of others', async () => {
    const queue = 'deadly.graph'
    await update({ name: queue })
    const child = (name: string) => ({
      ...{ name, type: 'sleep', queue, after: [{ name: 'bad', onFailure: 'CONTINUE' as const }] },
      input: { durationMs: { $output: { of: 'bad', pointer: '/sleptMs' } } },
    })
    const tasks = [{ name: 'bad', ...failing() }, child('one'), child('two'), child('three')]
    const { enqueueTaskGraph } = await server.request(EnqueueTaskGraphDocument, { input: { tasks } })
    expect(enqueueTaskGraph.__typename).toBe('TaskGraph')
    await waitFor('the children to fail', async () => (await read(queue))?.deadLetters === 3)
    const { id } = await enqueue(server, failing(1, { queue }))
    await readToEnd(server, id)
    const requeue = async () =>
      (await server.request(RequeueDeadLettersDocument, { input: { queue, first: 1 } })).requeueDeadLetters
    const requeued = await requeue()
    if (requeued.__typename !== 'RequeuedDeadLetters') throw new Error(JSON.stringify(requeued))
    expect(requeued).toMatchObject({ count: 1, hasMore: false })
    const [again] = requeued.taskIds
    expect((await server.request(TaskDocument, { id: again! })).task!.retryOf).toMatchObject({ id })
    await server.request(CancelTaskDocument, { input: { id: again! } })
    expect(await requeue()).toMatchObject({ hasMore: false })
  })

  test('dead letters are done again as far as there is room', async () => {
    const queue = 'deadly.small'
    await update({ name: queue })
    for (let i = 0; i < 3; i++) await readToEnd(server, (await enqueue(server, failing(1, { queue }))).id)
    await update({ name: queue, maxLength: 2 })
    await pause(queue)
    const requeue = async () =>
      (await server.request(RequeueDeadLettersDocument, { input: { queue } })).requeueDeadLetters
    expect(await requeue()).toMatchObject({ count: 2, hasMore: true })
    expect(await requeue()).toMatchObject({ __typename: 'Overloaded', retryable: true })
    expect(await read(queue)).toMatchObject({ length: 2, deadLetters: 1 })
    await resume(queue)
  })

  test('what waits is told when it will begin once enough has ended', async () => {
    await update({ name: 'steady', concurrency: 1 })
    const done = await Promise.all(Array.from({ length: 20 }, () => enqueue(server, sleep(5, { queue: 'steady' }))))
    for (const { id } of done) await readToEnd(server, id)
    const { throughputPerSecond } = (await read('steady'))!
    expect(throughputPerSecond).toBeGreaterThan(0)
    const long = await enqueue(server, sleep(MINUTE_MS, { queue: 'steady' }))
    await readUntil(server, long.id, 'RUNNING')
    const waiting = await enqueue(server, sleep(0, { queue: 'steady' }))
    expect(waiting).toMatchObject({ queuePosition: 0 })
    expect(waiting.etaMs).toBeGreaterThan(0)
    await pause('steady')
    expect((await server.request(TaskDocument, { id: waiting.id })).task).toMatchObject({ etaMs: null })
    await Promise.all([cancel(waiting.id), cancel(long.id)])
  })

  describe.each(['websocket', 'sse'] as const)('followed over %s', (transport) => {
    const openStreams = async (): Promise<number> =>
      (await readPrometheus(server)).sum(transport === 'sse' ? 'graphloom_event_streams' : 'graphloom_sockets')
    const follow = (name: string, everyMs = EVERY_MS) =>
      server.subscribe(TaskQueueEventsDocument, { name, everyMs }, { transport })

    test('its figures come at once, then no more than one a second, and stop when the client leaves', async () => {
      const name = `followed.${transport}`
      await update({ name })
      const items: TaskQueuePartsFragment[] = []
      let heldAt = 0
      for await (const { taskQueueEvents } of follow(name)) {
        items.push(taskQueueEvents)
        if (taskQueueEvents.paused && taskQueueEvents.length === 1) break
        if (items.length > 1) continue
        heldAt = performance.now()
        await pause(name)
        await enqueue(server, sleep(0, { queue: name }))
      }
      expect(items[0]).toMatchObject({ paused: false, length: 0 })
      expect(performance.now() - heldAt).toBeGreaterThan(0)
      await waitFor('it to be closed', async () => (await openStreams()) === 0)
    })

    test.each([
      ['no such queue', 'nothing', EVERY_MS, 'NOT_FOUND'],
      ['too often', 'default', EVERY_MS - 1, 'INVALID_INPUT'],
      ['too seldom', 'default', 60_001, 'INVALID_INPUT'],
    ])('%s is told at once', async (_case, name, everyMs, code) => {
      const error: unknown = await follow(name, everyMs)
        .next()
        .catch((reason: unknown) => reason)
      expect(error instanceof Error ? error.message : JSON.stringify(error)).toContain(code)
    })
  })
})

test('a server that stops closes the sockets of followers with 1001', async () => {
  await using stopping = await TestServer.start({})
  const closed = Promise.withResolvers<number>()
  const client = createClient({
    url: stopping.graphqlUrl.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { closed: (event) => closed.resolve((event as CloseEvent).code) },
  })
  const query = TaskQueueEventsDocument.toString()
  const items = client.iterate({ query, variables: { name: 'default', everyMs: MINUTE_MS } })
  expect(await items.next()).toMatchObject({ done: false })
  stopping.signal('SIGTERM')
  expect(await closed.promise).toBe(1001)
  expect(await stopping.exited).toEqual({ code: 0, signal: null })
})
