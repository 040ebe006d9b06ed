import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TestServer } from '../test/support/server.js'
import { createTemporaryFolder } from '../test/support/temporary.js'
import { startBullMq } from './support/bullmq.js'
import { CLIENT, enqueueEmptyTasks, startEmptyTasks } from './support/empty-tasks.js'
import { median, printRatio } from './support/figures.js'
import { measureRequestsPerSecond } from './support/http-load.js'
import { inTurns } from './support/in-turns.js'
import { askGraph } from './support/post.js'
import { startArguments } from './support/start-arguments.js'

/**
 * Tasks that do nothing, each acknowledged when it is on the disk with its event: enqueued by 100 clients and by one,
 * and done 50 at once; against BullMQ over a Redis with `appendfsync always`, in turns. Through the API the enqueueing is
 * compared with our own without it.
 */
const ROUNDS = Number(process.argv[2] ?? 5)
const COUNT = 5_000
const ALONE = 300
const CLIENTS = 100
const PARALLEL = 50

await using folder = await createTemporaryFolder('bench-tasks')
await using bull = await startBullMq(folder.path)
await using ours = await startEmptyTasks(folder.path)

const typesFile = join(folder.path, 'types.json')
await writeFile(typesFile, JSON.stringify([{ name: 'empty' }]))
await using server = await TestServer.start({
  NODE_OPTIONS: startArguments.slice(0, -1).join(' '),
  GRAPHLOOM_DATA_DIR: join(folder.path, 'server'),
  GRAPHLOOM_TASK_TYPES_FILE: typesFile,
  GRAPHLOOM_RATE_LIMIT_PER_MINUTE: '1000000000',
  GRAPHLOOM_LIMIT_CONNECTIONS_PER_ADDRESS: '1000',
})
const query = 'mutation { enqueueTask(input: { type: "empty", input: {} }) { ... on Task { id } } }'
// As without the API: nobody is woken for what waits in a queue that is paused.
await askGraph(
  server.url,
  'mutation { pauseTaskQueue(input: { name: "default" }) { ... on TaskQueue { paused } } }',
  {},
)
const throughApi = () =>
  measureRequestsPerSecond({
    port: Number(new URL(server.url).port),
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    connections: CLIENTS,
    requests: COUNT,
  })

const enqueue = () => ours.tasks.enqueue(CLIENT, { type: 'empty', input: {} })
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

interface Round {
  readonly many: number
  readonly alone: number
  readonly done: number
}

async function ourRound(): Promise<Round> {
  await ours.taskQueues.setPaused(CLIENT, 'bench', true)
  const many = await timed(() => enqueueEmptyTasks(ours.tasks, COUNT))
  const alone = await timed(() => inTurns({ count: ALONE, clients: 1 }, enqueue))
  const ended = ours.ended(COUNT + ALONE)
  const done = await timed(async () => {
    await ours.taskQueues.setPaused(CLIENT, 'bench', false)
    await ended
  })
  return { many, alone, done }
}

async function theirRound(): Promise<Round> {
  const [many] = await bull.ask({ kind: 'enqueue', count: COUNT, clients: CLIENTS })
  const [alone] = await bull.ask({ kind: 'enqueue', count: ALONE, clients: 1 })
  const [done] = await bull.ask({ kind: 'process', parallel: PARALLEL })
  return { many: many!, alone: alone!, done: done! }
}

const rounds: { readonly ours: Round; readonly theirs: Round; readonly api: number }[] = []
await ourRound()
await theirRound()
// Of a server's first 20,000 requests many are answered by code that is not compiled yet.
for (let warming = 0; warming < 4; warming++) await throughApi()
for (let round = 0; round < ROUNDS; round++)
  rounds.push({ ours: await ourRound(), api: await throughApi(), theirs: await theirRound() })

const FIGURES = [
  { name: 'many', what: `enqueued by ${CLIENTS} clients`, count: COUNT, wanted: 2.5 },
  { name: 'alone', what: 'enqueued by one client', count: ALONE, wanted: 1.2 },
  { name: 'done', what: `done ${PARALLEL} at once`, count: COUNT + ALONE, wanted: 1.5 },
] as const
for (const { name, what, count, wanted } of FIGURES) {
  const rate = (times: readonly number[]): number => (1_000 * count) / median(times)
  const own = rate(rounds.map((round) => round.ours[name]))
  const their = rate(rounds.map((round) => round.theirs[name]))
  console.log(`${what}: ours ${own.toFixed(0)} tasks/s, BullMQ ${their.toFixed(0)}`)
  printRatio(what, own, their, wanted)
}

const api = median(rounds.map((round) => round.api))
const without = (1_000 * COUNT) / median(rounds.map((round) => round.ours.many))
console.log(
  `enqueued through the API by ${CLIENTS} clients: ${api.toFixed(0)} tasks/s, without it ${without.toFixed(0)}`,
)
printRatio('enqueued through the API', api, without, 0.4)
