import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import type { TaskDocument } from '../../domain/task.js'
import { DueLoop } from './due-loop.js'
import { passDue } from './task-rules.js'
import type { TaskStore } from './task-store.js'

export interface TaskClockOptions {
  readonly store: TaskStore
  /** Sees to what is due for its graph's sake; false for what is not. */
  readonly passGraph: (task: TaskDocument, nowMs: number) => Promise<boolean>
  /** Has the address told that is to learn of a task's end; gives the task as it is then. */
  readonly passWebhook: (task: TaskDocument) => Promise<TaskDocument>
  /** Whether the work of a task is over in time, so that whoever did it stores what came of it. */
  readonly isOver: (task: TaskDocument) => boolean
  /** Told of each task that was changed because its time had come. */
  readonly onPassed: (task: TaskDocument) => void
  readonly clock: Clock
  readonly logger: Logger
}

const STEP_TASKS = 500
const STEP_GRAPHS = 250

/** Sees to the tasks that change when a time comes: those that become ready, expire, or take too long. */
export class TaskClock implements AsyncDisposable {
  readonly #options: TaskClockOptions
  readonly #loop: DueLoop

  constructor(options: TaskClockOptions) {
    this.#options = options
    const { store, clock, logger } = options
    this.#loop = new DueLoop({
      what: 'due tasks',
      pass: async (nowMs) => (await this.#pass(nowMs)) >= STEP_TASKS / 2,
      nextAt: async () => (await store.listDue(null, 1))[0]?.dueAt ?? null,
      clock,
      logger,
    })
  }

  start(): void {
    this.#loop.start()
  }

  /** Something will change by itself at this time. */
  note(atMs: number): void {
    this.#loop.note(atMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#loop[Symbol.asyncDispose]()
  }

  /** How many were changed. */
  async #pass(nowMs: number): Promise<number> {
    const { store, logger, onPassed, isOver, passGraph, passWebhook } = this.#options
    const due = await store.listDue(nowMs, STEP_TASKS)
    const pass = async (known: TaskDocument): Promise<boolean> => {
      try {
        const told = await passWebhook(known)
        if (told !== known && told.dueAt === null) return true
        if (await passGraph(told, nowMs)) return true
        if (told.state === 'RUNNING' && isOver(told)) return false
        const { tenantId, id } = told
        const { task, changed } = await store.change({ tenantId }, id, (current) => passDue(current, nowMs), {
          known: told,
        })
        if (changed) onPassed(task)
        return changed
      } catch (error) {
        // It is gone, or has a claim that is newer than it knows of: who has it will say what became of it.
        if (!isErrorWithCode(error, 'NOT_FOUND') && !isErrorWithCode(error, 'CONFLICT'))
          logger.error({ err: error, task: known.id }, 'due task not changed')
        return false
      }
    }
    const others = due.filter(({ graph }) => graph === null)
    let changedCount = (await Promise.all(others.map(pass))).filter(Boolean).length
    // The end of one of these can change many.
    const ofGraphs = due.filter(({ graph }) => graph !== null)
    for (let at = 0; at < ofGraphs.length; at += STEP_GRAPHS)
      changedCount += (await Promise.all(ofGraphs.slice(at, at + STEP_GRAPHS).map(pass))).filter(Boolean).length
    return changedCount
  }
}
