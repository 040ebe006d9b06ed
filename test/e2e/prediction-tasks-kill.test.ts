import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  PredictionTaskDocument,
  PredictionsDocument,
  StartPredictionDocument,
  TaskPredictionDocument,
  TasksDocument,
} from '../generated/graphql.js'
import { readBatch, readResults, startBatch } from '../support/batches.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, embedding } from '../support/predictions.js'
import { openQuickModels } from '../support/quick-models.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { findFreePort, TestServer, type Environment } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

const ROUNDS = isFullTest() ? 10 : 1
const STARTED = 40
const ITEMS = 60
/** Tokens of a text that takes a while, whichever the model is. */
const LONG_TOKENS = isFullTest() ? 40 : 1_500
const ITEM_TOKENS = isFullTest() ? 16 : 300
/** A task whose worker is lost three times is given up. */
const KILLS = 2

describe.each(STORES_BRIEFLY)('a killed server, with documents in %s', (store) => {
  const stack = new AsyncDisposableStack()
  const random = createRandom(testSeed())
  let environment: Environment
  let server: TestServer

  beforeAll(async () => {
    environment = {
      ...(await openStore(stack, store)),
      ...(await openQuickModels(stack)),
      GRAPHLOOM_PORT: String(await findFreePort()),
      GRAPHLOOM_PRELOAD_MODELS: `${CHAT_MODEL},${EMBEDDING_MODEL}`,
    }
    server = await TestServer.start(environment)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await stack.disposeAsync()
  })

  const restart = async (): Promise<void> => {
    await server.kill()
    server = await TestServer.start(environment)
  }

  /** Ids of those whose start was answered before the server was killed, some of them before they ended. */
  async function startSome(round: number): Promise<string[]> {
    const ids: string[] = []
    const killAfter = Math.floor(random() * STARTED)
    const killed = Promise.withResolvers<void>()
    const starts = Array.from({ length: STARTED }, async (_, i) => {
      const input = i % 4 === 0 ? chat(`Count from ${i}.`, { maxTokens: 30 }) : embedding(`round ${round}, text ${i}`)
      const { startPrediction } = await server.request(StartPredictionDocument, {
        input,
        idempotencyKey: `${round}/${i}`,
      })
      if (startPrediction.__typename !== 'Prediction') throw new Error(startPrediction.message)
      ids.push(startPrediction.id)
      if (ids.length > killAfter) killed.resolve()
    })
    // Those that the kill leaves unanswered fail.
    const settled = Promise.allSettled(starts)
    await killed.promise
    await restart()
    await settled
    return ids
  }

  test(`between any two writes of ${STARTED} started predictions, ${ROUNDS} times: pairs are whole and tell the same`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const createdAfter = new Date(Date.now() - 1).toISOString()
      const acknowledged = await startSome(round)
      const { predictions } = await server.request(PredictionsDocument, { filter: { createdAfter }, first: 100 })
      const all = new Set(predictions.nodes.map(({ id }) => id))
      for (const id of acknowledged) expect(all).toContain(id)
      for (const id of all) {
        const { prediction } = await server.request(PredictionTaskDocument, { id })
        const task = prediction!.task!
        expect(task.prediction?.id).toBe(id)
        expect((await readToEnd(server, task.id)).mistakes).toEqual([])
        const { task: ended } = await server.request(TaskPredictionDocument, { id: task.id })
        expect(ended).toMatchObject({ state: 'SUCCEEDED', prediction: { id, state: 'SUCCEEDED' } })
      }
      const { tasks } = await server.request(TasksDocument, {
        filter: { type: 'prediction', createdAfter },
        first: 100,
      })
      expect(tasks.nodes).toHaveLength(all.size)
    }
  })

  test('an end that reached the prediction alone reaches its task', async () => {
    const input = chat('Tell me a story.', { maxTokens: LONG_TOKENS })
    const { startPrediction } = await server.request(StartPredictionDocument, { input })
    if (startPrediction.__typename !== 'Prediction') throw new Error(startPrediction.message)
    const { id } = startPrediction
    await waitFor('it to run', async () => {
      const { prediction } = await server.request(PredictionTaskDocument, { id })
      return prediction?.state === 'RUNNING' && prediction.task?.state === 'RUNNING'
    })
    await restart()
    const { prediction } = await server.request(PredictionTaskDocument, { id })
    await readToEnd(server, prediction!.task!.id)
    const { prediction: ended } = await server.request(PredictionTaskDocument, { id })
    expect(ended).toMatchObject({ state: 'SUCCEEDED', task: { state: 'SUCCEEDED' } })
    expect(ended?.task?.attempts.length).toBeGreaterThan(1)
  })

  test(`in the middle of a batch, ${KILLS} times: it goes on, and no input is there twice`, async () => {
    const inputs = Array.from({ length: ITEMS }, (_, index) =>
      chat(`Tell of ${index}.`, { maxTokens: ITEM_TOKENS, seed: index }),
    )
    const id = await startBatch(server, { inputs })
    let before = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const known = before
      await waitFor('more results', async () => {
        const { batch } = await readBatch(server, id)
        return (batch?.succeededCount ?? 0) > known
      })
      const { nodes } = await readResults(server, id)
      before = nodes.length
      await restart()
      expect((await readResults(server, id)).nodes.slice(0, before)).toEqual(nodes)
    }
    expect((await readToEnd(server, id)).end).toBe('FINISHED')
    const { nodes } = await readResults(server, id)
    expect(nodes.map(({ index }) => index).sort((a, b) => a - b)).toEqual(inputs.map((_, index) => index))
    expect(await readBatch(server, id)).toMatchObject({
      state: 'SUCCEEDED',
      output: { itemCount: ITEMS, succeededCount: ITEMS, failedCount: 0 },
    })
  })
})
