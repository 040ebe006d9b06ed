import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelTaskDocument,
  TaskDocument,
  TaskLogsDocument,
  UpdateTaskQueueDocument,
  WorkersDocument,
} from '../generated/graphql.js'
import { enqueue, readToEnd, readUntil } from '../support/enqueued-tasks.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'
import { WorkerClient, type Claimed } from '../support/worker-client.js'

const SUM = {
  name: 'sum',
  queue: 'sums',
  inputSchema: {
    type: 'object',
    properties: { numbers: { type: 'array', items: { type: 'number' } } },
    required: ['numbers'],
    additionalProperties: false,
  },
  outputSchema: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
}
const sum = (...numbers: number[]) => ({ type: 'sum', input: { numbers }, backoff: { initialMs: 1, maxMs: 1 } })

describe.each(STORES_BRIEFLY)('workers elsewhere, tasks kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let token: string
  let other: string
  let worker: WorkerClient

  beforeAll(async () => {
    const folder = stack.use(await createTemporaryFolder('task-types')).path
    const file = join(folder, 'types.json')
    await writeFile(file, JSON.stringify([SUM]))
    const environment = await openStore(stack, store)
    server = stack.use(
      await TestServer.start({
        ...environment,
        GRAPHLOOM_JWT_SECRET: JWT_SECRET,
        GRAPHLOOM_TASK_TYPES_FILE: file,
      }),
    )
    token = await signToken('acme')
    other = await signToken('other')
    worker = new WorkerClient(server, ['sum'], 'tester', token)
  })
  afterAll(() => stack.disposeAsync())

  const isToStop = async (claimed: Claimed): Promise<boolean> => {
    const told = await worker.beat([claimed])
    return told.__typename === 'TaskClaimStates' && told.claims[0]!.isCancelled
  }
  const find = async (id: string) => (await server.request(TaskDocument, { id }, token)).task

  test('a worker claims a task, tells of it, and completes it', async () => {
    const { id } = await enqueue(server, sum(1, 2), { token })
    const claimed = await worker.claimOne()
    expect(claimed.task).toMatchObject({ id, state: 'RUNNING', attempt: 1, input: { numbers: [1, 2] } })
    const { workers } = await server.request(WorkersDocument, {}, token)
    const [own] = workers.nodes.filter(({ name }) => name === 'tester')
    expect(own).toMatchObject({ host: 'test', pid: 1, types: ['sum'], state: 'ONLINE', running: [{ id }] })
    expect(workers.nodes.some(({ name }) => name.startsWith('server on '))).toBe(true)
    expect(await worker.report(claimed, { progress: { done: 1, total: 2 }, log: ['one', 'two'] })).toMatchObject({
      progress: { done: 1, total: 2, message: null },
    })
    expect(await worker.report(claimed, { progress: { done: 0 } })).toMatchObject({ progress: { done: 1, total: 2 } })
    expect(await worker.complete(claimed, { sum: 3 })).toMatchObject({ state: 'SUCCEEDED', output: { sum: 3 } })
    expect(await readToEnd(server, id, { token })).toMatchObject({ end: 'FINISHED', mistakes: [] })
    const { task } = await server.request(TaskLogsDocument, { id }, token)
    expect(task!.logs.nodes.map(({ text }) => text)).toEqual(['one', 'two'])
    const done = await find(id)
    expect(done!.attempts).toMatchObject([{ number: 1, workerId: own!.id }])
    expect(done!.trace.spans).toMatchObject([
      { attempt: 1, name: 'wait', failed: false },
      { attempt: 1, name: 'work', failed: false },
    ])
  })

  test('whether a failure is tried again follows from its code where nobody says it', async () => {
    for (const [error, state] of [
      [{ code: 'INVALID_INPUT' }, 'FAILED'],
      [{ code: 'INVALID_INPUT', retryable: true }, 'RETRYING'],
      [{ code: 'RATE_LIMITED' }, 'RETRYING'],
      [{}, 'RETRYING'],
    ] as const) {
      const { id } = await enqueue(server, { ...sum(1), backoff: { initialMs: 60_000, maxMs: 60_000 } }, { token })
      const claimed = await worker.claimOne()
      expect(await worker.fail(claimed, { ...error, message: 'no' })).toMatchObject({ state })
      expect((await find(id))!.trace.spans.at(-1)).toMatchObject({ name: 'work', failed: true })
      await server.request(CancelTaskDocument, { input: { id } }, token)
    }
  })

  test('an output that does not fit its type is refused, and the claim stays', async () => {
    await enqueue(server, sum(1), { token })
    const claimed = await worker.claimOne()
    const refused = await worker.complete(claimed, { total: 1 })
    expect(refused).toMatchObject({ __typename: 'InvalidInput', path: 'output' })
    expect(await worker.complete(claimed, { sum: 1 })).toMatchObject({ state: 'SUCCEEDED' })
  })

  test('what a worker tells is cut to its bounds, so that the task can still end', async () => {
    const { id } = await enqueue(server, { ...sum(1), attemptLimit: 2 }, { token })
    const claimed = await worker.claimOne()
    const long = 'x'.repeat(400_000)
    const told = await worker.report(claimed, { progress: { done: 1, message: long } })
    expect(told).toMatchObject({ progress: { message: 'x'.repeat(500) } })
    expect(await worker.report(claimed, { progress: { done: 1, total: -1 } })).toMatchObject({
      __typename: 'InvalidInput',
      path: 'input.progress.total',
    })
    for (const retryAfterMs of [-1, 604_800_001])
      expect(await worker.fail(claimed, { message: 'no', retryAfterMs })).toMatchObject({
        __typename: 'InvalidInput',
        path: 'input.error.retryAfterMs',
      })
    expect(await worker.fail(claimed, { message: long })).toMatchObject({ state: 'RETRYING' })
    expect((await find(id))!.error!.message).toHaveLength(2_000)
    expect(await worker.fail(await worker.claimOne(), { message: long })).toMatchObject({ state: 'FAILED' })
  })

  test('a claim waits for a task, and wakes when one comes', async () => {
    const claiming = worker.claimOne()
    const { id } = await enqueue(server, sum(1), { token })
    const claimed = await claiming
    expect(claimed.task.id).toBe(id)
    expect(await worker.complete(claimed, { sum: 1 })).toMatchObject({ state: 'SUCCEEDED' })
    expect(await worker.claim({ waitMs: 1 })).toEqual([])
  })

  test('what fails is tried again, or is a dead letter', async () => {
    const { id } = await enqueue(server, { ...sum(1), attemptLimit: 2 }, { token })
    expect(await worker.fail(await worker.claimOne(), { message: 'not now' })).toMatchObject({ state: 'RETRYING' })
    const again = await worker.claimOne()
    expect(again.task).toMatchObject({ id, attempt: 2 })
    expect(await worker.fail(again, { message: 'still not' })).toMatchObject({ state: 'FAILED' })
    expect(await find(id)).toMatchObject({
      isDeadLetter: true,
      error: { code: 'UNAVAILABLE', message: 'still not' },
      attempts: [{ error: { message: 'not now' } }, { error: { message: 'still not' } }],
    })
    const { id: once } = await enqueue(server, sum(1), { token })
    const claimed = await worker.claimOne()
    expect(await worker.fail(claimed, { message: 'never', retryable: false })).toMatchObject({ state: 'FAILED' })
    expect(await find(once)).toMatchObject({ isDeadLetter: true, failures: 1 })
  })

  test('a worker learns of a cancel by its heartbeat, and ends the task', async () => {
    const { id } = await enqueue(server, sum(1), { token })
    const claimed = await worker.claimOne()
    expect(await worker.beat([claimed])).toMatchObject({ claims: [{ id, isLost: false, isCancelled: false }] })
    await server.request(CancelTaskDocument, { input: { id } }, token)
    expect(await worker.beat([claimed])).toMatchObject({ claims: [{ id, isLost: false, isCancelled: true }] })
    expect(await worker.fail(claimed, { message: 'stopped' })).toMatchObject({ state: 'CANCELLED' })
    expect(await worker.beat([claimed])).toMatchObject({ claims: [{ isLost: true }] })
  })

  test('a silent worker’s task goes to another; what it says then changes nothing', async () => {
    const { id } = await enqueue(server, sum(1), { token })
    const late = await worker.claimOne({ leaseMs: 1_000 })
    const second = new WorkerClient(server, ['sum'], 'second', token)
    const claimed = await second.claimOne()
    expect(claimed.task).toMatchObject({ id, attempt: 2 })
    for (const told of [
      await worker.complete(late, { sum: 99 }),
      await worker.fail(late, { message: 'late' }),
      await worker.report(late, { progress: { done: 1 } }),
      await worker.release(late),
    ])
      expect(told).toMatchObject({ __typename: 'Conflict', message: expect.stringContaining('not current') as string })
    expect(await worker.beat([late])).toMatchObject({ claims: [{ isLost: true }] })
    expect(await second.complete(claimed, { sum: 1 })).toMatchObject({ state: 'SUCCEEDED', output: { sum: 1 } })
    expect((await find(id))!.attempts).toMatchObject([{ error: { code: 'UNAVAILABLE' } }, { error: null }])
  })

  test('a lost worker’s task waits again where nobody asks for it, and is a dead letter the third time', async () => {
    const { id } = await enqueue(server, sum(1), { token })
    for (let attempt = 1; attempt < 3; attempt++) {
      const lost = await worker.claimOne({ leaseMs: 1_000 })
      await waitFor('the worker to be lost', async () => (await find(id))!.state === 'QUEUED')
      const waiting = (await find(id))!
      expect(waiting).toMatchObject({ attempt, stateReason: expect.stringContaining('worker was lost') as string })
      expect(waiting.attempts.at(-1)).toMatchObject({ number: attempt, error: { code: 'UNAVAILABLE' } })
      expect(await worker.beat([lost])).toMatchObject({ claims: [{ isLost: true }] })
      expect(await worker.complete(lost, { sum: 1 })).toMatchObject({ __typename: 'Conflict' })
    }
    await worker.claimOne({ leaseMs: 1_000 })
    await readUntil(server, id, 'FAILED', token)
    expect(await find(id)).toMatchObject({ isDeadLetter: true, error: { code: 'WORKER_LOST' } })
    expect(await worker.claim()).toEqual([])
  })

  test('a task that is given back goes to the next worker and has not failed', async () => {
    const { id } = await enqueue(server, sum(1), { token })
    expect(await worker.release(await worker.claimOne())).toMatchObject({ state: 'QUEUED' })
    const claimed = await worker.claimOne()
    expect(claimed.task).toMatchObject({ id, attempt: 2 })
    await worker.complete(claimed, { sum: 1 })
    expect(await find(id)).toMatchObject({ state: 'SUCCEEDED', failures: 0 })
  })

  test('an attempt that takes too long is over, also when its worker keeps its lease', async () => {
    const { id } = await enqueue(server, { ...sum(1), timeoutMs: 1, attemptLimit: 1 }, { token })
    const claimed = await worker.claimOne()
    await readUntil(server, id, 'TIMED_OUT', token)
    expect(await worker.complete(claimed, { sum: 1 })).toMatchObject({ __typename: 'Conflict' })
  })

  test('what a worker stopped at its timeout has timed out; what it says so of before has failed', async () => {
    const error = { code: 'DEADLINE_EXCEEDED' as const, message: 'It took too long.' }
    for (const [timeoutMs, state] of [
      [1, 'TIMED_OUT'],
      [60_000, 'FAILED'],
    ] as const) {
      await enqueue(server, { ...sum(1), timeoutMs, attemptLimit: 1 }, { token })
      expect(await worker.fail(await worker.claimOne(), error)).toMatchObject({ state })
    }
  })

  test('a worker that is past its time is told to stop, and what it gives then is not kept', async () => {
    const { id } = await enqueue(server, { ...sum(1), timeoutMs: 1, attemptLimit: 3 }, { token })
    const claimed = await worker.claimOne()
    await waitFor('the time to be over', () => isToStop(claimed))
    expect(await worker.complete(claimed, { sum: 1 })).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('took longer than 1 ms') as string,
    })
    expect(await find(id)).toMatchObject({ failures: 1, output: null, error: { code: 'DEADLINE_EXCEEDED' } })
    const again = await worker.claimOne()
    await waitFor('the time to be over', () => isToStop(again))
    expect(await worker.fail(again, { code: 'CANCELLED', message: 'stopped' })).toMatchObject({ state: 'RETRYING' })
    await worker.claimOne()
    await readUntil(server, id, 'TIMED_OUT', token)
  })

  test('a task whose worker was lost expires where no other takes it in time', async () => {
    const { id } = await enqueue(
      server,
      { ...sum(1), expiresAt: new Date(Date.now() + 2_000).toISOString() },
      { token },
    )
    await worker.claimOne({ leaseMs: 1_000 })
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    expect(await worker.claim()).toEqual([])
    expect(await find(id)).toMatchObject({ state: 'EXPIRED', attempts: [{ error: { code: 'UNAVAILABLE' } }] })
  })

  test('what one attempt says is bounded, however often it says something', async () => {
    const { id } = await enqueue(server, sum(1), { token })
    const claimed = await worker.claimOne()
    const log = Array.from({ length: 700 }, (_, at) => `line ${at}`)
    for (let time = 0; time < 3; time++) await worker.report(claimed, { log })
    await worker.complete(claimed, { sum: 1 })
    const { task } = await server.request(TaskLogsDocument, { id, first: 1_000 }, token)
    expect(task!.logs.nodes).toHaveLength(1_000)
    expect(task!.logs.nodes.at(-1)).toMatchObject({ text: '(more lines are left out)' })
    expect(task!.logs.pageInfo?.hasNextPage ?? false).toBe(false)
  })

  test('a queue that is never empty leaves a worker something of the others', async () => {
    const input = { name: 'zeta' }
    await server.request(UpdateTaskQueueDocument, { input }, await signToken('acme', ['ADMIN']))
    const order: string[] = []
    const more = () => enqueue(server, sum(1), { token })
    for (let count = 0; count < 3; count++) await more()
    const { id } = await enqueue(server, { ...sum(2), queue: 'zeta' }, { token })
    while (!order.includes(id) && order.length < 10) {
      const claimed = await worker.claimOne({ count: 1 })
      order.push(claimed.task.id)
      await worker.complete(claimed, { sum: 1 })
      await more()
    }
    expect(order).toContain(id)
    for (let left = await worker.claim({ count: 100 }); left.length > 0; left = await worker.claim({ count: 100 }))
      for (const claimed of left) await worker.complete(claimed, { sum: 1 })
  })

  test('workers of other tenants get nothing, and cannot say anything of a task', async () => {
    await enqueue(server, sum(1), { token })
    const stranger = new WorkerClient(server, ['sum'], 'stranger', other)
    expect(await stranger.claim()).toEqual([])
    const claimed = await worker.claimOne()
    expect(await stranger.complete(claimed, { sum: 1 })).toMatchObject({ __typename: 'NotFound' })
    expect(await stranger.beat([claimed])).toMatchObject({ claims: [{ isLost: true }] })
    const { workers } = await server.request(WorkersDocument, {}, other)
    expect(workers.nodes.filter(({ name }) => name === 'tester')).toEqual([])
    await expect(stranger.claim({ allTenants: true })).rejects.toThrow(/taskQueue.manage/)
    expect(await worker.complete({ ...claimed, token: 'x' }, { sum: 1 })).toMatchObject({ __typename: 'Conflict' })
    const admin = new WorkerClient(server, ['sum'], 'admin', await signToken('operators', ['ADMIN']))
    await worker.release(claimed)
    expect(await admin.claim()).toEqual([])
    const theirs = await admin.claimOne({ allTenants: true })
    expect(await admin.complete(theirs, { sum: 1 })).toMatchObject({ state: 'SUCCEEDED' })
    await enqueue(server, sum(1), { token })
    const own = await worker.claimOne()
    // Another lease is news of the worker, who is of another tenant than the administrator.
    expect(await admin.beat([own], 40_000)).toMatchObject({ claims: [{ isLost: false }] })
    const seen = (await server.request(WorkersDocument, {}, token)).workers.nodes
    expect(seen.find(({ name }) => name === 'tester')).toMatchObject({ leaseMs: 40_000, state: 'ONLINE' })
    expect(await worker.complete(own, { sum: 1 })).toMatchObject({ state: 'SUCCEEDED' })
  })

  test.each([
    ['types', { types: [] }],
    ['types.1', { types: ['sum', 'none'] }],
    ['count', { count: 0 }],
    ['count', { count: 101 }],
    ['leaseMs', { leaseMs: -5 }],
    ['waitMs', { waitMs: 30_001 }],
    ['worker.name', { worker: { name: '', host: 'a', pid: 1 } }],
    ['worker.pid', { worker: { name: 'a', host: 'a', pid: -1 } }],
  ])('a claim with a wrong %s is refused by its name', async (path, input) => {
    expect(await worker.ask(input)).toMatchObject({ __typename: 'InvalidInput', path: `input.${path}` })
  })

  test('who is not signed in claims nothing', async () => {
    await expect(new WorkerClient(server, ['sum']).claim()).rejects.toThrow()
  })

  test('a client that leaves while it waits gets nothing later', async () => {
    const leaving = new AbortController()
    const query =
      'mutation { claimTasks(input: { types: ["sum"], waitMs: 30000, worker: { name: "l", host: "l", pid: 1 } }) { __typename } }'
    const asking = fetch(server.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
      signal: leaving.signal,
    })
    asking.catch(() => undefined)
    const isSeen = async (): Promise<boolean> =>
      (await server.request(WorkersDocument, {}, token)).workers.nodes.some(({ name }) => name === 'l')
    await waitFor('the worker to be seen', isSeen)
    leaving.abort()
    await expect(asking).rejects.toThrow()
    await enqueue(server, sum(1), { token })
    await worker.complete(await worker.claimOne(), { sum: 1 })
  })
})
