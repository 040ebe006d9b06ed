import { expect, test } from 'vitest'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import {
  CancelPredictionDocument,
  PredictDocument,
  PredictionDocument,
  PredictionEventsDocument,
  ViewerDocument,
} from '../generated/graphql.js'
import { EMBEDDING_MODEL } from '../support/models.js'
import { chat, PredictionReader, startChat } from '../support/predictions.js'
import { findFreePort, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

test('SIGTERM under load: what runs is answered, sockets close with 1001, texts go on at the next start', async () => {
  await using folder = await createTemporaryFolder('shutdown')
  const environment = {
    GRAPHLOOM_DATA_DIR: folder.path,
    GRAPHLOOM_PORT: String(await findFreePort()),
    GRAPHLOOM_SHUTDOWN_TIMEOUT_MS: '10000',
    GRAPHLOOM_MODEL_THREADS: '1',
  }
  const server = await TestServer.start(environment)
  await server.request(PredictDocument, { input: { embedding: { model: EMBEDDING_MODEL, texts: ['warm'] } } })
  // Longer than the limit, so that it has to be saved.
  const { id } = await startChat(server, chat('Tell a very long story.', { maxTokens: 6_000, temperature: 1, seed: 5 }))
  const reader = new PredictionReader()
  const closes: number[] = []
  const openSocket = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const client = createClient({
        url: server.graphqlUrl.replace(/^http/, 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        on: { closed: (event) => closes.push((event as CloseEvent).code) },
      })
      client.subscribe<{ predictionEvents: Parameters<PredictionReader['take']>[0] }>(
        { query: PredictionEventsDocument.toString(), variables: { id } },
        {
          next: ({ data }) => {
            if (data && closes.length === 0 && reader.items === data.predictionEvents.fromSequence - 1)
              reader.take(data.predictionEvents)
            resolve()
          },
          error: () => reject(new Error('the subscription failed')),
          complete: () => undefined,
        },
      )
    })
  await Promise.all(Array.from({ length: 20 }, openSocket))
  await waitFor('some text', () => reader.text.length > 20)
  // Requests that are under way at the signal: each must be answered.
  let started = 0
  const embed = async (): Promise<unknown> => {
    started++
    return server.send(PredictDocument, {
      input: {
        embedding: {
          model: EMBEDDING_MODEL,
          texts: Array.from({ length: 2 }, (_, i) => `text ${i} ${'and more '.repeat(10)}`),
        },
      },
    })
  }
  const running = Array.from({ length: 20 }, embed)
  await waitFor('all to have been accepted', async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    const accepted =
      /graphloom_store_operations_total\{operation="insert",collection="predictions",outcome="success"\} (\d+)/.exec(
        metrics,
      )
    return Number(accepted?.[1]) >= started
  })
  server.signal('SIGTERM')
  for (const result of await Promise.all(running))
    expect(result).toMatchObject({ data: { predict: { __typename: 'Prediction', state: 'SUCCEEDED' } } })
  expect(await server.exited).toEqual({ code: 0, signal: null })
  expect(server.stderr).toBe('')
  expect(closes).toEqual(Array.from({ length: 20 }, () => 1001))
  expect(reader.ended).toBe(false)

  await using next = await TestServer.start(environment)
  const { prediction } = await next.request(PredictionDocument, { id })
  expect(prediction?.state).toMatch(/RUNNING|SUCCEEDED/)
  const known = reader.text
  await reader.read(next, id, { until: (so) => so.text.length > known.length + 40 })
  expect(reader.mistakes).toEqual([])
  expect(reader.text.startsWith(known)).toBe(true)
  await next.request(CancelPredictionDocument, { input: { id } })
  await reader.read(next, id)
  expect(reader).toMatchObject({ ended: true, state: 'CANCELLED', mistakes: [] })
  const { prediction: ended } = await next.request(PredictionDocument, { id })
  expect(ended).toMatchObject({ replayDiverged: false, output: { text: reader.text } })
})

test('a second signal ends it at once', async () => {
  await using folder = await createTemporaryFolder('shutdown')
  const server = await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path, GRAPHLOOM_SHUTDOWN_TIMEOUT_MS: '600000' })
  const { id } = await startChat(server, chat('On and on.', { maxTokens: 4_000, temperature: 1 }))
  await new PredictionReader().read(server, id, { until: (so) => so.text.length > 5 })
  server.signal('SIGTERM')
  await waitFor(
    'it to drain',
    async () => (await fetch(`${server.url}/health/ready`).catch(() => null))?.status !== 200,
  )
  server.signal('SIGTERM')
  expect(await server.exited).toEqual({ code: 1, signal: null })
})

test('a start that cannot succeed says why in one line, lets go of everything and exits 1', async () => {
  await using folder = await createTemporaryFolder('start')
  const server = await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path })
  const port = new URL(server.url).port
  const second = TestServer.spawn({ GRAPHLOOM_DATA_DIR: folder.path })
  expect(await second.exited).toEqual({ code: 1, signal: null })
  expect(second.stderr).toMatch(
    new RegExp(`^graphloom: The data directory .* is in use by process ${server.pid} on .*\\n$`),
  )
  await using other = await createTemporaryFolder('start')
  const third = TestServer.spawn({ GRAPHLOOM_DATA_DIR: other.path, GRAPHLOOM_PORT: port })
  expect(await third.exited).toEqual({ code: 1, signal: null })
  expect(third.stderr).toBe(`graphloom: Cannot listen on 127.0.0.1 port ${port}: another program listens there.\n`)
  const fourth = TestServer.spawn({ GRAPHLOOM_DATA_DIR: other.path, GRAPHLOOM_HOST: '0.0.0.0', GRAPHLOOM_PROT: '1' })
  expect(await fourth.exited).toEqual({ code: 1, signal: null })
  expect(fourth.stderr).toContain('GRAPHLOOM_HOST')
  expect(fourth.stderr).toContain('the nearest is GRAPHLOOM_PORT')
  // What the failed starts had opened is free again.
  await using fifth = await TestServer.start({ GRAPHLOOM_DATA_DIR: other.path })
  await fifth.request(ViewerDocument, {})
  await server[Symbol.asyncDispose]()
  expect(await server.exited).toEqual({ code: 0, signal: null })
})
