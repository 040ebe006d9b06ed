import { availableParallelism } from 'node:os'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { bundledModel, CHAT_MODEL, readGolden, type GoldenGeneration } from '../test/support/models.js'
import { openBareDecoder } from './support/bare-decoder.js'
import { median, printRatio } from './support/figures.js'
import { startWatchedServer } from './support/watched-server.js'

/** One chat stream through the API against the bare loop on the same graph, in turns. */
const ROUNDS = Number(process.argv[2] ?? 7)
const TOKENS = 100
const WATCHED_ROUNDS = 3
const THREADS = Math.min(4, availableParallelism())

const { prompt, promptTokenIds } = readGolden<GoldenGeneration>(CHAT_MODEL)[1]!
await using server = await startWatchedServer({ GRAPHLOOM_PRELOAD_MODELS: CHAT_MODEL })
await using bare = await openBareDecoder(bundledModel(CHAT_MODEL).path, THREADS)
const client = createClient({ url: `${server.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket })

const START = `mutation ($input: PredictInput!) {
  startPrediction(input: $input) { ... on Prediction { id } ... on Problem { message } }
}`
const FOLLOW = `subscription ($id: ID!) {
  predictionEvents(id: $id) { ... on TokensDelta { text tokens { id } } ... on StreamEnd { reason } }
}`

/** Tokens a second of one stream, from its first token to its last. */
async function throughApi(): Promise<number> {
  const generation = { temperature: 0, maxTokens: TOKENS + 1, repetitionPenalty: 1 }
  const messages = [{ role: 'USER', content: [{ text: prompt }] }]
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: START, variables: { input: { chat: { model: CHAT_MODEL, messages, generation } } } }),
  })
  const { data } = (await response.json()) as { data: { startPrediction: { id: string } } }
  let [firstAt, lastAt, tokens] = [0, 0, 0]
  for await (const result of client.iterate<{ predictionEvents: { tokens?: object[] } }>({
    query: FOLLOW,
    variables: data.startPrediction,
  })) {
    const fresh = result.data?.predictionEvents.tokens?.length ?? 0
    if (fresh === 0) continue
    lastAt = performance.now()
    if (firstAt === 0) firstAt = lastAt
    else tokens += fresh
  }
  return (1_000 * tokens) / (lastAt - firstAt)
}

const bareRates: number[] = []
const apiRates: number[] = []
await bare.decode(promptTokenIds, 20)
await throughApi()
for (let round = 0; round < ROUNDS; round++) {
  bareRates.push((1_000 * TOKENS) / (await bare.decode(promptTokenIds, TOKENS)).decodeMs)
  apiRates.push(await throughApi())
}
// Apart from the rates: to watch the loop takes time from it.
server.resetDelay()
for (let round = 0; round < WATCHED_ROUNDS; round++) await throughApi()
const delay = await server.readDelay()
await client.dispose()
console.log(
  `bare loop: ${median(bareRates).toFixed(1)} tokens/s, through the API: ${median(apiRates).toFixed(1)} tokens/s (medians of ${ROUNDS})`,
)
console.log(
  `event-loop delay of the API: p50 ${delay.p50Ms.toFixed(1)} ms, p99 ${delay.p99Ms.toFixed(1)} ms (wanted at most 10), max ${delay.maxMs.toFixed(1)} ms`,
)
printRatio('decode', median(apiRates), median(bareRates), 0.9)
