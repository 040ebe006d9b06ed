import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { TaskQueueDocument } from '../../domain/task-queue.js'
import type { QueueFigures, TaskQueue } from '../../ports/task-queue.js'
import { MAX_QUEUES, type TaskQueueSettings, type TaskQueueStore } from './task-queue-store.js'

export interface TaskQueuesOptions {
  readonly store: TaskQueueStore
  readonly queue: Pick<TaskQueue, 'figures' | 'length'>
  /** The most tasks that wait in a queue whose settings do not say it. */
  readonly maxLength: number
  /** Told of each queue once it is there, also of those that are there at the start. */
  readonly onQueue: (name: string) => void
}

interface Entering {
  count: number
  /** Resolves when one of them is accepted, or was not. */
  left: PromiseWithResolvers<void>
}

const NAME = /^[a-z][a-z0-9._-]{0,62}$/
const RETRY_AFTER_MS = 1_000

/** The queues that tasks wait in, with their settings at hand. */
export class TaskQueues {
  readonly #options: TaskQueuesOptions
  readonly #known = new Map<string, TaskQueueDocument>()
  /** Tasks that are being accepted, and do not count in the length yet. */
  readonly #entering = new Map<string, Entering>()

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
    for (;;) {
      const waiting = await this.#options.queue.length(name)
      const entering = this.#entering.get(name) ?? { count: 0, left: Promise.withResolvers<void>() }
      if (waiting + entering.count + count <= maxLength) return this.#keepRoom(name, entering, count)
      if (entering.count === 0)
        throw new GraphloomError('OVERLOADED', `The queue "${name}" is full: ${maxLength} tasks wait in it.`, {
          details: { retryAfterMs: RETRY_AFTER_MS, limit: { name: 'maxLength', value: maxLength } },
        })
      // Of those that are being accepted some may be in the length already.
      await entering.left.promise
    }
  }

  #keepRoom(name: string, entering: Entering, count: number): Disposable {
    entering.count += count
    this.#entering.set(name, entering)
    return {
      [Symbol.dispose]: () => {
        entering.count -= count
        entering.left.resolve()
        entering.left = Promise.withResolvers()
        if (entering.count === 0) this.#entering.delete(name)
      },
    }
  }

  #remember(queue: TaskQueueDocument): void {
    const isNew = !this.#known.has(queue.name)
    this.#known.set(queue.name, queue)
    if (isNew) this.#options.onQueue(queue.name)
  }
}
