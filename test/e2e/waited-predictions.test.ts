import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  PauseTaskQueueDocument,
  PredictionsDocument,
  ResumeTaskQueueDocument,
  TaskQueueDocument,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, embedding, PredictionReader, requirePrediction } from '../support/predictions.js'
import { findFreePort, TestServer, type Environment } from '../support/server.js'
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary.js'

const QUEUE = 'predictions'

let folder: TemporaryFolder
let environment: Environment
let server: TestServer

beforeAll(async () => {
  folder = await createTemporaryFolder('waited')
  environment = {
    GRAPHLOOM_DATA_DIR: folder.path,
    GRAPHLOOM_PORT: String(await findFreePort()),
    GRAPHLOOM_PRELOAD_MODELS: `${CHAT_MODEL},${EMBEDDING_MODEL}`,
  }
  server = await TestServer.start(environment)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const queue = async () => (await server.request(TaskQueueDocument, { name: QUEUE })).taskQueue
/** The ids of predictions, the newest first, once there are so many. */
async function newest(count: number): Promise<string[]> {
  for (;;) {
    const { predictions } = await server.request(PredictionsDocument, { first: count })
    const ids = predictions.nodes.map(({ id }) => id)
    if (ids.length === count) return ids
  }
}

describe('predictions that somebody waits for', () => {
  test('have no entry in the queue, and those that a server leaves when it is killed are done by the next', async () => {
    const gone = requirePrediction(server, chat('Tell me of a fox.', { maxTokens: 300 })).catch(() => 'gone')
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
