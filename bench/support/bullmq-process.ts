import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inTurns } from './in-turns.js'

/** What BullMQ is asked to do, and how long it took, milliseconds. */
export type BullRequest =
  | { readonly kind: 'enqueue'; readonly count: number; readonly clients: number }
  | { readonly kind: 'process'; readonly parallel: number }
  | { readonly kind: 'latency'; readonly count: number }
export type BullAnswer = readonly number[]

interface Job {
  readonly data: { readonly at: number }
}

interface Bull {
  readonly Queue: new (
    name: string,
    options: object,
  ) => {
    add(name: string, data: object, options?: object): Promise<Job>
    getJobCountByTypes(...types: readonly string[]): Promise<number>
    close(): Promise<void>
  }
  readonly Worker: new (
    name: string,
    work: (job: Job) => Promise<unknown>,
    options: object,
  ) => {
    on(event: 'completed', listener: () => void): void
    waitUntilReady(): Promise<unknown>
    close(): Promise<void>
  }
}

const [packageFolder = '', port] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const { Queue, Worker } = require(packageFolder) as Bull
const { Redis } = require(join(packageFolder, '../ioredis')) as { Redis: new (port: number, options: object) => object }
const connection = new Redis(Number(port), { maxRetriesPerRequest: null })
const queue = new Queue('bench', { connection })

async function processAll(parallel: number): Promise<BullAnswer> {
  const count = await queue.getJobCountByTypes('wait')
  const startedAt = performance.now()
  const done = Promise.withResolvers<void>()
  let completed = 0
  const worker = new Worker('bench', () => Promise.resolve({}), { connection, concurrency: parallel })
  worker.on('completed', () => ++completed === count && done.resolve())
  await done.promise
  const ms = performance.now() - startedAt
  await worker.close()
  return [ms]
}

/** From the call that adds a job to its start, one after the other. */
async function measureLatency(count: number): Promise<BullAnswer> {
  const times: number[] = []
  let started = (_at: number): void => undefined
  const worker = new Worker(
    'bench',
    ({ data }) => {
      started(data.at)
      return Promise.resolve({})
    },
    { connection, concurrency: 50 },
  )
  await worker.waitUntilReady()
  for (let i = 0; i < count; i++) {
    const begun = new Promise<number>((resolve) => (started = (at) => resolve(performance.now() - at)))
    await queue.add('empty', { at: performance.now() })
    times.push(await begun)
  }
  await worker.close()
  return times
}

async function answer(request: BullRequest): Promise<BullAnswer> {
  switch (request.kind) {
    case 'enqueue': {
      const startedAt = performance.now()
      await inTurns(request, () => queue.add('empty', { at: 0 }, { removeOnComplete: false }))
      return [performance.now() - startedAt]
    }
    case 'process':
      return processAll(request.parallel)
    case 'latency':
      return measureLatency(request.count)
  }
}

process.on('message', (request: BullRequest) => {
  void answer(request).then((times) => process.send?.(times))
})
process.on('disconnect', () => void queue.close().finally(() => process.exit()))
process.send?.('ready')
