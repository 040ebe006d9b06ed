import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { SqliteDatabase } from '../src/adapters/sqlite/sqlite-database.js'
import { createTemporaryFolder } from '../test/support/temporary.js'
import { median } from './support/figures.js'
import { enqueueTasks, openQueue, QUEUE, QUEUE_CASES } from './support/filled-queue.js'

/** The work queue with many waiting tasks against one with few, in turns. */
const ROUNDS = Number(process.argv[2] ?? 15)
const MANY = Number(process.argv[3] ?? 1_000_000)
const FEW = 1_000
/** Tasks that one round enqueues, claims and completes; as many wait after it as before. */
const ROUND_TASKS = 512
const CLAIM = 64
const FIGURES = 20
const WANTED_RATIO = 1.5
const WANTED_MIB = 200
const LEASE_MS = 3_600_000
const FILL = fileURLToPath(new URL('./support/fill-queue.js', import.meta.url))

const WORK = ['enqueue', 'claim', 'complete', 'figures'] as const
type Times = Readonly<Record<(typeof WORK)[number], number>>

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** A round of work on a queue in which tasks up to number `last` were enqueued. */
async function measure({ queue }: SqliteDatabase, name: string, last: number): Promise<Times> {
  const enqueue = await time(() => enqueueTasks(queue, name, last, ROUND_TASKS))
  const claimed: { readonly taskId: string; readonly attempt: number }[] = []
  const claim = await time(async () => {
    while (claimed.length < ROUND_TASKS)
      claimed.push(...(await queue.claim({ queue: QUEUE, owner: 'bench', limit: CLAIM, leaseMs: LEASE_MS })))
  })
  const complete = await time(() => Promise.all(claimed.map((one) => queue.complete(one.taskId, one.attempt))))
  const figures = await time(async () => {
    for (let call = 0; call < FIGURES; call++) await queue.figures()
  })
  return { enqueue, claim, complete, figures }
}

const residentMib = (): number => process.memoryUsage.rss() / 1_048_576

async function compare(name: string): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const open = async (count: number): Promise<(round: number) => Promise<Times>> => {
    const folder = opened.use(await createTemporaryFolder('queue-scale'))
    await promisify(execFile)(process.execPath, [FILL, folder.path, name, String(count)])
    const database = opened.use(await openQueue(folder.path))
    return (round) => measure(database, name, count + round * ROUND_TASKS)
  }
  const few = await open(FEW)
  for (let round = 0; round < ROUNDS; round++) await few(round)
  const before = residentMib()
  const many = await open(MANY)
  await many(0)
  const rounds: { readonly few: Times; readonly many: Times }[] = []
  for (let round = 1; round <= ROUNDS; round++) rounds.push({ few: await few(ROUNDS + round), many: await many(round) })
  const grown = residentMib() - before
  console.log(`${name}: ${MANY} waiting tasks against ${FEW}`)
  for (const what of WORK) {
    const [ofMany, ofFew] = [
      median(rounds.map((round) => round.many[what])),
      median(rounds.map((round) => round.few[what])),
    ]
    const perTask = (ms: number): string =>
      `${((1_000 * ms) / (what === 'figures' ? FIGURES : ROUND_TASKS)).toFixed(1)} µs`
    const ratio = (ofMany / ofFew).toFixed(2)
    console.log(`  ${what}: ${perTask(ofMany)}, ${perTask(ofFew)}: ratio ${ratio} (wanted at most ${WANTED_RATIO})`)
  }
  console.log(`  memory: ${grown.toFixed(0)} MiB more (wanted at most ${WANTED_MIB})`)
}

for (const name of Object.keys(QUEUE_CASES)) await compare(name)
