import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode, type ErrorInfo } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import type { Json } from '../../kernel/json.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { ClaimedTask, TaskQueue } from '../../ports/task-queue.js'
import type { Payloads } from '../payloads.js'
import { orAbandon } from './abandon.js'
import {
  beginAttempt,
  endLike,
  failAttempt,
  GRACE_MS,
  interrupt,
  isWorkedOn,
  reportProgress,
  stopCancelled,
  succeed,
  toErrorInfo,
  withSpans,
  type TaskChange,
} from './task-rules.js'
import { SpanRecorder } from './span-recorder.js'
import { storeWhenPossible } from './store-when-possible.js'
import type { TaskStore } from './task-store.js'
import { WorkEnded, type TaskContext, type TaskEnd, type TaskType } from './task-type.js'
import type { TaskTypes } from './task-types.js'
import { WorkTeller, type Told } from './work-teller.js'

export interface TaskRunOptions {
  readonly store: TaskStore
  readonly payloads: Payloads
  readonly types: TaskTypes
  readonly queue: TaskQueue
  /** Id by which clients know the worker. */
  readonly workerId: string
  /** Runs a part of the work as a span below the trace that it was accepted with. */
  readonly inSpan: <T>(name: string, traceparent: string | null, work: () => Promise<T>) => Promise<T>
  readonly clock: Clock
  readonly logger: Logger
}

/** What is done sooner, and followed by nobody, is stored as ended without having been stored as running. */
const MARKED_AFTER_MS = 20

type Rule = (task: TaskDocument) => TaskChange | null

/** One for all runs: an aborted signal has an error with a stack. */
const NEVER_BEGUN = AbortSignal.abort()

/** One attempt at a task, in this process. */
export class TaskRun {
  readonly #options: TaskRunOptions
  readonly #claim: ClaimedTask
  readonly #controller = new AbortController()
  /** The task as it was last seen in the store. */
  #known: TaskDocument
  /** Writes go one after the other. */
  #writing: Promise<unknown> = Promise.resolve()
  #markTimer: NodeJS.Timeout | null = null
  #timer: NodeJS.Timeout | null = null
  #timedOut = false
  #isWorkOver = false
  /** Aborts when the claim is lost or the process stops. */
  #stopping = NEVER_BEGUN
  readonly #spans: SpanRecorder
  readonly #teller = new WorkTeller({ pass: (told) => this.#tell(told), onError: (error) => this.#lose(error) })

  constructor(options: TaskRunOptions, claim: ClaimedTask, task: TaskDocument) {
    this.#options = options
    this.#claim = claim
    this.#known = task
    this.#spans = new SpanRecorder(options.clock)
    if (task.queuedAt !== null) this.#spans.add('wait', task.queuedAt)
  }

  get attempt(): number {
    return this.#claim.attempt
  }

  /** Whether all that is left of it is to store what came of the work, which may have to wait for the store. */
  get isWorkOver(): boolean {
    return this.#isWorkOver
  }

  /** Tells the work to stop. */
  stop(reason: GraphloomError): void {
    this.#controller.abort(reason)
  }

  /**
   * Does it, and stores what became of it; `stopping` aborts when the claim is lost or the process stops. `onEnding` is
   * called before that is written.
   */
  async run(type: TaskType, stopping: AbortSignal, onEnding: () => void): Promise<void> {
    const onStop = (): void => this.stop(stopping.reason as GraphloomError)
    stopping.addEventListener('abort', onStop, { once: true })
    if (stopping.aborted) onStop()
    this.#stopping = stopping
    const { timeoutMs } = this.#known
    if (timeoutMs !== null) this.#timer = setTimeout(() => this.#timeOut(timeoutMs), timeoutMs)
    try {
      if (await this.#endsBeforeItBegins()) return
      await this.#begin()
      await this.#finish(await this.#work(type), onEnding)
    } catch (error) {
      if (!isClaimLost(error)) throw error
    } finally {
      if (this.#timer) clearTimeout(this.#timer)
      if (this.#markTimer) clearTimeout(this.#markTimer)
      this.#teller[Symbol.dispose]()
      stopping.removeEventListener('abort', onStop)
    }
  }

  #timeOut(timeoutMs: number): void {
    this.#timedOut = true
    this.stop(new GraphloomError('DEADLINE_EXCEEDED', `The attempt took longer than ${timeoutMs} ms.`))
  }

  /** Whether the claim shows that it is not to be begun: it was put off, has expired, or is what ends its workers. */
  async #endsBeforeItBegins(): Promise<boolean> {
    if (this.#begun(this.#known)?.next.state === 'RUNNING') return false
    const unlessRunning: Rule = (task) => {
      const begun = this.#begun(task)
      return begun?.next.state === 'RUNNING' ? null : begun
    }
    await this.#store(() => this.#write(unlessRunning))
    return this.#begun(this.#known) === null
  }

  async #begin(): Promise<void> {
    const { id, dedupe } = this.#known
    if (dedupe !== null || this.#options.store.isFollowed(id)) return this.#mark()
    this.#markTimer = setTimeout(() => void this.#mark().catch((error: unknown) => this.#lose(error)), MARKED_AFTER_MS)
  }

  async #mark(): Promise<void> {
    if (this.#markTimer) clearTimeout(this.#markTimer)
    await this.#store(() => this.#write((task) => this.#begun(task)))
    if (!isWorkedOn(this.#known)) throw claimLost()
  }

  async #markForWork(): Promise<void> {
    try {
      await this.#mark()
    } catch (error) {
      this.#lose(error)
      throw error
    }
  }

  /** Null when it has begun already. */
  #begun(task: TaskDocument): TaskChange | null {
    const { workerId, clock } = this.#options
    return beginAttempt(task, { attempt: this.#claim.attempt, workerId, token: null }, clock.now())
  }

  async #work(type: TaskType): Promise<Rule> {
    const { payloads, types } = this.#options
    const { signal } = this.#controller
    try {
      signal.throwIfAborted()
      const input = type.readsInput === true ? null : await payloads.get(this.#known.input)
      const work = (): Promise<Json> => orAbandon(this.#call(type, input), signal, GRACE_MS)
      const output = await this.#spans.span('work', work).finally(() => this.#endWork())
      await types.checkOutput(type, output)
      const stored = await this.#store(() => payloads.put(output))
      return (task) => succeed(task, stored, this.#options.clock.now())
    } catch (error) {
      if (error instanceof WorkEnded) return this.#toEndLike(error.end)
      return this.#toEnd(signal.aborted ? signal.reason : error)
    }
  }

  /** How long its storing takes is no time of the attempt. */
  #endWork(): void {
    this.#isWorkOver = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  async #call(type: TaskType, input: Json): Promise<Json> {
    const { id: taskId, tenantId, traceparent } = this.#known
    const context: TaskContext = {
      taskId,
      tenantId,
      attempt: this.#claim.attempt,
      signal: this.#controller.signal,
      reportProgress: this.#teller.reportProgress,
      log: this.#teller.log,
      span: this.#spans.span,
      local: { task: this.#known, markRunning: () => this.#markForWork() },
    }
    return this.#options.inSpan(`task ${type.name}`, traceparent, () => type.run!(input, context))
  }

  async #toEndLike(given: TaskEnd): Promise<Rule> {
    const { payloads, clock } = this.#options
    const end = this.#timedOut && given.state === 'FAILED' ? ({ ...given, state: 'TIMED_OUT' } as const) : given
    const output = end.output === null ? null : await this.#store(() => payloads.put(end.output))
    return (task) => endLike(task, end, output, clock.now())
  }

  #toEnd(error: unknown): Rule {
    const now = (): number => this.#options.clock.now()
    if (isErrorWithCode(error, 'CONFLICT') && this.#controller.signal.aborted) throw error
    if (isErrorWithCode(error, 'CANCELLED')) return (task) => stopCancelled(task, now()) ?? this.#fail(task, error)
    if (isErrorWithCode(error, 'UNAVAILABLE') && this.#controller.signal.aborted)
      return (task) => interrupt(task, now())
    return (task) => this.#fail(task, error)
  }

  #fail(task: TaskDocument, error: unknown): TaskChange | null {
    const { clock } = this.#options
    const isTimeout = this.#timedOut
    return failAttempt(task, { error: this.#toErrorInfo(error), nowMs: clock.now(), isTimeout, random: Math.random() })
  }

  #toErrorInfo(error: unknown): ErrorInfo {
    if (error instanceof GraphloomError && error.code !== 'INTERNAL') return toErrorInfo(error)
    const errorId = createId('error')
    this.#options.logger.error({ err: error, errorId, task: this.#known.id }, 'task failed unexpectedly')
    return { code: 'INTERNAL', message: 'Something unexpected failed.', retryable: true, errorId }
  }

  async #finish(rule: Rule, onEnding: () => void): Promise<void> {
    const { queue, clock } = this.#options
    if (this.#markTimer) clearTimeout(this.#markTimer)
    await this.#store(() => this.#teller.flush())
    const end: Rule = (task) => {
      const begun = this.#begun(task)
      if (begun && begun.next.state !== 'RUNNING') return begun
      const change = rule(begun?.next ?? task)
      if (!change) return null
      const next = withSpans(change.next, this.#spans.spans)
      return begun ? { ...change, next, passed: [begun.next] } : { ...change, next }
    }
    onEnding()
    await this.#store(() => this.#write(end))
    const { taskId, attempt } = this.#claim
    if (this.#known.state === 'QUEUED') await this.#store(() => queue.release(taskId, attempt, clock.now()))
  }

  /** @throws GraphloomError `CONFLICT` when the task is not this worker's any more. */
  async #write(rule: Rule): Promise<void> {
    const { store } = this.#options
    const { id, tenantId } = this.#known
    const write = this.#writing.then(async () => {
      const own: Rule = (task) => {
        if (isTaskEnded(task.state) || task.attempt > this.#claim.attempt) throw claimLost()
        if (task.attempt === this.#claim.attempt && !isWorkedOn(task)) throw claimLost()
        return rule(task)
      }
      const { task } = await store.change({ tenantId }, id, own, { known: this.#known })
      this.#known = task
    })
    this.#writing = write.catch(() => undefined)
    await write
  }

  #store<T>(write: () => Promise<T>): Promise<T> {
    return storeWhenPossible(write, { ...this.#options, task: this.#known.id, signal: this.#stopping })
  }

  #lose(error: unknown): void {
    if (isClaimLost(error)) this.stop(claimLost())
    else this.#options.logger.error({ err: error, task: this.#known.id }, 'task not marked as running')
  }

  async #tell({ progress, lines }: Told): Promise<void> {
    if (lines.length > 0) await this.#options.store.appendLogs(this.#known.id, this.#claim.attempt, lines)
    if (!progress) return
    await this.#write((task) => {
      const begun = this.#begun(task)
      const change = reportProgress(begun?.next ?? task, progress)
      return change && begun ? { ...change, passed: [begun.next] } : change
    })
  }
}

const claimLost = (): GraphloomError => new GraphloomError('CONFLICT', 'The task is not this worker’s any more.')
const isClaimLost = (error: unknown): boolean =>
  isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')
