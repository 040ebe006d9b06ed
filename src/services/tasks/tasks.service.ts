import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, invalidInput, notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { Principal } from '../../domain/principal.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { TaskQueue } from '../../ports/task-queue.js'
import { namingMistakes } from './argument-mistake.js'
import type { Access } from '../access/access.js'
import type { Payloads } from '../payloads.js'
import type { Streams } from '../streams/streams.js'
import { checkNumber, checkRunAt, type EnqueueRequest } from './enqueue-request.js'
import type { TaskAcceptance } from './task-acceptance.js'
import { toListRequest, type TaskFilter, type TaskOrder } from './task-list.js'
import { readTaskLogs, type TaskLogLine, type TaskLogRequest } from './task-logs.js'
import type { TaskQueues } from './task-queues.js'
import { TaskRemoval } from './task-removal.js'
import { MAX_REQUEUED, TaskRetries, type DeadLetterFilter, type RequeuedDeadLetters } from './task-retries.js'
import { followWithChildren, type TaskFollowItem } from './task-children.js'
import { followWithPosition, LookTimes, type TaskForecast } from './task-position.js'
import type { GraphRerun } from './graph-rerun.js'
import { cancelWithChildren } from './task-graph-rules.js'
import type { TaskGraphStore } from './task-graph-store.js'
import { requestCancel, stopCancelled, type TaskChange } from './task-rules.js'
import type { TaskSettling } from './task-settling.js'
import type { TaskStore } from './task-store.js'
import { createTaskSource } from './task-stream.js'
import type { TaskThroughput } from './task-throughput.js'
import type { TaskType } from './task-type.js'
import type { TaskTypes } from './task-types.js'
import { changePriority, reschedule } from './task-waiting-rules.js'
import type { TaskWorker } from './task-worker.js'

export interface TasksServiceOptions {
  readonly access: Access
  readonly store: TaskStore
  readonly types: TaskTypes
  readonly acceptance: TaskAcceptance
  readonly payloads: Payloads
  readonly settling: TaskSettling
  readonly worker: Pick<TaskWorker, 'stopTask' | 'settled'>
  readonly queue: Pick<TaskQueue, 'position'>
  readonly queues: Pick<TaskQueues, 'get'>
  readonly throughput: TaskThroughput
  readonly graphs: TaskGraphStore
  readonly rerun: GraphRerun
  readonly streams: Streams
  readonly maxJoinedBytes: number
  readonly clock: Clock
}

/** Durable pieces of work: their acceptance, their course, and what is asked of them. */
export class TasksService {
  readonly #options: TasksServiceOptions
  readonly #retries: TaskRetries
  readonly #removal: TaskRemoval
  readonly #lookTimes = new LookTimes()

  constructor(options: TasksServiceOptions) {
    this.#options = options
    this.#retries = new TaskRetries(options)
    this.#removal = new TaskRemoval(options)
  }

  /** Accepts a task; it is on disk then. @throws GraphloomError as `TaskAcceptance.accept`, `FORBIDDEN`. */
  async enqueue(principal: Principal, request: EnqueueRequest): Promise<TaskDocument> {
    this.#options.access.require(principal, 'task.create')
    return namingMistakes('input.input', this.#options.acceptance.accept(principal, request))
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(TaskDocument | null)[]> {
    this.#options.access.require(principal, 'task.read')
    return this.#options.settling.settle(await this.#options.store.getMany(scopeOf(principal), ids))
  }

  /** @throws GraphloomError `INVALID_INPUT` for a cursor of another list, `FORBIDDEN`. */
  async list(
    principal: Principal,
    request: { readonly filter: TaskFilter; readonly order: TaskOrder; readonly page: PageRequest },
  ): Promise<Page<TaskDocument>> {
    this.#options.access.require(principal, 'task.read')
    const { store, settling } = this.#options
    const page = await store.list(scopeOf(principal), {
      ...toListRequest(request.filter, request.order),
      page: request.page,
    })
    const settled = await settling.settle(page.items.map(({ node }) => node))
    return { ...page, items: page.items.map((item, at) => ({ ...item, node: settled[at] ?? item.node })) }
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  listTypes(principal: Principal): readonly TaskType[] {
    this.#options.access.require(principal, 'task.read')
    return this.#options.types.list()
  }

  /**
   * Cancels what waits; tells who works on it, which has a while to stop. What has ended stays as it is. `withChildren`:
   * all that waits for it, and for that, is cancelled too, once it has ended; otherwise that ends, or runs, as its
   * policy says.
   * @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`.
   */
  async cancel(principal: Principal, id: string, withChildren = true): Promise<TaskDocument> {
    const { access, store, worker, clock } = this.#options
    access.require(principal, 'task.cancel', { id })
    const { task } = await store.change(scopeOf(principal), id, (current) =>
      withChildren ? cancelWithChildren(current, clock.now()) : requestCancel(current, clock.now()),
    )
    worker.stopTask(id, new GraphloomError('CANCELLED', 'The task was cancelled.'))
    return task
  }

  /**
   * Cancels what is done in this process alone, and answers when it has ended.
   * @throws GraphloomError as `cancel`.
   */
  async cancelAndWait(principal: Principal, id: string): Promise<TaskDocument> {
    const { store, worker, clock } = this.#options
    const task = await this.cancel(principal, id)
    if (isTaskEnded(task.state)) return task
    await worker.settled(id)
    const rule = (current: TaskDocument) => stopCancelled(current, clock.now())
    return (await store.change(scopeOf(principal), id, rule)).task
  }

  /** @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `CONFLICT` when nobody waits for it any more, `FORBIDDEN`. */
  async setPriority(principal: Principal, id: string, priority: number): Promise<TaskDocument> {
    checkNumber('input.priority', priority, { least: 0, most: 9, isWhole: true })
    return this.#changeWaiting(principal, id, (task) => changePriority(task, priority, this.#options.clock.now()))
  }

  /** Lets what waits run at another time; null is now. @throws GraphloomError as `setPriority`. */
  async reschedule(principal: Principal, id: string, runAt: number | null): Promise<TaskDocument> {
    const now = this.#options.clock.now()
    checkRunAt(runAt, now)
    return this.#changeWaiting(principal, id, (task) => {
      if (runAt !== null && task.expiresAt !== null && task.expiresAt <= runAt)
        throw invalidInput('input.runAt', 'is not before the time at which the task expires.')
      return reschedule(task, runAt, now)
    })
  }

  async #changeWaiting(
    principal: Principal,
    id: string,
    rule: (task: TaskDocument) => TaskChange | null,
  ): Promise<TaskDocument> {
    const { access, store } = this.#options
    access.require(principal, 'task.change', { id })
    const { task, changed } = await store.change(scopeOf(principal), id, rule)
    if (!changed) throw new GraphloomError('CONFLICT', `The task is ${task.state}; only one that waits can be changed.`)
    return task
  }

  /**
   * Does an ended task again, with its own input or another, as a new task that names it.
   * @throws GraphloomError `NOT_FOUND`, `CONFLICT` when it has not ended or was done again already, as `enqueue`.
   */
  async retry(principal: Principal, id: string, input?: Json): Promise<TaskDocument> {
    this.#options.access.require(principal, 'task.create', { id })
    return this.#retries.retry(principal, id, input)
  }

  /**
   * Does dead letters of the tenant again, as `retry` does, the oldest first.
   * @throws GraphloomError `INVALID_INPUT`, `OVERLOADED` when not one found room, `FORBIDDEN`.
   */
  async requeueDeadLetters(
    principal: Principal,
    filter: DeadLetterFilter,
    first: number,
  ): Promise<RequeuedDeadLetters> {
    this.#options.access.require(principal, 'task.create')
    checkNumber('input.first', first, { least: 1, most: MAX_REQUEUED, isWhole: true })
    return this.#retries.requeue(principal, filter, first)
  }

  /** What was asked, for a document that the principal got from here; null where that is for others. */
  async readInput(principal: Principal, task: TaskDocument): Promise<Json> {
    const { types, payloads } = this.#options
    return types.mayReadInput(principal, task) ? payloads.get(task.input) : null
  }

  /** What the work gave; null when it gave nothing. */
  readOutput(task: TaskDocument): Promise<Json> {
    return task.output === null ? Promise.resolve(null) : this.#options.payloads.get(task.output)
  }

  /**
   * What its attempts wrote, for a task that the principal got from here.
   * @throws GraphloomError `INVALID_INPUT` that names `first` or `after`.
   */
  readLogs(id: string, request: TaskLogRequest): Promise<Page<TaskLogLine>> {
    return readTaskLogs(this.#options.store, id, request)
  }

  /** For tasks that the principal got from here, in their order. */
  forecast(tasks: readonly Pick<TaskDocument, 'id' | 'state' | 'queue' | 'type'>[]): Promise<TaskForecast[]> {
    return Promise.all(
      tasks.map(async ({ id, state, queue, type }) => {
        const position = state === 'QUEUED' ? await this.#options.queue.position(id) : null
        return { position, etaMs: this.#etaMs({ queue, type }, position) }
      }),
    )
  }

  #etaMs({ queue, type }: Pick<TaskDocument, 'queue' | 'type'>, position: number | null): number | null {
    const { queues, throughput } = this.#options
    if (!throughput.endsType(queue, type)) return null
    const perSecond = throughput.perSecond(queue)
    if (position === null || perSecond === null || queues.get(queue)?.paused !== false) return null
    return Math.round(((position + 1) / perSecond) * 1_000)
  }

  /** The task's stream, with its place in the queue while it waits; `withChildren`, how what waits for it stands too. @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `FORBIDDEN`. */
  async follow(
    principal: Principal,
    request: {
      readonly id: string
      readonly after: string | null
      readonly withChildren?: boolean
      readonly signal: AbortSignal
    },
  ): Promise<AsyncIterable<TaskFollowItem>> {
    const { access, store, graphs, streams, maxJoinedBytes, clock } = this.#options
    const { id, after, withChildren = false, signal } = request
    access.require(principal, 'task.read', { id })
    const require = (): Promise<TaskDocument> => this.#require(principal, id)
    const task = await require()
    const source = createTaskSource({ require, id, maxJoinedBytes })
    const logged = streams.follow({ stream: id, source, after, signal })
    const forecast = async (): Promise<TaskForecast> => (await this.forecast([{ ...task, state: 'QUEUED' }]))[0]!
    const items = followWithPosition(logged, { task, after, forecast, times: this.#lookTimes, clock, signal })
    return withChildren ? followWithChildren(items, { task, store, graphs, after, clock, signal }) : items
  }

  /** Deletes an ended task, its payloads and its stream. @throws GraphloomError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`. */
  async delete(principal: Principal, id: string): Promise<void> {
    this.#options.access.require(principal, 'task.delete', { id })
    const task = await this.#require(principal, id)
    await this.#removal.require(task)
  }

  /** The same for retention; false when it stays for the time being. */
  remove(task: TaskDocument): Promise<boolean> {
    return this.#removal.remove(task)
  }

  /** The same, where all that is known of it is that what it is about has ended. */
  async removeEnded(tenantId: string, id: string): Promise<boolean> {
    const { store, settling } = this.#options
    const [task] = await settling.settle([await store.get({ tenantId }, id)])
    return !task || this.#removal.remove(task)
  }

  /** As it is now. @throws GraphloomError `NOT_FOUND`. */
  async #require(principal: Principal, id: string): Promise<TaskDocument> {
    const { store, settling } = this.#options
    const [task] = await settling.settle([await store.require(scopeOf(principal), id)])
    if (!task) throw notFound('task', id)
    return task
  }
}

const scopeOf = (principal: Principal) => ({ tenantId: principal.tenantId })
