import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import { Turns } from '../../kernel/turns.js'
import type { Principal } from '../../domain/principal.js'
import type { ScheduleDocument } from '../../domain/schedule.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { Payloads } from '../payloads.js'
import type { EnqueueRequest } from './enqueue-request.js'
import { fireAtOf, firingKeyOf } from './schedule-rules.js'
import type { TaskAcceptance } from './task-acceptance.js'
import { requestCancel } from './task-rules.js'
import type { TaskStore } from './task-store.js'
import type { TaskWorker } from './task-worker.js'

export interface ScheduleFiringOptions {
  readonly tasks: TaskStore
  readonly acceptance: Pick<TaskAcceptance, 'accept'>
  readonly payloads: Payloads
  readonly worker: Pick<TaskWorker, 'stopTask'>
  readonly clock: Clock
  readonly logger: Logger
}

export type FiringOutcome =
  | { readonly kind: 'fired'; readonly task: TaskDocument }
  | { readonly kind: 'skipped'; readonly reason: 'OVERLAP' | 'REFUSED'; readonly error: GraphloomError }

/** Makes the tasks of schedules. */
export class ScheduleFiring {
  readonly #options: ScheduleFiringOptions
  readonly #turns = new Turns()

  constructor(options: ScheduleFiringOptions) {
    this.#options = options
  }

  /**
   * Of a schedule one fires at a time, from reading it until it says what fired last: otherwise two would both find that
   * nothing is in the way.
   */
  take({ id }: Pick<ScheduleDocument, 'id'>): Promise<Disposable> {
    return this.#turns.take(id)
  }

  /** The task of a due time, if there is one. */
  async find({ id, tenantId }: ScheduleDocument, dueAt: number): Promise<TaskDocument | null> {
    const task = await this.#options.tasks.getBy('idempotencyKey', tenantId, firingKeyOf(id, dueAt))
    return task?.scheduleId === id ? task : null
  }

  /** The task of a due time, which may be there already. @throws GraphloomError `UNAVAILABLE`, `NOT_FOUND`. */
  async fire(schedule: ScheduleDocument, dueAt: number): Promise<FiringOutcome> {
    const { expiresAfterMs } = schedule.template
    const expiresAt = expiresAfterMs === undefined ? undefined : fireAtOf(schedule, dueAt) + expiresAfterMs
    return this.#make(schedule, { key: firingKeyOf(schedule.id, dueAt), dueAt, expiresAt })
  }

  /** A task beside the due times; with a key, the one that was made for it before. @throws GraphloomError as `fire`. */
  async runNow(schedule: ScheduleDocument, key: string | undefined): Promise<FiringOutcome> {
    const { expiresAfterMs } = schedule.template
    const expiresAt = expiresAfterMs === undefined ? undefined : this.#options.clock.now() + expiresAfterMs
    return this.#make(schedule, {
      key: key === undefined ? undefined : `schedule:${schedule.id}:run:${key}`,
      dueAt: null,
      expiresAt,
    })
  }

  async #make(
    schedule: ScheduleDocument,
    run: { readonly key: string | undefined; readonly dueAt: number | null; readonly expiresAt: number | undefined },
  ): Promise<FiringOutcome> {
    const { acceptance, tasks, logger } = this.#options
    const { id: scheduleId, tenantId, createdBy: subject } = schedule
    const find = () => (run.key === undefined ? null : tasks.getBy('idempotencyKey', tenantId, run.key))
    const known = await find()
    if (known) return toOutcome(schedule, known)
    if (!(await this.#makeWay(schedule))) return skipped('OVERLAP', new GraphloomError('CONFLICT', PREVIOUS_RUNS))
    const principal: Principal = { subject, tenantId, roles: ['MEMBER'], expiresAtMs: null, method: 'JWT' }
    const request = { ...(await this.#toRequest(schedule)), expiresAt: run.expiresAt, idempotencyKey: run.key }
    try {
      const task = await acceptance.accept(principal, request, { scheduleId, scheduleDueAt: run.dueAt })
      return toOutcome(schedule, task)
    } catch (error) {
      // Another scheduler was a moment sooner, with the schedule as it was before a change.
      const first = isErrorWithCode(error, 'IDEMPOTENCY_CONFLICT') ? await find() : null
      if (first) return toOutcome(schedule, first)
      if (isErrorWithCode(error, 'UNAVAILABLE')) throw error
      if (error instanceof GraphloomError) return skipped('REFUSED', error)
      logger.error({ err: error, schedule: scheduleId }, 'schedule not fired')
      return skipped('REFUSED', new GraphloomError('INTERNAL', 'Something unexpected failed.', { cause: error }))
    }
  }

  /** False when the task before stays in the way. */
  async #makeWay({ tenantId, lastTaskId, overlap }: ScheduleDocument): Promise<boolean> {
    const { tasks, worker, clock } = this.#options
    if (lastTaskId === null || overlap === 'QUEUE') return true
    const scope = { tenantId }
    const previous = await tasks.get(scope, lastTaskId)
    if (!previous || isTaskEnded(previous.state)) return true
    if (overlap === 'SKIP') return false
    try {
      await tasks.change(scope, lastTaskId, (task) => requestCancel(task, clock.now()), { known: previous })
    } catch (error) {
      // It was deleted meanwhile.
      if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
    }
    worker.stopTask(lastTaskId, new GraphloomError('CANCELLED', 'The next run of its schedule took its place.'))
    return true
  }

  async #toRequest(schedule: ScheduleDocument): Promise<EnqueueRequest> {
    const { expiresAfterMs: _expiresAfterMs, ...template } = schedule.template
    const input = await this.#options.payloads.get(schedule.input)
    return { ...template, input, concurrency: concurrencyOf(schedule) }
  }
}

const PREVIOUS_RUNS = 'The run before has not ended, and the overlap policy of the schedule is SKIP.'

/** Where a run waits for the one before, they stand behind one gate. */
const concurrencyOf = ({ id, overlap, template }: Pick<ScheduleDocument, 'id' | 'overlap' | 'template'>) =>
  overlap === 'SKIP' ? template.concurrency : { key: `schedule:${id}`, limit: 1, rate: null }

const skipped = (reason: 'OVERLAP' | 'REFUSED', error: GraphloomError): FiringOutcome => ({
  kind: 'skipped',
  reason,
  error,
})

/** A key can also have been taken by a task that somebody enqueued. */
const toOutcome = ({ id }: ScheduleDocument, task: TaskDocument): FiringOutcome =>
  task.scheduleId === id
    ? { kind: 'fired', task }
    : skipped('REFUSED', new GraphloomError('CONFLICT', `Its idempotency key is that of the task ${task.id}.`))
