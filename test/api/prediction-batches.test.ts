import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelTaskDocument,
  DeleteTaskDocument,
  TaskPredictionDocument,
  type PredictInput,
} from '../generated/graphql.js'
import { askBatch, readBatch, readResults, startBatch } from '../support/batches.js'
import { readToEnd, TaskReader } from '../support/enqueued-tasks.js'
import { cosine } from '../support/models.js'
import { chat, embedding, requirePrediction } from '../support/predictions.js'
import { isFullTest } from '../support/seed.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

const ITEMS = isFullTest() ? 10_000 : 150
/** More tokens than the model takes, which only the model can tell. */
const TOO_LONG = embedding('word '.repeat(400))
const BAD_EVERY = 50
/** Ten minutes. */
const LIMIT_MS = 600_000
const GROWTH_BYTES = 160 * 1_024 * 1_024
/** So little that what a batch leaves for the collector does not look like what it needs. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-semi-space-size=8 --max-old-space-size=128' }

const isBad = (index: number): boolean => index % BAD_EVERY === 7
const itemsOf = (count: number): PredictInput[] =>
  Array.from({ length: count }, (_, index) => (isBad(index) ? TOO_LONG : embedding(`text number ${index}`)))

describe.each(STORES_BRIEFLY)('batches of predictions, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let token: string

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, ...SMALL_HEAP, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    token = await signToken('acme')
  })
  afterAll(() => stack.disposeAsync())

  const residentBytes = (): number => {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
    return 1_024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])
  }

  test(`${ITEMS} inputs: each has its result, those that fail too, and progress never goes back`, async () => {
    await requirePrediction(server, embedding('to load the model'), { token })
    const before = process.platform === 'linux' ? residentBytes() : 0
    const id = await startBatch(server, { inputs: itemsOf(ITEMS) }, token)
    const progress: number[] = []
    let most = before
    await waitFor(
      'its end',
      async () => {
        const { state, progress: told } = await readBatch(server, id, token)
        if (told) progress.push(told.done)
        if (process.platform === 'linux') most = Math.max(most, residentBytes())
        return state === 'SUCCEEDED'
      },
      LIMIT_MS,
    )
    expect(await readToEnd(server, id, { token })).toMatchObject({ mistakes: [], end: 'FINISHED' })
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    expect(progress.at(-1)).toBe(ITEMS)
    expect(most - before).toBeLessThan(GROWTH_BYTES)
    const { nodes } = await readResults(server, id, { token })
    expect(nodes.map(({ index }) => index).sort((a, b) => a - b)).toEqual(Array.from({ length: ITEMS }, (_, i) => i))
    for (const { index, error, output } of nodes)
      if (isBad(index)) expect({ error, output }).toMatchObject({ error: { code: 'INVALID_INPUT' }, output: null })
      else expect({ error, output }).toMatchObject({ error: null, output: { __typename: 'EmbeddingOutput' } })
    const failedCount = Array.from({ length: ITEMS }, (_, i) => i).filter(isBad).length
    const task = await readBatch(server, id, token)
    const inputTokens = nodes.reduce((total, { usage }) => total + usage.inputTokens, 0)
    expect(inputTokens).toBeGreaterThan(ITEMS)
    expect(task).toMatchObject({
      state: 'SUCCEEDED',
      output: { itemCount: ITEMS, succeededCount: ITEMS - failedCount, failedCount, usage: { inputTokens } },
      batch: { succeededCount: ITEMS - failedCount, failedCount, usage: { inputTokens } },
    })
    expect(nodes.find(({ index }) => index === 7)?.error?.message).toMatch(/^inputs\.7\.embedding\.texts\.0: /)
  })

  test('results are those of single predictions, whatever the model', async () => {
    const inputs = [embedding('the same'), chat('Say hello.', { maxTokens: 8, temperature: 0 }), embedding('another')]
    const id = await startBatch(server, { inputs, priority: 7 }, token)
    await readToEnd(server, id, { token })
    const { nodes } = await readResults(server, id, { token })
    const byIndex = new Map(nodes.map((node) => [node.index, node.output]))
    for (const [index, input] of inputs.entries()) {
      const { output: alone } = await requirePrediction(server, input, { token })
      const output = byIndex.get(index)
      if (alone?.__typename === 'EmbeddingOutput' && output?.__typename === 'EmbeddingOutput')
        expect(cosine(output.vectors[0]!.values, alone.vectors[0]!.values)).toBeGreaterThan(0.9999)
      else if (alone?.__typename === 'TextOutput') expect(output).toMatchObject({ text: alone.text })
      else throw new Error(JSON.stringify(output))
    }
  })

  test('cancelled in the middle it stops, and keeps what is done', async () => {
    const inputs = Array.from({ length: 200 }, (_, index) => chat(`Tell of ${index}.`, { maxTokens: 40, seed: index }))
    const id = await startBatch(server, { inputs }, token)
    const reader = new TaskReader()
    await reader.read(server, id, { token, until: ({ task }) => (task?.progress?.done ?? 0) > 0 })
    const early = await readResults(server, id, { token })
    expect(early.nodes.length).toBeGreaterThan(0)
    await server.request(CancelTaskDocument, { input: { id } }, token)
    await reader.read(server, id, { token })
    expect(reader).toMatchObject({ mistakes: [], end: 'CANCELLED' })
    const { nodes } = await readResults(server, id, { token })
    expect(nodes.length).toBeLessThan(200)
    expect(nodes.slice(0, early.nodes.length)).toEqual(early.nodes)
    const task = await readBatch(server, id, token)
    expect(task.batch?.succeededCount).toBe(nodes.length)
    // What came after a cursor is what the whole list has after it.
    const later = await readResults(server, id, { token, after: early.after })
    expect([...early.nodes, ...later.nodes]).toEqual(nodes)
  })

  test('what is wrong with an input is told by its place, and nothing is stored', async () => {
    const good = embedding('good')
    const bad = [
      { inputs: [good, embedding()], path: 'inputs.1.embedding.texts' },
      { inputs: [good, good, chat('x', { temperature: 9 })], path: 'inputs.2.chat.generation.temperature' },
      { inputs: [{ embedding: { model: 'nobody', texts: ['x'] } }], path: 'inputs.0' },
      { inputs: [], path: 'inputs' },
      { inputs: Array.from({ length: 10_001 }, () => good), path: 'inputs' },
    ]
    for (const { inputs, path } of bad)
      expect(await askBatch(server, { inputs }, token)).toMatchObject({ __typename: 'InvalidInput', path })
    expect(await askBatch(server, { inputs: [good], priority: 12 }, token)).toMatchObject({ path: 'priority' })
  })

  test('the same key and inputs give the same task, others a conflict', async () => {
    const start = (text: string) => askBatch(server, { inputs: [embedding(text)], idempotencyKey: 'once' }, token)
    const results = await Promise.all(Array.from({ length: 10 }, () => start('same')))
    const ids = new Set(results.map((result) => (result.__typename === 'Task' ? result.id : result.code)))
    expect(ids.size).toBe(1)
    expect(await start('another')).toMatchObject({ __typename: 'IdempotencyConflict' })
  })

  test('another tenant sees nothing of it; what is deleted is gone', async () => {
    const id = await startBatch(server, { inputs: [embedding('secret')] }, token)
    const task = await readBatch(server, id, token)
    expect(task.batch).not.toBeNull()
    const eve = await signToken('evil', ['ADMIN', 'MEMBER'])
    await expect(readBatch(server, id, eve)).rejects.toThrow('There is no task')
    await readToEnd(server, id, { token })
    await server.request(DeleteTaskDocument, { input: { id } }, token)
    expect((await server.request(TaskPredictionDocument, { id }, token)).task).toBeNull()
  })
})
