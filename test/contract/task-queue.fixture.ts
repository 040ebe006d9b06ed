import type { EffectSink } from '../../src/ports/effect-sink.js'
import type { QueueEntry, QueueSettings, TaskGate, TaskQueue } from '../../src/ports/task-queue.js'

export interface OpenedTaskQueue extends AsyncDisposable {
  readonly queue: TaskQueue
  /** For what documents of another store do to the queue. */
  readonly effects: EffectSink
  /** The queue's time, which stands still unless it is set. */
  readonly clock: { nowMs: number }
  /** What the adapter has counted otherwise than it is. */
  readonly findDrift: () => string[]
  reopen(): Promise<OpenedTaskQueue>
}

export interface TaskQueueFixture {
  readonly name: string
  open(): Promise<OpenedTaskQueue>
}

/** A test with a queue of its own, whose clock stands at `START_MS`. */
export type QueueTest = (name: string, run: (opened: OpenedTaskQueue) => Promise<void>) => void

export const START_MS = 1_000_000

export const entry = (taskId: string, changes: Partial<QueueEntry> = {}): QueueEntry => ({
  taskId,
  queue: 'q',
  key: 'k',
  tenantId: 'acme',
  priority: 5,
  runAtMs: 0,
  ...changes,
})

export const gate = (maxClaimed: number, rate: TaskGate['rate'] = null, key = 'g'): TaskGate => ({
  key,
  maxClaimed,
  rate,
})

export const settings = (changes: Partial<QueueSettings>): QueueSettings => ({
  paused: false,
  concurrency: null,
  weights: {},
  ...changes,
})

export const claimRequest = (limit: number, owner = 'me', queue = 'q') => ({ queue, owner, limit, leaseMs: 1_000 })

export const claimIds = async (queue: TaskQueue, limit: number, owner = 'me'): Promise<string[]> =>
  (await queue.claim(claimRequest(limit, owner))).map(({ taskId }) => taskId)

/** Enqueues one after the other. */
export async function enqueueAll(queue: TaskQueue, entries: readonly QueueEntry[]): Promise<void> {
  for (const one of entries) await queue.enqueue(one)
}

/** Enqueues side by side, as many at once as a queue takes. */
export async function enqueueMany(queue: TaskQueue, entries: readonly QueueEntry[]): Promise<void> {
  for (let at = 0; at < entries.length; at += 1_000)
    await Promise.all(entries.slice(at, at + 1_000).map((one) => queue.enqueue(one)))
}

export const numbered = (prefix: string, count: number, changes: Partial<QueueEntry> = {}): QueueEntry[] =>
  Array.from({ length: count }, (_, at) => entry(`${prefix}${at}`, changes))
