import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import { parseIdKind } from '../../kernel/ids.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { LapsedClaim, TaskQueue } from '../../ports/task-queue.js'
import { DueLoop } from './due-loop.js'
import { loseAttempt, type TaskChange } from './task-rules.js'
import type { TaskStore } from './task-store.js'
import type { TaskWorker } from './task-worker.js'

export interface TaskLeasesOptions {
  readonly store: TaskStore
  readonly queue: TaskQueue
  readonly worker: Pick<TaskWorker, 'isWorkingOn'>
  /** Name of this process among those that claim. */
  readonly owner: string
  /** Of claims as they are usual, milliseconds: workers extend them three times as often. */
  readonly leaseMs: number
  readonly clock: Clock
  readonly logger: Logger
}

const LOOK_EVERY_MS = 500
/** So long somebody else may take a task up, and a late heartbeat its claim, before its worker is held to be lost. */
const GRACE_MS = 500
/** After a longer time without a look the server itself stood still, and no worker could reach it. */
const AWAY_MS = 3_000
const STEP_CLAIMS = 250

/** Sees to the tasks of workers that went silent: they wait again, or end, also where nobody asks for another. */
export class TaskLeases implements AsyncDisposable {
  readonly #options: TaskLeasesOptions
  readonly #loop: DueLoop
  #lookedAtMs = 0
  /** Until then those who could not reach the server have time to extend their leases. */
  #notBeforeMs = 0

  constructor(options: TaskLeasesOptions) {
    this.#options = options
    const { clock, logger } = options
    this.#loop = new DueLoop({
      what: 'leases',
      pass: (nowMs) => this.#pass(nowMs),
      nextAt: () => Promise.resolve(clock.now() + LOOK_EVERY_MS),
      clock,
      logger,
    })
  }

  start(): void {
    this.#loop.start()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#loop[Symbol.asyncDispose]()
  }

  /** True when there may be more. */
  async #pass(nowMs: number): Promise<boolean> {
    const { queue, leaseMs } = this.#options
    if (nowMs - this.#lookedAtMs > AWAY_MS) this.#notBeforeMs = nowMs + leaseMs / 3
    const isTooSoon = nowMs < this.#notBeforeMs
    const lapsed = isTooSoon ? [] : await queue.listLapsed({ untilMs: nowMs - GRACE_MS, limit: STEP_CLAIMS })
    const results = await Promise.allSettled(lapsed.map((claim) => this.#end(claim, nowMs)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    this.#lookedAtMs = nowMs
    return results.filter((result) => result.status === 'fulfilled' && result.value).length >= STEP_CLAIMS / 2
  }

  async #end({ taskId, tenantId, attempt, owner }: LapsedClaim, nowMs: number): Promise<boolean> {
    const { store, queue, worker, owner: own } = this.#options
    // What is done here is not lost, however long it takes to say so.
    const isTask = parseIdKind(taskId) === 'task'
    if (isTask ? worker.isWorkingOn(taskId, attempt) : owner === own) return false
    try {
      if (!isTask) return await queue.release(taskId, attempt, nowMs)
      const lose = (task: TaskDocument): TaskChange | null => loseAttempt(task, attempt, nowMs)
      const { task, changed } = await store.change({ tenantId }, taskId, lose)
      if (changed) return true
      // The attempt has ended, and the queue was not told.
      return isTaskEnded(task.state)
        ? await queue.complete(taskId, attempt)
        : await queue.release(taskId, attempt, nowMs)
    } catch (error) {
      if (isErrorWithCode(error, 'NOT_FOUND')) return queue.complete(taskId, attempt)
      if (!isErrorWithCode(error, 'CONFLICT')) throw error
      // It goes on, there or elsewhere.
      return false
    }
  }
}
