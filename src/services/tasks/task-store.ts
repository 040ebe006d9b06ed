import { setImmediate } from 'node:timers/promises'
import { isErrorWithCode } from '../../kernel/errors.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import { toSearchText } from '../../kernel/search-text.js'
import { Turns } from '../../kernel/turns.js'
import { blobIdOf } from '../../domain/stored-document.js'
import { isTaskEnded, type TaskDocument, type TaskState, UNTOUCHED } from '../../domain/task.js'
import {
  SYSTEM_SCOPE,
  type CollectionDefinition,
  type DocumentStore,
  type Filter,
  type InsertRequest,
  type Order,
  type Scope,
} from '../../ports/document-store.js'
import type { EventLog, NewEvent } from '../../ports/event-log.js'
import { findFirst, requireDocument } from '../document-reads.js'
import { JoinedRequests } from './joined-requests.js'
import { TASK_LOGGED, toEvents } from './task-events.js'
import type { TaskChange } from './task-rules.js'

export const TASKS: CollectionDefinition<TaskDocument> = {
  name: 'tasks',
  version: 2,
  fields: {
    state: 'string',
    type: 'string',
    queue: 'string',
    priority: 'number',
    concurrencyKey: 'string',
    idempotencyKey: 'string',
    dedupeKey: 'string',
    isDeadLetter: 'boolean',
    workerId: 'string',
    graphId: 'string',
    scheduleId: 'string',
    dueAt: 'number',
    endedAt: 'number',
    runAt: 'number',
    inputBlobId: 'string',
    outputBlobId: 'string',
    errorText: 'string',
  },
  indexes: [
    { name: 'tasks_created', fields: ['createdAt'] },
    { name: 'tasks_state', fields: ['state', 'createdAt'] },
    { name: 'tasks_type', fields: ['type', 'createdAt'] },
    { name: 'tasks_queue', fields: ['queue', 'createdAt'] },
    { name: 'tasks_concurrency_key', fields: ['concurrencyKey', 'createdAt'], sparse: true },
    { name: 'tasks_dead_letter', fields: ['isDeadLetter', 'createdAt'], sparse: true },
    { name: 'tasks_dead_letter_queue', fields: ['isDeadLetter', 'queue'], acrossTenants: true, sparse: true },
    { name: 'tasks_worker', fields: ['workerId', 'createdAt'], sparse: true },
    { name: 'tasks_graph', fields: ['graphId', 'createdAt'], sparse: true },
    { name: 'tasks_schedule', fields: ['scheduleId', 'createdAt'], sparse: true },
    { name: 'tasks_ended_at', fields: ['endedAt'], sparse: true },
    { name: 'tasks_run_at', fields: ['runAt'], sparse: true },
    { name: 'tasks_idempotency_key', fields: ['idempotencyKey'], unique: true },
    { name: 'tasks_dedupe_key', fields: ['dedupeKey'], unique: true },
    { name: 'tasks_due', fields: ['dueAt'], acrossTenants: true, sparse: true },
    { name: 'tasks_ended', fields: ['state', 'endedAt'], acrossTenants: true, sparse: true },
    { name: 'tasks_input_blob', fields: ['inputBlobId'], acrossTenants: true, sparse: true },
    { name: 'tasks_output_blob', fields: ['outputBlobId'], acrossTenants: true, sparse: true },
    { name: 'tasks_error_text', fields: ['errorText', 'createdAt'], text: true },
  ],
  defaults: UNTOUCHED,
  migrations: { 1: (task) => ({ ...task, errorText: toErrorText(task.error as TaskDocument['error']) }) },
}

/** Told of what was stored. */
export interface TaskStoreListener {
  /** A task is about to be stored as ended. */
  readonly beforeEnd: (task: TaskDocument) => Promise<void>
  /** A task will change by itself at this time, Unix milliseconds. */
  readonly onDue: (atMs: number) => void
  readonly onEnded: (task: TaskDocument) => void
}

const CHANGE_ATTEMPTS = 50
const MAX_OF_WORKERS = 1_000
const GRAPH_STEP = 500
/** Characters of an error that tasks are found by. */
const MAX_ERROR_TEXT = 500

/** Tasks in the document store, with the events and queue entries that go with each change. */
export class TaskStore {
  readonly #documents: DocumentStore
  readonly #log: EventLog
  readonly #listener: TaskStoreListener
  readonly #turns = new Turns()
  readonly joined: JoinedRequests

  constructor(documents: DocumentStore, log: EventLog, listener: TaskStoreListener) {
    this.#documents = documents
    this.joined = new JoinedRequests(documents)
    this.#log = log
    this.#listener = listener
  }

  get(scope: Scope, id: string): Promise<TaskDocument | null> {
    return this.#documents.get(TASKS, scope, id)
  }

  getMany(scope: Scope, ids: readonly string[]): Promise<(TaskDocument | null)[]> {
    return this.#documents.getMany(TASKS, scope, ids)
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  require(scope: Scope, id: string): Promise<TaskDocument> {
    return requireDocument(this.#documents, { collection: TASKS, scope, id, what: 'task' })
  }

  list(
    scope: Scope,
    request: { readonly filter: Filter; readonly orderBy: readonly Order[]; readonly page: PageRequest },
  ): Promise<Page<TaskDocument>> {
    return this.#documents.find(TASKS, scope, request)
  }

  /** By the name of their queue, where there are any. */
  async countDeadLetters(scope: Scope): Promise<ReadonlyMap<string, number>> {
    const request = { by: ['queue'], filter: { isDeadLetter: { eq: true } } }
    const sums = await this.#documents.groupSum(TASKS, scope, request)
    return new Map(sums.map(({ key: [queue], count }) => [String(queue), count]))
  }

  /** What the workers work on of a tenant, at most 1,000. */
  async listOfWorkers(tenantId: string, workerIds: readonly string[]): Promise<TaskDocument[]> {
    const page = { limit: MAX_OF_WORKERS, cursor: null, backward: false }
    const found = await this.#documents.find(TASKS, { tenantId }, { filter: { workerId: { in: workerIds } }, page })
    return found.items.map((item) => item.node)
  }

  /** All tasks of a graph, in steps. */
  async *tasksOfGraph(scope: Scope, graphId: string): AsyncGenerator<readonly TaskDocument[]> {
    for (let cursor: string | null = null; ;) {
      const page: Page<TaskDocument> = await this.list(scope, {
        filter: { graphId: { eq: graphId } },
        orderBy: [{ field: 'createdAt', direction: 'asc' }],
        page: { limit: GRAPH_STEP, cursor, backward: false },
      })
      yield page.items.map(({ node }) => node)
      if (!page.hasNextPage) return
      cursor = page.items.at(-1)!.cursor
    }
  }

  /** How many tasks of a graph are in which state. */
  async countStates(scope: Scope, graphId: string): Promise<ReadonlyMap<TaskState, number>> {
    const sums = await this.#documents.groupSum(TASKS, scope, { by: ['state'], filter: { graphId: { eq: graphId } } })
    return new Map(sums.map(({ key: [state], count }) => [state as TaskState, count]))
  }

  /** The only one with this value in a unique field; null when there is none. */
  getBy(field: 'idempotencyKey' | 'dedupeKey', tenantId: string, value: string): Promise<TaskDocument | null> {
    const filter = { [field]: { eq: value } }
    return findFirst(this.#documents, { collection: TASKS, scope: { tenantId }, filter })
  }

  /** Those that change by themselves at a time up to `untilMs`, the earliest first; with null, just the next. */
  async listDue(untilMs: number | null, limit: number): Promise<TaskDocument[]> {
    const found = await this.#documents.find(TASKS, SYSTEM_SCOPE, {
      filter: { dueAt: untilMs === null ? { gte: 0 } : { lte: untilMs } },
      orderBy: [{ field: 'dueAt', direction: 'asc' }],
      page: { limit, cursor: null, backward: false },
    })
    return found.items.map((item) => item.node)
  }

  /** How many have ended in this state, across tenants. */
  countEnded(state: TaskState): Promise<number> {
    return this.#documents.count(TASKS, SYSTEM_SCOPE, { state: { eq: state }, endedAt: { gte: 0 } })
  }

  /** Ended in this state before the time, across tenants, the oldest first. */
  listEndedBefore(state: TaskState, endedBeforeMs: number, page: PageRequest): Promise<Page<TaskDocument>> {
    return this.#documents.find(TASKS, SYSTEM_SCOPE, {
      filter: { state: { eq: state }, endedAt: { lt: endedBeforeMs } },
      orderBy: [{ field: 'endedAt', direction: 'asc' }],
      page,
    })
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    for (const field of ['inputBlobId', 'outputBlobId'])
      if ((await this.#documents.count(TASKS, SYSTEM_SCOPE, { [field]: { eq: blobId } })) > 0) return true
    return false
  }

  /** Accepts a task: the document, its first event and its place in the queue, together. */
  async insert(change: TaskChange): Promise<TaskDocument> {
    const { collection, document, effects } = this.toInsert(change)
    return this.#tell(await this.#documents.insert(collection, document, effects))
  }

  /** What accepts a task together with other documents. */
  toInsert({ next, queue }: TaskChange): InsertRequest<TaskDocument> {
    return { collection: TASKS, document: withIndexed(next), effects: { events: toEvents([next]), queue } }
  }

  /** Accepts tasks together with other documents, of which the first comes first: all or none. */
  async insertAll(changes: readonly TaskChange[], [first, ...others]: readonly InsertRequest[]): Promise<void> {
    const tasks: InsertRequest<TaskDocument>[] = []
    for (const [at, { next, queue }] of changes.entries()) {
      if (at % GRAPH_STEP === GRAPH_STEP - 1) await setImmediate()
      tasks.push(this.toInsert({ next, queue }))
    }
    await this.#documents.insertAll([...(first ? [first] : []), ...tasks, ...others])
    for (const { next } of changes) if (next.dueAt !== null) this.#listener.onDue(next.dueAt)
  }

  /**
   * Replaces the task as it was read; `events` come before those of the change. Of what changes after the task's end its
   * stream, which has ended too, does not tell.
   * @throws GraphloomError `CONFLICT` when it was changed meanwhile, or its claim is not current any more.
   */
  async update({ passed = [], next, queue }: TaskChange, events: readonly NewEvent[] = []): Promise<TaskDocument> {
    const scope = { tenantId: next.tenantId }
    const isTold = next.endedRevision === null
    const written = isTold && isTaskEnded(next.state) ? { ...next, endedRevision: next.revision + 1 } : next
    if (isTold && isTaskEnded(next.state)) await this.#listener.beforeEnd(next)
    const effects = { events: isTold ? [...events, ...toEvents([...passed, written])] : [], queue }
    const task = await this.#documents.update(TASKS, scope, next.revision, withIndexed(written), effects)
    return this.#tell(task, isTold)
  }

  #tell(task: TaskDocument, isOpen = true): TaskDocument {
    if (task.dueAt !== null) this.#listener.onDue(task.dueAt)
    if (isOpen && isTaskEnded(task.state)) this.#listener.onEnded(task)
    return task
  }

  /**
   * Changes a task by a rule, anew when another changed it meanwhile. `known` is the task as the caller knows it.
   * @throws GraphloomError `NOT_FOUND`; `CONFLICT` when the claim that it would end is not the current one.
   */
  async change(
    scope: Scope,
    id: string,
    rule: (task: TaskDocument) => TaskChange | null,
    { events = [], known }: { readonly events?: readonly NewEvent[]; readonly known?: TaskDocument } = {},
  ): Promise<{ readonly task: TaskDocument; readonly changed: boolean }> {
    let task = known ?? (await this.require(scope, id))
    let turn: Disposable | null = null
    try {
      for (let attempt = 1; ; attempt++) {
        const change = rule(task)
        if (!change) return { task, changed: false }
        try {
          return { task: await this.update(change, events), changed: true }
        } catch (error) {
          if (!isErrorWithCode(error, 'CONFLICT') || attempt >= CHANGE_ATTEMPTS) throw error
          // Of many that change it at once each has a turn, rather than all of them trying again and again.
          turn ??= await this.#turns.take(id)
          const current = await this.require(scope, id)
          if (current.revision === task.revision) throw error
          task = current
        }
      }
    } finally {
      turn?.[Symbol.dispose]()
    }
  }

  /** Deletes a task with its stream and its place in the queue; false when it is gone or changed already. */
  async delete(task: TaskDocument): Promise<boolean> {
    try {
      const scope = { tenantId: task.tenantId }
      const queue = isTaskEnded(task.state) ? [] : [{ kind: 'remove', taskId: task.id } as const]
      await this.#documents.delete(TASKS, scope, task.id, task.revision, { deleteStreams: [task.id], queue })
      return true
    } catch (error) {
      if (isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')) return false
      throw error
    }
  }

  isFollowed(id: string): boolean {
    return this.#log.isFollowed(id)
  }

  /** Lines that an attempt wrote. */
  async appendLogs(id: string, attempt: number, lines: readonly string[]): Promise<void> {
    await this.#log.append(id, [{ type: TASK_LOGGED, data: { attempt, lines: [...lines] } }])
  }

  readEvents(id: string, after: number, limit: number): ReturnType<EventLog['read']> {
    return this.#log.read(id, after, limit)
  }
}

/** What is filtered and ordered by follows from the rest. */
const withIndexed = (task: TaskDocument): TaskDocument => ({
  ...task,
  inputBlobId: blobIdOf(task.input),
  outputBlobId: blobIdOf(task.output),
  concurrencyKey: task.concurrency?.key ?? null,
  errorText: toErrorText(task.error),
})

function toErrorText(error: TaskDocument['error']): string | null {
  return error && toSearchText(`${error.code} ${error.message}`.slice(0, MAX_ERROR_TEXT))
}
