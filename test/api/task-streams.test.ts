import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  CancelTaskDocument,
  PauseTaskQueueDocument,
  ResumeTaskQueueDocument,
  TaskDocument,
  TaskEventsDocument,
  UpdateTaskQueueDocument,
} from '../generated/graphql.js'
import { ask, enqueue, failing, follow, readToEnd, sleep, TaskReader } from '../support/enqueued-tasks.js'
import { readPrometheus } from '../support/prometheus.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const MINUTE_MS = 60_000
const TRANSPORTS = ['websocket', 'sse'] as const

async function pausedQueue(server: TestServer, name: string): Promise<{ readonly name: string }> {
  await server.request(UpdateTaskQueueDocument, { input: { name } })
  await server.request(PauseTaskQueueDocument, { input: { name } })
  return { name }
}

describe.each(STORES_BRIEFLY)('streams of tasks, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer

  beforeAll(async () => {
    server = stack.use(await TestServer.start(await openStore(stack, store)))
  })
  afterAll(() => stack.disposeAsync())

  describe.each(TRANSPORTS)('over %s', (transport) => {
    test('each state comes in order, as the task was then, and all readers get the same', async () => {
      const { id } = await enqueue(server, failing(3, { delayMs: 3_000 }))
      const readers = await Promise.all(Array.from({ length: 5 }, () => readToEnd(server, id, { transport })))
      const [first] = readers
      expect(first).toMatchObject({ end: 'FAILED', mistakes: [], names: expect.arrayContaining(['TaskChanged']) })
      const retried = ['QUEUED', 'RUNNING', 'RETRYING']
      const all = ['SCHEDULED', ...retried, ...retried, 'QUEUED', 'RUNNING', 'TIMED_OUT']
      expect(first!.states).toEqual(all)
      for (const reader of readers) expect(reader).toMatchObject({ end: 'FAILED', mistakes: [], states: all })
      const { task } = await server.request(TaskDocument, { id })
      expect(task).toMatchObject({ ...first!.task, updatedAt: task!.updatedAt })
    })

    test('a reader goes on by its cursor, and misses nothing', async () => {
      const { id } = await enqueue(server, failing(3, { delayMs: 3_000 }))
      const whole = readToEnd(server, id, { transport })
      const reader = new TaskReader()
      for (let parts = 0; reader.end === null; parts++) {
        const until = ({ names }: TaskReader): boolean => names.length > parts
        await reader.read(server, id, { transport, until })
      }
      expect(reader.mistakes).toEqual([])
      expect(reader.states).toEqual((await whole).states)
      expect(reader.names.filter((name) => name === 'TaskSnapshot')).toHaveLength(1)
    })

    test('an ended task gives its snapshot and the end', async () => {
      const { id } = await enqueue(server, sleep(0))
      const first = await readToEnd(server, id, { transport })
      const late = await readToEnd(server, id, { transport })
      expect(late).toMatchObject({ names: ['TaskSnapshot', 'StreamEnd'], end: 'FINISHED', mistakes: [] })
      expect(late.sequence).toBe(first.sequence)
      const after = new TaskReader()
      after.cursor = first.cursor
      after.sequence = first.sequence - 1
      await after.read(server, id, { transport })
      expect(after.names).toEqual(['StreamEnd'])
    })

    test('progress is told and does not go back; a client that leaves is forgotten', async () => {
      const { id } = await enqueue(server, sleep(MINUTE_MS))
      const done: number[] = []
      await new TaskReader().read(server, id, {
        transport,
        until: ({ task }) => {
          if (task?.progress) done.push(task.progress.done)
          return done.length >= 2
        },
      })
      expect(done).toEqual(done.toSorted((a, b) => a - b))
      const open = async (): Promise<number> =>
        (await readPrometheus(server)).sum(transport === 'sse' ? 'graphloom_event_streams' : 'graphloom_sockets')
      await waitFor('it to be closed', async () => (await open()) === 0)
      await server.request(CancelTaskDocument, { input: { id } })
    })

    test.each([
      ['of another stream', Buffer.from('task_00000000000000000000000000:1').toString('base64url')],
      ['that is none', 'nonsense'],
    ])('a cursor %s is refused', async (_what, cursor) => {
      const { id } = await enqueue(server, sleep(0))
      const reader = new TaskReader()
      reader.cursor = cursor
      await expect(reader.read(server, id, { transport })).rejects.toThrow('INVALID_INPUT')
    })
  })

  test('a task that waits is told where it stands, also who comes back with the cursor of that', async () => {
    const { name } = await pausedQueue(server, 'in-line')
    const ids: string[] = []
    for (let at = 0; at < 3; at++) ids.push((await enqueue(server, sleep(0, { queue: name }))).id)
    const reader = new TaskReader()
    await reader.read(server, ids[2]!, { until: ({ positions }) => positions.includes(2) })
    await server.request(CancelTaskDocument, { input: { id: ids[0]! } })
    await reader.read(server, ids[2]!, { until: ({ positions }) => positions.includes(1) })
    expect(reader).toMatchObject({ states: ['QUEUED'], mistakes: [] })
    expect(new Set(reader.names)).toEqual(new Set(['TaskSnapshot', 'TaskPosition']))
    await server.request(ResumeTaskQueueDocument, { input: { name } })
    await reader.read(server, ids[2]!)
    expect(reader).toMatchObject({ end: 'FINISHED', mistakes: [] })
  })

  test('those who asked again are told in their place', async () => {
    const dedupe = { key: 'told', mode: 'KEEP_FIRST' as const }
    const { id } = await enqueue(server, sleep(MINUTE_MS, { dedupe }))
    const { ended } = await follow(server, id)
    for (let i = 0; i < 3; i++) expect(await ask(server, sleep(0, { dedupe }))).toMatchObject({ id })
    await server.request(CancelTaskDocument, { input: { id } })
    expect(await ended).toMatchObject({
      modes: ['KEEP_FIRST', 'KEEP_FIRST', 'KEEP_FIRST'],
      end: 'CANCELLED',
      mistakes: [],
    })
  })
})

test('a cursor into events that are gone gives a gap with the whole task, then the end', async () => {
  await using folder = await createTemporaryFolder('task-gap')
  await using server = await TestServer.start({
    GRAPHLOOM_DATA_DIR: folder.path,
    GRAPHLOOM_RETENTION_INTERVAL_MS: '100',
    GRAPHLOOM_EVENT_RETENTION_MS: '0',
  })
  const { id } = await enqueue(server, sleep(0))
  await readToEnd(server, id)
  await waitFor('the events to be gone', async () => {
    const late = new TaskReader()
    late.cursor = Buffer.from(`${id}:1`).toString('base64url')
    late.sequence = 1
    await late.read(server, id)
    return (
      late.names.join() === 'StreamGap,StreamEnd' && late.states.join() === 'SUCCEEDED' && late.mistakes.length === 0
    )
  })
})

test('a server that stops closes with 1001; what ran goes on at the next start, in the same stream', async () => {
  await using folder = await createTemporaryFolder('task-drain')
  const environment = { GRAPHLOOM_DATA_DIR: folder.path, GRAPHLOOM_SHUTDOWN_TIMEOUT_MS: '100' }
  const reader = new TaskReader()
  let id = ''
  {
    await using stopping = await TestServer.start(environment)
    ;({ id } = await enqueue(stopping, sleep(1_500)))
    const closed = Promise.withResolvers<number>()
    const client = createClient({
      url: stopping.graphqlUrl.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      on: { closed: (event) => closed.resolve((event as CloseEvent).code) },
    })
    const query = TaskEventsDocument.toString()
    const items = client.iterate<Record<'taskEvents', Parameters<TaskReader['take']>[0]>>({ query, variables: { id } })
    while (reader.states.at(-1) !== 'RUNNING') {
      const { value } = await items.next()
      if (value) reader.take((value as { data: { taskEvents: Parameters<TaskReader['take']>[0] } }).data.taskEvents)
    }
    stopping.signal('SIGTERM')
    expect(await closed.promise).toBe(1001)
    expect(await stopping.exited).toEqual({ code: 0, signal: null })
  }
  expect(reader.end).toBeNull()
  await using server = await TestServer.start(environment)
  await reader.read(server, id)
  expect(reader).toMatchObject({ end: 'FINISHED', mistakes: [], task: { failures: 0 } })
})
