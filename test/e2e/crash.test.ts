import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ModelDocument, PredictionDocument } from '../generated/graphql.js'
import { CHAT_MODEL } from '../support/models.js'
import { chat, PredictionReader, readWhole, startChat } from '../support/predictions.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { findFreePort, TestServer, type Environment } from '../support/server.js'
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const KILLS = isFullTest() ? 20 : 1
const MAX_TOKENS = 50
const input = chat('Tell me a story about a fox who learned to read.', { maxTokens: MAX_TOKENS, seed: 11 })

let folder: TemporaryFolder
let environment: Environment
let server: TestServer
let expected: string
const random = createRandom(testSeed())

beforeAll(async () => {
  folder = await createTemporaryFolder('crash')
  environment = {
    GRAPHLOOM_DATA_DIR: folder.path,
    GRAPHLOOM_PORT: String(await findFreePort()),
    GRAPHLOOM_PRELOAD_MODELS: CHAT_MODEL,
  }
  server = await TestServer.start(environment)
  expected = (await readWhole(server, (await startChat(server, input)).id)).text
  expect(expected.length).toBeGreaterThan(50)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** Reads up to a random place in the text, and not to its end. */
async function readSome(id: string): Promise<PredictionReader> {
  const reader = new PredictionReader()
  const characters = Math.floor(random() * 0.7 * expected.length)
  await reader.read(server, id, { until: (so) => so.text.length > characters })
  return reader
}

async function expectSameText(reader: PredictionReader, id: string): Promise<void> {
  await reader.read(server, id)
  expect(reader.mistakes).toEqual([])
  expect(reader.ended).toBe(true)
  expect(reader.state).toBe('SUCCEEDED')
  expect(reader.text).toBe(expected)
  const { prediction } = await server.request(PredictionDocument, { id })
  expect(prediction).toMatchObject({ state: 'SUCCEEDED', replayDiverged: false, output: { text: expected } })
}

describe('a killed process', () => {
  test(`the server, ${KILLS} times in the middle of a text: the same stream goes on to the same text`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const { id } = await startChat(server, input)
      const reader = await readSome(id)
      expect(reader.ended).toBe(false)
      await server.kill()
      const killedAt = Date.now()
      server = await TestServer.start(environment)
      await expectSameText(reader, id)
      const { prediction } = await server.request(PredictionDocument, { id })
      const { createdAt, timings } = prediction!
      expect(Date.parse(createdAt) + timings.timeToFirstTokenMs!).toBeLessThan(killedAt)
    }
  })

  test(`the runner, ${KILLS} times in the middle of a text: another takes over`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const { id } = await startChat(server, input)
      const reader = await readSome(id)
      const { model } = await server.request(ModelDocument, { name: CHAT_MODEL })
      const pid = model?.version?.runner?.pid
      expect(pid).toBeGreaterThan(0)
      process.kill(pid!, 'SIGKILL')
      await expectSameText(reader, id)
      const runner = await waitFor('another runner', async () => {
        const found = (await server.request(ModelDocument, { name: CHAT_MODEL })).model?.version?.runner
        return found && found.pid !== pid ? found : null
      })
      expect(runner.restarts).toBeGreaterThan(0)
    }
  })
})
