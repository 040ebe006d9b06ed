import type { Clock } from '../../kernel/clock.js'
import { notFound } from '../../kernel/errors.js'
import { isAdmin, type Principal } from '../../domain/principal.js'
import type { TaskQueueDocument } from '../../domain/task-queue.js'
import { SYSTEM_SCOPE } from '../../ports/document-store.js'
import type { Access } from '../access/access.js'
import { checkEveryMs, readEvery } from '../streams/read-every.js'
import { checkKey, checkNumber } from './enqueue-request.js'
import type { TaskQueueSettings } from './task-queue-store.js'
import type { TaskQueues } from './task-queues.js'
import type { TaskStore } from './task-store.js'
import type { TaskThroughput } from './task-throughput.js'

export interface TaskQueuesServiceOptions {
  readonly access: Access
  readonly queues: TaskQueues
  readonly store: Pick<TaskStore, 'countDeadLetters'>
  readonly throughput: TaskThroughput
  readonly clock: Clock
}

/** What is to be changed of a queue; what is left out stays. */
export type TaskQueueChange = Partial<Omit<TaskQueueSettings, 'paused' | 'weights'>> & {
  /** In the place of those that it has. */
  readonly weights?: readonly { readonly tenantId: string; readonly weight: number }[]
}

/** What a queue does at the moment, as far as the reader may see it. */
export interface TaskQueueFigures {
  /** Tasks that wait in it, for whatever. */
  readonly length: number
  /** Those of them that may run, and wait for a worker. */
  readonly readyCount: number
  readonly runningCount: number
  /** How long the one has waited that has longest; null when none does. */
  readonly oldestWaitMs: number | null
  /** Null when too few ended lately. */
  readonly throughputPerSecond: number | null
}

export interface FollowQueueRequest {
  readonly name: string
  readonly everyMs: number
  readonly signal: AbortSignal
}

const MAX_PARALLEL = 100_000
const MAX_LENGTH = 100_000_000
const LEAST_WEIGHT = 0.001
const MOST_WEIGHT = 1_000

/** The queues as clients see and administrators change them. */
export class TaskQueuesService {
  readonly #options: TaskQueuesServiceOptions

  constructor(options: TaskQueuesServiceOptions) {
    this.#options = options
  }

  /** By name. @throws GraphloomError `FORBIDDEN`. */
  list(principal: Principal): readonly TaskQueueDocument[] {
    this.#options.access.require(principal, 'task.read')
    return this.#options.queues.list()
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  get(principal: Principal, name: string): TaskQueueDocument | null {
    this.#options.access.require(principal, 'task.read')
    return this.#options.queues.get(name)
  }

  /** In the order of `ids`. @throws GraphloomError `FORBIDDEN`. */
  getMany(principal: Principal, ids: readonly string[]): (TaskQueueDocument | null)[] {
    const byId = new Map(this.list(principal).map((queue) => [queue.id, queue]))
    return ids.map((id) => byId.get(id) ?? null)
  }

  /** Makes a queue, or changes what is given of its settings, at once. @throws GraphloomError `INVALID_INPUT`, `FORBIDDEN`. */
  async update(principal: Principal, name: string, change: TaskQueueChange): Promise<TaskQueueDocument> {
    const { access, queues } = this.#options
    access.require(principal, 'taskQueue.manage')
    const { concurrency, maxLength, weights } = change
    checkNumber('input.concurrency', concurrency ?? undefined, { least: 1, most: MAX_PARALLEL, isWhole: true })
    checkNumber('input.maxLength', maxLength, { least: 1, most: MAX_LENGTH, isWhole: true })
    weights?.forEach(({ tenantId, weight }, at) => {
      checkKey(`input.weights.${at}.tenantId`, tenantId)
      checkNumber(`input.weights.${at}.weight`, weight, { least: LEAST_WEIGHT, most: MOST_WEIGHT })
    })
    return queues.put(name, {
      ...(concurrency !== undefined && { concurrency }),
      ...(maxLength !== undefined && { maxLength }),
      ...(weights && { weights: Object.fromEntries(weights.map(({ tenantId, weight }) => [tenantId, weight])) }),
    })
  }

  /** @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`. */
  async setPaused(principal: Principal, name: string, paused: boolean): Promise<TaskQueueDocument> {
    const { access, queues } = this.#options
    access.require(principal, 'taskQueue.manage')
    if (!queues.get(name)) throw notFound('task queue', name)
    return queues.put(name, { paused })
  }

  /** Shares of tenants are the administrators' business; null for others. @throws GraphloomError `FORBIDDEN`. */
  weights(principal: Principal, queue: TaskQueueDocument): TaskQueueDocument['weights'] | null {
    this.#options.access.require(principal, 'task.read')
    return isAdmin(principal) ? queue.weights : null
  }

  /**
   * In the order of `names`. An administrator sees all tasks in them, others those of their tenant alone.
   * @throws GraphloomError `FORBIDDEN`.
   */
  async figures(principal: Principal, names: readonly string[]): Promise<TaskQueueFigures[]> {
    const { access, queues, throughput, clock } = this.#options
    access.require(principal, 'task.read')
    const tenantId = isAdmin(principal) ? undefined : principal.tenantId
    const all = new Map((await queues.figures(tenantId)).map((one) => [one.queue, one]))
    const now = clock.now()
    return names.map((name) => {
      const { readyCount = 0, scheduledCount = 0, claimedCount = 0, oldestReadySinceMs = null } = all.get(name) ?? {}
      return {
        length: readyCount + scheduledCount,
        readyCount,
        runningCount: claimedCount,
        oldestWaitMs: oldestReadySinceMs === null ? null : Math.max(0, now - oldestReadySinceMs),
        throughputPerSecond: throughput.perSecond(name, tenantId),
      }
    })
  }

  /** Dead letters that the principal can see, in the order of `names`. @throws GraphloomError `FORBIDDEN`. */
  async countDeadLetters(principal: Principal, names: readonly string[]): Promise<number[]> {
    const { access, store } = this.#options
    access.require(principal, 'task.read')
    const scope = isAdmin(principal) ? SYSTEM_SCOPE : { tenantId: principal.tenantId }
    const counts = await store.countDeadLetters(scope)
    return names.map((name) => counts.get(name) ?? 0)
  }

  /**
   * The queue at once and then every so often, until the signal aborts.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `FORBIDDEN`.
   */
  async follow(principal: Principal, request: FollowQueueRequest): Promise<AsyncIterable<TaskQueueDocument>> {
    const { access, queues, clock } = this.#options
    access.require(principal, 'task.read')
    const { name, everyMs, signal } = request
    checkEveryMs(everyMs)
    if (!queues.get(name)) throw notFound('task queue', name)
    return readEvery(() => queues.get(name), { everyMs, signal, clock })
  }
}
