import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  PauseTaskQueueDocument,
  PredictionsDocument,
  ResumeTaskQueueDocument,
  TaskQueueDocument,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, embedding, PredictionReader, requirePrediction } from '../support/predictions.js'
import { openQuickModels } from '../support/quick-models.js'
import { isFullTest } from '../support/seed.js'
import { findFreePort, TestServer, type Environment } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const QUEUE = 'predictions'

/** A text that takes a while, whichever the model is. */
const LONG_TOKENS = isFullTest() ? 300 : 1_500

const stack = new AsyncDisposableStack()
let environment: Environment
let server: TestServer

beforeAll(async () => {
  environment = {
    ...(await openQuickModels(stack)),
    GRAPHLOOM_DATA_DIR: stack.use(await createTemporaryFolder('waited')).path,
    GRAPHLOOM_PORT: String(await findFreePort()),
    GRAPHLOOM_PRELOAD_MODELS: `${CHAT_MODEL},${EMBEDDING_MODEL}`,
  }
  server = await TestServer.start(environment)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await stack.disposeAsync()
})

const queue = async () => (await server.request(TaskQueueDocument, { name: QUEUE })).taskQueue
/** The ids of predictions, the newest first, once there are so many. */
const newest = (count: number): Promise<string[]> =>
  waitFor('the predictions', async () => {
    const { predictions } = await server.request(PredictionsDocument, { first: count })
    return predictions.nodes.length === count ? predictions.nodes.map(({ id }) => id) : null
  })

describe('predictions that somebody waits for', () => {
  test('have no entry in the queue, and those that a server leaves when it is killed are done by the next', async () => {
    const gone = requirePrediction(server, chat('Tell me of a fox.', { maxTokens: LONG_TOKENS })).catch(() => 'gone')
    const [id] = await newest(1)
    await new PredictionReader().read(server, id!, { until: ({ text }) => text.length > 20 })
    expect(await queue()).toMatchObject({ length: 0, runningCount: 0 })
    await server.kill()
    expect(await gone).toBe('gone')
    server = await TestServer.start(environment)
    const reader = new PredictionReader()
    await reader.read(server, id!)
    expect(reader).toMatchObject({ mistakes: [], ended: true, state: 'SUCCEEDED' })
  })

  test('wait in a queue that is paused', async () => {
    await server.request(PauseTaskQueueDocument, { input: { name: QUEUE } })
    const waiting = requirePrediction(server, embedding('paused'))
    const [id] = await newest(2)
    expect(await queue()).toMatchObject({ length: 1, runningCount: 0 })
    await server.request(ResumeTaskQueueDocument, { input: { name: QUEUE } })
    expect(await waiting).toMatchObject({ id, state: 'SUCCEEDED' })
    expect((await requirePrediction(server, embedding('goes on'))).state).toBe('SUCCEEDED')
  })
})
