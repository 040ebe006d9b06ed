import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { Clock } from '../../kernel/clock.js'
import type { TaskQueueDocument } from '../../domain/task-queue.js'
import type { QueueFigures, TaskQueue } from '../../ports/task-queue.js'
import { QueueRoom } from './queue-room.js'
import { MAX_QUEUES, type TaskQueueSettings, type TaskQueueStore } from './task-queue-store.js'

export interface TaskQueuesOptions {
  readonly store: TaskQueueStore
  readonly queue: Pick<TaskQueue, 'figures' | 'length'>
  /** The most tasks that wait in a queue whose settings do not say it. */
  readonly maxLength: number
  /** Told of each queue once it is there, also of those that are there at the start. */
  readonly onQueue: (name: string) => void
  readonly clock: Pick<Clock, 'now'>
}

const NAME = /^[a-z][a-z0-9._-]{0,62}$/
const RETRY_AFTER_MS = 1_000

/** The queues that tasks wait in, with their settings at hand. */
export class TaskQueues {
  readonly #options: TaskQueuesOptions
  readonly #known = new Map<string, TaskQueueDocument>()
  readonly #rooms = new Map<string, QueueRoom>()

  constructor(options: TaskQueuesOptions) {
    this.#options = options
  }

  /** Takes up the queues that are there, and makes those that must be. */
  async start(needed: readonly string[]): Promise<void> {
    for (const queue of await this.#options.store.list()) this.#remember(queue)
    for (const name of new Set(needed)) if (!this.#known.has(name)) await this.put(name, {})
  }

  get(name: string): TaskQueueDocument | null {
    return this.#known.get(name) ?? null
  }

  /** @throws GraphloomError `INVALID_INPUT` with the path. */
  require(name: string, path: string): TaskQueueDocument {
    const queue = this.#known.get(name)
    if (queue) return queue
    throw invalidInput(path, `there is no queue "${name}"; an administrator makes it by updateTaskQueue.`)
  }

  list(): readonly TaskQueueDocument[] {
    return [...this.#known.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  figures(tenantId?: string): Promise<QueueFigures[]> {
    return this.#options.queue.figures(tenantId)
  }

  /** Makes the queue, or changes what is given of its settings. @throws GraphloomError `INVALID_INPUT`. */
  async put(name: string, settings: Partial<TaskQueueSettings>): Promise<TaskQueueDocument> {
    const { store, maxLength } = this.#options
    if (!NAME.test(name))
      throw invalidInput(
        'input.name',
        'must begin with a small letter and have at most 63 small letters, digits, ".", "-" and "_".',
      )
    if (!this.#known.has(name) && this.#known.size >= MAX_QUEUES)
      throw invalidInput('input.name', `there are ${MAX_QUEUES} queues already.`)
    const queue = await store.put(name, settings, { paused: false, concurrency: null, maxLength, weights: {} })
    this.#remember(queue)
    return queue
  }

  /**
   * Keeps room for tasks until what it gives is disposed of.
   * @throws GraphloomError `INVALID_INPUT` for no such queue, `OVERLOADED` when it is full.
   */
  async enter(name: string, count = 1): Promise<Disposable> {
    const { maxLength } = this.require(name, 'input.queue')
    const kept = await this.#rooms.get(name)!.keep(count, maxLength)
    if (kept) return kept
    throw new GraphloomError('OVERLOADED', `The queue "${name}" is full: at most ${maxLength} tasks may wait in it.`, {
      details: { retryAfterMs: RETRY_AFTER_MS, limit: { name: 'maxLength', value: maxLength } },
    })
  }

  #remember(queue: TaskQueueDocument): void {
    const { name } = queue
    const isNew = !this.#known.has(name)
    this.#known.set(name, queue)
    if (!isNew) return
    const { queue: queues, clock, onQueue } = this.#options
    this.#rooms.set(name, new QueueRoom({ readLength: () => queues.length(name), clock }))
    onQueue(name)
  }
}
