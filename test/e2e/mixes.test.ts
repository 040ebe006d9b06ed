import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ModelDocument, PredictionDocument, type PredictInput } from '../generated/graphql.js'
import { CHAT_MODEL } from '../support/models.js'
import { chat, PredictionReader, readWhole, startChat } from '../support/predictions.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

vi.setConfig({ testTimeout: 1_800_000 })
const MIXES = isFullTest() ? 20 : 1
const stack = new AsyncDisposableStack()
const random = createRandom(testSeed())
const whole = (below: number): number => Math.floor(random() * below)

const BEGINNING = 'You get a note from the harbour. Ships came and went, and the keeper wrote each of them down. '
const questions = Array.from({ length: 6 }, (_, i) =>
  chat(`${i % 2 === 0 ? BEGINNING : ''}Tell ${'again '.repeat(i * 3)}what happened on day ${i}.`, {
    maxTokens: 24 + 6 * i,
    temperature: i % 3 === 0 ? 0 : 0.9,
    seed: i,
  }),
)

let server: TestServer
const expected = new Map<PredictInput, string>()
beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('mixes'))
  // Few places, so that bulk texts are set aside.
  server = stack.use(
    await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path, GRAPHLOOM_MODEL_CONCURRENT_GENERATIONS: '2' }),
  )
  for (const question of questions)
    expected.set(question, (await readWhole(server, (await startChat(server, question)).id)).text)
})
afterAll(() => stack.disposeAsync())

async function killRunner(): Promise<void> {
  const { model } = await server.request(ModelDocument, { name: CHAT_MODEL })
  const pid = model?.version?.runner?.pid
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
}

test(`${MIXES} mixes of priorities, shared beginnings and killed runners give each text as it is alone`, async () => {
  for (let mix = 0; mix < MIXES; mix++) {
    const chosen = Array.from({ length: 3 + whole(5) }, () => questions[whole(questions.length)]!)
    const killer = whole(chosen.length)
    const killAt = whole(80)
    await Promise.all(
      chosen.map(async (input, i) => {
        const priority = whole(10)
        const { id } = await startChat(server, input, { priority })
        const reader = new PredictionReader()
        if (i === killer) {
          await reader.read(server, id, { until: ({ text }) => text.length > killAt })
          await killRunner()
        }
        if (!reader.ended) await reader.read(server, id)
        expect(reader, `mix ${mix} of seed ${testSeed()}`).toMatchObject({
          text: expected.get(input),
          state: 'SUCCEEDED',
          mistakes: [],
        })
        const { prediction } = await server.request(PredictionDocument, { id })
        expect(prediction).toMatchObject({ replayDiverged: false, output: { text: expected.get(input) } })
      }),
    )
  }
})
