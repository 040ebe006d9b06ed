import { afterAll, beforeAll, expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { TaskType } from '../../src/services/tasks/task-type.js'
import { DEFAULT_QUEUE, DEFAULTS } from '../../src/services/tasks/task-type.js'
import { TaskDocument, TaskLogsDocument } from '../generated/graphql.js'
import { enqueue, readToEnd } from '../support/enqueued-tasks.js'
import { TaskServer } from '../support/task-server.js'

const made = (name: string, run: TaskType['run']): TaskType => ({
  ...{ name, description: 'Made for a test.', queue: DEFAULT_QUEUE, inputSchema: {}, outputSchema: {} },
  ...{ defaults: { ...DEFAULTS, backoff: { initialMs: 1, factor: 1, maxMs: 1, jitter: 0 } }, run },
})

/** Writes as many lines as it is told to, and fails until its last attempt. */
const TALKATIVE = made('talkative', async (input, { attempt, log }) => {
  const { lines, attempts = 1 } = input as { readonly lines: number; readonly attempts?: number }
  for (let i = 0; i < lines; i++) log(`line ${i} of attempt ${attempt}`)
  if (attempt < attempts) throw new GraphloomError('UNAVAILABLE', 'Not yet.')
  return Promise.resolve(null)
})
const BROKEN = made('broken', () => Promise.reject(new Error('a secret')))
const HOPELESS = made('hopeless', () => Promise.reject(new GraphloomError('INVALID_INPUT', 'It cannot be done.')))

let server: TaskServer
beforeAll(async () => (server = await TaskServer.start([TALKATIVE, BROKEN, HOPELESS])))
afterAll(() => server[Symbol.asyncDispose]())

const readLogs = async (id: string, page: { readonly first?: number; readonly after?: string | null } = {}) =>
  (await server.request(TaskLogsDocument, { id, ...page })).task!.logs

test('what attempts write is told to followers, and read in pages', async () => {
  const { id } = await enqueue(server, { type: 'talkative', input: { lines: 5, attempts: 3 }, delayMs: 200 })
  const reader = await readToEnd(server, id)
  expect(reader).toMatchObject({ end: 'FINISHED', mistakes: [] })
  const all = [1, 2, 3].flatMap((attempt) => [0, 1, 2, 3, 4].map((line) => `line ${line} of attempt ${attempt}`))
  expect(reader.lines).toEqual(all)
  const whole = await readLogs(id)
  expect(whole.nodes.map(({ text }) => text)).toEqual(all)
  expect(whole.nodes.map(({ attempt }) => attempt)).toEqual(all.map((_, i) => 1 + Math.floor(i / 5)))
  const paged: string[] = []
  for (let after: string | null = null; ;) {
    const { nodes, pageInfo } = await readLogs(id, { first: 4, after })
    paged.push(...nodes.map(({ text }) => text))
    expect(pageInfo.hasPreviousPage).toBe(after !== null)
    if (!pageInfo.hasNextPage) break
    after = pageInfo.endCursor!
  }
  expect(paged).toEqual(all)
})

test('an attempt’s log is bounded, and says so', async () => {
  const { id } = await enqueue(server, { type: 'talkative', input: { lines: 1_100 } })
  await readToEnd(server, id)
  const { nodes, pageInfo } = await readLogs(id, { first: 1_000 })
  expect(nodes).toHaveLength(1_000)
  expect(nodes.at(-1)!.text).toBe('(more lines are left out)')
  expect(pageInfo.hasNextPage).toBe(false)
  const empty = await readLogs(id, { after: pageInfo.endCursor! })
  expect(empty).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false, startCursor: null } })
})

test.each([
  ['no line', { first: 0 }, 'first'],
  ['too many lines', { first: 1_001 }, 'first'],
  ['a cursor that is none', { after: 'nonsense' }, 'after'],
])('%s is refused', async (_what, page, path) => {
  const { id } = await enqueue(server, { type: 'talkative', input: { lines: 1 } })
  const { errors } = await server.send(TaskLogsDocument, { id, ...page })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', inputPath: path })
})

test('what fails unexpectedly is tried again, and tells nothing of the cause', async () => {
  const { id } = await enqueue(server, { type: 'broken', input: {} })
  expect(await readToEnd(server, id)).toMatchObject({ end: 'FAILED', mistakes: [] })
  const { task } = await server.request(TaskDocument, { id })
  expect(task).toMatchObject({ state: 'FAILED', failures: 3, isDeadLetter: true, error: { code: 'INTERNAL' } })
  expect(task!.error!.errorId).toMatch(/^err_/)
  expect(JSON.stringify(task)).not.toContain('secret')
})

test('what cannot succeed is not tried again', async () => {
  const { id } = await enqueue(server, { type: 'hopeless', input: {} })
  expect(await readToEnd(server, id)).toMatchObject({ states: expect.not.arrayContaining(['RETRYING']), end: 'FAILED' })
  const { task } = await server.request(TaskDocument, { id })
  expect(task).toMatchObject({ state: 'FAILED', failures: 1, attempts: [{ error: { code: 'INVALID_INPUT' } }] })
})
