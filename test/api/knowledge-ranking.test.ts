import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  DocumentDocument,
  ModelMetricsDocument,
  PredictDocument,
  SearchDocument,
  type SearchInput,
} from '../generated/graphql.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeClassifier, writeEmbeddingModel } from '../support/made-models.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const TEXTS = ['cat dog', 'cat dog dog', 'red bird', 'cat fish', 'good cat', 'bad blue bird', 'the red fish']

const stack = new AsyncDisposableStack()
let server: TestServer
let client: KnowledgeClient

beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('ranking')).path
  await writeClassifier(join(models, 'reranker'), { labels: ['LABEL_0'] })
  await writeEmbeddingModel(join(models, 'embedder'), { size: 8 })
  await writeEmbeddingModel(join(models, 'other'), { size: 4 })
  await writeCatalogue(models)
  server = stack.use(await TestServer.start({ GRAPHLOOM_MODELS_DIR: models }))
  client = new KnowledgeClient(server)
  for (const [name, embeddingModel, texts] of [
    ['one', 'embedder', TEXTS],
    ['two', 'embedder', ['cat cat', 'blue fish']],
    ['foreign', 'other', ['cat']],
  ] as const) {
    await client.create({ name, embeddingModel, language: 'MIXED', chunking: { maxTokens: 32 } })
    await client.add(
      name,
      texts.map((text) => ({ key: text, text })),
    )
  }
})
afterAll(() => stack.disposeAsync())

const search = async (input: Partial<SearchInput>) =>
  (await server.request(SearchDocument, { input: { knowledgeBases: ['one'], query: 'cat', ...input } })).search.hits

const textsOf = (hits: Awaited<ReturnType<typeof search>>) => hits.map(({ chunk }) => chunk.text)

test('a model orders the candidates anew', async () => {
  const before = await search({ candidates: 100 })
  const hits = await search({ rerank: { model: 'reranker' } })
  const documents = textsOf(before)
  const { predict } = await server.request(PredictDocument, {
    input: { rerank: { model: 'reranker', query: 'cat', documents } },
  })
  if (predict.__typename !== 'Prediction' || predict.output?.__typename !== 'RankingOutput')
    throw new Error(predict.__typename)
  const { ranking } = predict.output
  expect(textsOf(hits)).toEqual(ranking.map(({ index }) => documents[index]))
  for (const [i, { scores, score, rank }] of hits.entries()) {
    expect(scores).toMatchObject({ rerank: score, rankBefore: ranking[i]!.index + 1 })
    expect(rank).toBe(i + 1)
  }
})

test('diversity lets go what is like a hit before it', async () => {
  const plain = await search({ mode: 'VECTOR', query: 'cat dog', first: 2 })
  expect(textsOf(plain)).toEqual(['cat dog', 'cat dog dog'])
  const diverse = await search({ mode: 'VECTOR', query: 'cat dog', first: 2, diversity: 0.9 })
  expect(textsOf(diverse)[0]).toBe('cat dog')
  expect(textsOf(diverse)[1]).not.toBe('cat dog dog')
  expect(textsOf(await search({ mode: 'VECTOR', query: 'cat dog', first: 2, diversity: 0 }))).toEqual(textsOf(plain))
})

test('several bases are searched as one', async () => {
  const hits = await search({ knowledgeBases: ['one', 'two'], mode: 'VECTOR', first: 20 })
  const apart = await Promise.all(['one', 'two'].map((name) => search({ knowledgeBases: [name], mode: 'VECTOR' })))
  expect(textsOf(hits)).toEqual(textsOf(apart.flat().sort((a, b) => b.score - a.score)))
  expect(hits).toHaveLength(TEXTS.length + 2)
  expect(textsOf(await search({ knowledgeBases: ['foreign', 'two'], mode: 'TEXT' })).sort()).toEqual(['cat', 'cat cat'])
})

test.each<readonly [string, Partial<SearchInput>, string, string]>([
  ['bases of different models', { knowledgeBases: ['one', 'foreign'] }, 'INVALID_INPUT', 'input.knowledgeBases'],
  ['reranking by an embedding model', { rerank: { model: 'embedder' } }, 'INVALID_INPUT', 'input.rerank.model'],
  [
    'fewer reranked than hits',
    { rerank: { model: 'reranker', candidates: 5 } },
    'INVALID_INPUT',
    'input.rerank.candidates',
  ],
  ['diversity above 1', { diversity: 1.5 }, 'INVALID_INPUT', 'input.diversity'],
])('%s is refused', async (_title, input, code, inputPath) => {
  const asked = { knowledgeBases: ['one'], query: 'cat', ...input }
  const { errors } = await server.send(SearchDocument, { input: asked })
  expect(errors?.[0]?.extensions).toMatchObject({ code, inputPath })
})

test('a question that was asked before is not embedded again', async () => {
  const asked = { name: 'embedder', version: '1', window: 'ONE_HOUR' } as const
  const countRuns = async () => (await server.request(ModelMetricsDocument, asked)).model!.metrics.executions!
  await search({ mode: 'VECTOR', query: 'blue bird' })
  const runs = await countRuns()
  await search({ mode: 'VECTOR', query: 'blue bird', first: 3 })
  expect(await countRuns()).toBe(runs)
  await search({ mode: 'VECTOR', query: 'blue blue bird' })
  expect(await countRuns()).toBe(runs + 1)
})

test('of a hundred paragraphs only the changed one is embedded again, and its old words give no hit', async () => {
  await client.create({ name: 'long', embeddingModel: 'embedder', language: 'MIXED', chunking: { maxTokens: 32 } })
  const paragraphs = Array.from({ length: 100 }, (_, i) => `${'cat dog bird fish red blue good bad '.repeat(2)}n${i}`)
  const [document] = await client.add('long', [{ key: 'k', text: paragraphs.join('\n\n') }])
  const changed = paragraphs.with(50, paragraphs[50]!.replace('n50', 'changed'))
  await client.add('long', [{ key: 'k', text: changed.join('\n\n') }])
  const { diff, versionNumber } = (await server.request(DocumentDocument, { id: document!.id })).document!
  expect(versionNumber).toBe(2)
  expect(diff!.embedded).toBeGreaterThan(0)
  expect(diff!.embedded).toBeLessThanOrEqual(3)
  expect(diff!.unchanged).toBeGreaterThanOrEqual(97)
  expect(await search({ knowledgeBases: ['long'], query: 'n50', mode: 'TEXT' })).toEqual([])
  expect(await search({ knowledgeBases: ['long'], query: 'changed', mode: 'TEXT' })).toHaveLength(1)
})
