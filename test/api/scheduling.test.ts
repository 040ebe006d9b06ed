import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelPredictionDocument,
  ModelDocument,
  ModelMetricsDocument,
  PredictDocument,
  PredictionDocument,
  StartPredictionDocument,
  type PredictInput,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, PredictionReader, requirePrediction, startChat } from '../support/predictions.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const embedding: PredictInput = { embedding: { model: EMBEDDING_MODEL, texts: ['too late'] } }

const stack = new AsyncDisposableStack()
let server: TestServer
beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('late'))
  // One piece of work at a time: everything else waits to be begun.
  server = stack.use(
    await TestServer.start({
      GRAPHLOOM_DATA_DIR: folder.path,
      GRAPHLOOM_ADMISSION_WINDOW: '1',
      GRAPHLOOM_PRELOAD_MODELS: CHAT_MODEL,
    }),
  )
})
afterAll(() => stack.disposeAsync())

/** A text that runs until it is cancelled. */
async function startLong(): Promise<string> {
  const { id } = await startChat(server, chat('Count to a million.', { maxTokens: 8_000, temperature: 1 }))
  await new PredictionReader().read(server, id, { until: ({ text }) => text.length > 0 })
  return id
}
const cancel = (id: string) => server.request(CancelPredictionDocument, { input: { id } })

test('what is late before it was begun is answered at its deadline, and never reaches the model', async () => {
  const long = await startLong()
  const { predict } = await server.request(PredictDocument, { input: embedding, deadlineMs: 50 })
  expect(predict).toMatchObject({ __typename: 'DeadlineExceeded', prediction: { state: 'FAILED' } })
  const started = await server.request(StartPredictionDocument, { input: embedding, deadlineMs: 50 })
  if (started.startPrediction.__typename !== 'Prediction') throw new Error(JSON.stringify(started))
  const { id } = started.startPrediction
  const deadline = Date.parse(String(started.startPrediction.deadline))
  await waitFor('the deadline', () => Date.now() > deadline)
  await cancel(long)
  const { prediction } = await waitFor('its end', async () => {
    const found = await server.request(PredictionDocument, { id })
    return found.prediction?.state === 'FAILED' ? found : null
  })
  expect(prediction).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED' }, startedAt: null, batch: null })
  // Not even the model was loaded for it.
  const { model } = await server.request(ModelDocument, { name: EMBEDDING_MODEL })
  expect(model?.version?.state).toBe('UNLOADED')
})

test('who leaves while waiting costs nothing', async () => {
  const long = await startLong()
  const leaving = new AbortController()
  const waiting = server.send(PredictDocument, { input: embedding }, undefined, leaving.signal)
  await waitFor('it to wait', async () => {
    const { model } = await server.request(ModelDocument, { name: CHAT_MODEL })
    return model?.version?.runner?.runningCount === 1
  })
  leaving.abort()
  await expect(waiting).rejects.toThrow()
  await cancel(long)
  const { model } = await server.request(ModelDocument, { name: EMBEDDING_MODEL })
  expect(model?.metrics.inferences).toBe(0)
})

describe('among tenants', () => {
  let shared: TestServer
  let busy: string
  let late: string
  beforeAll(async () => {
    const folder = stack.use(await createTemporaryFolder('tenants'))
    const environment = { GRAPHLOOM_DATA_DIR: folder.path, GRAPHLOOM_JWT_SECRET: JWT_SECRET }
    shared = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_ADMISSION_WINDOW: '8' }))
    busy = await signToken('busy')
    late = await signToken('late')
  })

  test('no tenant and no bulk request waits for all that another wants', async () => {
    const ask = async (input: PredictInput, token: string, priority = 5) => {
      return (await startChat(shared, input, { token, priority })).id
    }
    const short = (i: number) => chat(`Say ${i}.`, { maxTokens: 1 })
    // The others come to wait for one of the few places that a version has.
    const blocking: string[] = []
    for (let i = 0; i < 4; i++)
      blocking.push(await ask(chat('Count to a million.', { maxTokens: 8_000, temperature: 1 }), busy))
    const many: string[] = []
    for (let i = 0; i < 40; i++) many.push(await ask(short(i), busy, i === 30 ? 1 : 5))
    const one = await ask(short(40), late)
    // Other versions have places of their own.
    const { predict } = await shared.request(PredictDocument, { input: embedding }, busy)
    expect(predict).toMatchObject({ state: 'SUCCEEDED' })
    for (const id of many) {
      const { prediction } = await shared.request(PredictionDocument, { id }, busy)
      expect(prediction!.state).toBe('QUEUED')
    }
    for (const id of blocking) await shared.request(CancelPredictionDocument, { input: { id } }, busy)
    const endOf = async (id: string, token: string): Promise<number> => {
      const { prediction } = await waitFor('its end', async () => {
        const found = await shared.request(PredictionDocument, { id }, token)
        return found.prediction?.endedAt ? found : null
      })
      return Date.parse(String(prediction!.endedAt))
    }
    const oneEnded = await endOf(one, late)
    const ends: number[] = []
    for (const id of many) ends.push(await endOf(id, busy))
    expect(ends.filter((at) => at < oneEnded).length).toBeLessThanOrEqual(4)
    // Every fourth place goes to what waits longest.
    expect(ends.filter((at) => at < ends[30]!).length).toBeLessThanOrEqual(36)
  })

  test('a beginning of 512 tokens is computed once for each, and never so that a single token is left', async () => {
    const version = { name: CHAT_MODEL, version: '1', window: 'ONE_HOUR' as const }
    const executions = async () =>
      (await shared.request(ModelMetricsDocument, version, await signToken('ops', ['ADMIN']))).modelVersion!.metrics
        .executions!
    const complete = async (prompt: string, token: string) => {
      const generation = { temperature: 0, maxTokens: 1 }
      const before = await executions()
      const input = { completion: { model: CHAT_MODEL, prompt, generation } }
      const { usage, output } = await requirePrediction(shared, input, { token })
      const { inputTokens, cachedInputTokens } = usage
      return { inputTokens, cachedInputTokens, runs: (await executions()) - before, output }
    }
    const beginning = Array.from({ length: 115 }, (_, i) => `step ${i}`).join('\n')
    const first = await complete(`${beginning}\nfirst`, busy)
    expect(first.inputTokens).toBeGreaterThan(520)
    expect(first).toMatchObject({ cachedInputTokens: 0, runs: Math.ceil(first.inputTokens / 128) })
    const second = await complete(`${beginning}\nsecond one`, busy)
    expect(second.cachedInputTokens).toBeGreaterThanOrEqual(512)
    expect(second.inputTokens - second.cachedInputTokens).toBeGreaterThanOrEqual(2)
    expect(second.runs).toBe(1)
    const again = await complete(`${beginning}\nsecond one`, busy)
    expect(again).toMatchObject({ cachedInputTokens: again.inputTokens - 2, runs: 1, output: second.output })
    const other = await complete(`${beginning}\nsecond one`, late)
    expect(other).toMatchObject({ cachedInputTokens: 0, output: second.output })
    expect(other.runs).toBe(Math.ceil(other.inputTokens / 128))
  })
})
