import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { PredictionEventsDocument, type PredictInput } from '../generated/graphql.js'
import { CHAT_MODEL } from '../support/models.js'
import { PredictionReader, startChat, type PredictionItem } from '../support/predictions.js'
import { openQuickModels } from '../support/quick-models.js'
import { isFullTest } from '../support/seed.js'
import { TestServer } from '../support/server.js'

/** In full as many as take the bundled model longer than a minute. */
const TOKENS = isFullTest() ? 4_000 : 1_500
const LIMIT_MS = 900_000
const MAX_GROWTH_BYTES = 64 * 2 ** 20

const INPUT: PredictInput = {
  chat: {
    model: CHAT_MODEL,
    messages: [{ role: 'USER', content: [{ text: 'Tell a story without an end.' }] }],
    // Alternatives make each token's message large.
    generation: { maxTokens: TOKENS, temperature: 1.2, topP: 1, seed: 4, logprobs: 20 },
  },
}
const QUERY = PredictionEventsDocument.toString().replace('logprob', 'logprob alternatives { id text logprob }')

/** Memory in use: resident, less what the collector of garbage holds without use. */
async function readMemory(server: TestServer): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const figure = (name: string): number => Number(new RegExp(`^graphloom_${name} ([0-9.e+]+)$`, 'm').exec(text)?.[1])
  const unused = figure('nodejs_heap_size_total_bytes') - figure('nodejs_heap_size_used_bytes')
  return figure('process_resident_memory_bytes') - unused
}

/** Reads a stream to its end; gives the most memory that the server used meanwhile. */
async function readMeasured(server: TestServer, id: string): Promise<{ reader: PredictionReader; largest: number }> {
  const reader = new PredictionReader()
  let largest = 0
  const measured = (async () => {
    while (!reader.ended) largest = Math.max(largest, await readMemory(server))
  })()
  await reader.read(server, id)
  expect(reader).toMatchObject({ ended: true, state: 'SUCCEEDED', mistakes: [] })
  await measured
  return { reader, largest }
}

/** A socket that follows the stream and can be made to stop reading. */
async function openSlowReader(server: TestServer, id: string) {
  const reader = new PredictionReader()
  const socket = new WebSocket(server.graphqlUrl.replace(/^http/, 'ws'), 'graphql-transport-ws')
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  socket.on('open', () => socket.send('{"type":"connection_init"}'))
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as {
      type: string
      payload?: { data?: { predictionEvents: PredictionItem } }
    }
    if (message.type === 'connection_ack')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY, variables: { id } } }))
    if (message.type === 'next' && message.payload?.data) reader.take(message.payload.data.predictionEvents)
    if (reader.text.length > 10) begun.resolve()
    if (message.type === 'complete') ended.resolve()
  })
  socket.on('close', () => ended.resolve())
  await begun.promise
  return { reader, socket, ended: ended.promise }
}

test(
  `a reader that stops for ${TOKENS} tokens costs little, disturbs nobody and goes on without a hole`,
  async () => {
    await using stack = new AsyncDisposableStack()
    await using server = await TestServer.start({
      ...(await openQuickModels(stack)),
      GRAPHLOOM_LIMIT_SEND_BUFFER_BYTES: '16384',
      GRAPHLOOM_LIMIT_PING_INTERVAL_MS: '600000',
    })
    // The same work without the slow reader: what it takes anyway.
    const undisturbed = await readMeasured(server, (await startChat(server, INPUT)).id)
    const { id } = await startChat(server, INPUT)
    const slow = await openSlowReader(server, id)
    slow.socket.pause()
    const other = await readMeasured(server, id)
    expect(other.reader.text).toBe(undisturbed.reader.text)
    expect(undisturbed.largest).toBeGreaterThan(0)
    expect(other.largest - undisturbed.largest).toBeLessThan(MAX_GROWTH_BYTES)
    slow.socket.resume()
    await slow.ended
    slow.socket.close()
    expect(slow.reader).toMatchObject({
      ended: true,
      mistakes: [],
      text: other.reader.text,
      sequence: other.reader.sequence,
    })
    // What does not fit into the buffers of the system came joined, or at once with a gap.
    if (isFullTest()) expect(slow.reader.items).toBeLessThan(other.reader.sequence)
  },
  LIMIT_MS,
)
