import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelPredictionDocument,
  ModelDocument,
  ModelVersionDocument,
  ModelVersionEventsDocument,
  PredictDocument,
  StartPredictionDocument,
  UnloadModelVersionDocument,
  UpdateModelSettingsDocument,
  type PredictInput,
  type UpdateModelSettingsInput,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, embedding, PredictionReader, readWhole, startChat } from '../support/predictions.js'
import { JWT_SECRET, signToken, TestServer, type Environment } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const stack = new AsyncDisposableStack()
let environment: Environment
let server: TestServer
let admin: string
let member: string

beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('settings'))
  environment = {
    GRAPHLOOM_DATA_DIR: folder.path,
    GRAPHLOOM_JWT_SECRET: JWT_SECRET,
    GRAPHLOOM_MODEL_THREADS: '2',
    GRAPHLOOM_MODEL_QUEUE_LENGTH: '900',
  }
  server = await TestServer.start(environment)
  admin = await signToken('acme', ['ADMIN'])
  member = await signToken('acme')
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await stack.disposeAsync()
})

async function versionOf(name: string) {
  const { model } = await server.request(ModelDocument, { name }, member)
  if (!model?.version) throw new Error(`There is no ${name}.`)
  return model.version
}

async function update(name: string, change: Omit<UpdateModelSettingsInput, 'id'>) {
  const { id } = await versionOf(name)
  const { updateModelSettings } = await server.request(UpdateModelSettingsDocument, { input: { id, ...change } }, admin)
  if (updateModelSettings.__typename !== 'ModelVersion') throw new Error(JSON.stringify(updateModelSettings))
  return updateModelSettings.settings
}

async function predict(input: PredictInput) {
  const { predict: result } = await server.request(PredictDocument, { input }, member)
  return result
}

const DEFAULTS = {
  maxBatchTokens: 512,
  maxQueueLength: 900,
  idleTtlMs: 0,
  threads: 2,
  cacheResponses: false,
  draft: false,
  timeoutMs: 0,
  pinned: false,
  priority: 5,
}

describe('settings of a model version', () => {
  test('are the defaults of the server, changed one by one, told, kept over a restart, and given back by null', async () => {
    const { id, settings } = await versionOf(EMBEDDING_MODEL)
    expect(settings).toEqual(DEFAULTS)
    const told: object[] = []
    const followed = (async () => {
      for await (const { modelVersionEvents: item } of server.subscribe(
        ModelVersionEventsDocument,
        { id },
        { token: member },
      ))
        if (item.__typename === 'ModelVersionSnapshot' || item.__typename === 'ModelVersionChanged') {
          told.push(item.modelVersion.settings)
          if (told.length === 3) return
        }
    })()
    await waitFor('the snapshot', () => told.length > 0)
    const changed = { ...DEFAULTS, maxQueueLength: 7, cacheResponses: true, priority: 2 }
    expect(await update(EMBEDDING_MODEL, { maxQueueLength: 7, cacheResponses: true, priority: 2 })).toEqual(changed)
    expect(await update(EMBEDDING_MODEL, { cacheResponses: null })).toEqual({ ...changed, cacheResponses: false })
    await followed
    expect(told).toEqual([DEFAULTS, changed, { ...changed, cacheResponses: false }])
    expect((await versionOf(CHAT_MODEL)).settings).toEqual(DEFAULTS)
    expect(await predict(embedding('a'))).toMatchObject({ state: 'SUCCEEDED', priority: 2 })

    await server[Symbol.asyncDispose]()
    server = await TestServer.start({ ...environment, GRAPHLOOM_MODEL_BATCH_TOKENS: '256' })
    const kept = { ...DEFAULTS, maxBatchTokens: 256, maxQueueLength: 7, priority: 2 }
    expect((await versionOf(EMBEDDING_MODEL)).settings).toEqual(kept)
    expect(await update(EMBEDDING_MODEL, { maxQueueLength: null, priority: null })).toEqual({
      ...DEFAULTS,
      maxBatchTokens: 256,
    })
  })

  test('draft texts of requests that do not say, and no others', async () => {
    const text = (draft?: boolean) => {
      const prompt = 'The lake is deep and cold. '.repeat(8)
      const generation = { temperature: 0, maxTokens: 16, ...(draft !== undefined && { draft }) }
      return predict({ completion: { model: CHAT_MODEL, prompt, generation } })
    }
    expect(await text()).toMatchObject({ draft: null, reproducible: true })
    await update(CHAT_MODEL, { draft: true })
    expect(await text()).toMatchObject({ draft: { acceptedTokens: expect.any(Number) as number }, reproducible: false })
    expect(await text(false)).toMatchObject({ draft: null, reproducible: true })
    await update(CHAT_MODEL, { draft: null })
    expect(await text()).toMatchObject({ draft: null, reproducible: true })
  })

  test('are refused with the path of what is wrong, and to who is no administrator', async () => {
    const { id } = await versionOf(EMBEDDING_MODEL)
    const send = (input: Omit<UpdateModelSettingsInput, 'id'>, token?: string, versionId = id) =>
      server.send(UpdateModelSettingsDocument, { input: { id: versionId, ...input } }, token)
    for (const [name, value] of [
      ['maxBatchTokens', 63],
      ['maxQueueLength', 0],
      ['idleTtlMs', -1],
      ['idleTtlMs', 1.5],
      ['threads', 257],
      ['timeoutMs', 86_400_001],
      ['priority', 10],
    ] as const)
      expect((await send({ [name]: value }, admin)).data?.updateModelSettings).toMatchObject({
        __typename: 'InvalidInput',
        code: 'INVALID_INPUT',
        path: `input.${name}`,
      })
    const missing = await send({ priority: 1 }, admin, 'mver_00000000000000000000000000')
    expect(missing.data?.updateModelSettings).toMatchObject({ __typename: 'NotFound' })
    expect((await send({ priority: 1 }, member)).errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN')
    expect((await send({ priority: 1 })).errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED')
  })

  test('batch tokens hold for the process that runs', async () => {
    const texts = Array.from({ length: 24 }, (_, i) => `the number ${i}`)
    const runOf = async () => {
      const result = await predict(embedding(...texts))
      if (result.__typename !== 'Prediction' || !result.batch) throw new Error(JSON.stringify(result))
      return result.batch
    }
    await update(EMBEDDING_MODEL, { maxBatchTokens: 4_096 })
    expect(await runOf()).toMatchObject({ size: 24 })
    const { runner } = await versionOf(EMBEDDING_MODEL)
    await update(EMBEDDING_MODEL, { maxBatchTokens: 64 })
    expect((await runOf()).tokens).toBeLessThanOrEqual(64)
    await update(EMBEDDING_MODEL, { maxBatchTokens: null })
    expect((await runOf()).tokens).toBeGreaterThan(64)
    expect((await versionOf(EMBEDDING_MODEL)).runner?.pid).toBe(runner?.pid)
  })

  test('a time limit ends what takes longer, with what there was', async () => {
    await predict(chat('Hello', { maxTokens: 2 }))
    await update(CHAT_MODEL, { timeoutMs: 300 })
    const late = await predict(chat('Write a book.', { maxTokens: 4_000, temperature: 1 }))
    if (late.__typename !== 'DeadlineExceeded') throw new Error(JSON.stringify(late))
    expect(late.message).toContain('300 ms')
    expect(late.prediction.state).toBe('FAILED')
    await update(CHAT_MODEL, { timeoutMs: null })
    expect(await predict(chat('Hello', { maxTokens: 20 }))).toMatchObject({ state: 'SUCCEEDED' })
  })

  test('other threads: the process is replaced while texts run, which go on to the same end', async () => {
    const input = chat('Tell me a story about a lighthouse.', { maxTokens: 60, seed: 5 })
    const expected = await readWhole(server, (await startChat(server, input, { token: member })).id, member)
    const { runner } = await versionOf(CHAT_MODEL)
    const readers = await Promise.all(
      [1, 2, 3].map(async () => {
        const { id } = await startChat(server, input, { token: member })
        const reader = new PredictionReader()
        await reader.read(server, id, { token: member, until: ({ text }) => text.length > 5 })
        return { id, reader }
      }),
    )
    await update(CHAT_MODEL, { threads: 1 })
    const after = await Promise.all(Array.from({ length: 8 }, () => predict(chat('Hello', { maxTokens: 4 }))))
    for (const result of after) expect(result).toMatchObject({ state: 'SUCCEEDED' })
    for (const { id, reader } of readers) {
      await reader.read(server, id, { token: member })
      expect(reader).toMatchObject({ state: 'SUCCEEDED', mistakes: [], text: expected.text })
    }
    const replaced = await waitFor('the new process', async () => {
      const now = (await versionOf(CHAT_MODEL)).runner
      return now && now.pid !== runner?.pid ? now : null
    })
    expect(replaced).toMatchObject({ state: 'READY', restarts: 0, breaker: { state: 'CLOSED', recentFailures: 0 } })
    await waitFor('the old process to end', () => !isRunning(runner!.pid))
    expect(await predict(chat('Hello', { maxTokens: 4 }))).toMatchObject({ state: 'SUCCEEDED' })
  })

  test('the queue is as long as it says; who waits while the version unloads is served afterwards', async () => {
    const long = await startChat(server, chat('Go on for ever.', { maxTokens: 4_000, temperature: 1 }), {
      token: member,
    })
    await new PredictionReader().read(server, long.id, { token: member, until: ({ text }) => text.length > 0 })
    const { id } = await versionOf(CHAT_MODEL)
    await server.request(UnloadModelVersionDocument, { input: { id } }, admin)
    await waitFor('it to drain', async () => (await versionOf(CHAT_MODEL)).state === 'UNLOADING')
    const start = async () =>
      (await server.request(StartPredictionDocument, { input: chat('Hello', { maxTokens: 3 }) }, member))
        .startPrediction
    await update(CHAT_MODEL, { maxQueueLength: 2 })
    const [first, second, third] = [await start(), await start(), await start()]
    expect([first, second].map(({ __typename }) => __typename)).toEqual(['Prediction', 'Prediction'])
    expect(third).toMatchObject({ __typename: 'Overloaded' })
    await update(CHAT_MODEL, { maxQueueLength: 3 })
    const fourth = await start()
    await server.request(CancelPredictionDocument, { input: { id: long.id } }, member)
    for (const started of [first, second, fourth]) {
      if (started.__typename !== 'Prediction') throw new Error(JSON.stringify(started))
      expect(await readWhole(server, started.id, member)).toMatchObject({ state: 'SUCCEEDED', ended: true })
    }
  })

  test('a version without work is unloaded when its time is set, unless it is pinned', async () => {
    await predict(embedding('a'))
    await update(EMBEDDING_MODEL, { pinned: true, idleTtlMs: 1 })
    await predict(embedding('b'))
    expect((await versionOf(EMBEDDING_MODEL)).state).toBe('READY')
    await update(EMBEDDING_MODEL, { pinned: false })
    await waitFor('it to be unloaded', async () => (await versionOf(EMBEDDING_MODEL)).state === 'UNLOADED')
    await update(EMBEDDING_MODEL, { idleTtlMs: null })
    await predict(embedding('c'))
    expect((await versionOf(EMBEDDING_MODEL)).state).toBe('READY')
  })
})

describe('unloading', () => {
  test('cancels what runs, where asked: it ends as CANCELLED, says why, and its stream ends', async () => {
    const { id } = await startChat(server, chat('Go on for ever.', { maxTokens: 4_000, temperature: 1 }), {
      token: member,
    })
    const reader = new PredictionReader()
    await reader.read(server, id, { token: member, until: ({ text }) => text.length > 0 })
    const version = await versionOf(CHAT_MODEL)
    const { unloadModelVersion } = await server.request(
      UnloadModelVersionDocument,
      { input: { id: version.id, mode: 'CANCEL' } },
      admin,
    )
    expect(unloadModelVersion.__typename).toBe('ModelVersion')
    await reader.read(server, id, { token: member })
    expect(reader).toMatchObject({ state: 'CANCELLED', ended: true, mistakes: [] })
    await waitFor('it to be unloaded', async () => (await versionOf(CHAT_MODEL)).state === 'UNLOADED')
    expect(isRunning(version.runner!.pid)).toBe(false)
    expect(await predict(chat('Hello', { maxTokens: 3 }))).toMatchObject({ state: 'SUCCEEDED' })
    const { modelVersion } = await server.request(ModelVersionDocument, { name: CHAT_MODEL, version: '1' }, member)
    expect(modelVersion?.state).toBe('READY')
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
