import { createHash } from 'node:crypto'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import { canonicalJson } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import { DEFAULT_PRIORITY, NEW_TASK, type JoinedRequest, type TaskDocument } from '../../domain/task.js'
import type { InsertRequest } from '../../ports/document-store.js'
import type { NewEvent } from '../../ports/event-log.js'
import type { Payloads } from '../payloads.js'
import { checkEnqueueRequest, checkKey, type EnqueueRequest } from './enqueue-request.js'
import { hasJoined, withJoined } from './joined-requests.js'
import { acceptTask } from './task-rules.js'
import { TASK_DEDUPLICATED } from './task-events.js'
import type { TaskStore } from './task-store.js'
import type { TaskQueues } from './task-queues.js'
import type { TaskType } from './task-type.js'
import type { TaskTypes } from './task-types.js'
import { replaceWaiting } from './task-waiting-rules.js'

export interface TaskAcceptanceOptions {
  readonly store: TaskStore
  readonly types: TaskTypes
  readonly queues: TaskQueues
  readonly payloads: Payloads
  /** The trace that the current call belongs to. */
  readonly currentTrace: () => { readonly traceId: string; readonly traceparent: string | null }
  readonly clock: Clock
}

/** Parts of a task that do not come from the request. */
type Origin = Partial<
  Pick<TaskDocument, 'id' | 'retryOf' | 'queueKey' | 'graphId' | 'graph' | 'scheduleId' | 'scheduleDueAt'>
>

export interface CheckedRequest {
  readonly type: TaskType
  readonly queue: string
  readonly queueKey: string | null
}

export interface AcceptedTask {
  readonly principal: Principal
  readonly request: EnqueueRequest
  readonly type: TaskType
  readonly queue: string
  readonly inputHash: string | null
  readonly origin: Origin
}

const RACES = 20

/** Lets tasks in: checks them, and puts them on disk with their place in the queue. */
export class TaskAcceptance {
  readonly #options: TaskAcceptanceOptions

  constructor(options: TaskAcceptanceOptions) {
    this.#options = options
  }

  /**
   * Resolves when the task is on disk: a new one, the one of the same idempotency key (or id, where `origin` has one), or
   * the one that dedupe keeps.
   * @throws GraphloomError `INVALID_INPUT`, `OVERLOADED`, `IDEMPOTENCY_CONFLICT`, `PAYLOAD_TOO_LARGE`, `UNAVAILABLE`.
   */
  async accept(principal: Principal, request: EnqueueRequest, origin: Origin = {}): Promise<TaskDocument> {
    checkKey('idempotencyKey', request.idempotencyKey)
    const name = { key: request.idempotencyKey, id: origin.id }
    const inputHash = name.key === undefined && name.id === undefined ? null : hashOf(request)
    const known = await this.#findKnown(principal, name, inputHash)
    if (known) return known
    const { type, queue, queueKey } = await this.check(principal, request)
    const accepted = { principal, request, type, queue, inputHash, origin: { queueKey, ...origin } }
    for (let race = 1; ; race++) {
      try {
        return (await this.#findFirst(accepted)) ?? (await this.#enter(accepted))
      } catch (error) {
        // Another with the same key was a moment sooner, or the one with the key is gone.
        const isRace = isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')
        if (!isRace || race >= RACES) throw error
      }
      const sooner = await this.#findKnown(principal, name, inputHash)
      if (sooner) return sooner
    }
  }

  /**
   * What a request asks for, once it is known that it may be asked for; `path` is where it stands in the caller's input.
   * Of an input that is not whole yet (`isTemplate`) the type's schema knows nothing.
   * @throws GraphloomError `INVALID_INPUT`.
   */
  async check(
    principal: Principal,
    request: EnqueueRequest,
    path = 'input',
    isTemplate = false,
  ): Promise<CheckedRequest> {
    const { types, queues, clock } = this.#options
    const type = types.require(request.type, `${path}.type`)
    checkEnqueueRequest(request, clock.now(), path)
    if (!isTemplate) await types.checkInput(type, request.input, `${path}.input`)
    const queue = request.queue ?? type.queue
    types.checkQueue(type, queue, `${path}.queue`)
    queues.require(queue, `${path}.queue`)
    const admitted = isTemplate ? null : await type.admit?.(request.input, `${path}.input`, principal)
    const queueKey = admitted ?? null
    return { type, queue, queueKey }
  }

  async #enter(accepted: AcceptedTask): Promise<TaskDocument> {
    using _room = await this.#options.queues.enter(accepted.queue)
    return await this.#insert(await this.toTask(accepted))
  }

  /**
   * Accepts a task, which has been checked, after another document: both are on disk then, or neither.
   * @throws GraphloomError `OVERLOADED`, `CONFLICT` for a unique value of the document that another has.
   */
  async acceptWith(principal: Principal, request: EnqueueRequest, origin: Origin, first: InsertRequest): Promise<void> {
    const { types, queues, store, clock } = this.#options
    const type = types.require(request.type, 'input.type')
    using _room = await queues.enter(type.queue)
    const task = await this.toTask({ principal, request, type, queue: type.queue, inputHash: null, origin })
    await store.insertAll([acceptTask(task, clock.now())], [first])
  }

  /** What stores a task together with another document, by whom it has been checked; it needs no room in its queue. */
  async toInsert(principal: Principal, request: EnqueueRequest, origin: Origin): Promise<InsertRequest<TaskDocument>> {
    const { types, store, clock } = this.#options
    const type = types.require(request.type, 'input.type')
    const task = await this.toTask({ principal, request, type, queue: type.queue, inputHash: null, origin })
    return store.toInsert(acceptTask(task, clock.now()))
  }

  /**
   * Resolves with the task of this id, which is made the first time. It is the server that wants it: it needs no room in
   * its queue, and its input is taken as it is.
   */
  async acceptOnce(principal: Principal, request: EnqueueRequest, id: string): Promise<TaskDocument> {
    const { types, store } = this.#options
    const known = await store.get({ tenantId: principal.tenantId }, id)
    if (known) return known
    const type = types.require(request.type, 'input.type')
    const task = await this.toTask({ principal, request, type, queue: type.queue, inputHash: null, origin: { id } })
    try {
      return await this.#insert(task)
    } catch (error) {
      if (!isErrorWithCode(error, 'CONFLICT')) throw error
      return await store.require({ tenantId: principal.tenantId }, id)
    }
  }

  async #insert(task: TaskDocument): Promise<TaskDocument> {
    const { store, payloads, clock } = this.#options
    try {
      return await store.insert(acceptTask(task, clock.now()))
    } catch (error) {
      await payloads.deleteUnstored(error, task.input)
      throw error
    }
  }

  /** What was accepted by the same idempotency key or id, however long ago: its times may have passed since. */
  async #findKnown(
    { tenantId }: Principal,
    { key, id }: { readonly key: string | undefined; readonly id: string | undefined },
    inputHash: string | null,
  ): Promise<TaskDocument | null> {
    const { store } = this.#options
    const byId = id === undefined ? null : await store.get({ tenantId }, id)
    const known = byId ?? (key === undefined ? null : await store.getBy('idempotencyKey', tenantId, key))
    if (known && known.inputHash !== inputHash)
      throw new GraphloomError('IDEMPOTENCY_CONFLICT', 'The idempotency key was used before with another input.')
    if (known || key === undefined || inputHash === null) return known
    const joinedId = await store.joined.find(tenantId, key)
    const joined = joinedId === null ? null : await store.get({ tenantId }, joinedId)
    return joined && hasJoined(joined, { key, inputHash }) ? joined : null
  }

  async #findFirst(accepted: AcceptedTask): Promise<TaskDocument | null> {
    const { principal, request } = accepted
    const { dedupe } = request
    if (dedupe === undefined) return null
    const first = await this.#options.store.getBy('dedupeKey', principal.tenantId, dedupeKeyOf(request))
    if (!first) return null
    const event = { stream: first.id, type: TASK_DEDUPLICATED, data: { mode: dedupe.mode } }
    if (request.idempotencyKey !== undefined) await this.#options.store.joined.note(first, request.idempotencyKey)
    return dedupe.mode === 'KEEP_FIRST' ? this.#keep(first, accepted, event) : this.#replace(first, accepted, event)
  }

  /** Null when the first one is not in the way any more. */
  async #keep({ tenantId, id }: TaskDocument, accepted: AcceptedTask, event: NewEvent): Promise<TaskDocument | null> {
    const request = toJoined(accepted)
    const rule = (task: TaskDocument) =>
      hasJoined(task, request) || task.dedupeKey === null ? null : { next: withJoined(task, request), queue: [] }
    const { task } = await this.#options.store.change({ tenantId }, id, rule, { events: [event] })
    return hasJoined(task, request) || task.dedupeKey !== null ? task : null
  }

  /** Null when the first one does not wait any more. */
  async #replace(first: TaskDocument, accepted: AcceptedTask, event: NewEvent): Promise<TaskDocument | null> {
    const { store, payloads, clock } = this.#options
    const { tenantId, id } = first
    const { priority = first.priority } = accepted.request
    const replacement = { ...(await this.toTask(accepted)), priority }
    let replaced = first.input
    const request = toJoined(accepted)
    const rule = (task: TaskDocument) => {
      if (hasJoined(task, request)) return null
      replaced = task.input
      return replaceWaiting(withJoined(task, request), replacement, clock.now())
    }
    const { task, changed } = await store.change({ tenantId }, id, rule, { events: [event] })
    await payloads.delete(changed ? replaced : replacement.input)
    return changed || hasJoined(task, request) ? task : null
  }

  /** The task as it is accepted, its input put where it belongs. */
  async toTask(accepted: AcceptedTask): Promise<TaskDocument> {
    const { principal, request, type, queue, inputHash, origin } = accepted
    const { clock, payloads, currentTrace } = this.#options
    const now = clock.now()
    return {
      ...NEW_TASK,
      id: createId('task', now),
      tenantId: principal.tenantId,
      createdAt: now,
      updatedAt: now,
      type: type.name,
      queue,
      priority: request.priority ?? type.defaults.priority ?? DEFAULT_PRIORITY,
      input: await payloads.put(request.input),
      attemptLimit: request.attemptLimit ?? type.defaults.attemptLimit,
      backoff: { ...type.defaults.backoff, ...request.backoff },
      timeoutMs: request.timeoutMs ?? type.defaults.timeoutMs,
      runAt: runAtOf(request, now),
      expiresAt: request.expiresAt ?? null,
      concurrency: request.concurrency ?? null,
      dedupe: request.dedupe ?? null,
      dedupeKey: request.dedupe ? dedupeKeyOf(request) : null,
      webhook: request.webhookUrl === undefined ? null : { url: request.webhookUrl, taskId: null },
      idempotencyKey: request.idempotencyKey ?? null,
      inputHash,
      createdBy: principal.subject,
      ...origin,
      ...currentTrace(),
    }
  }
}

const toJoined = ({ request: { idempotencyKey: key }, inputHash }: AcceptedTask): JoinedRequest | null =>
  key === undefined || inputHash === null ? null : { key, inputHash }

const hashOf = (request: EnqueueRequest): string => createHash('sha256').update(canonicalJson(request)).digest('hex')

/** An input fits its type alone, so tasks of different types do not stand in for each other. */
const dedupeKeyOf = ({ type, dedupe }: EnqueueRequest): string => `${type} ${dedupe?.key}`

const runAtOf = ({ runAt, delayMs }: EnqueueRequest, nowMs: number): number | null =>
  runAt ?? (delayMs === undefined ? null : nowMs + delayMs)
