import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import { parseIdKind } from '../../kernel/ids.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { LapsedClaim, TaskQueue } from '../../ports/task-queue.js'
import { DueLoop } from './due-loop.js'
import { loseAttempt, type TaskChange } from './task-rules.js'
import type { TaskStore } from './task-store.js'

export interface TaskLeasesOptions {
  readonly store: TaskStore
  readonly queue: TaskQueue
  /** Name of this process among those that claim: what it works on itself it has not lost. */
  readonly owner: string
  readonly clock: Clock
  readonly logger: Logger
}

const LOOK_EVERY_MS = 1_000
/** So long somebody else may take a task up, and a late heartbeat its claim, before its worker is held to be lost. */
const GRACE_MS = 500
const STEP_CLAIMS = 250

/** Sees to the tasks of workers that went silent: they wait again, or end, also where nobody asks for another. */
export class TaskLeases implements AsyncDisposable {
  readonly #options: TaskLeasesOptions
  readonly #loop: DueLoop

  constructor(options: TaskLeasesOptions) {
    this.#options = options
    const { clock, logger } = options
    this.#loop = new DueLoop({
      what: 'leases',
      pass: async (nowMs) => (await this.#pass(nowMs)) >= STEP_CLAIMS / 2,
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

  /** How many claims were ended. */
  async #pass(nowMs: number): Promise<number> {
    const { queue, owner } = this.#options
    const request = { untilMs: nowMs - GRACE_MS, limit: STEP_CLAIMS, exceptOwner: owner }
    const lapsed = await queue.listLapsed(request)
    const ended = await Promise.all(lapsed.map((claim) => this.#end(claim, nowMs)))
    return ended.filter(Boolean).length
  }

  async #end(claim: LapsedClaim, nowMs: number): Promise<boolean> {
    const { store, queue } = this.#options
    const { taskId, tenantId, attempt } = claim
    try {
      if (parseIdKind(taskId) !== 'task') return await queue.release(taskId, attempt, nowMs)
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
