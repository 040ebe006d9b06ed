import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  LoadModelVersionDocument,
  ModelVersionDocument,
  PredictDocument,
  RegisterModelVersionDocument,
} from '../generated/graphql.js'
import {
  BROKEN_AT_LOADING,
  BROKEN_AT_REGISTRATION,
  copyGoodModels,
  type BrokenModel,
} from '../support/broken-models.js'
import { ModelFolder } from '../support/model-folders.js'
import { EMBEDDING_MODEL } from '../support/models.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const stack = new AsyncDisposableStack()
let server: TestServer
let folders: ModelFolder

beforeAll(async () => {
  const allowed = stack.use(await createTemporaryFolder('models'))
  const data = stack.use(await createTemporaryFolder('data'))
  folders = new ModelFolder(allowed.path)
  await copyGoodModels(folders)
  const environment = { GRAPHLOOM_MODEL_FOLDERS: allowed.path, GRAPHLOOM_DATA_DIR: data.path }
  server = stack.use(await TestServer.start(environment))
})
afterAll(() => stack.disposeAsync())

const nameOf = ({ name }: BrokenModel): string => name.replaceAll(/[^A-Za-z]+/g, '-')

async function register(model: BrokenModel) {
  const name = nameOf(model)
  await model.make(folders, name)
  const input = { name, version: '1', source: { folder: name } }
  return (await server.request(RegisterModelVersionDocument, { input })).registerModelVersion
}

test('there are at least 40 of them', () => {
  const names = [...BROKEN_AT_REGISTRATION, ...BROKEN_AT_LOADING].map(nameOf)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(40)
})

test.each(BROKEN_AT_REGISTRATION)('refused with its reason when it is registered: $name', async (model) => {
  const refused = await register(model)
  expect(refused).toMatchObject({ __typename: 'InvalidInput', path: 'input.source.folder' })
  expect(refused).toMatchObject({ message: expect.stringMatching(model.reason) })
  expect(JSON.stringify(refused)).not.toContain(folders.path)
})

test.each(BROKEN_AT_LOADING)('refused with its reason when it is loaded: $name', async (model) => {
  const version = await register(model)
  if (version.__typename !== 'ModelVersion') throw new Error(`Not registered: ${version.message}`)
  await server.request(LoadModelVersionDocument, { input: { id: version.id } })
  const failed = await waitFor('the failure', async () => {
    const { modelVersion } = await server.request(ModelVersionDocument, { name: nameOf(model), version: '1' })
    return modelVersion?.state === 'FAILED' ? modelVersion : null
  })
  expect(failed.stateReason).toMatch(model.reason)
  expect(failed.stateReason).not.toContain(folders.path)
})

test('the server is alive, as the same process, and its models answer', async () => {
  const { predict } = await server.request(PredictDocument, {
    input: { embedding: { model: EMBEDDING_MODEL, texts: ['Still here.'] } },
  })
  expect(predict).toMatchObject({ __typename: 'Prediction', state: 'SUCCEEDED' })
  expect(server.lines.filter((line) => line['msg'] === 'ready')).toHaveLength(1)
})
