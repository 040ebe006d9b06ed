import { createTemporaryFolder } from '../test/support/temporary.js'
import { startBullMq } from './support/bullmq.js'
import { CLIENT, startEmptyTasks } from './support/empty-tasks.js'

/** From the call that enqueues a task to its start, one at a time on idle workers; BullMQ beside it, in turns. */
const ROUNDS = Number(process.argv[2] ?? 5)
const COUNT = 200

await using folder = await createTemporaryFolder('bench-task-latency')
await using bull = await startBullMq(folder.path)
await using ours = await startEmptyTasks(folder.path)

async function ourTimes(): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < COUNT; i++) {
    const begun = new Promise<number>((resolve) => (ours.onStart = () => resolve(performance.now())))
    const askedAt = performance.now()
    const accepted = ours.tasks.enqueue(CLIENT, { type: 'empty', input: {} })
    times.push((await begun) - askedAt)
    await accepted
  }
  return times
}

const percentile = (times: readonly number[], part: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))] ?? NaN

const own: number[] = []
const theirs: number[] = []
await ourTimes()
await bull.ask({ kind: 'latency', count: COUNT })
for (let round = 0; round < ROUNDS; round++) {
  own.push(...(await ourTimes()))
  theirs.push(...(await bull.ask({ kind: 'latency', count: COUNT })))
}
const describe = (times: readonly number[]): string =>
  `p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`
console.log(`enqueue to start: ours ${describe(own)} (wanted at most 3 and 20); BullMQ ${describe(theirs)}`)
