import { GraphloomError, invalidInput, isErrorWithCode, notFound, type ErrorInfo } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { Payloads } from '../payloads.js'
import type { TaskAcceptance } from './task-acceptance.js'
import { toErrorInfo } from './task-rules.js'
import type { TaskSettling } from './task-settling.js'
import type { TaskStore } from './task-store.js'

export interface TaskRetriesOptions {
  readonly store: TaskStore
  readonly settling: TaskSettling
  readonly payloads: Payloads
  readonly acceptance: Pick<TaskAcceptance, 'accept'>
}

/** Which dead letters; all conditions that are given must hold. */
export interface DeadLetterFilter {
  readonly queue?: string | undefined
  readonly type?: string | undefined
  readonly ids?: readonly string[] | undefined
}

/** A dead letter that cannot be done again as it is. */
export interface RefusedDeadLetter {
  readonly taskId: string
  readonly error: ErrorInfo
}

export interface RequeuedDeadLetters {
  readonly taskIds: readonly string[]
  readonly refused: readonly RefusedDeadLetter[]
  /** Whether dead letters of the filter are left that were not looked at. */
  readonly hasMore: boolean
}

interface DeadLetterPage {
  readonly tasks: readonly TaskDocument[]
  /** Of the next page; null when there is none. */
  readonly next: string | null
}

export const MAX_REQUEUED = 1_000
const PARALLEL = 50

/** Does ended tasks again, each as a new task that names the old one. */
export class TaskRetries {
  readonly #options: TaskRetriesOptions

  constructor(options: TaskRetriesOptions) {
    this.#options = options
  }

  /**
   * With its own input or another.
   * @throws GraphloomError `NOT_FOUND`, `CONFLICT` when it has not ended or was done again already, as
   * `TaskAcceptance.accept`.
   */
  async retry(principal: Principal, id: string, input?: Json): Promise<TaskDocument> {
    const { store, settling, payloads, acceptance } = this.#options
    const scope = { tenantId: principal.tenantId }
    const [task] = await settling.settle([await store.require(scope, id)])
    if (!task) throw notFound('task', id)
    if (!isTaskEnded(task.state)) throw new GraphloomError('CONFLICT', `The task is ${task.state}; it has not ended.`)
    if (task.retriedAs !== null) throw doneAgain(task.retriedAs)
    const { type, queue, priority, attemptLimit, backoff, timeoutMs, concurrency } = task
    const request = {
      type,
      input: input ?? (await payloads.get(task.input)),
      queue,
      priority,
      attemptLimit,
      backoff,
      timeoutMs: timeoutMs ?? undefined,
      concurrency: concurrency ?? undefined,
      // Who asks twice at the same time gets one.
      idempotencyKey: `retry:${id}`,
    }
    try {
      const again = await acceptance.accept(principal, request, { retryOf: id })
      await this.#mark(task, again)
      return again
    } catch (error) {
      if (!isErrorWithCode(error, 'IDEMPOTENCY_CONFLICT')) throw error
      // It was done again with another input, and whoever did that could not say so any more.
      const made = await store.getBy('idempotencyKey', principal.tenantId, request.idempotencyKey)
      if (made?.retryOf !== id) throw error
      await this.#mark(task, made)
      throw doneAgain(made.id)
    }
  }

  async #mark({ tenantId, id }: TaskDocument, again: TaskDocument): Promise<void> {
    await this.#options.store.change({ tenantId }, id, (ended) =>
      ended.retriedAs === null ? { next: { ...ended, retriedAs: again.id, isDeadLetter: false }, queue: [] } : null,
    )
  }

  /**
   * The oldest first, at most `limit` of them. Those that somebody else sees to meanwhile are passed over.
   * @throws GraphloomError `INVALID_INPUT` for too many ids; `OVERLOADED` when not one found room.
   */
  async requeue(principal: Principal, filter: DeadLetterFilter, limit: number): Promise<RequeuedDeadLetters> {
    const taskIds: string[] = []
    const refused: RefusedDeadLetter[] = []
    for (let cursor: string | null = null; ;) {
      const { tasks, next } = await this.#find(principal, filter, Math.min(PARALLEL, limit - taskIds.length), cursor)
      const results = await Promise.allSettled(tasks.map(({ id }) => this.retry(principal, id)))
      for (const result of results) if (result.status === 'fulfilled') taskIds.push(result.value.id)
      const problems = results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : null))
      for (const [at, problem] of problems.entries())
        if (isRefusal(problem)) refused.push({ taskId: tasks[at]!.id, error: toErrorInfo(problem) })
      const obstacle = problems.find((problem) => problem !== null && !isSeenTo(problem) && !isRefusal(problem))
      if (obstacle !== undefined) {
        if (!isErrorWithCode(obstacle, 'OVERLOADED') || taskIds.length === 0) throw obstacle as Error
        return { taskIds, refused, hasMore: true }
      }
      const isEnough = taskIds.length >= limit || refused.length >= MAX_REQUEUED
      if (next === null || isEnough) return { taskIds, refused, hasMore: next !== null }
      cursor = next
    }
  }

  async #find(
    { tenantId }: Principal,
    { ids, queue, type }: DeadLetterFilter,
    limit: number,
    cursor: string | null,
  ): Promise<DeadLetterPage> {
    const { store } = this.#options
    if (ids !== undefined) {
      if (ids.length > MAX_REQUEUED)
        throw invalidInput('input.ids', `has ${ids.length} ids; at most ${MAX_REQUEUED} are allowed.`)
      const from = Number(cursor ?? 0)
      const distinct = [...new Set(ids)]
      const matches = (task: TaskDocument | null): task is TaskDocument =>
        task?.isDeadLetter === true && (queue ?? task.queue) === task.queue && (type ?? task.type) === task.type
      const tasks = (await store.getMany({ tenantId }, distinct.slice(from, from + limit))).filter(matches)
      return { tasks, next: from + limit < distinct.length ? String(from + limit) : null }
    }
    const filter = {
      isDeadLetter: { eq: true },
      ...(queue !== undefined && { queue: { eq: queue } }),
      ...(type !== undefined && { type: { eq: type } }),
    }
    const page = await store.list(
      { tenantId },
      { filter, orderBy: [{ field: 'createdAt', direction: 'asc' }], page: { limit, cursor, backward: false } },
    )
    return { tasks: page.items.map(({ node }) => node), next: page.hasNextPage ? page.items.at(-1)!.cursor : null }
  }
}

const doneAgain = (id: string): GraphloomError => new GraphloomError('CONFLICT', `It was done again as ${id}.`)

const isSeenTo = (error: unknown): boolean => isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')

/** It would be refused again, whenever it is tried. */
const isRefusal = (error: unknown): error is GraphloomError =>
  error instanceof GraphloomError && !error.retryable && error.code !== 'INTERNAL' && !isSeenTo(error)
