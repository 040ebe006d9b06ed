import { createTemporaryFolder } from '../test/support/temporary.js'
import { BareTables } from './support/bare-tables.js'
import { startBullMq } from './support/bullmq.js'
import { median, printRatio } from './support/figures.js'
import { inTurns } from './support/in-turns.js'

/**
 * What tasks in SQLite could reach at the very most beside BullMQ: two tables that nothing else is done with, each write
 * acknowledged when it is on the disk. `tasks` measures what Graphloom's tasks reach.
 */
const ROUNDS = Number(process.argv[2] ?? 5)
const COUNT = 5_000
const ALONE = 300
const CLIENTS = 100
const PARALLEL = 50

interface Round {
  readonly many: number
  readonly alone: number
  readonly done: number
}

await using folder = await createTemporaryFolder('bench-task-floor')
await using bull = await startBullMq(folder.path)
await using plain = new BareTables(folder.path, 0)
await using ordered = new BareTables(folder.path, 2)
await using listed = new BareTables(folder.path, 8)

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const bareRound = async (tables: BareTables): Promise<Round> => ({
  many: await timed(() => inTurns({ count: COUNT, clients: CLIENTS }, () => tables.write('add'))),
  alone: await timed(() => inTurns({ count: ALONE, clients: 1 }, () => tables.write('add'))),
  done: await timed(() =>
    inTurns({ count: COUNT + ALONE, clients: PARALLEL }, async () => tables.write('end', await tables.write('begin'))),
  ),
})

async function theirRound(): Promise<Round> {
  const [many] = await bull.ask({ kind: 'enqueue', count: COUNT, clients: CLIENTS })
  const [alone] = await bull.ask({ kind: 'enqueue', count: ALONE, clients: 1 })
  const [done] = await bull.ask({ kind: 'process', parallel: PARALLEL })
  return { many: many!, alone: alone!, done: done! }
}

const peers = {
  BullMQ: theirRound,
  'two bare tables': () => bareRound(plain),
  'with 2 indexes': () => bareRound(ordered),
  'with 8 indexes': () => bareRound(listed),
} as const
type Peer = keyof typeof peers
const names = Object.keys(peers) as Peer[]
const rounds = new Map<Peer, Round[]>(names.map((name) => [name, []]))
for (let round = -1; round < ROUNDS; round++)
  for (const name of names) {
    const measured = await peers[name]()
    if (round >= 0) rounds.get(name)!.push(measured)
  }

const FIGURES = [
  { name: 'many', what: `enqueued by ${CLIENTS} clients`, count: COUNT },
  { name: 'alone', what: 'enqueued by one client', count: ALONE },
  { name: 'done', what: `done ${PARALLEL} at once`, count: COUNT + ALONE },
] as const
for (const { name, what, count } of FIGURES) {
  const rate = (peer: Peer): number => (1_000 * count) / median(rounds.get(peer)!.map((round) => round[name]))
  console.log(`${what}: ${names.map((peer) => `${peer} ${rate(peer).toFixed(0)}`).join(', ')} tasks/s`)
  for (const peer of names.slice(1)) printRatio(`${what}, ${peer}`, rate(peer), rate('BullMQ'))
}
