import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { FollowModelMetricsDocument, PredictDocument, type ModelFiguresFragment } from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { readPrometheus } from '../support/prometheus.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const LEAST_EVERY_MS = 1_000
const stack = new AsyncDisposableStack()
let server: TestServer
let token: string
beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('metrics-stream'))
  server = stack.use(await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
  token = await signToken('acme')
})
afterAll(() => stack.disposeAsync())

const EVERYTHING = { name: EMBEDDING_MODEL, window: 'ONE_HOUR', everyMs: LEAST_EVERY_MS } as const

async function embed(): Promise<1> {
  await server.request(PredictDocument, { input: { embedding: { model: EMBEDDING_MODEL, texts: ['x'] } } }, token)
  return 1
}

describe.each(['websocket', 'sse'] as const)('over %s', (transport) => {
  const openStreams = async (): Promise<number> =>
    (await readPrometheus(server)).sum(transport === 'sse' ? 'graphloom_event_streams' : 'graphloom_sockets')

  const follow = (variables: Parameters<typeof server.subscribe<unknown, object>>[1]) =>
    server.subscribe(FollowModelMetricsDocument, { ...EVERYTHING, ...variables }, { transport, token })

  test('the figures come at once, then in order and no more than one a second, each with what was done', async () => {
    const items: ModelFiguresFragment[] = []
    let asked = 0
    for await (const { modelMetrics } of follow({ version: '1' })) {
      items.push(modelMetrics)
      const done = modelMetrics.requests - items[0]!.requests
      if (done === 2) break
      // Until it is seen nothing else is asked.
      if (done === asked) asked = done + (await embed())
    }
    const counts = items.map(({ requests }) => requests - items[0]!.requests)
    expect([...new Set(counts)]).toEqual([0, 1, 2])
    const times = items.map(({ at }) => Date.parse(at))
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(LEAST_EVERY_MS)
    await waitFor('it to be closed', async () => (await openStreams()) === 0)
  })

  test.each([
    ['no such model', { name: 'nothing' }, 'NOT_FOUND'],
    ['no such version', { version: '9' }, 'NOT_FOUND'],
    ['too often', { everyMs: LEAST_EVERY_MS - 1 }, 'INVALID_INPUT'],
    ['too seldom', { everyMs: 60_001 }, 'INVALID_INPUT'],
  ])('%s is told at once', async (_case, variables, code) => {
    const error: unknown = await follow(variables)
      .next()
      .catch((reason: unknown) => reason)
    expect(error instanceof Error ? error.message : JSON.stringify(error)).toContain(code)
  })

  test('nobody follows without a token', async () => {
    const stranger = server.subscribe(FollowModelMetricsDocument, EVERYTHING, { transport })
    await expect(stranger.next()).rejects.toMatchObject(
      transport === 'sse' ? { response: { status: 401 } } : { code: 4403 },
    )
  })
})

test('a server that stops closes sockets with 1001 and cuts event streams', async () => {
  await using folder = await createTemporaryFolder('metrics-drain')
  await using stopping = await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path })
  const closed = Promise.withResolvers<number>()
  const client = createClient({
    url: stopping.graphqlUrl.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { closed: (event) => closed.resolve((event as CloseEvent).code) },
  })
  const query = FollowModelMetricsDocument.toString()
  const variables = { name: CHAT_MODEL, window: 'ONE_MINUTE', everyMs: 60_000 }
  const socket = client.iterate({ query, variables })
  expect(await socket.next()).toMatchObject({ done: false })
  const stream = await fetch(`${stopping.graphqlUrl}/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
  })
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('event: next')) text += (await reader.read()).value ?? ''
  stopping.signal('SIGTERM')
  expect(await closed.promise).toBe(1001)
  const rest = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += value
    }
  }
  await expect(rest()).rejects.toThrow()
  expect(text).not.toContain('event: complete')
  expect(await stopping.exited).toEqual({ code: 0, signal: null })
})
