import { isErrorWithCode, type GraphloomError } from '../../kernel/errors.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import { SYSTEM_SCOPE } from '../../ports/document-store.js'
import type { ClaimedTask } from '../../ports/task-queue.js'
import { Dispatcher } from './dispatcher.js'
import { storeWhenPossible } from './store-when-possible.js'
import { TaskRun, type TaskRunOptions } from './task-run.js'

export interface TaskWorkerOptions extends TaskRunOptions {
  /** Name of this process among those that claim. */
  readonly owner: string
  /** The most tasks of a queue that it works on at once. */
  readonly window: number
  readonly leaseMs: number
  /** Queues that another claims from, who gives each claim to `handle`. */
  readonly claimedElsewhere?: readonly string[]
}

/** Does, in this process, the tasks of all types that have code for it. */
export class TaskWorker {
  readonly #options: TaskWorkerOptions
  readonly #dispatchers = new Map<string, Dispatcher>()
  readonly #runs = new Map<string, { readonly run: TaskRun; readonly done: Promise<void> }>()
  readonly #keys: readonly string[]
  #started = false

  constructor(options: TaskWorkerOptions) {
    this.#options = options
    this.#keys = options.types.runnable
  }

  /** Works on the queue too, once it has started. */
  addQueue(name: string): void {
    const isClaimedElsewhere = this.#options.window === 0 || this.#options.claimedElsewhere?.includes(name) === true
    if (this.#dispatchers.has(name) || isClaimedElsewhere) return
    const { queue: tasks, owner, window, leaseMs, logger } = this.#options
    const handle: TaskWorker['handle'] = (task, signal, onEnding) => this.handle(task, signal, onEnding)
    const dispatcher = new Dispatcher({ tasks, queue: name, owner, window, leaseMs, keys: this.#keys, handle, logger })
    this.#dispatchers.set(name, dispatcher)
    if (this.#started) dispatcher.start()
  }

  start(): void {
    this.#started = true
    for (const dispatcher of this.#dispatchers.values()) dispatcher.start()
  }

  get runningIds(): readonly string[] {
    return [...this.#runs.keys()]
  }

  /** Tells the work on a task to stop, if it is done here by an attempt up to this one. */
  stopTask(id: string, reason: GraphloomError, attempt = Number.POSITIVE_INFINITY): void {
    const run = this.#runs.get(id)?.run
    if (run && run.attempt <= attempt) run.stop(reason)
  }

  /** Whether an attempt at the task is under way here, or what came of it is about to be stored. */
  isWorkingOn(id: string, attempt: number): boolean {
    return this.#runs.get(id)?.run.attempt === attempt
  }

  /** Whether an attempt at the task is over here, and is about to be stored. */
  isOver(id: string, attempt: number): boolean {
    const run = this.#runs.get(id)?.run
    return run?.attempt === attempt && run.isWorkOver
  }

  /** Resolves when what became of a task that is done here is stored; at once for others. */
  async settled(id: string): Promise<void> {
    await this.#runs.get(id)?.done
  }

  async drain(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.drain(signal)))
  }

  /** Interrupts what runs; the tasks stay in the queue. */
  async stop(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.stop()))
  }

  /** Does a task that was claimed; see `DispatcherOptions.handle`. */
  async handle(claim: ClaimedTask, signal: AbortSignal, onEnding: () => void): Promise<void> {
    const { store, queue, types } = this.#options
    // A claim that is let go since the store cannot be read would count as one that a lost worker had.
    const read = (): Promise<TaskDocument | null> => store.get(SYSTEM_SCOPE, claim.taskId)
    const task = await storeWhenPossible(read, { ...this.#options, task: claim.taskId, signal })
    const type = task && types.get(task.type)
    if (!task || !type || isTaskEnded(task.state)) {
      await queue.complete(claim.taskId, claim.attempt)
      return
    }
    const run = new TaskRun(this.#options, claim, task)
    const running = run.run(type, signal, onEnding)
    const done = running.catch(() => undefined)
    this.#runs.set(task.id, { run, done })
    try {
      await running
    } catch (error) {
      if (!isErrorWithCode(error, 'CONFLICT')) throw error
    } finally {
      if (this.#runs.get(task.id)?.run === run) this.#runs.delete(task.id)
    }
  }
}
