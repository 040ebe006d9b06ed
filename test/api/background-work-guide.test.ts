import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EnqueueTaskDocument, TypedDocumentString } from '../generated/graphql.js'
import { enqueue, readToEnd } from '../support/enqueued-tasks.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const stack = new AsyncDisposableStack()
const operations = new Map<string, string>()
let jsonBlocks: unknown[]
let server: TestServer

beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('guide')).path
  const guide = await readFile(join(import.meta.dirname, '../../../docs/background-work.md'), 'utf8')
  for (const [, text = ''] of guide.matchAll(/^```graphql\n(.*?)^```$/gms)) {
    const [definition] = parse(text).definitions
    operations.set(definition?.kind === 'OperationDefinition' ? definition.name!.value : '', text)
  }
  jsonBlocks = Array.from(guide.matchAll(/^```json\n(.*?)^```$/gms), ([, text = '']) => JSON.parse(text) as unknown)
  const types = join(folder, 'types.json')
  await writeFile(types, JSON.stringify(jsonBlocks.find((block) => Array.isArray(block))))
  server = stack.use(
    await TestServer.start({ GRAPHLOOM_DATA_DIR: join(folder, 'data'), GRAPHLOOM_TASK_TYPES_FILE: types }),
  )
})
afterAll(() => stack.disposeAsync())

interface Outcome {
  readonly __typename: string
  readonly id: string
  readonly [field: string]: unknown
}

/** Runs an operation of the guide as it stands there. */
async function run(name: string, variables: object = {}): Promise<Outcome> {
  const text = operations.get(name)
  if (text === undefined) throw new Error(`The guide has no operation ${name}.`)
  const data = await server.request(new TypedDocumentString<Record<string, Outcome>, object>(text), variables)
  return Object.values(data)[0]!
}

test('a task is accepted once, followed to its end, and retried by its failure', async () => {
  const first = await run('Sleep')
  expect(first).toMatchObject({ __typename: 'Task' })
  expect((await run('Sleep')).id).toBe(first.id)
  const items: { __typename: string; reason?: string }[] = []
  const followed = new TypedDocumentString<{ taskEvents: { __typename: string; reason?: string } }, object>(
    operations.get('Follow')!,
  )
  for await (const { taskEvents } of server.subscribe(followed, { id: first.id })) items.push(taskEvents)
  expect(items[0]!.__typename).toBe('TaskSnapshot')
  expect(items.at(-1)).toMatchObject({ __typename: 'StreamEnd', reason: 'FINISHED' })
  expect(await run('Again', { id: first.id })).toMatchObject({ __typename: 'Task', retryOf: { id: first.id } })
})

test('keys, queues and schedules are taken as they stand', async () => {
  expect(await run('OneAtATime')).toMatchObject({ __typename: 'Task' })
  expect(await run('Queue')).toMatchObject({ __typename: 'TaskQueue', name: 'mail', length: 0, runningCount: 0 })
  const schedule = await run('Nightly')
  expect(schedule).toMatchObject({ __typename: 'Schedule', name: 'nightly' })
  expect(schedule['nextRuns']).toHaveLength(2)
})

test('a graph hands outputs on', async () => {
  const variables = jsonBlocks.find((block) => !Array.isArray(block)) as object
  const graph = await run('Graph', variables)
  expect(graph).toMatchObject({ __typename: 'TaskGraph', taskCount: 2 })
  const { nodes } = graph['tasks'] as { nodes: { id: string; name: string }[] }
  const second = nodes.find(({ name }) => name === 'second')!
  const { task } = await readToEnd(server, second.id)
  expect(task).toMatchObject({ state: 'SUCCEEDED' })
})

test('a batch of predictions is one task', async () => {
  const batch = await run('Batch')
  expect(batch).toMatchObject({ __typename: 'Task' })
  const { task } = await readToEnd(server, batch.id)
  expect(task).toMatchObject({ state: 'SUCCEEDED', progress: { done: 2, total: 2 } })
})

test('a worker of one’s own claims a task and completes it', async () => {
  const { id } = await enqueue(server, { type: 'sum', input: { numbers: [1, 2] } })
  const claimed = await run('Claim')
  const [{ token, task }] = claimed['tasks'] as [{ token: string; task: { id: string } }]
  expect(task.id).toBe(id)
  expect(await run('Complete', { id, token })).toMatchObject({ state: 'SUCCEEDED', output: { sum: 3 } })
  const input = { type: 'sum', input: { numbers: ['1'] } }
  expect((await server.request(EnqueueTaskDocument, { input })).enqueueTask).toMatchObject({
    __typename: 'InvalidInput',
    path: 'input.input.numbers.0',
  })
})
