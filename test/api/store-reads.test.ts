import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PauseTaskQueueDocument, PredictDocument, PredictionsDocument, TasksDocument } from '../generated/graphql.js'
import { enqueue, sleep } from '../support/enqueued-tasks.js'
import { EMBEDDING_MODEL } from '../support/models.js'
import { openQuickModels } from '../support/quick-models.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'

const READS = ['get', 'getMany', 'find', 'count', 'groupSum']
const MAX_READS = 6

async function countReads(server: TestServer): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const lines = text
    .split('\n')
    .filter((line) => READS.some((read) => line.startsWith(`graphloom_store_operations_total{operation="${read}"`)))
  return lines.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0)
}

describe.each(STORES_BRIEFLY)('reads of %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer

  beforeAll(async () => {
    const environment = { ...(await openStore(stack, store)), ...(await openQuickModels(stack)) }
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_RETENTION_INTERVAL_MS: '86400000' }))
  })
  afterAll(() => stack.disposeAsync())

  test(`a page of 50 predictions with version, model and metrics takes at most ${MAX_READS}`, async () => {
    const texts = ['x']
    await Promise.all(
      Array.from({ length: 50 }, () =>
        server.request(PredictDocument, { input: { embedding: { model: EMBEDDING_MODEL, texts } } }),
      ),
    )
    const before = await countReads(server)
    const { predictions } = await server.request(PredictionsDocument, { first: 50 })
    const reads = (await countReads(server)) - before
    expect(predictions.nodes).toHaveLength(50)
    for (const node of predictions.nodes) {
      expect(node.servedVersion?.model?.name).toBe(EMBEDDING_MODEL)
      expect(node.servedVersion?.metrics.requests).toBe(50)
    }
    expect(reads).toBeGreaterThan(0)
    expect(reads).toBeLessThanOrEqual(MAX_READS)
  })

  test(`a page of 50 tasks with queue, figures and retries takes at most ${MAX_READS}`, async () => {
    await server.request(PauseTaskQueueDocument, { input: { name: 'default' } })
    await Promise.all(Array.from({ length: 50 }, () => enqueue(server, sleep(0))))
    const before = await countReads(server)
    const { tasks } = await server.request(TasksDocument, { first: 50 })
    const reads = (await countReads(server)) - before
    expect(tasks.nodes).toHaveLength(50)
    for (const node of tasks.nodes) expect(node.queue).toMatchObject({ name: 'default', length: 50, deadLetters: 0 })
    expect(new Set(tasks.nodes.map(({ queuePosition }) => queuePosition)).size).toBe(50)
    expect(reads).toBeGreaterThan(0)
    expect(reads).toBeLessThanOrEqual(MAX_READS)
  })
})
