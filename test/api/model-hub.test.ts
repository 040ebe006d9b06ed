import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  DeleteModelVersionDocument,
  LoadModelVersionDocument,
  ModelVersionDocument,
  ModelVersionEventsDocument,
  PredictDocument,
  RegisterModelVersionDocument,
  UnloadModelVersionDocument,
  type HubSourceInput,
} from '../generated/graphql.js'
import { readFiles, TestHub } from '../support/hub.js'
import { writeEmbeddingModel } from '../support/made-models.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const REPOSITORY = 'someone/tiny'
const GRAPH = 'onnx/model.onnx'
const TOKEN = 'hf_a-token-that-must-never-be-seen'

const stack = new AsyncDisposableStack()
let hub: TestHub
let files: Record<string, Uint8Array>

beforeAll(async () => {
  hub = stack.use(await TestHub.start())
  const folder = stack.use(await createTemporaryFolder('made'))
  await writeEmbeddingModel(folder.path, { weightBytes: 6_000_000 })
  files = await readFiles(folder.path)
})
afterAll(() => stack.disposeAsync())
beforeEach(() => {
  Object.assign(hub.behaviour, { cutAfterBytes: null, hold: null, token: TOKEN, status: null })
  hub.behaviour.replaced.clear()
  hub.downloads.length = 0
  hub.repositories.set(REPOSITORY, {
    files: { ...files, 'onnx/model_fp16.onnx': Buffer.from('another'), 'README.md': Buffer.from('# Tiny') },
    license: 'apache-2.0',
    large: ['.onnx'],
  })
})

const environment = (): Record<string, string> => ({ GRAPHLOOM_HUB_URL: hub.url, GRAPHLOOM_HUB_TOKEN: TOKEN })

async function register(server: TestServer, name: string, source: Partial<HubSourceInput> = {}) {
  const input = { name, version: '1', source: { hub: { repository: REPOSITORY, ...source } } }
  return (await server.request(RegisterModelVersionDocument, { input })).registerModelVersion
}

async function registered(server: TestServer, name: string, source: Partial<HubSourceInput> = {}) {
  const version = await register(server, name, source)
  if (version.__typename !== 'ModelVersion') throw new Error(`Not registered: ${version.message}`)
  return version
}

const versionOf = async (server: TestServer, name: string) =>
  (await server.request(ModelVersionDocument, { name, version: '1' })).modelVersion

const stateReached = (server: TestServer, name: string, state: string) =>
  waitFor(`${name} to be ${state}`, async () => {
    const version = await versionOf(server, name)
    return version?.state === state ? version : null
  })

const embed = (server: TestServer, model: string) =>
  server.send(PredictDocument, { input: { embedding: { model, texts: ['cat'] } } })

/** Holds the hub in the middle of the weights; the result lets it go on. */
function hold(): () => void {
  const held = Promise.withResolvers<void>()
  hub.behaviour.hold = held.promise
  return () => {
    hub.behaviour.hold = null
    held.resolve()
  }
}

describe.each(STORES_BRIEFLY)('models from a hub, kept in %s', (store) => {
  test('are downloaded with progress, checked, and serve', async () => {
    await using owned = new AsyncDisposableStack()
    const server = owned.use(await TestServer.start({ ...(await openStore(owned, store)), ...environment() }))
    const version = await registered(server, 'tiny')
    expect(version).toMatchObject({
      state: 'DOWNLOADING',
      task: 'TEXT_EMBEDDING',
      dtype: 'fp32',
      sha256: null,
      source: { __typename: 'HubSource', repository: REPOSITORY, revision: 'main', commit: hub.commit },
      model: { license: 'apache-2.0', aliases: [{ name: 'latest' }] },
    })
    const done: number[] = []
    for await (const { modelVersionEvents: item } of server.subscribe(ModelVersionEventsDocument, { id: version.id })) {
      if (item.__typename !== 'ModelVersionSnapshot' && item.__typename !== 'ModelVersionChanged') continue
      const { state, loadProgress } = item.modelVersion
      if (loadProgress?.phase === 'DOWNLOADING') done.push(loadProgress.doneBytes)
      if (state === 'UNLOADED') break
    }
    expect(done.at(-1)).toBe(version.sizeBytes)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect((await embed(server, 'tiny')).data?.predict).toMatchObject({ state: 'SUCCEEDED' })
    expect(new Set(hub.downloads.map(({ file }) => file))).toEqual(new Set(Object.keys(files)))
    expect((await registered(server, 'tiny')).id).toBe(version.id)
    expect((await registered(server, 'tiny')).sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(server.lines) + server.stderr).not.toContain(TOKEN)
  })
})

describe('with a server', () => {
  let server: TestServer
  let data: string
  beforeAll(async () => {
    data = stack.use(await createTemporaryFolder('data')).path
    server = stack.use(await TestServer.start({ ...environment(), GRAPHLOOM_DATA_DIR: data }))
  })
  const foldersOf = () => readdir(join(data, 'models'))

  test('who asks before the files are here is told so; who loads it waits', async () => {
    const letGo = hold()
    const { id } = await registered(server, 'early')
    const { errors } = await embed(server, 'early')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    expect(errors?.[0]?.message).toMatch(/early.* are being downloaded: \d+ of \d+ bytes/)
    await server.request(LoadModelVersionDocument, { input: { id } })
    letGo()
    await stateReached(server, 'early', 'READY')
    expect((await embed(server, 'early')).data?.predict).toMatchObject({ state: 'SUCCEEDED' })
  })

  test('a download is stopped by unloading and goes on by loading; deleting stops it and takes the files', async () => {
    const letGo = hold()
    const { id } = await registered(server, 'stopped')
    const partial = join(data, 'models', id, `${GRAPH}.partial`)
    await waitFor('half the weights', async () => (await stat(partial).catch(() => null))?.size)
    const { unloadModelVersion } = await server.request(UnloadModelVersionDocument, { input: { id } })
    expect(unloadModelVersion).toMatchObject({ state: 'UNLOADED', stateReason: expect.stringContaining('stopped') })
    await server.request(LoadModelVersionDocument, { input: { id } })
    await waitFor('another request', () => hub.downloads.filter(({ range }) => range !== null).length > 0)
    const { deleteModelVersion } = await server.request(DeleteModelVersionDocument, { input: { id } })
    expect(deleteModelVersion).toMatchObject({ __typename: 'ModelVersion', id })
    expect(await foldersOf()).not.toContain(id)
    expect(await versionOf(server, 'stopped')).toBeNull()
    letGo()
  })

  test('a hub that fails fails the version with the reason, and the next use goes on', async () => {
    const letGo = hold()
    const { id } = await registered(server, 'failing')
    const partial = join(data, 'models', id, `${GRAPH}.partial`)
    await waitFor('half the weights', async () => (await stat(partial).catch(() => null))?.size)
    hub.behaviour.status = 503
    letGo()
    hub.cut()
    const failed = await stateReached(server, 'failing', 'FAILED')
    expect(failed.stateReason).toContain('503')
    hub.behaviour.status = null
    await server.request(LoadModelVersionDocument, { input: { id } })
    await stateReached(server, 'failing', 'READY')
    expect(hub.downloads.at(-1)?.range).toMatch(/^bytes=\d{4,}-$/)
  })

  test('another commit under the same name is a conflict', async () => {
    await registered(server, 'moving')
    const before = hub.commit
    hub.commit = 'beef'.repeat(10)
    expect(await register(server, 'moving')).toMatchObject({ __typename: 'Conflict' })
    hub.commit = before
  })

  test('content that is not what the hub lists, and files that are no model, are not used', async () => {
    hub.behaviour.replaced.set(GRAPH, Buffer.alloc(files[GRAPH]!.byteLength, 1))
    await registered(server, 'forged')
    expect((await stateReached(server, 'forged', 'FAILED')).stateReason).toContain('checksum')
    hub.behaviour.replaced.clear()
    hub.repositories.set(REPOSITORY, { files: { ...files, [GRAPH]: Buffer.from('no graph') }, large: ['.onnx'] })
    await registered(server, 'nonsense')
    expect((await stateReached(server, 'nonsense', 'FAILED')).stateReason).toContain('is no ONNX graph')
    const count = (await foldersOf()).length
    hub.repositories.set(REPOSITORY, { files: { ...files, 'config.json': Buffer.from('{"vocab_size": -1}') } })
    expect(await register(server, 'lying')).toMatchObject({ __typename: 'InvalidInput', path: 'input.source.hub' })
    expect((await foldersOf()).length).toBe(count)
  })

  test('what the hub does not have, or cannot be asked, is told at once', async () => {
    const bad = (source: Partial<HubSourceInput>) => register(server, 'bad', source)
    for (const [source, path] of [
      [{ repository: '../x' }, 'input.source.hub.repository'],
      [{ repository: 'a/b/c' }, 'input.source.hub.repository'],
      [{ revision: '../main' }, 'input.source.hub.revision'],
      [{ dtype: 'q3' }, 'input.source.hub.dtype'],
      [{ dtype: 'q4' }, 'input.source.hub.dtype'],
    ] as const)
      expect(await bad(source)).toMatchObject({ __typename: 'InvalidInput', path })
    expect(await bad({ repository: 'someone/else' })).toMatchObject({ __typename: 'NotFound' })
    expect(await bad({ revision: 'v9' })).toMatchObject({ __typename: 'NotFound' })
    hub.repositories.set(REPOSITORY, { files: { 'config.json': files['config.json']! } })
    expect(await bad({})).toMatchObject({ __typename: 'InvalidInput', message: expect.stringContaining('ONNX') })
    hub.behaviour.status = 500
    expect(await bad({})).toMatchObject({ __typename: 'Unavailable', code: 'UNAVAILABLE', retryable: true })
  })
})

test('a download goes on where it was when the server was killed', async () => {
  await using folder = await createTemporaryFolder('data')
  const own = { ...environment(), GRAPHLOOM_DATA_DIR: folder.path }
  const letGo = hold()
  const first = await TestServer.start(own)
  const { id } = await registered(first, 'killed')
  const partial = join(folder.path, 'models', id, `${GRAPH}.partial`)
  const { size } = await waitFor('half the weights', async () => {
    const found = await stat(partial).catch(() => null)
    return found && found.size > 1_000_000 ? found : null
  })
  await first.kill()
  letGo()
  const second = await TestServer.start(own)
  await stateReached(second, 'killed', 'UNLOADED')
  const start = Number(/^bytes=(\d+)-$/.exec(hub.downloads.at(-1)?.range ?? '')?.[1])
  expect(start).toBeGreaterThanOrEqual(size)
  expect((await embed(second, 'killed')).data?.predict).toMatchObject({ state: 'SUCCEEDED' })
  await second[Symbol.asyncDispose]()
  // The files are gone, as they are in another data directory with the same database.
  await rm(join(folder.path, 'models', id), { recursive: true })
  await using third = await TestServer.start(own)
  expect((await versionOf(third, 'killed'))?.stateReason).toContain('not in the data directory')
  expect((await embed(third, 'killed')).errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE' })
  await stateReached(third, 'killed', 'UNLOADED')
  expect((await embed(third, 'killed')).data?.predict).toMatchObject({ state: 'SUCCEEDED' })
})

test.each([
  [{ GRAPHLOOM_HUB_URL: 'off' }, 'GRAPHLOOM_HUB_URL'],
  [{ GRAPHLOOM_HUB_URL: 'http://127.0.0.1:9' }, 'cannot be reached'],
])('without a network it is told at once: %j', async (settings, message) => {
  await using server = await TestServer.start(settings)
  const refused = await register(server, 'x')
  expect(refused).toMatchObject({ __typename: 'Unavailable', message: expect.stringContaining(message) })
})

test('a model that is larger than allowed is refused before it is downloaded', async () => {
  await using server = await TestServer.start({ ...environment(), GRAPHLOOM_HUB_MAX_MODEL_BYTES: '5000000' })
  expect(await register(server, 'x')).toMatchObject({
    __typename: 'InvalidInput',
    message: expect.stringContaining('GRAPHLOOM_HUB_MAX_MODEL_BYTES'),
  })
  expect(hub.downloads).toEqual([])
})
