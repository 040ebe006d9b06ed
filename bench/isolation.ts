import { availableParallelism } from 'node:os'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../test/support/models.js'
import { post } from './support/post.js'
import { startWatchedServer } from './support/watched-server.js'

/**
 * How long a tiny query takes, and how late the event loop of the API is, while inference wants all cores: long texts
 * and bulk embeddings at once. The same queries on the idle server are the reference, in turns.
 */
const ROUNDS = Number(process.argv[2] ?? 5)
const QUERIES = 400
const TEXTS = 8
const THREADS = Math.min(2, availableParallelism())

await using server = await startWatchedServer({
  GRAPHLOOM_PRELOAD_MODELS: `${CHAT_MODEL},${EMBEDDING_MODEL}`,
  GRAPHLOOM_MODEL_THREADS: String(THREADS),
})
const url = `${server.url}/graphql`
const predict = 'mutation ($input: PredictInput!) { predict(input: $input, priority: 2) { __typename } }'
const tiny = { query: '{ server { version } }' }

async function runText(i: number): Promise<void> {
  const messages = [{ role: 'USER', content: [{ text: `Tell a long story, the ${i}th of its kind.` }] }]
  const input = { chat: { model: CHAT_MODEL, messages, generation: { temperature: 1, maxTokens: 200 } } }
  await post(url, { query: predict, variables: { input } })
}

async function runEmbedding(i: number): Promise<void> {
  const texts = Array.from({ length: 32 }, (_, t) => `${'the lake lies still under a low sky '.repeat(8)} ${i} ${t}`)
  await post(url, { query: predict, variables: { input: { embedding: { model: EMBEDDING_MODEL, texts } } } })
}

/** Keeps both models busy until it is told to stop. */
function saturate(): { stop(): Promise<void> } {
  let going = true
  const repeat = async (work: (i: number) => Promise<void>, from: number): Promise<void> => {
    for (let i = from; going; i += 100) await work(i)
  }
  const workers = [
    ...Array.from({ length: TEXTS }, (_, i) => repeat(runText, i)),
    ...Array.from({ length: 2 }, (_, i) => repeat(runEmbedding, i)),
  ]
  return {
    stop: async () => {
      going = false
      await Promise.all(workers)
    },
  }
}

async function query(): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < QUERIES; i++) {
    const startedAt = performance.now()
    await post(url, tiny)
    times.push(performance.now() - startedAt)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return times
}

const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? NaN

const idle: number[] = []
const busy: number[] = []
const delays: number[] = []
await query()
for (let round = 0; round < ROUNDS; round++) {
  idle.push(...(await query()))
  const load = saturate()
  await query()
  server.resetDelay()
  busy.push(...(await query()))
  delays.push((await server.readDelay()).p99Ms)
  await load.stop()
}
const print = (name: string, times: readonly number[]): void =>
  console.log(`${name}: p50 ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms`)
print('tiny query, idle', idle)
print('tiny query while inference takes all cores', busy)
console.log(
  `isolation: p99 ${at(busy, 0.99).toFixed(1)} ms (wanted at most 30), ${(at(busy, 0.99) / at(idle, 0.99)).toFixed(1)} times that of the idle server`,
)
console.log(
  `event-loop delay of the API, p99 of each round: median ${at(delays, 0.5).toFixed(1)} ms (wanted at most 10), worst ${at(delays, 1).toFixed(1)} ms`,
)
