import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BundledModel } from '../../src/services/models/registry.js'
import {
  AliasHistoryDocument,
  CancelPredictionDocument,
  LoadModelVersionDocument,
  ModelDocument,
  ModelVersionDocument,
  PredictDocument,
  SetModelAliasDocument,
  StartPredictionDocument,
  UnloadModelVersionDocument,
  UpdateModelSettingsDocument,
  type PredictInput,
} from '../generated/graphql.js'
import { END_TOKEN } from '../support/made-tokenizers.js'
import { writeCatalogue, writeChatModel, writeEmbeddingModel } from '../support/made-models.js'
import { isFullTest } from '../support/seed.js'
import { JWT_SECRET, signToken, TestServer, type Environment } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const MIB = 2 ** 20
const WEIGHT_BYTES = 16 * MIB
/** Two of the made models fit, three do not: with its weights each process takes about 130 MiB. */
const MEMORY_BYTES = 340 * MIB
const ROUNDS = isFullTest() ? 100 : 5
const CLIENTS = 50
const REQUESTS_PER_CLIENT = isFullTest() ? 40 : 6
const SWAPS = isFullTest() ? 20 : 3

const stack = new AsyncDisposableStack()
let models: string
let endTokenId: number
let admin: string
let member: string

beforeAll(async () => {
  models = stack.use(await createTemporaryFolder('models')).path
  for (const name of ['a', 'b', 'c']) await writeEmbeddingModel(join(models, name), { weightBytes: WEIGHT_BYTES })
  await writeEmbeddingModel(join(models, 'wide'), { size: 8, weightBytes: WEIGHT_BYTES })
  endTokenId = (await writeChatModel(join(models, 'talk'), { weightBytes: WEIGHT_BYTES })).idOf(END_TOKEN)
  await writeCatalogue(models)
  await addVersion('wide', '2', 'a')
  await addVersion('wide', '3', 'a', { 'config.json': '0'.repeat(64) })
  admin = await signToken('acme', ['ADMIN'])
  member = await signToken('acme')
})
afterAll(() => stack.disposeAsync())

/** Another version of a model of the catalogue, with the files of another, or with wrong checksums of some of them. */
async function addVersion(name: string, version: string, filesOf: string, wrong: object = {}): Promise<void> {
  const file = join(models, 'catalogue.json')
  const catalogue = JSON.parse(await readFile(file, 'utf8')) as BundledModel[]
  const [original, files] = [name, filesOf].map((one) => catalogue.find((model) => model.name === one)!)
  const { folder, checksums } = files!
  const added = { ...original!, version, folder, checksums: { ...checksums, ...wrong } }
  await writeFile(file, JSON.stringify([...catalogue, added]))
}

async function start(environment: Environment = {}): Promise<TestServer> {
  const folder = stack.use(await createTemporaryFolder('residency'))
  return stack.use(
    await TestServer.start({
      GRAPHLOOM_DATA_DIR: folder.path,
      GRAPHLOOM_MODELS_DIR: models,
      GRAPHLOOM_JWT_SECRET: JWT_SECRET,
      GRAPHLOOM_MODEL_MEMORY_BYTES: String(MEMORY_BYTES),
      ...environment,
    }),
  )
}

class Client {
  constructor(readonly server: TestServer) {}

  async version(name: string, version = '1') {
    const { modelVersion } = await this.server.request(ModelVersionDocument, { name, version }, member)
    if (!modelVersion) throw new Error(`There is no ${name}:${version}.`)
    return modelVersion
  }

  async states(): Promise<Record<string, string>> {
    const names = ['a', 'b', 'c', 'talk']
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await this.version(name)).state])))
  }

  /** A state is stored shortly after it holds. */
  async reach(expected: Record<string, string>): Promise<void> {
    let states: Record<string, string> = {}
    const isReached = async (): Promise<boolean> => {
      states = await this.states()
      return Object.entries(expected).every(([name, state]) => states[name] === state)
    }
    await waitFor(JSON.stringify(expected), isReached, 20_000).catch(() => expect(states).toMatchObject(expected))
  }

  async load(name: string) {
    const { id } = await this.version(name)
    return (await this.server.request(LoadModelVersionDocument, { input: { id } }, admin)).loadModelVersion
  }

  async unload(name: string, version = '1'): Promise<void> {
    const { id } = await this.version(name, version)
    await this.server.request(UnloadModelVersionDocument, { input: { id } }, admin)
    await waitFor('it to be unloaded', async () => (await this.version(name, version)).state === 'UNLOADED')
  }

  async pin(name: string, pinned: boolean): Promise<void> {
    const { id } = await this.version(name)
    await this.server.request(UpdateModelSettingsDocument, { input: { id, pinned } }, admin)
  }

  async predict(model: string) {
    return (await this.server.request(PredictDocument, { input: embed(model) }, member)).predict
  }

  async use(...names: readonly string[]): Promise<void> {
    for (const name of names) expect(await this.predict(name)).toMatchObject({ state: 'SUCCEEDED' })
  }

  async setAlias(version: string, name = 'live') {
    const { id } = await this.version('wide', version)
    const input = { name, modelVersionId: id }
    return (await this.server.request(SetModelAliasDocument, { input }, admin)).setModelAlias
  }
}

const embed = (model: string): PredictInput => ({ embedding: { model, texts: ['the red fish'] } })
const outOfMemory = { __typename: 'OutOfMemory', code: 'OUT_OF_MEMORY', retryable: true }

describe('memory for two models of three', () => {
  let client: Client
  beforeAll(async () => {
    client = new Client(await start())
  })

  test('the least lately used makes room', async () => {
    await client.use('a', 'b', 'c')
    await client.reach({ a: 'UNLOADED', b: 'READY', c: 'READY' })
    await client.use('b', 'a')
    await client.reach({ a: 'READY', b: 'READY', c: 'UNLOADED' })
    const { lastUsedAt, requiredBytes, residentBytes } = await client.version('a')
    expect(Date.parse(String(lastUsedAt))).toBeGreaterThan(Date.parse(String((await client.version('b')).lastUsedAt)))
    expect(requiredBytes).toBeGreaterThan(50 * MIB)
    expect(residentBytes).toBeGreaterThan(50 * MIB)
  })

  test('a pinned one and one that works stay; the third is refused before it is loaded', async () => {
    const { server } = client
    await client.pin('a', true)
    await client.use('c')
    await client.reach({ a: 'READY', b: 'UNLOADED', c: 'READY' })
    await client.use('b')
    const talk = {
      completion: {
        model: 'talk',
        prompt: 'a',
        generation: { maxTokens: 2_000, logitBias: [{ tokenId: endTokenId, bias: -100 }] },
      },
    }
    const started = await Promise.all(
      Array.from({ length: 24 }, () => server.request(StartPredictionDocument, { input: talk }, member)),
    )
    await waitFor('it to work', async () => (await client.version('talk')).state === 'READY')
    await client.reach({ a: 'READY', b: 'UNLOADED', c: 'UNLOADED' })
    const refused = [
      await client.load('b'),
      await client.predict('c'),
      (await server.request(StartPredictionDocument, { input: embed('c') }, member)).startPrediction,
    ]
    for (const problem of refused) {
      expect(problem).toMatchObject(outOfMemory)
      if (problem.__typename !== 'OutOfMemory') continue
      expect(problem.requiredBytes).toBeGreaterThan(problem.availableBytes)
      expect(problem.message).toContain('GRAPHLOOM_MODEL_MEMORY_BYTES')
    }
    await client.reach({ a: 'READY', b: 'UNLOADED', c: 'UNLOADED', talk: 'READY' })
    expect((await client.version('b')).stateReason).toContain('memory')
    for (const { startPrediction } of started)
      if (startPrediction.__typename === 'Prediction')
        await server.request(CancelPredictionDocument, { input: { id: startPrediction.id } }, member)
    await client.use('c')
    await client.reach({ a: 'READY', c: 'READY', talk: 'UNLOADED' })
    await client.pin('a', false)
  })

  test('loads at one time share the memory: as many as fit', async () => {
    for (const name of ['a', 'b', 'c']) await client.unload(name)
    const results = await Promise.all(['a', 'b', 'c'].map((name) => client.load(name)))
    const begun = results.filter(({ __typename }) => __typename === 'ModelVersion')
    expect(begun.length).toBeGreaterThanOrEqual(2)
    for (const result of results) if (result.__typename !== 'ModelVersion') expect(result).toMatchObject(outOfMemory)
    await waitFor('two to be ready', async () => {
      const { a, b, c } = await client.states()
      return [a, b, c].filter((state) => state === 'READY').length === 2
    })
  })

  test('predictions on all three at once succeed, or are told at once that there is no memory', async () => {
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => client.predict('abc'.charAt(i % 3))))
    for (const result of results)
      if (result.__typename === 'Prediction') expect(result).toMatchObject({ state: 'SUCCEEDED', error: null })
      else expect(result).toMatchObject(outOfMemory)
    expect(results.filter(({ __typename }) => __typename === 'Prediction').length).toBeGreaterThanOrEqual(20)
  })

  test('other threads, where two processes do not fit: one takes the place of the other, and work waits', async () => {
    await client.pin('b', true)
    await client.use('b', 'a')
    const { id } = await client.version('a')
    await client.server.request(UpdateModelSettingsDocument, { input: { id, threads: 1 } }, admin)
    await Promise.all(Array.from({ length: 10 }, () => client.use('a')))
    await waitFor('it to be ready', async () => (await client.version('a')).state === 'READY')
    await client.reach({ a: 'READY', b: 'READY' })
    await client.pin('b', false)
  })
})

test('versions that are to be loaded at start do not push one another out', async () => {
  const client = new Client(await start({ GRAPHLOOM_PRELOAD_MODELS: 'a:1, b, c' }))
  await waitFor('two to be ready', async () => {
    const { a, b } = await client.states()
    return a === 'READY' && b === 'READY'
  })
  expect(await client.version('c')).toMatchObject({ state: 'UNLOADED' })
  expect((await client.version('c')).stateReason).toContain('memory')
  await client.use('a', 'c')
  await client.reach({ a: 'READY', b: 'UNLOADED', c: 'READY' })
})

test('what never fits is refused at once, and the alias stays where it was', async () => {
  const client = new Client(await start({ GRAPHLOOM_MODEL_MEMORY_BYTES: String(20 * MIB) }))
  expect(await client.load('a')).toMatchObject(outOfMemory)
  expect(await client.predict('b')).toMatchObject(outOfMemory)
  expect(await client.setAlias('1')).toMatchObject(outOfMemory)
  const { model } = await client.server.request(ModelDocument, { name: 'wide', at: 'live' }, member)
  expect(model?.version).toBeNull()
})

test(`${ROUNDS} rounds of loading and unloading leave the server’s memory as it was`, async () => {
  const client = new Client(await start())
  const round = async (): Promise<void> => {
    await client.use('b')
    await client.unload('b')
  }
  for (let i = 0; i < 4; i++) await round()
  const before = readResidentBytes(client.server.pid)
  for (let i = 0; i < ROUNDS; i++) await round()
  const grown = readResidentBytes(client.server.pid) - before
  console.log(`${ROUNDS} rounds: ${(grown / MIB).toFixed(1)} MiB more`)
  expect(grown).toBeLessThanOrEqual(64 * MIB)
})

test(`an alias swapped ${SWAPS} times under ${CLIENTS} clients: nothing fails, each is served by what it names`, async () => {
  const client = new Client(await start())
  expect(await client.setAlias('1')).toMatchObject({ __typename: 'ModelAlias' })
  const { id: first } = await client.version('wide', '1')
  const { id: second } = await client.version('wide', '2')
  const served = new Map<string, number>()
  let left = CLIENTS
  const ask = async (): Promise<void> => {
    for (let i = 0; i < REQUESTS_PER_CLIENT; i++) {
      const result = await client.predict('wide@live')
      if (result.__typename !== 'Prediction' || result.output?.__typename !== 'EmbeddingOutput')
        throw new Error(`${JSON.stringify(result)}\n${JSON.stringify(client.server.lines.slice(-20))}`)
      expect(result).toMatchObject({ state: 'SUCCEEDED' })
      const version = result.servedVersion!.id
      // The versions give vectors of different sizes: the one that is named is the one that computed it.
      expect(result.output.vectors[0]!.values).toHaveLength(version === first ? 8 : 4)
      served.set(version, (served.get(version) ?? 0) + 1)
    }
    left--
  }
  const swap = async (): Promise<void> => {
    for (let i = 0; i < SWAPS; i++) {
      const [to, from] = i % 2 === 0 ? ['2', '1'] : ['1', '2']
      expect(await client.setAlias(to)).toMatchObject({ __typename: 'ModelAlias' })
      expect((await client.version('wide', to)).state).toBe('READY')
      const since = served.get(to === '1' ? first : second) ?? 0
      await waitFor('it to serve', () => (served.get(to === '1' ? first : second) ?? 0) > since || left === 0)
      await client.unload('wide', from)
    }
  }
  const clients = Array.from({ length: CLIENTS }, () => ask())
  await Promise.all([swap(), ...clients])
  expect(await client.setAlias('3')).toMatchObject({ __typename: 'LoadFailed', code: 'MODEL_LOAD_FAILED' })
  expect([...served.keys()].sort()).toEqual([first, second].sort())
  const { model } = await client.server.request(AliasHistoryDocument, { name: 'wide' }, member)
  const live = model!.aliasHistory.filter(({ alias }) => alias === 'live')
  expect(live.map(({ version }) => version?.version)).toEqual(
    Array.from({ length: SWAPS + 1 }, (_, i) => (i % 2 === 0 ? '1' : '2')).reverse(),
  )
  expect(live[0]).toMatchObject({ setBy: 'ada' })
})

function readResidentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
  return Number(kibibytes) * 1_024
}
