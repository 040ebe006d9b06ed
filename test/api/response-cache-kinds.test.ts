import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ModelDocument, PredictDocument, UpdateModelSettingsDocument, type PredictInput } from '../generated/graphql.js'
import { writeCatalogue, writeClassifier, writeTensorModel } from '../support/made-models.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const stack = new AsyncDisposableStack()
let server: TestServer

beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('shared-kinds')).path
  const data = stack.use(await createTemporaryFolder('shared-kinds-data')).path
  await writeClassifier(join(models, 'reranker'), { labels: ['LABEL_0'] })
  await writeClassifier(join(models, 'classifier'), { labels: ['animal', 'colour'] })
  await writeTensorModel(join(models, 'adder'), {
    inputs: [{ name: 'a', type: 'float32', shape: ['rows', 2] }],
    outputs: [{ name: 'sum', type: 'float32', shape: ['rows', 2] }],
    nodes: [{ op: 'Add', inputs: ['a', 'a'], outputs: ['sum'] }],
  })
  await writeCatalogue(models)
  server = stack.use(await TestServer.start({ GRAPHLOOM_DATA_DIR: data, GRAPHLOOM_MODELS_DIR: models }))
})
afterAll(() => stack.disposeAsync())

async function predict(input: PredictInput) {
  const { predict: result } = await server.request(PredictDocument, { input })
  if (result.__typename !== 'Prediction' || result.state !== 'SUCCEEDED') throw new Error(JSON.stringify(result))
  return result
}
const rank = (documents: string[], topN: number | null = null): PredictInput => ({
  rerank: { model: 'reranker', query: 'cat', documents, topN },
})
const classify = (texts: string[]): PredictInput => ({ classification: { model: 'classifier', texts } })
const add = (...data: number[]): PredictInput => ({
  tensors: { model: 'adder', inputs: [{ name: 'a', type: 'float32', shape: [1, 2], data }] },
})

test.each<[string, PredictInput, PredictInput]>([
  ['reranker', rank(['dog', 'red']), rank(['dog', 'red'], 1)],
  ['classifier', classify(['good dog', 'red']), classify(['red', 'good dog'])],
  ['adder', add(1, 2), add(2, 1)],
])('%s gives its answer again to the same question only', async (name, input, another) => {
  const { model } = await server.request(ModelDocument, { name })
  const { id } = model!.version!
  await server.request(UpdateModelSettingsDocument, { input: { id, cacheResponses: true } })
  const [first, second, other] = [await predict(input), await predict(input), await predict(another)]
  expect([first, second, other].map(({ cache }) => cache!.hit)).toEqual([false, true, false])
  expect(second).toMatchObject({ output: first.output, batch: null })
  expect(other.output).not.toEqual(first.output)
  const many = await Promise.all(Array.from({ length: 8 }, () => predict(another)))
  for (const { cache, output } of many) expect([cache!.hit, output]).toEqual([true, other.output])
})
