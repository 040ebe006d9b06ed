import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { BatchResultsStore } from '../../src/services/predictions/batches/batch-results-store.js'
import type { BatchResult, BatchResultsDocument } from '../../src/services/predictions/batches/batch-item.js'
import { BatchWriter } from '../../src/services/predictions/batches/batch-writer.js'
import { JsonItems } from '../../src/services/predictions/batches/json-items.js'
import { Payloads } from '../../src/services/payloads.js'
import { openState } from '../../src/state.js'
import { silentLogger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const TASK = { tenantId: 'acme', taskId: 'task_00000000000000000000000001' }

const resultOf = (index: number): BatchResult => ({
  index,
  kind: 'EMBEDDING',
  output: { inline: { kind: 'EMBEDDING', vectors: [[index]] } },
  error: null,
  finishReason: null,
  seed: null,
  usage: { inputTokens: 2, cachedInputTokens: 0, outputTokens: 0 },
})

test('the items of a batch are the same, in whatever pieces its text comes', () => {
  const item = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }))
  fc.assert(
    fc.property(fc.array(item), fc.array(fc.nat({ max: 40 })), (inputs, cuts) => {
      const text = JSON.stringify({ inputs })
      const items = new JsonItems()
      const found: string[] = []
      let at = 0
      for (const cut of [...cuts, text.length]) {
        found.push(...items.push(text.slice(at, at + cut)))
        at += cut
      }
      expect(found.map((one) => JSON.parse(one) as unknown)).toEqual(JSON.parse(JSON.stringify(inputs)))
    }),
  )
})

describe('results of a batch', () => {
  const open = async (stack: AsyncDisposableStack) => {
    const folder = stack.use(await createTemporaryFolder('batches'))
    const state = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger: silentLogger }))
    const store = new BatchResultsStore(state.documents)
    const payloads = new Payloads(state.blobs, 1 << 20)
    const createWriter = (done: Set<number>, last: BatchResultsDocument | null): BatchWriter =>
      new BatchWriter({ ...TASK, store, payloads, versions: {}, onWritten: () => undefined }, done, last)
    return { store, createWriter }
  }
  const list = async (store: BatchResultsStore, limit: number, cursor: string | null = null, backward = false) =>
    store.list(TASK.tenantId, TASK.taskId, { limit, cursor, backward })

  test('each is stored once, also when an earlier attempt goes on beside', async () => {
    await using stack = new AsyncDisposableStack()
    const { store, createWriter } = await open(stack)
    const [early, late] = [createWriter(new Set(), null), createWriter(new Set(), null)]
    for (let index = 0; index < 150; index++)
      await Promise.all([early.add(resultOf(index), 8), late.add(resultOf(index), 8)])
    await Promise.all([early.end(), late.end()])
    const page = await list(store, 200)
    expect(page.items.map(({ node }) => node.index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 150 }, (_, i) => i),
    )
    expect(await store.getTotals(TASK.tenantId, TASK.taskId)).toMatchObject({
      succeeded: 150,
      usage: { inputTokens: 300 },
    })
  })

  test('are paged both ways, and none is left when they are deleted', async () => {
    await using stack = new AsyncDisposableStack()
    const { store, createWriter } = await open(stack)
    const writer = createWriter(new Set(), null)
    for (let index = 0; index < 250; index++) await writer.add(resultOf(index), 8)
    await writer.end()
    const first = await list(store, 90)
    expect(first).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const second = await list(store, 90, first.items.at(-1)!.cursor)
    expect(second.items.map(({ node }) => node.index)).toEqual(Array.from({ length: 90 }, (_, i) => 90 + i))
    const back = await list(store, 30, second.items[0]!.cursor, true)
    expect(back.items.map(({ node }) => node.index)).toEqual(Array.from({ length: 30 }, (_, i) => 60 + i))
    expect(await list(store, 90, (await list(store, 1, null, true)).items[0]!.cursor)).toMatchObject({
      items: [],
      hasNextPage: false,
    })
    await expect(list(store, 1, 'x')).rejects.toThrow('no cursor')
    await store.deleteAll(TASK.tenantId, TASK.taskId)
    expect((await list(store, 10)).items).toEqual([])
  })
})
