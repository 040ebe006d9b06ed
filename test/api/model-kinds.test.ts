import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  EstimateDocument,
  ModelDocument,
  PredictDocument,
  PredictionTensorsDocument,
  type PredictInput,
} from '../generated/graphql.js'
import {
  logitOf,
  stateOf,
  writeCatalogue,
  writeClassifier,
  writeEmbeddingModel,
  writeTensorModel,
} from '../support/made-models.js'
import type { MadeTokenizer } from '../support/made-tokenizers.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const stack = new AsyncDisposableStack()
let server: TestServer
let tokenizer: MadeTokenizer

beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('kinds')).path
  const data = stack.use(await createTemporaryFolder('kinds-data')).path
  tokenizer = await writeClassifier(join(models, 'reranker'), { labels: ['LABEL_0'] })
  await writeClassifier(join(models, 'classifier'), { labels: ['animal', 'colour', 'praise'] })
  await writeEmbeddingModel(join(models, 'embedder'), {
    size: 8,
    config: { matryoshka_dimensions: [4] },
    files: { 'config_sentence_transformers.json': { prompts: { query: 'the ', document: 'good ' } } },
  })
  await writeTensorModel(join(models, 'adder'), {
    inputs: [
      { name: 'a', type: 'float32', shape: ['rows', 2] },
      { name: 'b', type: 'float32', shape: ['rows', 2] },
      { name: 'n', type: 'int64', shape: ['?'] },
    ],
    outputs: [
      { name: 'sum', type: 'float32', shape: ['rows', 2] },
      { name: 'same', type: 'int64', shape: ['?'] },
    ],
    nodes: [
      { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
      { op: 'Identity', inputs: ['n'], outputs: ['same'] },
    ],
  })
  await writeClassifier(join(models, 'labeller'), { labels: Array.from({ length: 1_000 }, (_, i) => `label ${i}`) })
  await writeTensorModel(join(models, 'repeater'), {
    inputs: [{ name: 'x', type: 'float32', shape: ['n'] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['m'] }],
    nodes: [{ op: 'Concat', inputs: new Array<string>(8).fill('x'), outputs: ['y'], attributes: { axis: 0 } }],
  })
  await writeCatalogue(models)
  server = stack.use(
    await TestServer.start({
      GRAPHLOOM_DATA_DIR: data,
      GRAPHLOOM_MODELS_DIR: models,
      GRAPHLOOM_MAX_PAYLOAD_BYTES: '65536',
    }),
  )
})
afterAll(() => stack.disposeAsync())

const predict = async (input: PredictInput) => (await server.request(PredictDocument, { input })).predict

async function succeed(input: PredictInput) {
  const result = await predict(input)
  if (result.__typename !== 'Prediction' || result.state !== 'SUCCEEDED' || !result.output)
    throw new Error(JSON.stringify(result))
  return { ...result, output: result.output }
}

const idsOf = (...words: string[]): number[] => words.map(tokenizer.idOf)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Score of a pair of single words by the made cross-encoder. */
function scoreOf(query: string, document: string): number {
  const first = idsOf('[CLS]', query, '[SEP]').map((id) => logitOf(id, 0, 0))
  const second = idsOf(document, '[SEP]').map((id) => logitOf(id, 1, 0))
  return 1 / (1 + Math.exp(-sum([...first, ...second])))
}

test('documents come in the order of how well they answer, the best of them if asked', async () => {
  const documents = ['dog', 'red', 'bird', 'dog', 'bad']
  const input = { rerank: { model: 'reranker', query: 'cat', documents } }
  const { output, usage, batch, kind } = await succeed(input)
  if (output.__typename !== 'RankingOutput') throw new Error(output.__typename)
  expect(output.ranking.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5])
  for (const { index, score } of output.ranking) expect(score).toBeCloseTo(scoreOf('cat', documents[index]!), 5)
  const scores = output.ranking.map(({ score }) => score)
  expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  const [first, second] = output.ranking.filter(({ index }) => documents[index] === 'dog')
  expect([first?.index, second?.index]).toEqual([0, 3])
  expect(kind).toBe('RERANK')
  expect(usage).toEqual({ inputTokens: 25, cachedInputTokens: 0, outputTokens: 0 })
  expect(batch).toMatchObject({ size: 5, tokens: 25 })
  const best = await succeed({ rerank: { ...input.rerank, topN: 2 } })
  expect(best.output).toEqual({ __typename: 'RankingOutput', ranking: output.ranking.slice(0, 2) })
})

test('texts get their labels, the likeliest first', async () => {
  const texts = ['good dog', 'the blue fish']
  const { output, usage } = await succeed({ classification: { model: 'classifier', texts } })
  if (output.__typename !== 'ClassificationOutput') throw new Error(output.__typename)
  expect(output.texts.map(({ index }) => index)).toEqual([0, 1])
  const names = ['animal', 'colour', 'praise']
  output.texts.forEach(({ labels }, i) => {
    const ids = idsOf('[CLS]', ...texts[i]!.split(' '), '[SEP]')
    const weights = names.map((_, label) => Math.exp(sum(ids.map((id) => logitOf(id, 0, label)))))
    expect(labels).toHaveLength(3)
    for (const { label, score } of labels) expect(score).toBeCloseTo(weights[names.indexOf(label)]! / sum(weights), 5)
    expect(sum(labels.map(({ score }) => score))).toBeCloseTo(1, 5)
    expect(labels[0]!.score).toBeGreaterThanOrEqual(labels[2]!.score)
  })
  expect(usage.inputTokens).toBe(9)
  const likeliest = await succeed({ classification: { model: 'classifier', texts, topN: 1 } })
  if (likeliest.output.__typename !== 'ClassificationOutput') throw new Error(likeliest.output.__typename)
  expect(likeliest.output.texts.map(({ labels }) => labels)).toEqual(output.texts.map(({ labels }) => [labels[0]]))
  const { model } = await server.request(ModelDocument, { name: 'classifier' })
  expect(model).toMatchObject({ task: 'CLASSIFICATION', version: { labels: names, contextTokens: 64 } })
})

test('texts to embed get the model’s prompt for what they are for, and vectors are cut as the model says', async () => {
  const vectorOf = async (embedding: Omit<PredictInput['embedding'] & object, 'model'>) => {
    const { output } = await succeed({ embedding: { model: 'embedder', ...embedding } })
    if (output.__typename !== 'EmbeddingOutput') throw new Error(output.__typename)
    return output.vectors[0]!.values
  }
  expect(await vectorOf({ texts: ['cat'], inputType: 'QUERY' })).toEqual(await vectorOf({ texts: ['the cat'] }))
  expect(await vectorOf({ texts: ['cat'], inputType: 'DOCUMENT' })).toEqual(await vectorOf({ texts: ['good cat'] }))
  const states = idsOf('[CLS]', 'cat', '[SEP]').map((id) => stateOf(id, 8))
  const kept = [0, 1, 2, 3].map((i) => sum(states.map((state) => state[i]!)))
  const cut = await vectorOf({ texts: ['cat'], dimensions: 4 })
  expect(cut).toHaveLength(4)
  kept.forEach((value, i) => expect(cut[i]).toBeCloseTo(value / Math.hypot(...kept), 6))
  const { model } = await server.request(ModelDocument, { name: 'embedder' })
  expect(model?.version).toMatchObject({ embeddingDimensions: 8, shorterDimensions: [4] })
})

const bytes = (...values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64')
const a = { name: 'a', type: 'float32', shape: [1, 2], data: [1, 2] }
const b = { name: 'b', type: 'float32', shape: [1, 2], base64: bytes(0.5, -2) }
const n = { name: 'n', type: 'int64', shape: [2], data: ['9007199254740993', -1] }

test('tensors go through a graph, as JSON or base64 both ways', async () => {
  const { id, output, usage, batch } = await succeed({ tensors: { model: 'adder', inputs: [n, b, a] } })
  expect(output).toEqual({
    __typename: 'TensorOutput',
    tensors: [
      { name: 'sum', type: 'float32', shape: [1, 2], base64: bytes(1.5, 0) },
      {
        name: 'same',
        type: 'int64',
        shape: [2],
        base64: Buffer.from(BigInt64Array.of(9007199254740993n, -1n).buffer).toString('base64'),
      },
    ],
  })
  expect({ usage, size: batch?.size }).toEqual({
    usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 },
    size: 1,
  })
  const { prediction } = await server.request(PredictionTensorsDocument, { id })
  expect(prediction?.output).toEqual({
    tensors: [
      { name: 'sum', type: 'float32', shape: [1, 2], data: [1.5, 0] },
      { name: 'same', type: 'int64', shape: [2], data: ['9007199254740993', '-1'] },
    ],
  })
  const one = await succeed({ tensors: { model: 'adder', inputs: [a, b, n], outputs: ['sum'] } })
  expect(one.output).toMatchObject({ tensors: [{ name: 'sum' }] })
  const { model } = await server.request(ModelDocument, { name: 'adder' })
  expect(model?.version?.inputs).toContainEqual({ name: 'a', type: 'float32', shape: ['rows', '2'] })
})

test('an estimate counts the tokens of pairs, and none of tensors', async () => {
  const estimate = async (input: PredictInput) =>
    (await server.request(EstimateDocument, { input })).estimate.inputTokens
  expect(await estimate({ rerank: { model: 'reranker', query: 'the cat', documents: ['dog', 'red bird'] } })).toBe(13)
  expect(await estimate({ tensors: { model: 'adder', inputs: [a, b, n] } })).toBe(0)
})

test('work that a crash of the runner took along is done by the next one', async () => {
  const documents = ['dog', 'red', 'bird']
  const input = { rerank: { model: 'reranker', query: 'cat', documents } }
  const { output } = await succeed(input)
  const readRunner = async () => (await server.request(ModelDocument, { name: 'reranker' })).model?.version?.runner
  const { pid, restarts } = (await readRunner())!
  // It cannot answer before it is ended.
  process.kill(pid, 'SIGSTOP')
  const working = succeed(input)
  await waitFor('the runner to have it', async () => (await readRunner())?.runningCount === 1)
  process.kill(pid, 'SIGKILL')
  expect((await working).output).toEqual(output)
  expect(await readRunner()).toMatchObject({ restarts: restarts + 1 })
})

test('an output that is too large to be stored fails its prediction, and is not computed again', async () => {
  const base64 = Buffer.alloc(4 * 5_000).toString('base64')
  const input = { tensors: { model: 'repeater', inputs: [{ name: 'x', type: 'float32', shape: [5_000], base64 }] } }
  expect(await predict(input)).toMatchObject({
    __typename: 'Prediction',
    state: 'FAILED',
    output: null,
    error: { code: 'PAYLOAD_TOO_LARGE', retryable: false },
  })
})

const rerank = (wrong: object): PredictInput => ({
  rerank: { model: 'reranker', query: 'cat', documents: ['dog'], ...wrong },
})
const classification = (wrong: object): PredictInput => ({
  classification: { model: 'classifier', texts: ['dog'], ...wrong },
})
const embedding = (wrong: object): PredictInput => ({ embedding: { model: 'embedder', texts: ['dog'], ...wrong } })
const tensors = (wrong: object): PredictInput => ({ tensors: { model: 'adder', inputs: [a, b, n], ...wrong } })
const words = (count: number): string => 'cat '.repeat(count)

test.each<[string, PredictInput, string]>([
  ['an empty query', rerank({ query: '' }), 'input.rerank.query'],
  ['half a character in a query', rerank({ query: '\ud83d' }), 'input.rerank.query'],
  ['no documents', rerank({ documents: [] }), 'input.rerank.documents'],
  ['too many documents', rerank({ documents: new Array(1_001).fill('x') }), 'input.rerank.documents'],
  ['half a character in a document', rerank({ documents: ['a', '\udc00'] }), 'input.rerank.documents.1'],
  ['too long a pair', rerank({ query: words(40), documents: ['a', words(40)] }), 'input.rerank.documents.1'],
  ['a topN of none', rerank({ topN: 0 }), 'input.rerank.topN'],
  ['a negative topN', rerank({ topN: -1 }), 'input.rerank.topN'],
  ['reranking by a classifier', rerank({ model: 'classifier' }), 'input.rerank.model'],
  ['no texts to classify', classification({ texts: [] }), 'input.classification.texts'],
  ['too many texts to classify', classification({ texts: new Array(257).fill('x') }), 'input.classification.texts'],
  ['too long a text to classify', classification({ texts: ['a', words(63)] }), 'input.classification.texts.1'],
  ['half a character to classify', classification({ texts: ['\ud800'] }), 'input.classification.texts.0'],
  ['a negative topN of labels', classification({ topN: -3 }), 'input.classification.topN'],
  [
    'more scores than are given at once',
    classification({ model: 'labeller', texts: new Array(101).fill('x') }),
    'input.classification.topN',
  ],
  ['classifying by a reranker', classification({ model: 'reranker' }), 'input.classification.model'],
  ['a size that the model does not say', embedding({ dimensions: 5 }), 'input.embedding.dimensions'],
  ['a size above the whole', embedding({ dimensions: 16 }), 'input.embedding.dimensions'],
  ['a size of none', embedding({ dimensions: 0 }), 'input.embedding.dimensions'],
  ['a text too long with its prompt', embedding({ texts: [words(62)], inputType: 'QUERY' }), 'input.embedding.texts.0'],
  ['no tensors', tensors({ inputs: [] }), 'input.tensors.inputs'],
  ['a tensor too few', tensors({ inputs: [a, b] }), 'input.tensors.inputs'],
  ['a tensor twice', tensors({ inputs: [a, b, n, a] }), 'input.tensors.inputs.3.name'],
  [
    'a tensor that is none of the model’s',
    tensors({ inputs: [a, b, n, { ...a, name: 'x' }] }),
    'input.tensors.inputs.3.name',
  ],
  ['another type', tensors({ inputs: [{ ...a, type: 'float64' }, b, n] }), 'input.tensors.inputs.0.type'],
  ['a type that is none', tensors({ inputs: [a, { ...b, type: 'number' }, n] }), 'input.tensors.inputs.1.type'],
  ['another rank', tensors({ inputs: [{ ...a, shape: [2] }, b, n] }), 'input.tensors.inputs.0.shape'],
  ['another fixed size', tensors({ inputs: [{ ...a, shape: [2, 1] }, b, n] }), 'input.tensors.inputs.0.shape'],
  [
    'sizes of one name that differ',
    tensors({ inputs: [a, { ...b, shape: [2, 2], base64: bytes(1, 2, 3, 4) }, n] }),
    'input.tensors.inputs.1.shape',
  ],
  ['a negative size', tensors({ inputs: [{ ...a, shape: [-1, 2] }, b, n] }), 'input.tensors.inputs.0.shape'],
  ['too few elements', tensors({ inputs: [{ ...a, data: [1] }, b, n] }), 'input.tensors.inputs.0.data'],
  ['what is no number', tensors({ inputs: [{ ...a, data: ['NaN', 'nan'] }, b, n] }), 'input.tensors.inputs.0.data'],
  ['base64 that is none', tensors({ inputs: [a, { ...b, base64: '%' }, n] }), 'input.tensors.inputs.1.base64'],
  ['no elements at all', tensors({ inputs: [{ ...a, data: null }, b, n] }), 'input.tensors.inputs.0'],
  ['an output that is none', tensors({ outputs: ['sum', 'product'] }), 'input.tensors.outputs.1'],
  ['an output twice', tensors({ outputs: ['sum', 'sum'] }), 'input.tensors.outputs.1'],
  ['no outputs', tensors({ outputs: [] }), 'input.tensors.outputs'],
  ['tensors for a classifier', tensors({ model: 'classifier' }), 'input.tensors.model'],
])('%s is refused by its path', async (_what, input, path) => {
  expect(await predict(input)).toMatchObject({ __typename: 'InvalidInput', path })
})
