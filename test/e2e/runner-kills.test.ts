import { afterAll, beforeAll, expect, test } from 'vitest'
import { ModelDocument, ModelMetricsDocument, PredictionDocument, type PredictInput } from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, PredictionReader, readWhole, requirePrediction, startChat } from '../support/predictions.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const KILLS = isFullTest() ? 50 : 2
/** A runner is killed when its model has done so many things more at most. */
const MOST_STEPS = 25
const stack = new AsyncDisposableStack()
const random = createRandom(testSeed())
const whole = (below: number): number => Math.floor(random() * below)

const chats = [1, 2, 3].map((seed) => chat(`Tell story number ${seed}.`, { maxTokens: 24 + 12 * seed, seed }))
const completions = [4, 5].map((seed): PredictInput => {
  const generation = { maxTokens: 20, temperature: 0.9, seed }
  return { completion: { model: CHAT_MODEL, prompt: `On day ${seed} the keeper`, generation } }
})
const embeddings = [6, 7, 8].map((count): PredictInput => ({
  embedding: {
    model: EMBEDDING_MODEL,
    texts: Array.from({ length: count }, (_, i) => `ship ${i} ${'came '.repeat(i * count)}`),
  },
}))

let server: TestServer
const expected = new Map<PredictInput, string>()
/** What was seen of each model's work: pieces of text, and predictions that ended. */
const steps = new Map([CHAT_MODEL, EMBEDDING_MODEL].map((name) => [name, 0]))
const ended = new Map([CHAT_MODEL, EMBEDDING_MODEL].map((name) => [name, 0]))
const count = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)

beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('kills'))
  server = stack.use(
    await TestServer.start({
      GRAPHLOOM_DATA_DIR: folder.path,
      GRAPHLOOM_PRELOAD_MODELS: `${CHAT_MODEL}, ${EMBEDDING_MODEL}`,
    }),
  )
  for (const input of chats) {
    expected.set(input, (await readWhole(server, (await startChat(server, input)).id)).text)
    count(ended, CHAT_MODEL)
  }
  for (const input of [...completions, ...embeddings]) expected.set(input, await predict(input))
})
afterAll(() => stack.disposeAsync())

/** The output as text, of a prediction that must succeed. */
async function predict(input: PredictInput): Promise<string> {
  const result = await requirePrediction(server, input)
  expect(result).toMatchObject({ state: 'SUCCEEDED', error: null, replayDiverged: false })
  const name = input.embedding ? EMBEDDING_MODEL : CHAT_MODEL
  count(ended, name)
  count(steps, name)
  return JSON.stringify(result.output)
}

async function follow(input: PredictInput): Promise<string> {
  const { id } = await startChat(server, input)
  const reader = new PredictionReader()
  const until = (): boolean => {
    count(steps, CHAT_MODEL)
    return false
  }
  await reader.read(server, id, { until })
  const { prediction } = await server.request(PredictionDocument, { id })
  expect(prediction).toMatchObject({ state: 'SUCCEEDED', error: null, replayDiverged: false })
  expect(reader).toMatchObject({ state: 'SUCCEEDED', ended: true, mistakes: [] })
  count(ended, CHAT_MODEL)
  return reader.text
}

async function runnerOf(name: string) {
  return (await server.request(ModelDocument, { name })).model?.version?.runner ?? null
}

test(`runners killed ${KILLS} times under mixed load: nothing is lost, texts and vectors are as undisturbed`, async () => {
  let isOver = false
  const keepAsking = async (inputs: readonly PredictInput[], ask: (input: PredictInput) => Promise<string>) => {
    for (let i = 0; !isOver; i++) {
      const input = inputs[i % inputs.length]!
      expect(await ask(input)).toBe(expected.get(input))
    }
  }
  const kill = async (): Promise<void> => {
    for (let i = 0; i < KILLS; i++) {
      const name = i % 2 === 0 ? CHAT_MODEL : EMBEDDING_MODEL
      const runner = await waitFor('a runner', () => runnerOf(name))
      const until = steps.get(name)! + whole(MOST_STEPS)
      await waitFor('it to work', () => steps.get(name)! >= until || isOver)
      process.kill(runner.pid, 'SIGKILL')
      await waitFor('another', async () => ((await runnerOf(name))?.id ?? runner.id) !== runner.id || isOver)
    }
  }
  const load = [
    ...chats.map((input) => keepAsking([input, ...chats], follow)),
    ...completions.map((input) => keepAsking([input], predict)),
    ...embeddings.map((input) => keepAsking([input, ...embeddings], predict)),
  ]
  const working = Promise.all(load).finally(() => (isOver = true))
  await Promise.race([kill(), working])
  isOver = true
  await working

  let restarts = 0
  for (const name of [CHAT_MODEL, EMBEDDING_MODEL]) {
    const { model } = await server.request(ModelMetricsDocument, { name, version: '1', window: 'ONE_HOUR' })
    expect(model?.metrics).toMatchObject({ requests: ended.get(name), failures: [], queueLength: 0, runningCount: 0 })
    const runner = await runnerOf(name)
    expect(runner?.breaker.state).toBe('CLOSED')
    restarts += runner?.restarts ?? 0
  }
  expect(restarts).toBe(KILLS)
  console.log(`${KILLS} kills: ${ended.get(CHAT_MODEL)} texts, ${ended.get(EMBEDDING_MODEL)} embeddings, none lost`)
})
