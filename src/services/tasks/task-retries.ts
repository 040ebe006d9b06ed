import { GraphloomError, invalidInput, isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { deriveId } from '../../kernel/ids.js'
import type { Principal } from '../../domain/principal.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { Payloads } from '../payloads.js'
import { findReferences } from './output-references.js'
import type { GraphRerun } from './graph-rerun.js'
import type { TaskAcceptance } from './task-acceptance.js'
import type { TaskSettling } from './task-settling.js'
import type { TaskStore } from './task-store.js'
import type { TaskTypes } from './task-types.js'

export interface TaskRetriesOptions {
  readonly store: TaskStore
  readonly settling: TaskSettling
  readonly payloads: Payloads
  readonly types: Pick<TaskTypes, 'mayReadInput'>
  readonly acceptance: Pick<TaskAcceptance, 'accept'>
  readonly rerun: GraphRerun
}

/** Which dead letters; all conditions that are given must hold. */
export interface DeadLetterFilter {
  readonly queue?: string | undefined
  readonly type?: string | undefined
  readonly ids?: readonly string[] | undefined
}

export interface RequeuedDeadLetters {
  readonly taskIds: readonly string[]
  /** Whether dead letters of the filter are left that were not looked at. */
  readonly hasMore: boolean
}

const isWaitedFor = ({ graph }: Pick<TaskDocument, 'graph'>): boolean => (graph?.childCount ?? 0) > 0

export const MAX_REQUEUED = 1_000
/** Dead letters that one call looks at, with those that it passes over. */
const MAX_LOOKED = 10 * MAX_REQUEUED
const PARALLEL = 50

/** Does ended tasks again, each as a new task that names the old one. */
export class TaskRetries {
  readonly #options: TaskRetriesOptions

  constructor(options: TaskRetriesOptions) {
    this.#options = options
  }

  /**
   * With its own input, or another where one is given that is not null.
   * @throws GraphloomError `NOT_FOUND`, `CONFLICT` when it has not ended or was done again already, as
   * `TaskAcceptance.accept`, `FORBIDDEN` for an input that is for others.
   */
  async retry(principal: Principal, id: string, given?: Json): Promise<TaskDocument> {
    const input = given ?? undefined
    const { store, settling, payloads, types, acceptance } = this.#options
    const scope = { tenantId: principal.tenantId }
    const [task] = await settling.settle([await store.require(scope, id)])
    if (!task) throw notFound('task', id)
    if (!isTaskEnded(task.state)) throw new GraphloomError('CONFLICT', `The task is ${task.state}; it has not ended.`)
    if (task.retriedAs !== null) throw new GraphloomError('CONFLICT', `It was done again as ${task.retriedAs}.`)
    if (isWaitedFor(task))
      throw new GraphloomError('CONFLICT', 'Others of its graph wait for it: rerunTaskGraph does them again too.')
    if (input === undefined && !types.mayReadInput(principal, task))
      throw new GraphloomError('FORBIDDEN', 'Its input is for who created it: only they can have it done again.')
    const used = input ?? (await payloads.get(task.input))
    if (input === undefined && task.inputTemplate !== null && findReferences(used, 'input').length > 0)
      throw new GraphloomError(
        'CONFLICT',
        'Its input takes outputs of other tasks, and never got them: give an input, or use rerunTaskGraph.',
      )
    const { type, queue, priority, attemptLimit, backoff, timeoutMs, concurrency, webhook } = task
    const again = await acceptance.accept(
      principal,
      {
        type,
        input: used,
        queue,
        priority,
        attemptLimit,
        backoff,
        timeoutMs: timeoutMs ?? undefined,
        concurrency: concurrency ?? undefined,
        webhookUrl: webhook?.url,
      },
      // Who asks twice at the same time gets one.
      { id: deriveId('task', 'retry', id), retryOf: id },
    )
    await store.change(scope, id, (ended) =>
      ended.retriedAs === null ? { next: { ...ended, retriedAs: again.id, isDeadLetter: false }, queue: [] } : null,
    )
    return again
  }

  /**
   * The oldest first, at most `limit` of them, each with those that wait for it in its graph. Those that somebody else
   * sees to meanwhile are passed over, and stay as they are where their input cannot be used again: others are done
   * instead, as long as not too many are passed over.
   * @throws GraphloomError `INVALID_INPUT`; `OVERLOADED` when not one found room.
   */
  async requeue(principal: Principal, filter: DeadLetterFilter, limit: number): Promise<RequeuedDeadLetters> {
    const taskIds: string[] = []
    let looked = 0
    for (let cursor: string | null = null; ;) {
      const page = await this.#find(principal, filter, { limit: limit - taskIds.length, cursor })
      for (const step of inSteps(page.found)) {
        const results = await Promise.allSettled(step.map((task) => this.#again(principal, task)))
        for (const result of results) if (result.status === 'fulfilled') taskIds.push(result.value)
        const failed = results.find((result) => result.status === 'rejected' && !isSeenTo(result.reason))
        if (failed?.status !== 'rejected') continue
        if (!isErrorWithCode(failed.reason, 'OVERLOADED') || taskIds.length === 0) throw failed.reason
        return { taskIds, hasMore: true }
      }
      looked += page.found.length
      cursor = page.next
      if (cursor === null || taskIds.length >= limit || looked >= MAX_LOOKED)
        return { taskIds, hasMore: cursor !== null }
    }
  }

  /** With those that wait for it. */
  async #again(principal: Principal, { id, tenantId, graph }: TaskDocument): Promise<string> {
    const { store, rerun } = this.#options
    if (!isWaitedFor({ graph })) return (await this.retry(principal, id)).id
    await rerun.rerun(principal, id, undefined)
    const { retriedAs } = await store.require({ tenantId }, id)
    if (retriedAs === null) throw new GraphloomError('CONFLICT', 'It is being done again.')
    return retriedAs
  }

  async #find(
    { tenantId }: Principal,
    { ids, queue, type }: DeadLetterFilter,
    { limit, cursor }: { readonly limit: number; readonly cursor: string | null },
  ): Promise<{ readonly found: readonly TaskDocument[]; readonly next: string | null }> {
    const { store } = this.#options
    if (ids !== undefined) {
      if (ids.length > MAX_REQUEUED)
        throw invalidInput('input.ids', `has ${ids.length} ids; at most ${MAX_REQUEUED} are allowed.`)
      const matches = (task: TaskDocument): boolean =>
        task.isDeadLetter && (queue ?? task.queue) === task.queue && (type ?? task.type) === task.type
      const known = (await store.getMany({ tenantId }, [...new Set(ids)])).filter((task) => task !== null)
      const inOrder = known.sort((one, other) => one.createdAt - other.createdAt)
      // The cursor is the id of the last that was looked at.
      const left = inOrder.slice(inOrder.findIndex(({ id }) => id === cursor) + 1).filter(matches)
      const found = left.slice(0, limit)
      return { found, next: left.length > limit ? found.at(-1)!.id : null }
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
    return { found: page.items.map(({ node }) => node), next: page.hasNextPage ? page.items.at(-1)!.cursor : null }
  }
}

/** First, one by one, those whose graphs are done again, which may do others of them again. */
function inSteps(tasks: readonly TaskDocument[]): TaskDocument[][] {
  const { waitedFor = [], others = [] } = Object.groupBy(tasks, (task) => (isWaitedFor(task) ? 'waitedFor' : 'others'))
  const steps = waitedFor.map((task) => [task])
  for (let from = 0; from < others.length; from += PARALLEL) steps.push(others.slice(from, from + PARALLEL))
  return steps
}

const PASSED_OVER = ['CONFLICT', 'NOT_FOUND', 'FORBIDDEN', 'INVALID_INPUT'] as const
const isSeenTo = (error: unknown): boolean => PASSED_OVER.some((code) => isErrorWithCode(error, code))
