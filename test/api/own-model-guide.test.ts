import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ModelVersionDocument, TypedDocumentString } from '../generated/graphql.js'
import { readFiles, TestHub } from '../support/hub.js'
import { writeEmbeddingModel, writeTensorModel } from '../support/made-models.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const stack = new AsyncDisposableStack()
const operations = new Map<string, string>()
let server: TestServer

beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('models')).path
  const data = stack.use(await createTemporaryFolder('data')).path
  const hub = stack.use(await TestHub.start())
  await writeEmbeddingModel(join(models, 'my-embedder'))
  await writeTensorModel(models, {
    inputs: [
      { name: 'a', type: 'float32', shape: ['rows', 2] },
      { name: 'b', type: 'float32', shape: ['rows', 2] },
    ],
    outputs: [{ name: 'sum', type: 'float32', shape: ['rows', 2] }],
    nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] }],
  })
  await mkdir(join(models, 'graphs'))
  await rename(join(models, 'model.onnx'), join(models, 'graphs/adder.onnx'))
  hub.repositories.set('someone/tiny-embedder', { files: await readFiles(join(models, 'my-embedder')) })
  server = stack.use(
    await TestServer.start({
      GRAPHLOOM_DATA_DIR: data,
      GRAPHLOOM_MODEL_FOLDERS: models,
      GRAPHLOOM_HUB_URL: hub.url,
    }),
  )
  const guide = await readFile(join(import.meta.dirname, '../../../docs/bring-your-own-model.md'), 'utf8')
  for (const [, text = ''] of guide.matchAll(/^```graphql\n(.*?)^```$/gms)) {
    const [definition] = parse(text).definitions
    operations.set(definition?.kind === 'OperationDefinition' ? definition.name!.value : '', text)
  }
})
afterAll(() => stack.disposeAsync())

/** An operation of the guide as it stands there. */
const documentOf = <TResult, TVariables>(name: string): TypedDocumentString<TResult, TVariables> =>
  new TypedDocumentString(operations.get(name) ?? '')

const register = async (name: string) =>
  (await server.request(documentOf<{ registerModelVersion: { id: string } }, object>(name), {})).registerModelVersion

const use = async (name: string) => (await server.request(documentOf<{ predict: object }, object>(name), {})).predict

test('the operations of the guide do what it says', async () => {
  expect(await register('RegisterFolder')).toMatchObject({
    __typename: 'ModelVersion',
    task: 'TEXT_EMBEDDING',
    dtype: 'fp32',
    embeddingDimensions: 4,
  })
  expect(await use('UseFolder')).toMatchObject({ state: 'SUCCEEDED', output: { vectors: [{ values: { length: 4 } }] } })
  expect(await register('RegisterFile')).toMatchObject({
    task: 'TENSOR',
    inputs: [{ name: 'a', type: 'float32', shape: ['rows', '2'] }, { name: 'b' }],
    outputs: [{ name: 'sum' }],
  })
  expect(await use('UseFile')).toMatchObject({ output: { tensors: [{ name: 'sum', shape: [1, 2], data: [11, 22] }] } })
  const { id, ...registered } = await register('RegisterHub')
  expect(registered).toMatchObject({ state: 'DOWNLOADING', source: { repository: 'someone/tiny-embedder' } })
  const followed = server.subscribe(
    documentOf<{ modelVersionEvents: { modelVersion?: { state: string } } }, { id: string }>('FollowDownload'),
    { id },
  )
  for await (const { modelVersionEvents: item } of followed) if (item.modelVersion?.state === 'UNLOADED') break
  const { modelVersion } = await server.request(ModelVersionDocument, { name: 'tiny', version: '1' })
  expect(modelVersion?.state).toBe('UNLOADED')
  expect([...operations.keys()]).toHaveLength(6)
})
