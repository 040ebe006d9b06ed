import { createClient } from 'graphql-ws'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { PredictDocument, PredictionEventsDocument, type PredictMutation } from '../generated/graphql.js'
import { chat, startChat } from '../support/predictions.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { openTraceCollector, type CollectedSpan, type TraceCollector } from '../support/trace-collector.js'
import { waitFor } from '../support/wait.js'

const PROMPT = 'Xylophones bewilder quizzical marmalade'
const GRAPHQL_SCOPE = '@opentelemetry/instrumentation-graphql'

let collector: TraceCollector
let server: TestServer
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  collector = stack.use(await openTraceCollector())
  const folder = stack.use(await createTemporaryFolder('telemetry'))
  server = stack.use(
    await TestServer.start({
      GRAPHLOOM_DATA_DIR: folder.path,
      GRAPHLOOM_LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_SERVICE_NAME: 'graphloom-under-test',
    }),
  )
})
afterAll(() => stack.disposeAsync())

const createTraceparent = (): { readonly traceId: string; readonly spanId: string; readonly traceparent: string } => {
  const traceId = randomBytes(16).toString('hex')
  const spanId = randomBytes(8).toString('hex')
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` }
}

const spansOf = (traceId: string): CollectedSpan[] => collector.spans.filter((span) => span.traceId === traceId)

/** Waits for a span, and so for those that ended before it: the exporter keeps the order of ends. */
const waitForSpan = (traceId: string, name: string): Promise<CollectedSpan> =>
  waitFor(`${name} in trace ${traceId}`, () => spansOf(traceId).find((span) => span.name === name))

/** Names from a span up to the one that the client named. */
function pathOf(span: CollectedSpan, root: string): string[] {
  const parent = spansOf(span.traceId).find(({ spanId }) => spanId === span.parentSpanId)
  if (!parent) expect(span.parentSpanId).toBe(root)
  return parent ? [...pathOf(parent, root), span.name] : [span.name]
}

const predictionOf = ({ predict }: PredictMutation): { readonly id: string; readonly traceId: string } => {
  if (!('traceId' in predict)) throw new Error(predict.message)
  return predict
}

test('a mutation over HTTP is one trace, from the client through service and store to the runner process', async () => {
  const { traceId, spanId, traceparent } = createTraceparent()
  const response = await fetch(server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent },
    body: JSON.stringify({ query: PredictDocument.toString(), variables: { input: chat(PROMPT, { maxTokens: 4 }) } }),
  })
  const { data } = (await response.json()) as { data: PredictMutation }
  expect(predictionOf(data).traceId).toBe(traceId)

  await waitForSpan(traceId, 'POST /graphql')
  // It ends when all of its result is stored, which can be after the answer.
  await waitForSpan(traceId, 'prediction')
  const spans = spansOf(traceId)
  const pathsOf = (name: string): string[][] =>
    spans.filter((span) => span.name === name).map((span) => pathOf(span, spanId))
  expect(pathsOf('graphql mutation')).toEqual([['POST /graphql', 'graphql mutation']])
  const execution = spans.find(({ name }) => name === 'graphql mutation')
  expect(execution?.attributes).toMatchObject({
    'graphql.operation.type': 'mutation',
    'graphql.operation.name': 'Predict',
  })
  expect(pathsOf('store insert')[0]?.slice(0, 2)).toEqual(['POST /graphql', 'graphql mutation'])
  const [runnerPath] = pathsOf('runner.generate')
  expect(runnerPath).toContain('prediction')
  const runner = spans.find(({ name }) => name === 'runner.generate')
  expect(runner?.attributes['process.pid']).toEqual(expect.any(Number))
  expect(runner?.attributes['process.pid']).not.toBe(server.pid)
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['graphloom-under-test']))
})

/** Sends a text as it is and gives the names of the spans of GraphQL, the library's first. */
async function traceQuery(query: string): Promise<string[]> {
  const { traceId, traceparent } = createTraceparent()
  await fetch(server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent },
    body: JSON.stringify({ query }),
  })
  await waitForSpan(traceId, 'POST /graphql')
  const [ofLibrary, ofPipeline] = [true, false].map((isLibrary) =>
    spansOf(traceId).filter(({ name, scope }) => (scope === GRAPHQL_SCOPE) === isLibrary && name.startsWith('graphql')),
  )
  return [...(ofLibrary ?? []), ...(ofPipeline ?? [])].map(({ name }) => name)
}

test('parsing, validation and execution are traced, but not field by field', async () => {
  const names = await traceQuery('query Traced { models { id name versions { id } } }')
  expect(names).toEqual(['graphql.parse', 'graphql.validate', 'graphql query'])
})

test.each([
  ['a literal', `{ node(id: "${PROMPT}") { id } }`],
  ['a block string', `{ node(id: """${PROMPT}""") { id } }`],
  ['an invalid value', `{ estimate(input: { chat: { model: "m", messages: "${PROMPT}" } }) { promptTokens } }`],
  ['text that is no GraphQL', `{ node(id: ${PROMPT}) { id } }`],
])('what a client writes into a document stays out of traces: %s', async (_case, query) => {
  const sent = collector.bodies.length
  expect(await traceQuery(query)).toContain('graphql.parse')
  const bodies = collector.bodies.slice(sent).join('')
  expect(PROMPT.split(' ').filter((word) => bodies.includes(word))).toEqual([])
})

test('an operation on a socket is part of the trace that it names', async () => {
  const { id } = await startChat(server, chat('Hello', { maxTokens: 2 }))
  const { traceId, spanId, traceparent } = createTraceparent()
  const client = createClient({
    url: server.graphqlUrl.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  })
  const items = client.iterate({
    query: PredictionEventsDocument.toString(),
    variables: { id },
    extensions: { traceparent },
  })
  for await (const { errors } of items) expect(errors).toBeUndefined()
  await client.dispose()
  const span = await waitForSpan(traceId, 'graphql subscription')
  expect(pathOf(span, spanId)).toEqual(['graphql subscription'])
})

test('an operation over server-sent events is part of the trace that it names', async () => {
  const { id } = await startChat(server, chat('Hello', { maxTokens: 2 }))
  const { traceId, traceparent } = createTraceparent()
  const response = await fetch(`${server.graphqlUrl}/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', traceparent },
    body: JSON.stringify({ query: PredictionEventsDocument.toString(), variables: { id } }),
  })
  expect(await response.text()).toContain('event: complete')
  const span = await waitForSpan(traceId, 'POST /graphql/stream')
  expect(spansOf(traceId)).toContainEqual(expect.objectContaining({ name: 'graphql subscription' }))
  expect(span.parentSpanId).toHaveLength(16)
})

test('errors and log lines name their trace', async () => {
  const { traceId, traceparent } = createTraceparent()
  const response = await fetch(`${server.url}/nowhere`, { headers: { traceparent } })
  expect(response.status).toBe(404)
  await waitForSpan(traceId, 'GET /nowhere')
  const lines = await waitFor('a line of the log', () => {
    const found = server.lines.filter((line) => line['traceId'] === traceId)
    return found.length > 0 ? found : null
  })
  expect(lines[0]?.['spanId']).toMatch(/^[0-9a-f]{16}$/)
})

test('prompts and texts are in no span and no line of the log', () => {
  expect(collector.bodies.length).toBeGreaterThan(0)
  for (const word of PROMPT.split(' ')) {
    expect(collector.bodies.filter((body) => body.includes(word))).toEqual([])
    expect(server.lines.filter((line) => JSON.stringify(line).includes(word))).toEqual([])
  }
})

test('without an endpoint every piece of work still has a trace id', async () => {
  await using folder = await createTemporaryFolder('no-telemetry')
  await using quiet = await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path })
  const { traceId, traceparent } = createTraceparent()
  const response = await fetch(quiet.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent },
    body: JSON.stringify({ query: PredictDocument.toString(), variables: { input: chat('Hello', { maxTokens: 1 }) } }),
  })
  const { data } = (await response.json()) as { data: PredictMutation }
  expect(predictionOf(data).traceId).toBe(traceId)
  const own = await startChat(quiet, chat('Hello', { maxTokens: 1 }))
  expect(own.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(own.traceId).not.toBe(traceId)
  // Another server's spans may come at any time.
  const sent = collector.bodies.join('')
  for (const id of [traceId, own.traceId]) expect(sent).not.toContain(id)
})
