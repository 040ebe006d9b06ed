import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { ScheduleDocument } from '../../domain/schedule.js'
import { parseCron, type CronTimes } from './cron.js'
import { DueLoop } from './due-loop.js'
import type { ScheduleFiring } from './schedule-firing.js'
import { countSkipped, fireAtOf, moveOn, noteFired, planFirings, PUNCTUAL_MS } from './schedule-rules.js'
import type { ScheduleStore } from './schedule-store.js'

export interface SchedulerOptions {
  readonly store: ScheduleStore
  readonly firing: Pick<ScheduleFiring, 'find' | 'fire' | 'take'>
  readonly clock: Clock
  readonly logger: Logger
}

const STEP_SCHEDULES = 100

/**
 * Fires schedules when they are due. Any number of them may work on one store: the task of a due time has a unique key,
 * and the schedule moves on by compare and set, so that who dies between the two leaves nothing that the next one does
 * not find.
 */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions
  readonly #loop: DueLoop

  constructor(options: SchedulerOptions) {
    this.#options = options
    const { store, clock, logger } = options
    this.#loop = new DueLoop({
      what: 'due schedules',
      pass: (nowMs, signal) => this.#pass(nowMs, signal),
      nextAt: async () => (await store.listDue(null, 1))[0]?.nextFireAt ?? null,
      clock,
      logger,
    })
  }

  start(): void {
    this.#loop.start()
  }

  /** A schedule fires at this time. */
  note(atMs: number): void {
    this.#loop.note(atMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#loop[Symbol.asyncDispose]()
  }

  /** Whether any of them got on. */
  async #pass(nowMs: number, signal: AbortSignal): Promise<boolean> {
    const due = await this.#options.store.listDue(nowMs, STEP_SCHEDULES)
    const passes = due.map((schedule) => this.#fireDue(schedule, nowMs, signal))
    return (await Promise.all(passes)).some(Boolean)
  }

  /** Whether it got on. */
  async #fireDue(known: ScheduleDocument, nowMs: number, signal: AbortSignal): Promise<boolean> {
    const { store, logger } = this.#options
    let schedule = known
    try {
      const times = parseCron(known.cron, known.timezone)
      const { missed, fire } = planFirings(known, times, nowMs)
      if (missed.length > 0) schedule = await store.update(await this.#passOver(schedule, missed, times))
      for (const dueAt of fire) {
        if (signal.aborted) break
        const next = await this.#fireOne(schedule, dueAt, { times, nowMs })
        if (!next) break
        schedule = next
      }
    } catch (error) {
      // It was changed or deleted, or another scheduler has it: the next look sees what is left to do.
      if (!isErrorWithCode(error, 'CONFLICT') && !isErrorWithCode(error, 'NOT_FOUND'))
        logger.error({ err: error, schedule: known.id }, 'schedule not fired')
    }
    return schedule !== known
  }

  /** Who made the task of the first one may have died before the schedule moved on; then it was not missed. */
  async #passOver(schedule: ScheduleDocument, missed: readonly number[], times: CronTimes): Promise<ScheduleDocument> {
    const [first, last] = [missed[0]!, missed.at(-1)!]
    const task = await this.#options.firing.find(schedule, first)
    const passed = task
      ? countSkipped({ ...schedule, lastTaskId: task.id }, 'MISSED', missed.slice(1))
      : countSkipped(schedule, 'MISSED', missed)
    return moveOn(passed, times, last)
  }

  /** The schedule after it; null when it is to be tried again: its queue may have room in a while. */
  async #fireOne(
    schedule: ScheduleDocument,
    dueAt: number,
    { times, nowMs }: { readonly times: CronTimes; readonly nowMs: number },
  ): Promise<ScheduleDocument | null> {
    const { store, firing } = this.#options
    using _turn = await firing.take(schedule)
    const { revision } = await store.require({ tenantId: schedule.tenantId }, schedule.id)
    if (revision !== schedule.revision) throw new GraphloomError('CONFLICT', 'The schedule was changed meanwhile.')
    const outcome = await firing.fire(schedule, dueAt)
    if (outcome.kind === 'skipped') {
      const { reason, error } = outcome
      if (error.code === 'OVERLOADED' && nowMs - fireAtOf(schedule, dueAt) <= PUNCTUAL_MS) return null
      const message = reason === 'OVERLAP' ? null : error.message
      return await store.update(moveOn(countSkipped(schedule, reason, [dueAt], message), times, dueAt))
    }
    const taskId = outcome.task.id
    try {
      return await store.update(moveOn({ ...schedule, lastTaskId: taskId }, times, dueAt))
    } catch (error) {
      if (isErrorWithCode(error, 'CONFLICT')) await this.#noteFired(schedule, { dueAt, taskId })
      throw error
    }
  }

  /** Whoever paused or changed it meanwhile did not know of the task. */
  async #noteFired({ tenantId, id }: ScheduleDocument, fired: { dueAt: number; taskId: string }): Promise<void> {
    const { store } = this.#options
    await store.change(
      () => store.require({ tenantId }, id),
      (current) => noteFired(current, parseCron(current.cron, current.timezone), fired),
    )
  }
}
