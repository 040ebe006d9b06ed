import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DeleteModelAliasDocument,
  DeleteModelVersionDocument,
  LoadModelVersionDocument,
  ModelDocument,
  ModelVersionDocument,
  ModelVersionEventsDocument,
  PredictDocument,
  RegisterModelVersionDocument,
  SetModelAliasDocument,
  UnloadModelVersionDocument,
  type RegisterModelVersionInput,
} from '../generated/graphql.js'
import { ModelFolder } from '../support/model-folders.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

describe.each(STORES_BRIEFLY)('models from folders, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let folders: ModelFolder
  let token: string

  beforeAll(async () => {
    const allowed = stack.use(await createTemporaryFolder('models'))
    folders = new ModelFolder(allowed.path)
    await folders.copy(EMBEDDING_MODEL, 'mini')
    token = await signToken('acme', ['ADMIN', 'MEMBER'])
    const environment = { GRAPHLOOM_MODEL_FOLDERS: allowed.path, GRAPHLOOM_JWT_SECRET: JWT_SECRET }
    server = stack.use(await TestServer.start({ ...(await openStore(stack, store)), ...environment }))
  })
  afterAll(() => stack.disposeAsync())

  async function register(input: RegisterModelVersionInput) {
    return (await server.request(RegisterModelVersionDocument, { input }, token)).registerModelVersion
  }

  async function registered(input: RegisterModelVersionInput) {
    const version = await register(input)
    if (version.__typename !== 'ModelVersion') throw new Error(`Not registered: ${version.message}`)
    return version
  }

  async function remove(id: string) {
    return (await server.request(DeleteModelVersionDocument, { input: { id } }, token)).deleteModelVersion
  }

  const stateOf = async (name: string, version: string) =>
    (await server.request(ModelVersionDocument, { name, version }, token)).modelVersion

  async function embed(model: string) {
    return (await server.request(PredictDocument, { input: { embedding: { model, texts: ['a'] } } }, token)).predict
  }

  test('a folder becomes a version that serves, and goes with its model when it is deleted', async () => {
    const version = await registered({
      name: 'mine',
      version: '1',
      description: 'My own.',
      license: 'MIT',
      source: { folder: join(folders.path, 'mini') },
    })
    expect(version).toMatchObject({
      state: 'UNLOADED',
      task: 'TEXT_EMBEDDING',
      dtype: 'q8',
      contextTokens: 256,
      embeddingDimensions: 384,
      source: { __typename: 'FileSource', folder: 'mini' },
      model: { name: 'mine', description: 'My own.', license: 'MIT', aliases: [{ name: 'latest' }] },
    })
    expect(version.sizeBytes).toBeGreaterThan(24_000_000)
    expect(version.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(await embed('mine')).toMatchObject({ state: 'SUCCEEDED', servedVersion: { id: version.id } })
    expect(await remove(version.id)).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('unload'),
    })
    await server.request(UnloadModelVersionDocument, { input: { id: version.id } }, token)
    await waitFor('it to be unloaded', async () => (await stateOf('mine', '1'))?.state === 'UNLOADED')
    let follows = false
    const ended = (async () => {
      for await (const item of server.subscribe(ModelVersionEventsDocument, { id: version.id }, { token })) {
        follows = true
        if (item.modelVersionEvents.__typename === 'StreamEnd') return item.modelVersionEvents.reason
      }
      return null
    })()
    await waitFor('the follower', () => follows)
    expect(await remove(version.id)).toEqual({ __typename: 'ModelVersion', id: version.id })
    expect(await ended).toBe('FINISHED')
    expect((await server.request(ModelDocument, { name: 'mine' }, token)).model).toBeNull()
    expect(await remove(version.id)).toMatchObject({ __typename: 'NotFound' })
    expect(await embed('mine')).toMatchObject({ __typename: 'NotFound' })
    expect(await readFile(join(folders.path, 'mini/config.json'), 'utf8')).toContain('BertModel')
  })

  test('the same content again is the same version, other content a conflict', async () => {
    const first = await registered({ name: 'twice', version: '1', source: { folder: 'mini' } })
    expect(first.model).toMatchObject({ description: '', license: 'NOASSERTION' })
    const again = await registered({ name: 'twice', version: '1', license: 'MIT', source: { folder: 'mini' } })
    expect(again.id).toBe(first.id)
    expect(again.model.license).toBe('MIT')
    const config = JSON.parse(await readFile(join(folders.path, 'mini/config.json'), 'utf8')) as object
    await folders.vary('mini', 'other', { 'config.json': JSON.stringify({ ...config, model_type: 'other' }) })
    expect(await register({ name: 'twice', version: '1', source: { folder: 'other' } })).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('twice:1'),
    })
    const second = await registered({ name: 'twice', version: '2', source: { folder: 'other' } })
    expect(second.model.aliases).toEqual([{ name: 'latest', version: { id: first.id } }])
    expect(await register({ name: CHAT_MODEL, version: '2', source: { folder: 'mini' } })).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('TEXT_EMBEDDING'),
    })
    const { setModelAlias } = await server.request(
      SetModelAliasDocument,
      { input: { name: 'next', modelVersionId: second.id, warm: false } },
      token,
    )
    expect(setModelAlias).toMatchObject({ __typename: 'ModelAlias' })
    expect(await remove(second.id)).toMatchObject({ __typename: 'Conflict', message: expect.stringContaining('next') })
    expect(await remove(first.id)).toMatchObject({ __typename: 'Conflict', message: expect.stringContaining('latest') })
    await server.request(DeleteModelAliasDocument, { input: { model: 'twice', name: 'next' } }, token)
    expect(await remove(second.id)).toMatchObject({ __typename: 'ModelVersion' })
    const bundled = await stateOf(EMBEDDING_MODEL, '1')
    expect(await remove(bundled!.id)).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('came'),
    })
  })

  test('registrations of one version at once make one', async () => {
    const input = { name: 'crowd', version: '1', source: { folder: 'mini' } }
    const versions = await Promise.all(Array.from({ length: 6 }, () => registered(input)))
    expect(new Set(versions.map(({ id }) => id)).size).toBe(1)
  })

  test('a single ONNX file is a model for tensors, whatever lies beside it', async () => {
    const file = join(folders.path, 'mini/onnx/model_quantized.onnx')
    const version = await registered({ name: 'graph', version: '1', source: { file } })
    expect(version).toMatchObject({
      task: 'TENSOR',
      contextTokens: 0,
      source: { folder: 'mini/onnx', file: 'model_quantized.onnx' },
    })
    const ids = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
      name,
      type: 'int64',
      shape: [1, 2],
      data: [1, 1],
    }))
    const { predict } = await server.request(
      PredictDocument,
      { input: { tensors: { model: 'graph', inputs: ids } } },
      token,
    )
    expect(predict).toMatchObject({ state: 'SUCCEEDED' })
    for (const [wrong, reason] of [
      ['mini/config.json', 'no ONNX graph'],
      ['mini', 'is no file'],
      ['way-out-file', 'inside'],
    ] as const) {
      if (wrong === 'way-out-file') await symlink('/etc/passwd', join(folders.path, wrong))
      expect(await register({ name: 'y', version: '1', source: { file: wrong } })).toMatchObject({
        __typename: 'InvalidInput',
        path: 'input.source.file',
        message: expect.stringContaining(reason),
      })
    }
  })

  test('links between files inside of an allowed folder are followed, as in a cache of the hub', async () => {
    await folders.copy(CHAT_MODEL, 'original')
    const snapshot = join(folders.path, 'snapshots/0123')
    await mkdir(join(snapshot, 'onnx'), { recursive: true })
    await mkdir(join(folders.path, 'blobs'))
    const files = await readdir(join(folders.path, 'original'), { recursive: true, withFileTypes: true })
    for (const [i, file] of files.entries()) {
      if (!file.isFile()) continue
      const path = join(file.parentPath, file.name)
      const blob = join(folders.path, `blobs/${i}`)
      await rename(path, blob)
      const link = join(snapshot, relative(join(folders.path, 'original'), path))
      await symlink(relative(dirname(link), blob), link)
    }
    await registered({ name: 'linked', version: '1', source: { folder: 'snapshots/0123' } })
    const input = { completion: { model: 'linked', prompt: 'Once', generation: { maxTokens: 2 } } }
    expect((await server.request(PredictDocument, { input }, token)).predict).toMatchObject({ state: 'SUCCEEDED' })
  })

  test('files that changed since they were registered are not loaded, and told by name', async () => {
    await folders.vary('mini', 'changing', { 'notes.txt': 'not the model’s' })
    const { id } = await registered({ name: 'changing', version: '1', source: { folder: 'changing' } })
    const config = join(folders.path, 'changing/config.json')
    const before = await readFile(config)
    const failsOver = async (file: string): Promise<void> => {
      await server.request(LoadModelVersionDocument, { input: { id } }, token)
      await waitFor(`it to fail over ${file}`, async () => {
        const version = await stateOf('changing', '1')
        return version?.state === 'FAILED' && version.stateReason?.includes(file)
      })
    }
    await rm(config)
    await writeFile(config, before.toString().replace('"gelu"', '"relu"'))
    await failsOver('config.json')
    await rm(config)
    await writeFile(config, before)
    await writeFile(join(folders.path, 'changing/chat_template.jinja'), '{{ messages }}')
    await failsOver('chat_template.jinja')
    await rm(join(folders.path, 'changing/chat_template.jinja'))
    expect(await embed('changing')).toMatchObject({ state: 'SUCCEEDED' })
  })

  test('paths stay in the allowed folders', async () => {
    await symlink('/etc', join(folders.path, 'way-out'))
    const refused = async (folder: string): Promise<object> => register({ name: 'x', version: '1', source: { folder } })
    const outside = {
      __typename: 'InvalidInput',
      path: 'input.source.folder',
      message: expect.stringContaining('inside'),
    }
    for (const folder of [
      '/etc',
      '/nowhere',
      '../etc',
      'mini/../../etc',
      '..',
      `${folders.path}/../x`,
      'way-out',
      'a\\..\\b',
    ])
      expect(await refused(folder), folder).toMatchObject(outside)
    for (const folder of ['', 'a\0b', 'a'.repeat(5_000), 'mini/config.json'])
      expect(await refused(folder), folder.slice(0, 20)).toMatchObject({ __typename: 'InvalidInput' })
    expect(await refused('absent')).toMatchObject({ __typename: 'NotFound' })
  })

  test('names are checked, exactly one source is given, and only administrators register', async () => {
    const good = { name: 'x', version: '1', source: { folder: 'mini' } }
    for (const [input, path] of [
      [{ ...good, name: 'a b' }, 'input.name'],
      [{ ...good, version: '' }, 'input.version'],
      [{ ...good, description: 'd'.repeat(2_001) }, 'input.description'],
      [{ ...good, license: '' }, 'input.license'],
    ] as const)
      expect(await register(input)).toMatchObject({ __typename: 'InvalidInput', path })
    const none = await server.send(RegisterModelVersionDocument, { input: { ...good, source: {} as never } }, token)
    expect(none.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
    const member = await signToken('acme')
    const denied = [
      await server.send(RegisterModelVersionDocument, { input: good }, member),
      await server.send(DeleteModelVersionDocument, { input: { id: 'mver_00000000000000000000000000' } }, member),
    ]
    for (const { errors } of denied) expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    const { errors } = await server.send(RegisterModelVersionDocument, { input: good })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

test('without allowed folders none is read, and the setting is named', async () => {
  await using server = await TestServer.start({})
  const { registerModelVersion } = await server.request(RegisterModelVersionDocument, {
    input: { name: 'x', version: '1', source: { folder: '/etc' } },
  })
  expect(registerModelVersion).toMatchObject({
    __typename: 'InvalidInput',
    message: expect.stringContaining('GRAPHLOOM_MODEL_FOLDERS'),
  })
})
