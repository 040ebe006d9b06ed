import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TaskFilter, TaskOrder } from '../src/services/tasks/task-list.js'
import { createTemporaryFolder } from '../test/support/temporary.js'
import { CLIENT, enqueueEmptyTasks, startEmptyTasks } from './support/empty-tasks.js'
import { median } from './support/figures.js'
import { enqueueTasks, openQueue, QUEUE, QUEUE_CASES, TASKS } from './support/filled-queue.js'

/** The tasks, and the work queue below them, with many that wait against few, in turns. */
const ROUNDS = Number(process.argv[2] ?? 15)
const MANY = Number(process.argv[3] ?? 1_000_000)
const FEW = 1_000
/** Tasks that one round enqueues, claims and completes; of the queue as many wait after it as before. */
const ROUND_TASKS = 512
const CLAIM = 64
const CALLS = 20
const WANTED_RATIO = 1.5
const WANTED_MIB = 200
const LEASE_MS = 3_600_000
const FILL = fileURLToPath(new URL('./support/fill-queue.js', import.meta.url))

/** Milliseconds of a task or a call, by what was done. */
type Times = Readonly<Record<string, number>>
type Measure = (round: number) => Promise<Times>

async function time(count: number, work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / count
}

async function repeat(work: () => Promise<unknown>): Promise<void> {
  for (let call = 0; call < CALLS; call++) await work()
}

async function fill(stack: AsyncDisposableStack, name: string, count: number): Promise<string> {
  const folder = stack.use(await createTemporaryFolder('queue-scale'))
  await promisify(execFile)(process.execPath, [FILL, folder.path, name, String(count)])
  return folder.path
}

async function openWorkQueue(stack: AsyncDisposableStack, name: string, count: number): Promise<Measure> {
  const { queue } = stack.use(await openQueue(await fill(stack, name, count)))
  return async (round) => {
    const first = count + round * ROUND_TASKS
    const enqueue = await time(ROUND_TASKS, () => enqueueTasks(queue, name, first, ROUND_TASKS))
    const claimed: { readonly taskId: string; readonly attempt: number }[] = []
    const claim = await time(ROUND_TASKS, async () => {
      while (claimed.length < ROUND_TASKS)
        claimed.push(...(await queue.claim({ queue: QUEUE, owner: 'bench', limit: CLAIM, leaseMs: LEASE_MS })))
    })
    const complete = await time(ROUND_TASKS, () =>
      Promise.all(claimed.map((one) => queue.complete(one.taskId, one.attempt))),
    )
    return { enqueue, claim, complete, figures: await time(CALLS, () => repeat(() => queue.figures())) }
  }
}

/** Lists of which the first page is read, and one from the middle. */
const LISTS: Readonly<Record<string, TaskFilter>> = {
  'list all': {},
  'list those of a type that wait': { state: ['QUEUED'], type: 'empty' },
  'list those of a queue': { queue: 'bench' },
  'list those that failed': { state: ['FAILED'] },
}
const page = { limit: 50, cursor: null, backward: false }

async function openTasks(stack: AsyncDisposableStack, _name: string, count: number): Promise<Measure> {
  const { tasks } = stack.use(await startEmptyTasks(await fill(stack, TASKS, count)))
  const list = (filter: TaskFilter, order: TaskOrder = 'CREATED_AT_DESC') => tasks.list(CLIENT, { filter, order, page })
  const [oldest, newest] = [(await list({}, 'CREATED_AT_ASC')).items[0]!, (await list({})).items[0]!]
  const createdBefore = (oldest.node.createdAt + newest.node.createdAt) / 2
  return async () => {
    const times: Record<string, number> = {}
    times.enqueue = await time(ROUND_TASKS, () => enqueueEmptyTasks(tasks, ROUND_TASKS))
    for (const [name, filter] of Object.entries(LISTS)) {
      times[name] = await time(CALLS, () => repeat(() => list(filter)))
      times[`${name}, from the middle`] = await time(CALLS, () => repeat(() => list({ ...filter, createdBefore })))
    }
    return times
  }
}

const residentMib = (): number => process.memoryUsage.rss() / 1_048_576

async function compare(
  name: string,
  open: (stack: AsyncDisposableStack, name: string, count: number) => Promise<Measure>,
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const few = await open(stack, name, FEW)
  for (let round = 0; round < ROUNDS; round++) await few(round)
  const before = residentMib()
  const many = await open(stack, name, MANY)
  await many(0)
  const rounds: { readonly few: Times; readonly many: Times }[] = []
  for (let round = 1; round <= ROUNDS; round++) rounds.push({ few: await few(ROUNDS + round), many: await many(round) })
  const grown = residentMib() - before
  console.log(`${name}: ${MANY} waiting tasks against ${FEW}`)
  for (const what of Object.keys(rounds[0]!.few)) {
    const medianOf = (side: 'few' | 'many'): number => median(rounds.map((round) => round[side][what]!))
    const [ofMany, ofFew] = [medianOf('many'), medianOf('few')]
    const [perMany, perFew] = [ofMany, ofFew].map((ms) => `${(1_000 * ms).toFixed(1)} µs`)
    const ratio = (ofMany / ofFew).toFixed(2)
    console.log(`  ${what}: ${perMany}, ${perFew}: ratio ${ratio} (wanted at most ${WANTED_RATIO})`)
  }
  console.log(`  memory: ${grown.toFixed(0)} MiB more (wanted at most ${WANTED_MIB})`)
}

await compare(TASKS, openTasks)
for (const name of Object.keys(QUEUE_CASES)) await compare(name, openWorkQueue)
