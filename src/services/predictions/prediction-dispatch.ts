import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { ID_PREFIXES, parseIdKind } from '../../kernel/ids.js'
import { SYSTEM_SCOPE } from '../../ports/document-store.js'
import type { TaskQueue } from '../../ports/task-queue.js'
import { Dispatcher } from '../tasks/dispatcher.js'
import type { Tasks } from '../tasks/start-tasks.js'
import { ImmediatePredictions } from './immediate-predictions.js'
import type { PredictionExecutor } from './prediction-executor.js'
import { PREDICTION_QUEUE, toQueueEntry, type PredictionStore } from './prediction-store.js'
import type { WaitingRoom } from './waiting-room.js'

export interface PredictionDispatchOptions {
  readonly store: PredictionStore
  readonly queue: TaskQueue
  readonly executor: PredictionExecutor
  readonly work: Pick<Tasks, 'handle' | 'queues' | 'owner'>
  readonly waitingRoom: WaitingRoom
  /** The most predictions that are let to the models at once. */
  readonly window: number
  readonly leaseMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/** Of the window, what is for predictions that begin without the queue. */
const IMMEDIATE_SHARE = 1 / 4
/** With so much of its window taken the queue may have begun to hold something back. */
const FREE_SHARE = 1 / 4
const READ_AT_ONCE = 500

/** Gives predictions their turn: those that wait in the queue, with or without a task, and those that begin at once. */
export class PredictionDispatch implements AsyncDisposable {
  readonly immediate: ImmediatePredictions
  readonly #options: PredictionDispatchOptions
  readonly #dispatcher: Dispatcher
  readonly #window: number

  constructor(options: PredictionDispatchOptions) {
    const { queue, executor, work, leaseMs, logger } = options
    const limit = Math.floor(options.window * IMMEDIATE_SHARE)
    this.#options = options
    this.#window = options.window - limit
    this.#dispatcher = new Dispatcher({
      tasks: queue,
      queue: PREDICTION_QUEUE,
      owner: work.owner,
      window: this.#window,
      // So that there is room for those of other versions.
      maxPerKey: Math.ceil(this.#window / 2),
      leaseMs,
      handle: (claim, signal, onEnding) =>
        parseIdKind(claim.taskId) === 'task' ? work.handle(claim, signal, onEnding) : executor.handle(claim, signal),
      logger,
    })
    this.immediate = new ImmediatePredictions({ ...options, limit, isQueueFree: () => this.#isQueueFree() })
  }

  /** Takes up what earlier processes left, and begins. */
  async start(): Promise<void> {
    // One server has the queue: the others are gone.
    await this.#options.queue.endLeasesOfOthers(this.#options.work.owner, `${ID_PREFIXES.server}_`)
    await this.#readmit()
    this.#dispatcher.start()
  }

  /** Begins nothing more, and waits for what runs until the signal aborts; the rest goes on at the next start. */
  async drain(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#dispatcher.drain(signal), this.immediate.drain(signal)])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#dispatcher.stop(), this.immediate.stop()])
  }

  #isQueueFree(): boolean {
    const settings = this.#options.work.queues.get(PREDICTION_QUEUE)
    const isBound = settings !== null && (settings.paused || settings.concurrency !== null)
    return !isBound && this.#dispatcher.runningCount < this.#window * FREE_SHARE
  }

  /** What was accepted and not ended waits, also what had no entry in the queue. */
  async #readmit(): Promise<void> {
    const { store, queue, waitingRoom, clock } = this.#options
    for (let cursor: string | null = null; ;) {
      const page = await store.list(SYSTEM_SCOPE, {
        filter: { state: { in: ['QUEUED', 'RUNNING'] } },
        orderBy: [{ field: 'createdAt', direction: 'asc' }],
        page: { limit: READ_AT_ONCE, cursor, backward: false },
      })
      const predictions = page.items.map(({ node }) => node)
      for (const { id, modelVersionId, state } of predictions)
        if (state === 'QUEUED') waitingRoom.readmit(modelVersionId, id)
      const waitedFor = predictions.filter(({ taskId }) => taskId === null)
      await Promise.all(waitedFor.map((prediction) => queue.enqueue(toQueueEntry(prediction, clock.now()))))
      if (!page.hasNextPage) return
      cursor = page.items.at(-1)?.cursor ?? null
    }
  }
}
