import { readFile } from 'node:fs/promises'
import { createClient } from 'graphql-sse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelPredictionDocument,
  ModelDocument,
  ModelMetricsDocument,
  PredictDocument,
  ModelVersionDocument,
  PredictionDocument,
  StartPredictionDocument,
  UnloadModelVersionDocument,
  UpdateModelSettingsDocument,
  type ModelFiguresFragment,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { chat, PredictionReader, readWhole, requirePrediction, startChat } from '../support/predictions.js'
import { readPrometheus, type PrometheusFigures } from '../support/prometheus.js'
import { isFullTest } from '../support/seed.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const stack = new AsyncDisposableStack()
let server: TestServer
beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('metrics'))
  server = stack.use(await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path }))
})
afterAll(() => stack.disposeAsync())

/** As an administrator sees them. */
type Figures = {
  readonly [K in keyof ModelFiguresFragment]: K extends 'tokensPerSecond'
    ? number | null
    : NonNullable<ModelFiguresFragment[K]>
}

async function readFigures(name: string): Promise<{ model: Figures; version: Figures }> {
  const asked = { name, version: '1', window: 'ONE_HOUR' } as const
  const { model, modelVersion } = await server.request(ModelMetricsDocument, asked)
  if (!model || !modelVersion) throw new Error(`There is no ${name}.`)
  return { model: model.metrics as Figures, version: modelVersion.metrics as Figures }
}

/** What graph and Prometheus say of a model that does nothing. */
async function readBoth(name: string): Promise<{ graph: Figures; prometheus: PrometheusFigures }> {
  return waitFor(`${name} to rest`, async () => {
    const before = await readFigures(name)
    const prometheus = await readPrometheus(server)
    const after = await readFigures(name)
    // Only when it was read.
    const still = JSON.stringify({ ...after.version, at: before.version.at }) === JSON.stringify(before.version)
    if (!still || after.version.runningCount > 0) return null
    expect({ ...after.model, at: '' }).toEqual({ ...after.version, at: '' })
    return { graph: after.version, prometheus }
  })
}

/** Every figure of the graph in Prometheus; the server started with the test. */
function expectEqual(name: string, graph: Figures, prometheus: PrometheusFigures): void {
  const labels = { model: name, version: '1' }
  const sum = (metric: string, more = {}): number => prometheus.sum(`graphloom_${metric}`, { ...labels, ...more })
  expect({
    requests: sum('predictions_total'),
    inferences: sum('inferences_total'),
    executions: sum('executions_total'),
    cacheHits: sum('cache_hits_total'),
    refusals: sum('refusals_total'),
    generatedTokens: sum('generated_tokens_total'),
    inputTokens: sum('tokens_total', { direction: 'input' }),
    cachedInputTokens: sum('tokens_total', { direction: 'cached_input' }),
    outputTokens: sum('tokens_total', { direction: 'output' }),
    queueLength: sum('queue_length'),
    runningCount: sum('running_predictions'),
  }).toEqual({
    requests: graph.requests,
    inferences: graph.inferences,
    executions: graph.executions,
    cacheHits: graph.cacheHits,
    refusals: graph.refusals,
    generatedTokens: graph.generatedTokens,
    inputTokens: graph.inputTokens,
    cachedInputTokens: graph.cachedInputTokens,
    outputTokens: graph.outputTokens,
    queueLength: graph.queueLength,
    runningCount: graph.runningCount,
  })
  const outcomes = prometheus.by('graphloom_predictions_total', 'outcome', labels)
  outcomes.delete('success')
  expect(outcomes).toEqual(new Map(graph.failures.map(({ code, count }) => [code, count])))
  expect(sum('compute_seconds_total')).toBeCloseTo(graph.computeMs / 1_000, 6)
  for (const [metric, percentiles, unit] of [
    ['prediction_seconds', graph.latencyMs, 1_000],
    ['time_to_first_token_seconds', graph.timeToFirstTokenMs, 1_000],
    ['inter_token_seconds', graph.interTokenMs, 1_000],
    ['batch_size', graph.batchSize, 1],
  ] as const) {
    const { count, mean, p50, max } = percentiles
    expect([metric, sum(`${metric}_count`)]).toEqual([metric, count])
    expect(sum(`${metric}_sum`)).toBeCloseTo(((mean ?? 0) * count) / unit, 6)
    const buckets = [...prometheus.by(`graphloom_${metric}_bucket`, 'le', labels)]
    expect(buckets.at(-1)).toEqual(['+Inf', count])
    const counts = buckets.map(([, value]) => value)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    if (p50 === null || max === null) continue
    // Half of the values, and all of them, are where the percentiles say.
    const upTo = (value: number): number => buckets.find(([le]) => Number(le) * unit >= value)?.[1] ?? count
    expect(upTo(p50 * 1.011)).toBeGreaterThanOrEqual(count / 2)
    expect(upTo(max)).toBe(count)
  }
}

const embed = (texts: readonly string[]) =>
  server.request(PredictDocument, { input: { embedding: { model: EMBEDDING_MODEL, texts: [...texts] } } })

async function cancelRunning(): Promise<void> {
  const { id } = await startChat(server, chat('Tell a very long story.', { maxTokens: 4_000, temperature: 1 }))
  await new PredictionReader().read(server, id, { until: ({ text }) => text.length > 10 })
  await server.request(CancelPredictionDocument, { input: { id } })
}

async function miss(deadlineMs: number): Promise<void> {
  const input = chat('Tell an endless story.', { maxTokens: 4_000, temperature: 1 })
  const { predict } = await server.request(PredictDocument, { input, deadlineMs })
  expect(predict.__typename).toBe('DeadlineExceeded')
}

describe('figures', () => {
  test('of a version are there before it has done anything', async () => {
    const { graph, prometheus } = await readBoth(CHAT_MODEL)
    expectEqual(CHAT_MODEL, graph, prometheus)
    expect(graph).toMatchObject({
      requests: 0,
      executions: 0,
      failures: [],
      tokensPerSecond: null,
      windowMs: 3_600_000,
    })
    expect(prometheus.text).toContain(`graphloom_executions_total{model="${CHAT_MODEL}",version="1"} 0`)
  })

  test('of texts that share runs', async () => {
    const requests = isFullTest() ? 600 : 60
    const texts = Array.from({ length: requests }, (_, i) =>
      Array.from({ length: 1 + (i % 5) }, (_text, j) => `text ${i} `.repeat(1 + ((i * 7 + j) % 12))),
    )
    const answers = await Promise.all(texts.map(embed))
    const batches = answers.map(({ predict }) => {
      if (predict.__typename !== 'Prediction' || !predict.batch) throw new Error('not answered')
      return predict.batch
    })
    await expect(embed([])).resolves.toMatchObject({ predict: { __typename: 'InvalidInput' } })
    const { graph, prometheus } = await readBoth(EMBEDDING_MODEL)
    expectEqual(EMBEDDING_MODEL, graph, prometheus)
    const inferences = texts.flat().length
    // What was refused is no request.
    expect(graph).toMatchObject({ requests, inferences, failures: [], outputTokens: 0, generatedTokens: 0 })
    // Each text was in one run, and runs were shared.
    expect(graph.batchSize.count).toBe(graph.executions)
    expect(graph.batchSize.mean! * graph.executions).toBeCloseTo(inferences, 6)
    expect(graph.executions).toBeLessThan(requests)
    expect(graph.batchSize.max).toBeGreaterThanOrEqual(Math.max(...batches.map(({ size }) => size)))
    expect(graph.timeToFirstTokenMs.count + graph.interTokenMs.count).toBe(0)
  })

  test('of one text alone are its runs', async () => {
    const before = (await readBoth(CHAT_MODEL)).graph
    const { usage } = await requirePrediction(server, chat('Count to ten.', { maxTokens: 20, temperature: 0 }))
    const { outputTokens, inputTokens } = usage
    const { graph, prometheus } = await readBoth(CHAT_MODEL)
    expectEqual(CHAT_MODEL, graph, prometheus)
    expect(graph.generatedTokens - before.generatedTokens).toBe(outputTokens)
    expect(graph.interTokenMs.count - before.interTokenMs.count).toBe(outputTokens - 1)
    expect(graph.timeToFirstTokenMs.count - before.timeToFirstTokenMs.count).toBe(1)
    expect(graph.inputTokens - before.inputTokens).toBe(inputTokens)
    // A short prompt is one run, which gives the first token; each other token is a run.
    expect(graph.executions - before.executions).toBe(outputTokens)
    expect(graph.batchSize.max).toBe(1)
    expect(graph.tokensPerSecond).toBeCloseTo((1_000 * graph.generatedTokens) / graph.computeMs, 6)
  })

  test('of a mixed load with failures add up', async () => {
    const before = (await readBoth(CHAT_MODEL)).graph
    const answered = Array.from({ length: 6 }, (_, i) => 10 + i).map(async (maxTokens) => {
      const { usage } = await requirePrediction(server, chat('Hello', { maxTokens, seed: maxTokens }))
      return usage.outputTokens
    })
    const [outputTokens] = await Promise.all([
      Promise.all(answered),
      cancelRunning(),
      cancelRunning(),
      miss(1),
      miss(400),
      embed(['a', 'b']),
    ])
    const { graph, prometheus } = await readBoth(CHAT_MODEL)
    expectEqual(CHAT_MODEL, graph, prometheus)
    const embedding = await readBoth(EMBEDDING_MODEL)
    expectEqual(EMBEDDING_MODEL, embedding.graph, embedding.prometheus)
    expect(graph.requests - before.requests).toBe(10)
    expect(graph.inferences - before.inferences).toBe(6)
    expect(new Map(graph.failures.map(({ code, count }) => [code, count]))).toEqual(
      new Map([
        ['CANCELLED', 2],
        ['DEADLINE_EXCEEDED', 2],
      ]),
    )
    // What was generated for those that did not succeed was work too.
    const succeeded = outputTokens.reduce((total, tokens) => total + tokens, 0)
    expect(graph.generatedTokens - before.generatedTokens).toBeGreaterThan(succeeded)
    expect(graph.generatedTokens).toBeGreaterThanOrEqual(graph.outputTokens)
    expect(graph.batchSize.max).toBeGreaterThan(1)
    expect(graph.executions - before.executions).toBeLessThan(graph.generatedTokens - before.generatedTokens)
  })

  test('tell what waits, and what was not accepted', async () => {
    const before = (await readBoth(CHAT_MODEL)).graph
    const start = (maxTokens: number) =>
      server.request(StartPredictionDocument, { input: chat('Hello', { maxTokens, temperature: 1 }) })
    const long = await startChat(server, chat('Tell a very long story.', { maxTokens: 4_000, temperature: 1 }))
    await new PredictionReader().read(server, long.id, { until: ({ text }) => text.length > 0 })
    const { modelVersion } = await server.request(ModelVersionDocument, { name: CHAT_MODEL, version: '1' })
    const { id } = modelVersion!
    await server.request(UpdateModelSettingsDocument, { input: { id, maxQueueLength: 2 } })
    // Until the long text has ended nothing else begins.
    await server.request(UnloadModelVersionDocument, { input: { id } })
    await waitFor('it to drain', async () => {
      const { modelVersion: now } = await server.request(ModelVersionDocument, { name: CHAT_MODEL, version: '1' })
      return now?.state === 'UNLOADING'
    })
    const started = [await start(3), await start(3), await start(3)].map(({ startPrediction }) => startPrediction)
    expect(started.map((one) => one.__typename)).toEqual(['Prediction', 'Prediction', 'Overloaded'])
    expect((await readFigures(CHAT_MODEL)).version).toMatchObject({ queueLength: 2, runningCount: 1 })
    const labels = { model: CHAT_MODEL, version: '1' }
    const waiting = await readPrometheus(server)
    expect(waiting.sum('graphloom_queue_length', labels)).toBe(2)
    expect(waiting.sum('graphloom_running_predictions', labels)).toBe(1)
    const [first, second] = started.flatMap((one) => ('id' in one ? one.id : []))
    await server.request(CancelPredictionDocument, { input: { id: first! } })
    await server.request(CancelPredictionDocument, { input: { id: long.id } })
    await readWhole(server, second!)
    await server.request(UpdateModelSettingsDocument, { input: { id, maxQueueLength: null } })
    const { graph, prometheus } = await readBoth(CHAT_MODEL)
    expectEqual(CHAT_MODEL, graph, prometheus)
    expect([graph.requests - before.requests, graph.inferences - before.inferences]).toEqual([3, 1])
    expect([graph.refusals - before.refusals, graph.queueLength]).toEqual([1, 0])
    // The one that waited was never computed.
    expect(graph.timeToFirstTokenMs.count - before.timeToFirstTokenMs.count).toBe(2)
  })

  test('count answers of the cache apart', async () => {
    const { modelVersion } = await server.request(ModelVersionDocument, { name: EMBEDDING_MODEL, version: '1' })
    const { id } = modelVersion!
    await server.request(UpdateModelSettingsDocument, { input: { id, cacheResponses: true } })
    const before = (await readBoth(EMBEDDING_MODEL)).graph
    const texts = ['asked again', 'and again']
    await embed(texts)
    for (let i = 0; i < 3; i++) await embed(texts)
    await server.request(UpdateModelSettingsDocument, { input: { id, cacheResponses: null } })
    const { graph, prometheus } = await readBoth(EMBEDDING_MODEL)
    expectEqual(EMBEDDING_MODEL, graph, prometheus)
    expect({
      requests: graph.requests - before.requests,
      cacheHits: graph.cacheHits - before.cacheHits,
      inferences: graph.inferences - before.inferences,
      sequences: Math.round(
        graph.batchSize.mean! * graph.batchSize.count - before.batchSize.mean! * before.batchSize.count,
      ),
    }).toEqual({ requests: 4, cacheHits: 3, inferences: 2, sequences: 2 })
  })

  test('add up when processes are killed', async () => {
    const before = (await readBoth(CHAT_MODEL)).graph
    const texts = await Promise.all(
      [1, 2, 3].map((seed) => startChat(server, chat('Tell a story.', { maxTokens: 60, seed, temperature: 1 }))),
    )
    await new PredictionReader().read(server, texts[0]!.id, { until: ({ text }) => text.length > 20 })
    const { model } = await server.request(ModelDocument, { name: CHAT_MODEL })
    process.kill(model!.version!.runner!.pid, 'SIGKILL')
    await Promise.all(texts.map(({ id }) => readWhole(server, id)))
    const tokens = await Promise.all(
      texts.map(async ({ id }) => (await server.request(PredictionDocument, { id })).prediction!.usage.outputTokens),
    )
    const { graph, prometheus } = await readBoth(CHAT_MODEL)
    expectEqual(CHAT_MODEL, graph, prometheus)
    expect(graph.requests - before.requests).toBe(3)
    expect(graph.inferences - before.inferences).toBe(3)
    expect(graph.failures).toEqual(before.failures)
    expect(graph.outputTokens - before.outputTokens).toBe(tokens.reduce((total, count) => total + count, 0))
  })
})

test('the guide names every metric of models, and no other', async () => {
  const guide = await readFile('docs/metrics.md', 'utf8')
  const named = Array.from(guide.matchAll(/^\| `(graphloom_\w+)`/gm), ([, name]) => name)
  const { text } = await readPrometheus(server)
  const ofModels = Array.from(text.matchAll(/^(graphloom_\w+)\{[^}]*\bmodel="/gm), ([, name = '']) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  )
  expect([...new Set(named)].sort()).toEqual([...new Set(ofModels)].sort())
  for (const [, operation] of guide.matchAll(/^```graphql\n(query[\s\S]*?)^```/gm)) {
    const response = await fetch(server.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: operation }),
    })
    expect(await response.json()).toMatchObject({ data: { model: { metrics: { queueLength: 0 } } } })
  }
  for (const [, query = ''] of guide.matchAll(/^```graphql\n(subscription[\s\S]*?)^```/gm)) {
    const client = createClient({ url: `${server.graphqlUrl}/stream`, retryAttempts: 0 })
    const items = client.iterate({ query })
    expect(await items.next()).toMatchObject({ value: { data: { modelMetrics: { queueLength: 0 } } } })
    client.dispose()
  }
})
