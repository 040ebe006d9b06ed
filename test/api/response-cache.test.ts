import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  CancelPredictionDocument,
  DeletePredictionDocument,
  EstimateDocument,
  ModelDocument,
  ModelMetricsDocument,
  PredictionChoicesDocument,
  PredictionDocument,
  StartPredictionDocument,
  UnloadModelVersionDocument,
  UpdateModelSettingsDocument,
  type GenerationInput,
  type PredictInput,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import {
  chat,
  embedding,
  PredictionReader,
  requirePrediction,
  type AskOptions,
  type EndedPrediction,
} from '../support/predictions.js'
import { isFullTest } from '../support/seed.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const STORY_TOKENS = isFullTest() ? 120 : 70
const stack = new AsyncDisposableStack()
let server: TestServer
let admin: string
let ada: string
let other: string

beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('cache'))
  const environment = { GRAPHLOOM_DATA_DIR: folder.path, GRAPHLOOM_JWT_SECRET: JWT_SECRET }
  server = stack.use(await TestServer.start(environment))
  admin = await signToken('acme', ['ADMIN'])
  ada = await signToken('acme')
  other = await signToken('globex')
})
afterAll(() => stack.disposeAsync())

const predict = (input: PredictInput, options: AskOptions = {}) =>
  requirePrediction(server, input, { token: ada, ...options })

async function start(input: PredictInput, { token = ada, ...options }: AskOptions = {}): Promise<string> {
  const { startPrediction } = await server.request(StartPredictionDocument, { input, ...options }, token)
  if (startPrediction.__typename !== 'Prediction') throw new Error(JSON.stringify(startPrediction))
  return startPrediction.id
}

const cancel = (id: string) => server.request(CancelPredictionDocument, { input: { id } }, ada)
const modelOf = async (name: string) => (await server.request(ModelDocument, { name }, admin)).model!
/** What the version did so far. */
async function doneBy(name: string) {
  const variables = { name, version: '1', window: 'ONE_HOUR' as const }
  const { modelVersion } = await server.request(ModelMetricsDocument, variables, admin)
  const { requests, inferences, executions, cacheHits } = modelVersion!.metrics
  return { requests, inferences, executions, cacheHits }
}

async function share(name: string, cacheResponses: boolean | null): Promise<void> {
  const { id } = (await modelOf(name)).version!
  const { updateModelSettings } = await server.request(
    UpdateModelSettingsDocument,
    { input: { id, cacheResponses } },
    admin,
  )
  expect(updateModelSettings).toMatchObject({ settings: { cacheResponses: cacheResponses ?? false } })
}

/** The prediction's end. */
const ended = (id: string) =>
  waitFor('its end', async () => {
    const { prediction } = await server.request(PredictionDocument, { id }, ada)
    return prediction?.endedAt ? prediction : null
  })

async function readUntil(id: string, until: (reader: PredictionReader) => boolean): Promise<PredictionReader> {
  const reader = new PredictionReader()
  await reader.read(server, id, { token: ada, until })
  return reader
}

const follow = async (id: string): Promise<PredictionReader> => {
  const reader = new PredictionReader()
  await reader.read(server, id, { token: ada })
  return reader
}

test('answers are computed each time as long as the setting is off', async () => {
  const [first, second] = [await predict(embedding('off')), await predict(embedding('off'))]
  expect([first.cache, second.cache]).toEqual([null, null])
  expect(second.output).toEqual(first.output)
  expect(await doneBy(EMBEDDING_MODEL)).toEqual({ requests: 2, inferences: 2, executions: 2, cacheHits: 0 })
})

describe('a version that shares answers', () => {
  beforeEach(async () => {
    // Forgets what an earlier test left.
    for (const name of [EMBEDDING_MODEL, CHAT_MODEL]) {
      await share(name, false)
      await share(name, true)
    }
  })

  test('gives the answer to the same question again, and says so', async () => {
    const { estimate: before } = await server.request(EstimateDocument, { input: embedding('same', 'twice') }, ada)
    const first = await predict(embedding('same', 'twice'))
    const done = await doneBy(EMBEDDING_MODEL)
    const { estimate: after } = await server.request(EstimateDocument, { input: embedding('same', 'twice') }, ada)
    const second = await predict(embedding('same', 'twice'), { priority: 2 })
    expect(first.cache).toEqual({ hit: false, key: expect.stringMatching(/^[0-9a-f]{64}$/) as string, ageMs: null })
    expect(second.cache).toEqual({ hit: true, key: first.cache!.key, ageMs: expect.any(Number) as number })
    expect(second.cache!.ageMs).toBeGreaterThanOrEqual(0)
    expect(second).toMatchObject({
      state: 'SUCCEEDED',
      batch: null,
      output: first.output,
      fingerprint: first.fingerprint,
    })
    expect(second.usage).toEqual({ ...first.usage, cachedInputTokens: first.usage.inputTokens })
    expect(second.timings).toMatchObject({ computeMs: null, loadMs: null })
    expect([before.cacheHit, after.cacheHit]).toEqual([false, true])
    expect(after).toMatchObject({ queueWaitMs: 0, inputTokens: first.usage.inputTokens })
    const { requests, cacheHits } = done
    expect(await doneBy(EMBEDDING_MODEL)).toEqual({ ...done, requests: requests + 1, cacheHits: cacheHits + 1 })
    const { prediction } = await server.request(PredictionDocument, { id: second.id }, ada)
    expect(prediction).toMatchObject({ output: first.output, cache: second.cache })
  })

  test('not to another tenant, nor to another question', async () => {
    const { cache } = await predict(embedding('ours'))
    const questions: [PredictInput, AskOptions][] = [
      [embedding('ours'), { token: other }],
      [embedding('ours', 'ours'), {}],
      [embedding('Ours'), {}],
    ]
    for (const [input, options] of questions) {
      const { cache: its } = await predict(input, options)
      expect(its!.hit).toBe(false)
      expect(its!.key).not.toBe(cache!.key)
    }
    expect((await predict(embedding('ours'))).cache!.hit).toBe(true)
  })

  test('a text streams as any other; what is drawn without a seed or drafted is another each time', async () => {
    const ask = (generation: GenerationInput): PredictInput => ({
      completion: { model: CHAT_MODEL, prompt: 'Three colours are', generation },
    })
    const greedy = (maxTokens: number) => ask({ temperature: 0, maxTokens, seed: 1 })
    const first = await predict(greedy(20))
    const id = await start(greedy(20))
    const reader = await follow(id)
    expect(reader).toMatchObject({ ended: true, state: 'SUCCEEDED', mistakes: [] })
    const { output } = first
    expect(output).toMatchObject({ text: reader.text })
    const second = await ended(id)
    expect(second).toMatchObject({ cache: { hit: true }, finishReason: first.finishReason, output })
    expect(second.usage).toMatchObject({ outputTokens: first.usage.outputTokens })
    expect(second.timings.timeToFirstTokenMs).toBeGreaterThan(0)
    // The seed decides nothing where nothing is drawn; the settings do.
    expect((await predict(ask({ temperature: 0, maxTokens: 20, seed: 2 }))).cache).toMatchObject({ hit: true })
    expect((await predict(greedy(21))).cache).toMatchObject({ hit: false })
    const drawn = (generation: GenerationInput) => ask({ maxTokens: 6, ...generation })
    expect((await predict(drawn({ temperature: 1 }))).cache).toBeNull()
    expect((await predict(drawn({ temperature: 0, draft: true }))).cache).toBeNull()
    expect((await predict(drawn({ temperature: 1, seed: 5 }))).cache).toMatchObject({ hit: false })
    expect((await predict(drawn({ temperature: 1, seed: 5 }))).cache).toMatchObject({ hit: true })
    expect((await predict(drawn({ temperature: 1, seed: 6 }))).cache).toMatchObject({ hit: false })
    const several = drawn({ temperature: 1, seed: 6, n: 3 })
    const [one, same] = [await predict(several), await predict(several)]
    expect([one.cache!.hit, same.cache!.hit]).toEqual([false, true])
    const choicesOf = async (id: string) => {
      const { prediction: found } = await server.request(PredictionChoicesDocument, { id }, ada)
      return found?.output && 'choices' in found.output ? found.output.choices.map(({ text }) => text) : null
    }
    expect(await choicesOf(one.id)).toHaveLength(3)
    expect(await choicesOf(same.id)).toEqual(await choicesOf(one.id))
  })

  test('calls of tools are given again too, as calls of the prediction that gets them', async () => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 12 } },
      required: ['city'],
    }
    const input: PredictInput = {
      chat: {
        model: CHAT_MODEL,
        messages: [{ role: 'USER', content: [{ text: 'What is the weather in Paris?' }] }],
        tools: [{ name: 'get_weather', description: 'Tells the weather.', parameters }],
        toolChoice: { mode: 'REQUIRED' },
        maxToolCalls: 1,
        generation: { temperature: 0, maxTokens: 60 },
      },
    }
    const [first, second] = [await predict(input), await predict(input)]
    expect(second).toMatchObject({ cache: { hit: true }, finishReason: 'TOOL_CALLS' })
    const callsOf = ({ id, output }: EndedPrediction) => {
      if (output?.__typename !== 'TextOutput') throw new Error(JSON.stringify(output))
      return output.toolCalls.map((call) => ({ ...call, id: call.id.replace(id.slice('pred_'.length), '(id)') }))
    }
    expect(callsOf(second)).toEqual(callsOf(first))
    expect(callsOf(second)).toMatchObject([{ id: 'call_(id)_0_0', name: 'get_weather' }])
  })

  test('what is forgotten: all when the setting is off or the version unloaded, one when it is deleted', async () => {
    const isHit = async (text: string) => (await predict(embedding(text))).cache?.hit
    expect([await isHit('a'), await isHit('a')]).toEqual([false, true])
    await share(EMBEDDING_MODEL, false)
    expect(await isHit('a')).toBeUndefined()
    await share(EMBEDDING_MODEL, true)
    expect([await isHit('a'), await isHit('a')]).toEqual([false, true])
    const { version } = await modelOf(EMBEDDING_MODEL)
    await server.request(UnloadModelVersionDocument, { input: { id: version!.id } }, admin)
    expect([await isHit('a'), await isHit('a')]).toEqual([false, true])
    const { id } = await predict(embedding('a'))
    await server.request(DeletePredictionDocument, { input: { id } }, ada)
    expect(await isHit('a')).toBe(false)
  })

  test('an answer that is there needs no model in memory', async () => {
    const first = await predict(embedding('idle'))
    const { id } = (await modelOf(EMBEDDING_MODEL)).version!
    await server.request(UpdateModelSettingsDocument, { input: { id, idleTtlMs: 1 } }, admin)
    const stateOf = async () => (await modelOf(EMBEDDING_MODEL)).version!.state
    await waitFor('it to be unloaded', async () => (await stateOf()) === 'UNLOADED')
    await server.request(UpdateModelSettingsDocument, { input: { id, idleTtlMs: null } }, admin)
    const second = await predict(embedding('idle'))
    expect(second).toMatchObject({ cache: { hit: true }, output: first.output })
    expect(await stateOf()).toBe('UNLOADED')
  })

  test('of what is not to be stored nothing is kept, but it may get what is there', async () => {
    expect((await predict(embedding('private'), { store: false })).cache).toMatchObject({ hit: false })
    expect((await predict(embedding('private'), { store: false })).cache).toMatchObject({ hit: false })
    expect((await predict(embedding('private'))).cache).toMatchObject({ hit: false })
    const given = await predict(embedding('private'), { store: false })
    expect(given.cache).toMatchObject({ hit: true })
    expect(given.output?.__typename).toBe('EmbeddingOutput')
  })
})

test('the operations of the guide do what it says', async () => {
  await share(EMBEDDING_MODEL, false)
  const guide = await readFile(join(import.meta.dirname, '../../../docs/scheduling.md'), 'utf8')
  const [before, version, shared, ask] = [...guide.matchAll(/^```graphql\n(.*?)^```$/gms)].map(([, text = '']) => text)
  const run = async <T>(query = '', variables: object = {}): Promise<T> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${admin}` }
    const body = JSON.stringify({ query, variables })
    const response = await fetch(server.graphqlUrl, { method: 'POST', headers, body })
    return ((await response.json()) as { data: T }).data
  }
  expect(await run(before)).toMatchObject({ estimate: { inputTokens: 7, queueWaitMs: 0, cacheHit: false } })
  const { model } = await run<{ model: { version: { id: string } } }>(version)
  expect(await run(shared, { id: model.version.id })).toMatchObject({
    updateModelSettings: { settings: { cacheResponses: true } },
  })
  expect(await run(ask)).toMatchObject({ predict: { cache: { hit: false }, usage: { cachedInputTokens: 0 } } })
  expect(await run(ask)).toMatchObject({ predict: { cache: { hit: true }, usage: { cachedInputTokens: 7 } } })
  expect(await run(before)).toMatchObject({ estimate: { cacheHit: true } })
})

describe('the same question, asked many times at once', () => {
  const story = (seed: number) =>
    chat('Tell me a story about a lighthouse.', { maxTokens: STORY_TOKENS, temperature: 0.9, seed })
  let whole: string
  beforeAll(async () => {
    await share(CHAT_MODEL, false)
    whole = (await follow(await start(story(3)))).text
    await share(CHAT_MODEL, true)
    expect(whole.length).toBeGreaterThan(100)
  })
  beforeEach(async () => {
    await share(CHAT_MODEL, false)
    await share(CHAT_MODEL, true)
  })

  test('is computed once, and everybody reads the text as it comes', async () => {
    const before = await doneBy(CHAT_MODEL)
    const ids = await Promise.all(Array.from({ length: 12 }, () => start(story(3))))
    const early = await Promise.all(ids.map((id) => readUntil(id, ({ text }) => text.length > 20)))
    for (const reader of early) expect(reader).toMatchObject({ ended: false, state: 'RUNNING' })
    await Promise.all(early.map((reader, i) => reader.read(server, ids[i]!, { token: ada })))
    for (const reader of early)
      expect(reader).toMatchObject({ text: whole, state: 'SUCCEEDED', ended: true, mistakes: [] })
    const all = await Promise.all(ids.map(ended))
    expect(all.filter(({ cache }) => !cache!.hit)).toHaveLength(1)
    for (const { cache } of all) if (cache!.hit) expect(cache!.ageMs).toBe(0)
    const after = await doneBy(CHAT_MODEL)
    expect(after.inferences - before.inferences).toBe(1)
    expect(after.cacheHits - before.cacheHits).toBe(11)
    expect(after.executions! - before.executions!).toBeLessThan(STORY_TOKENS + 10)
  })

  test('goes on where the one that computes it is cancelled, and with its runner killed', async () => {
    const leader = await start(story(3))
    await readUntil(leader, ({ text }) => text.length > 20)
    const followers = await Promise.all([start(story(3)), start(story(3), { priority: 9 })])
    const readers = await Promise.all(followers.map((id) => readUntil(id, ({ text }) => text.length > 40)))
    await cancel(leader)
    expect(await ended(leader)).toMatchObject({ state: 'CANCELLED' })
    process.kill((await modelOf(CHAT_MODEL)).version!.runner!.pid, 'SIGKILL')
    await Promise.all(readers.map((reader, i) => reader.read(server, followers[i]!, { token: ada })))
    for (const reader of readers) expect(reader).toMatchObject({ text: whole, state: 'SUCCEEDED', mistakes: [] })
    const [first, urgent] = await Promise.all(followers.map(ended))
    // The one of the higher priority went on.
    expect([first!.cache!.hit, urgent!.cache!.hit]).toEqual([true, false])
    for (const { replayDiverged } of [first!, urgent!]) expect(replayDiverged).toBe(false)
  })

  test('each keeps its own deadline, and can be cancelled by itself', async () => {
    const leader = await start(story(3))
    const [late, unwanted] = await Promise.all([start(story(3), { deadlineMs: 150 }), start(story(3))])
    await readUntil(unwanted, ({ text }) => text.length > 10)
    await cancel(unwanted)
    const partial = await ended(unwanted)
    expect(partial).toMatchObject({ state: 'CANCELLED', output: { __typename: 'TextOutput' } })
    expect(whole.startsWith((partial.output as { text: string }).text)).toBe(true)
    expect(await ended(late)).toMatchObject({ state: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } })
    expect((await follow(leader)).text).toBe(whole)
  })

  test('interactive requests do not wait for bulk ones', async () => {
    const bulk = await start(story(3), { priority: 1 })
    await readUntil(bulk, ({ text }) => text.length > 10)
    const [interactive, another] = await Promise.all([start(story(3)), start(story(3), { priority: 0 })])
    for (const id of [interactive, another, bulk]) expect((await follow(id)).text).toBe(whole)
    expect((await ended(interactive)).cache!.hit).toBe(false)
    expect((await ended(another)).cache!.hit).toBe(true)
  })
})
