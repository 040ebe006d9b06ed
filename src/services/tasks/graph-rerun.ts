import { createHash } from 'node:crypto'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import { createId, deriveId } from '../../kernel/ids.js'
import { canonicalJson, type Json } from '../../kernel/json.js'
import { Turns } from '../../kernel/turns.js'
import type { Principal } from '../../domain/principal.js'
import type { Stored } from '../../domain/stored-document.js'
import type { TaskGraphDocument, TaskLinkDocument } from '../../domain/task-graph.js'
import { isTaskEnded, NEW_TASK, type TaskDocument } from '../../domain/task.js'
import type { DocumentBody } from '../../ports/document-store.js'
import type { Payloads } from '../payloads.js'
import { countByQueue, requireSmall, toLink } from './graph-acceptance.js'
import { MAX_GRAPH_LINKS, MAX_GRAPH_TASKS } from './graph-request.js'
import { findReferences } from './output-references.js'
import { blockTask } from './task-graph-rules.js'
import type { TaskGraphStore } from './task-graph-store.js'
import type { TaskQueues } from './task-queues.js'
import { acceptTask, type TaskChange } from './task-rules.js'
import type { TaskStore } from './task-store.js'
import type { TaskTypes } from './task-types.js'

export interface GraphRerunOptions {
  readonly store: TaskStore
  readonly graphs: TaskGraphStore
  readonly types: TaskTypes
  readonly queues: Pick<TaskQueues, 'enter'>
  readonly payloads: Payloads
  readonly clock: Clock
}

const MARKED_TOGETHER = 64

/** A task that is done again, with its links to parents. */
interface Part {
  readonly task: TaskDocument
  readonly links: readonly TaskLinkDocument[]
}

/** Does a task of a graph again, with all that comes after it. */
export class GraphRerun {
  readonly #options: GraphRerunOptions
  readonly #turns = new Turns()

  constructor(options: GraphRerunOptions) {
    this.#options = options
  }

  /**
   * As new tasks, in a graph of their own; what they wait for beside each other is what their first ones waited for.
   * `input` is another input of the task itself.
   * @throws GraphloomError `NOT_FOUND`; `CONFLICT` when it is in no graph, has not ended, or was done again already;
   * `INVALID_INPUT`, `OVERLOADED`, `UNAVAILABLE`.
   */
  async rerun(principal: Principal, id: string, input: Json | undefined): Promise<TaskGraphDocument> {
    const { store, graphs } = this.#options
    const scope = { tenantId: principal.tenantId }
    // Of two tasks of one graph the first one may do the second again.
    using _turn = await this.#turns.take(principal.tenantId)
    const root = await store.require(scope, id)
    const graphId = deriveId('taskGraph', 'rerun', id)
    const inputHash = createHash('sha256')
      .update(canonicalJson(input ?? null))
      .digest('hex')
    const [known = null] = await graphs.getMany(scope, [graphId])
    if (!known) requireRerunnable(root)
    const parts = known ? [] : await this.#collect(root)
    const queueKey = !known && input !== undefined ? await this.#checkInput(principal, parts[0]!, input) : null
    const graph = known ?? (await this.#insert(principal, { parts, input, queueKey, graphId, inputHash }))
    if (graph.inputHash !== inputHash) throw new GraphloomError('CONFLICT', 'It was done again with another input.')
    await this.#mark(graph)
    return graph
  }

  /** The task, and what comes after it, as it was done last. */
  async #collect(root: TaskDocument): Promise<Part[]> {
    const { store, graphs } = this.#options
    const found = new Map<string, Part>()
    const waiting = [root]
    let linkCount = 0
    for (let task = waiting.pop(); task; task = waiting.pop()) {
      if (found.has(task.id)) continue
      if (!isTaskEnded(task.state))
        throw new GraphloomError(
          'CONFLICT',
          `"${task.graph?.name}" (${task.id}), which comes after it, is ${task.state}.`,
        )
      const links: TaskLinkDocument[] = []
      for await (const step of graphs.parentLinks(task)) links.push(...step)
      found.set(task.id, { task, links })
      linkCount += links.length
      if (found.size > MAX_GRAPH_TASKS || linkCount > MAX_GRAPH_LINKS)
        throw new GraphloomError('CONFLICT', `More than ${MAX_GRAPH_TASKS} tasks come after it.`)
      for await (const step of graphs.childLinks(task)) {
        const children = await store.getMany(
          { tenantId: task.tenantId },
          step.map(({ childId }) => childId),
        )
        waiting.push(...(await this.#withoutReplaced(children)))
      }
    }
    return [...found.values()]
  }

  /** Without those that a later graph did again: what did them again waits for the same parent. */
  async #withoutReplaced(tasks: readonly (TaskDocument | null)[]): Promise<TaskDocument[]> {
    const present = tasks.filter((task) => task !== null)
    const [first] = present
    if (!first) return []
    const again = present.flatMap(({ retriedAs }) => (retriedAs === null ? [] : [retriedAs]))
    const later = await this.#options.store.getMany({ tenantId: first.tenantId }, again)
    const replaced = new Set(later.flatMap((task) => ((task?.graphId ?? null) === null ? [] : [task!.retryOf])))
    return present.filter(({ id }) => !replaced.has(id))
  }

  /** The key that the work queue counts the task under, where its type has another than its name. */
  async #checkInput(principal: Principal, { task, links }: Part, input: Json): Promise<string | null> {
    const { types } = this.#options
    const references = findReferences(input, 'input.input')
    if (references.length === 0) {
      const type = types.require(task.type, 'input.id')
      await types.checkInput(type, input, 'input.input')
      return (await type.admit?.(input, 'input.input', principal)) ?? null
    }
    for (const { of, path } of references)
      if (links.every(({ parentName }) => parentName !== of))
        throw invalidInput(`${path}.$output.of`, `the task does not wait for "${of}".`)
    requireSmall(input, 'input.input')
    return null
  }

  async #insert(
    principal: Principal,
    asked: {
      readonly parts: readonly Part[]
      readonly input: Json | undefined
      readonly queueKey: string | null
      readonly graphId: string
      readonly inputHash: string
    },
  ): Promise<TaskGraphDocument> {
    const { graphs, queues, payloads, clock } = this.#options
    const { parts, input, queueKey, graphId, inputHash } = asked
    const now = clock.now()
    const scope = { tenantId: principal.tenantId }
    const ids = new Map(parts.map(({ task }) => [task.id, createId('task', now)]))
    const links = parts.flatMap((part) => linkAgain(part, ids))
    const childrenOf = Map.groupBy(links, ({ parentId }) => parentId)
    const changes: TaskChange[] = []
    using stack = new DisposableStack()
    for (const [queue, count] of countByQueue(parts.map(({ task }) => task)))
      stack.use(await queues.enter(queue, count))
    try {
      for (const [at, { task, links: own }] of parts.entries()) {
        const id = ids.get(task.id)!
        const asked = at === 0 && input !== undefined ? { input, queueKey } : null
        const createdBy = asked ? principal.subject : task.createdBy
        const place = { id, graphId, createdBy, nowMs: now, childCount: childrenOf.get(id)?.length ?? 0 }
        changes.push(acceptAgain(doAgain(task, { ...place, ...(await this.#copyInput(task, asked)) }), own, now))
      }
      await graphs.insert(
        {
          id: graphId,
          ...scope,
          taskCount: parts.length,
          linkCount: links.length,
          idempotencyKey: null,
          inputHash,
          rerunOf: parts[0]!.task.id,
          createdBy: principal.subject,
        },
        changes,
        links,
      )
    } catch (error) {
      await payloads.deleteUnstored(error, ...changes.map(({ next }) => next.input))
      // Somebody else asked for it a moment sooner.
      const [sooner] = isErrorWithCode(error, 'CONFLICT') ? await graphs.getMany(scope, [graphId]) : []
      if (sooner) return sooner
      throw error
    }
    return await graphs.require(scope, graphId)
  }

  /** An input of its own: each task deletes what it has. */
  async #copyInput(
    task: TaskDocument,
    asked: { readonly input: Json; readonly queueKey: string | null } | null,
  ): Promise<Pick<Again, 'input' | 'queueKey' | 'isTemplate'>> {
    const { payloads } = this.#options
    const value: Json = asked ? asked.input : await payloads.get(task.inputTemplate ?? task.input)
    const isTemplate = findReferences(value, 'input').length > 0
    return { input: await payloads.put(value), queueKey: asked ? asked.queueKey : task.queueKey, isTemplate }
  }

  /** Lets the tasks know as what they were done again. */
  async #mark({ id, tenantId }: TaskGraphDocument): Promise<void> {
    const { store } = this.#options
    const scope = { tenantId }
    for await (const tasks of store.tasksOfGraph(scope, id))
      for (let at = 0; at < tasks.length; at += MARKED_TOGETHER)
        await Promise.all(
          tasks.slice(at, at + MARKED_TOGETHER).map(async (task) => {
            if (task.retryOf === null || !(await store.get(scope, task.retryOf))) return
            await store.change(scope, task.retryOf, (ended) =>
              ended.retriedAs === null
                ? { next: { ...ended, retriedAs: task.id, isDeadLetter: false }, queue: [] }
                : null,
            )
          }),
        )
  }
}

function requireRerunnable(task: TaskDocument): void {
  if (task.graph === null) throw new GraphloomError('CONFLICT', 'The task is in no graph; use retryTask.')
  if (!isTaskEnded(task.state)) throw new GraphloomError('CONFLICT', `The task is ${task.state}; it has not ended.`)
  if (task.retriedAs !== null) throw new GraphloomError('CONFLICT', `It was done again as ${task.retriedAs}.`)
}

/** What a task that does another again has of its own. */
interface Again {
  readonly id: string
  readonly graphId: string
  readonly input: Stored<Json>
  /** Whoever gave the input. */
  readonly createdBy: string
  readonly queueKey: string | null
  readonly isTemplate: boolean
  readonly childCount: number
  readonly nowMs: number
}

/** Its settings as they were, and nothing of its course. */
function doAgain(task: TaskDocument, again: Again): TaskDocument {
  const { id, graphId, input, createdBy, queueKey, isTemplate, childCount, nowMs } = again
  const { tenantId, type, queue, priority, attemptLimit, backoff, timeoutMs, concurrency, webhook } = task
  const { traceId, traceparent } = task
  return {
    ...NEW_TASK,
    id,
    tenantId,
    createdAt: nowMs,
    updatedAt: nowMs,
    type,
    queue,
    priority,
    attemptLimit,
    backoff,
    timeoutMs,
    concurrency,
    webhook: webhook && { ...webhook, taskId: null },
    createdBy,
    traceId,
    traceparent,
    input,
    inputTemplate: isTemplate ? input : null,
    queueKey,
    retryOf: task.id,
    graphId,
    graph: { ...task.graph!, childCount, waitsFor: task.graph!.parentCount - 1, cancelsChildren: false },
  }
}

/** Its parents may have ended long ago: it is due, so that they are looked at. */
function acceptAgain(task: TaskDocument, links: readonly TaskLinkDocument[], nowMs: number): TaskChange {
  if (links.length === 0) return acceptTask(task, nowMs)
  const blocked = blockTask(
    task,
    links.map(({ parentName }) => parentName),
  )
  const { next, queue } = acceptTask(blocked, nowMs)
  return { next: { ...next, dueAt: nowMs }, queue }
}

const linkAgain = ({ task, links }: Part, ids: ReadonlyMap<string, string>): DocumentBody<TaskLinkDocument>[] =>
  links.map(({ parentId, parentName, ordinal, onFailure }) =>
    toLink({
      child: { id: ids.get(task.id)!, tenantId: task.tenantId },
      parentId: ids.get(parentId) ?? parentId,
      parentName,
      ordinal,
      onFailure,
    }),
  )
