import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelTaskDocument,
  DeleteTaskDocument,
  EnqueueTaskDocument,
  FindNodeDocument,
  FindNodesDocument,
  PauseTaskQueueDocument,
  RequeueDeadLettersDocument,
  RescheduleTaskDocument,
  ResumeTaskQueueDocument,
  RetryTaskDocument,
  SetTaskPriorityDocument,
  TaskDocument,
  TaskLogsDocument,
  TaskQueueDocument,
  TaskQueueEventsDocument,
  TasksDocument,
  UpdateTaskQueueDocument,
} from '../generated/graphql.js'
import { enqueue, failing, readToEnd, sleep } from '../support/enqueued-tasks.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'

const MINUTE_MS = 60_000
const MISSING = 'task_00000000000000000000000000'

type Operation = readonly [document: unknown, variables: object]

const ABOUT_ONE: readonly (readonly [string, (id: string) => Operation])[] = [
  ['task', (id: string) => [TaskDocument, { id }]],
  ['logs', (id: string) => [TaskLogsDocument, { id }]],
  ['node', (id: string) => [FindNodeDocument, { id }]],
  ['nodes', (id: string) => [FindNodesDocument, { ids: [id] }]],
  ['cancelTask', (id: string) => [CancelTaskDocument, { input: { id } }]],
  ['retryTask', (id: string) => [RetryTaskDocument, { input: { id } }]],
  ['setTaskPriority', (id: string) => [SetTaskPriorityDocument, { input: { id, priority: 1 } }]],
  ['rescheduleTask', (id: string) => [RescheduleTaskDocument, { input: { id } }]],
  ['deleteTask', (id: string) => [DeleteTaskDocument, { input: { id } }]],
  ['requeueDeadLetters', (id: string) => [RequeueDeadLettersDocument, { input: { ids: [id] } }]],
]

const OF_QUEUES: readonly (readonly [string, Operation])[] = [
  ['updateTaskQueue', [UpdateTaskQueueDocument, { input: { name: 'default' } }]],
  ['pauseTaskQueue', [PauseTaskQueueDocument, { input: { name: 'default' } }]],
  ['resumeTaskQueue', [ResumeTaskQueueDocument, { input: { name: 'default' } }]],
]

const withoutTrace = (text: string): string => text.replaceAll(/"traceId[\\":]+[0-9a-f]+/g, '')

type Ask = Parameters<TestServer['send']>

describe.each(STORES_BRIEFLY)('tasks of tenants, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let ada: string
  let eve: string
  let waiting: string
  let dead: string

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    ada = await signToken('acme')
    eve = await signToken('evil')
    waiting = (await enqueue(server, sleep(0, { delayMs: MINUTE_MS }), { token: ada })).id
    dead = (await enqueue(server, failing(), { token: ada })).id
    await readToEnd(server, dead, { token: ada })
  })
  afterAll(() => stack.disposeAsync())

  const send = (operation: Operation, token?: string) => server.send(operation[0] as Ask[0], operation[1], token)

  describe.each(ABOUT_ONE)('%s', (_name, about) => {
    test('finds nothing of another tenant', async () => {
      for (const id of [waiting, dead]) {
        const [theirs, none] = await Promise.all([send(about(id), eve), send(about(MISSING), eve)])
        expect(withoutTrace(JSON.stringify(theirs).replaceAll(id, MISSING))).toBe(withoutTrace(JSON.stringify(none)))
      }
    })

    test('needs a token, and a role', async () => {
      expect((await send(about(waiting))).errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
      const nobody = await signToken('acme', [])
      expect((await send(about(waiting), nobody)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    })
  })

  test.each(['websocket', 'sse'] as const)('taskEvents over %s finds nothing of another tenant', async (transport) => {
    const messages = await Promise.all(
      [waiting, MISSING].map((id) =>
        readToEnd(server, id, { transport, token: eve }).then(
          () => 'no error',
          (error: unknown) => withoutTrace(String(error).replaceAll(id, MISSING)),
        ),
      ),
    )
    expect(messages[0]).toContain('NOT_FOUND')
    expect(messages[0]).toBe(messages[1])
    await expect(readToEnd(server, waiting, { transport })).rejects.toMatchObject(
      transport === 'sse' ? { response: { status: 401 } } : { code: 4403 },
    )
  })

  test('enqueueTask needs a token, and a role', async () => {
    const operation: Operation = [EnqueueTaskDocument, { input: sleep(0) }]
    expect((await send(operation)).errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
    const { errors } = await send(operation, await signToken('acme', []))
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
  })

  test('lists, keys and dead letters are each tenant’s own', async () => {
    expect((await server.request(TasksDocument, {}, eve)).tasks.nodes).toEqual([])
    const names = {
      idempotencyKey: 'shared',
      input: sleep(0, { dedupe: { key: 'shared', mode: 'KEEP_FIRST' as const } }),
    }
    const [mine, theirs] = await Promise.all(
      [ada, eve].map((token) => enqueue(server, names.input, { token, idempotencyKey: names.idempotencyKey })),
    )
    expect(mine!.id).not.toBe(theirs!.id)
    expect(mine!.tenantId).toBe('acme')
    await Promise.all([readToEnd(server, mine!.id, { token: ada }), readToEnd(server, theirs!.id, { token: eve })])
    const { requeueDeadLetters } = await server.request(RequeueDeadLettersDocument, { input: {} }, eve)
    expect(requeueDeadLetters).toMatchObject({ taskIds: [], count: 0, hasMore: false })
  })

  test('of queues a member sees the tenant’s own figures, an administrator all, and the shares', async () => {
    const seen = async (token: string) =>
      (await server.request(TaskQueueDocument, { name: 'default' }, token)).taskQueue
    const admin = await signToken('evil', ['ADMIN'])
    expect(await seen(ada)).toMatchObject({ deadLetters: 1, weights: null })
    expect(await seen(eve)).toMatchObject({ deadLetters: 0, weights: null })
    expect(await seen(admin)).toMatchObject({ deadLetters: 1, weights: [] })
  })

  test.each(OF_QUEUES)('%s is for administrators', async (_name, operation) => {
    expect((await send(operation)).errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect((await send(operation, ada)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    expect((await send(operation, await signToken('acme', ['ADMIN']))).errors).toBeUndefined()
  })

  test('nobody follows a queue without a token', async () => {
    const stranger = server.subscribe(TaskQueueEventsDocument, { name: 'default', everyMs: 1_000 })
    await expect(stranger.next()).rejects.toMatchObject({ code: 4403 })
  })
})
