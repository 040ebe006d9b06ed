import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode, type ErrorInfo } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import { isTaskEnded, isTaskWaiting, type TaskDocument, type TaskProgress } from '../../domain/task.js'
import type { WorkerDocument } from '../../domain/worker.js'
import { SYSTEM_SCOPE } from '../../ports/document-store.js'
import type { ClaimedTask, TaskQueue } from '../../ports/task-queue.js'
import type { Access } from '../access/access.js'
import type { Payloads } from '../payloads.js'
import {
  checkClaimRequest,
  checkHeartbeat,
  checkLog,
  toFailure,
  toProgress,
  type ClaimTasksRequest,
} from './claim-input.js'
import { LogLimit } from './log-limit.js'
import { toSpan } from './span-recorder.js'
import {
  beginAttempt,
  failAttempt,
  interrupt,
  isOutOfTime,
  isWorkedOn,
  reportProgress,
  stopCancelled,
  succeed,
  timeOut,
  withSpans,
  type TaskChange,
} from './task-rules.js'
import type { TaskQueues } from './task-queues.js'
import type { TaskStore } from './task-store.js'
import type { TaskTypes } from './task-types.js'
import { WorkerSightings } from './worker-sightings.js'
import type { WorkerStore } from './worker-store.js'

/** A task with the secret by which its worker is known. */
export interface TaskClaimed {
  readonly task: TaskDocument
  readonly token: string
  readonly leaseUntil: number
}

/** How a worker names its claim. */
export interface ClaimName {
  readonly id: string
  readonly token: string
}

export interface ClaimState {
  readonly id: string
  /** The task is not this worker's any more: whatever it does for it is refused. */
  readonly isLost: boolean
  /** The worker is to stop, and to tell so by `fail`: the task was cancelled, or the attempt has had its time. */
  readonly isCancelled: boolean
}

export interface TaskClaimsOptions {
  readonly access: Access
  readonly store: TaskStore
  readonly types: TaskTypes
  readonly queues: TaskQueues
  readonly queue: TaskQueue
  readonly workers: WorkerStore
  readonly payloads: Payloads
  readonly clock: Clock
  readonly logger: Logger
}

const MAX_LOGGING_CLAIMS = 10_000

/** The server's side of workers elsewhere: they claim tasks, extend their leases, and tell what became of them. */
export class TaskClaims {
  readonly #options: TaskClaimsOptions
  readonly #sightings: WorkerSightings
  /** By the token of a claim. */
  readonly #logLimits = new LRUCache<string, LogLimit>({ max: MAX_LOGGING_CLAIMS })
  #claims = 0

  constructor(options: TaskClaimsOptions) {
    this.#options = options
    this.#sightings = new WorkerSightings(options)
  }

  /**
   * Gives tasks to a worker, each with a lease; nothing when there is none within `waitMs`.
   * @throws GraphloomError `INVALID_INPUT`, `FORBIDDEN`.
   */
  async claim(principal: Principal, request: ClaimTasksRequest, signal: AbortSignal): Promise<TaskClaimed[]> {
    const { access, types, clock } = this.#options
    access.require(principal, request.allTenants ? 'taskQueue.manage' : 'task.work')
    checkClaimRequest(request)
    request.types.forEach((type, at) => types.require(type, `input.types.${at}`))
    const { leaseMs } = request
    const self = { ...request.worker, types: request.types, leaseMs }
    const worker = await this.#sightings.noteClaim(principal.tenantId, self)
    const untilMs = clock.now() + request.waitMs
    for (;;) {
      const woken = Promise.withResolvers<void>()
      using _watching = this.#watch(() => woken.resolve())
      const claimed = await this.#claimNow(principal, request, worker)
      if (signal.aborted) return await this.#giveBack(principal, claimed)
      const leftMs = untilMs - clock.now()
      if (claimed.length > 0 || leftMs <= 0) return claimed
      const passed = new AbortController()
      await Promise.race([
        woken.promise,
        clock.sleep(leftMs, AbortSignal.any([signal, passed.signal])).catch(() => undefined),
      ])
      passed.abort()
    }
  }

  /** Whoever asked is gone. */
  async #giveBack(principal: Principal, claimed: readonly TaskClaimed[]): Promise<TaskClaimed[]> {
    for (const { task, token } of claimed) await this.release(principal, { id: task.id, token })
    return []
  }

  #watch(wake: () => void): Disposable {
    const stack = new DisposableStack()
    for (const { name } of this.#options.queues.list()) stack.use(this.#options.queue.subscribe(name, wake))
    return stack
  }

  async #claimNow({ tenantId }: Principal, request: ClaimTasksRequest, worker: WorkerDocument): Promise<TaskClaimed[]> {
    const { queue, queues, logger } = this.#options
    const claimed: TaskClaimed[] = []
    const { types: keys, leaseMs, allTenants } = request
    // Each claim begins with another queue, so that one that is never empty leaves something for the others.
    const all = queues.list()
    const first = this.#claims++ % Math.max(1, all.length)
    for (const { name } of [...all.slice(first), ...all.slice(0, first)]) {
      const limit = request.count - claimed.length
      if (limit === 0) break
      const asked = { queue: name, owner: worker.id, limit, leaseMs, keys, ...(!allTenants && { tenantId }) }
      try {
        claimed.push(...(await this.#beginAll(await queue.claim(asked), worker)))
      } catch (error) {
        // What the worker is not told of would wait for the end of its lease.
        if (claimed.length === 0) throw error
        logger.error({ err: error, queue: name }, 'not claimed from this queue')
        return claimed
      }
    }
    return claimed
  }

  /** Those that begin; it rejects where none did and one could not be stored. The rest is given back. */
  async #beginAll(claims: readonly ClaimedTask[], worker: WorkerDocument): Promise<TaskClaimed[]> {
    const results = await Promise.allSettled(claims.map((claim) => this.#begin(claim, worker)))
    const begun = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []))
    const failed = results.flatMap((result, at) =>
      result.status === 'rejected' ? [{ result, claim: claims[at]! }] : [],
    )
    // Where that fails too, the lease brings it back.
    for (const { claim } of failed) await this.#takeBack(claim).catch(() => undefined)
    if (begun.length === 0 && failed.length > 0) throw failed[0]!.result.reason
    return begun
  }

  /** Of a claim that could not be stored it is not known whether it was. One that was not is no attempt that was lost. */
  async #takeBack({ taskId, tenantId, attempt, runAtMs }: ClaimedTask): Promise<void> {
    const { store, queue, clock } = this.#options
    const undo = (task: TaskDocument): TaskChange | null =>
      task.attempt < attempt && isTaskWaiting(task.state)
        ? { next: { ...task, attempt }, queue: [] }
        : task.attempt === attempt
          ? interrupt(task, clock.now())
          : null
    await store.change({ tenantId }, taskId, undo)
    await queue.release(taskId, attempt, runAtMs)
  }

  /** Null for one that ended meanwhile, or ends by being claimed. */
  async #begin(claim: ClaimedTask, worker: WorkerDocument): Promise<TaskClaimed | null> {
    const { store, queue, clock } = this.#options
    const { taskId, tenantId, attempt, leaseUntilMs } = claim
    const token = randomBytes(24).toString('base64url')
    const begin = (task: TaskDocument): TaskChange | null => {
      const nowMs = clock.now()
      const change = beginAttempt(task, { attempt, workerId: worker.id, token: hashOf(token) }, nowMs)
      if (change?.next.state !== 'RUNNING' || task.queuedAt === null) return change
      return { ...change, next: withSpans(change.next, [toSpan('wait', task.queuedAt, nowMs)]) }
    }
    try {
      const { task, changed } = await store.change({ tenantId }, taskId, begin)
      if (changed && task.state === 'RUNNING') return { task, token, leaseUntil: leaseUntilMs }
      if (!changed) await queue.complete(taskId, attempt)
    } catch (error) {
      if (!isErrorWithCode(error, 'NOT_FOUND') && !isErrorWithCode(error, 'CONFLICT')) throw error
      await queue.complete(taskId, attempt)
    }
    return null
  }

  /** Extends leases, and tells of each claim how it stands. @throws GraphloomError `INVALID_INPUT`, `FORBIDDEN`. */
  async heartbeat(principal: Principal, claims: readonly ClaimName[], leaseMs: number): Promise<ClaimState[]> {
    const { access, store, queue } = this.#options
    access.require(principal, 'task.work')
    checkHeartbeat(claims, leaseMs)
    const tasks = await store.getMany(
      scopeOf(principal),
      claims.map(({ id }) => id),
    )
    const current = tasks.filter((task, at) => task && isClaimOf(task, claims[at]!))
    const asked = current.map((task) => ({ taskId: task!.id, attempt: task!.attempt }))
    const lost = new Set(await queue.heartbeat(asked, leaseMs))
    const workerIds = current.map((task) => task!.workerId!)
    await this.#sightings.noteHeartbeat(workerIds, leaseMs)
    return claims.map((claim, at) => {
      const task = tasks[at]
      const isLost = !task || !isClaimOf(task, claim) || lost.has(claim.id)
      const isCancelled = !isLost && (task.state === 'CANCELLING' || isOutOfTime(task, this.#options.clock.now()))
      return { id: claim.id, isLost, isCancelled }
    })
  }

  /** @throws GraphloomError `NOT_FOUND`, `CONFLICT` for a claim that is not current any more, `INVALID_INPUT`. */
  async report(
    principal: Principal,
    claim: ClaimName,
    { progress, lines }: { readonly progress: TaskProgress | null; readonly lines: readonly string[] },
  ): Promise<TaskDocument> {
    const { store } = this.#options
    checkLog(lines)
    const told = progress && toProgress(progress)
    const task = await this.#require(principal, claim)
    const limit = this.#logLimits.get(claim.token) ?? new LogLimit()
    this.#logLimits.set(claim.token, limit)
    const texts = lines.map((line) => limit.take(line)).filter((line) => line !== null)
    if (texts.length > 0) await store.appendLogs(task.id, task.attempt, texts)
    if (!told) return task
    return this.#change(principal, claim, (current) => reportProgress(current, told))
  }

  /** @throws GraphloomError `NOT_FOUND`, `CONFLICT`, `INVALID_INPUT` for an output that does not fit the type. */
  async complete(principal: Principal, claim: ClaimName, output: Json): Promise<TaskDocument> {
    const { types, payloads, clock } = this.#options
    const task = await this.#require(principal, claim)
    await types.checkOutput(types.require(task.type, 'type'), output)
    const stored = await payloads.put(output)
    let isTooLate = false
    const end = (current: TaskDocument): TaskChange | null => {
      const nowMs = clock.now()
      isTooLate = isOutOfTime(current, nowMs) && current.state === 'RUNNING'
      return isTooLate ? timeOut(current, nowMs) : succeed(current, stored, nowMs)
    }
    try {
      const ended = await this.#change(principal, claim, end)
      if (isTooLate) throw notCurrent(`the attempt took longer than ${ended.timeoutMs} ms, and has failed`)
      return ended
    } catch (error) {
      await payloads.deleteUnstored(error, stored)
      throw error
    }
  }

  /** The attempt failed, or the worker stopped because it was told to. @throws GraphloomError `NOT_FOUND`, `CONFLICT`, `INVALID_INPUT`. */
  async fail(principal: Principal, claim: ClaimName, thrown: ErrorInfo): Promise<TaskDocument> {
    const { clock } = this.#options
    const error = toFailure(thrown)
    return this.#change(principal, claim, (task) => {
      const nowMs = clock.now()
      const isLate = isOutOfTime(task, nowMs)
      const isTimeout = error.code === 'DEADLINE_EXCEEDED' && isLate
      if (task.state === 'RUNNING' && error.code === 'CANCELLED' && isLate) return timeOut(task, nowMs)
      return stopCancelled(task, nowMs) ?? failAttempt(task, { error, nowMs, isTimeout, random: Math.random() })
    })
  }

  /** Gives a task back that is not done, for another worker; that is no failure of it. @throws GraphloomError `NOT_FOUND`, `CONFLICT`. */
  async release(principal: Principal, claim: ClaimName): Promise<TaskDocument> {
    const { queue, clock } = this.#options
    const { attempt } = await this.#require(principal, claim)
    const task = await this.#change(principal, claim, (current) => interrupt(current, clock.now()))
    if (task.state === 'QUEUED') await queue.release(task.id, attempt, clock.now())
    return task
  }

  async #require(principal: Principal, claim: ClaimName): Promise<TaskDocument> {
    const { access, store } = this.#options
    access.require(principal, 'task.work', { id: claim.id })
    return requireClaim(await store.require(scopeOf(principal), claim.id), claim)
  }

  async #change(
    principal: Principal,
    claim: ClaimName,
    rule: (task: TaskDocument) => TaskChange | null,
  ): Promise<TaskDocument> {
    const { access, store } = this.#options
    access.require(principal, 'task.work', { id: claim.id })
    const own = (task: TaskDocument): TaskChange | null => withWork(rule(requireClaim(task, claim)))
    return (await store.change(scopeOf(principal), claim.id, own)).task
  }
}

/** What the server sees of an attempt elsewhere: when it began, and when its end was told. */
function withWork(change: TaskChange | null): TaskChange | null {
  const last = change?.next.attempts.at(-1)
  if (!change || !last || last.endedAt === null) return change
  const work = toSpan('work', last.startedAt, last.endedAt, last.error !== null)
  return { ...change, next: withSpans(change.next, [...(last.spans ?? []), work]) }
}

/** Administrators work for all tenants. */
const scopeOf = ({ tenantId, roles }: Principal) => (roles.includes('ADMIN') ? SYSTEM_SCOPE : { tenantId })

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

const isClaimOf = (task: TaskDocument, { token }: ClaimName): boolean =>
  isWorkedOn(task) && task.claimToken === hashOf(token)

function requireClaim(task: TaskDocument, claim: ClaimName): TaskDocument {
  if (isClaimOf(task, claim)) return task
  throw notCurrent(isTaskEnded(task.state) ? `the task is ${task.state}` : 'the token is not that of its current claim')
}

const notCurrent = (why: string): GraphloomError =>
  new GraphloomError('CONFLICT', `The claim is not current any more: ${why}. Nothing of this call was kept.`)
