import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { PredictionDocument } from '../../domain/prediction.js'
import type { TaskQueue } from '../../ports/task-queue.js'
import type { PredictionExecutor } from './prediction-executor.js'
import { toQueueEntry, type PredictionBody, type PredictionStore } from './prediction-store.js'

export interface ImmediatePredictionsOptions {
  readonly executor: Pick<PredictionExecutor, 'doNow'>
  readonly store: Pick<PredictionStore, 'insert'>
  readonly queue: Pick<TaskQueue, 'enqueue'>
  /** The most that are done at once; what comes beyond waits in the queue. */
  readonly limit: number
  /** Whether nothing waits in the queue for its turn, which would be overtaken. */
  readonly isQueueFree: () => boolean
  readonly clock: Clock
  readonly logger: Logger
}

const RETRY_MS = 1_000

/**
 * Predictions that somebody waits for begin where they were accepted, and have no entry in the queue, as long as nothing
 * that waits there is overtaken. What of them is left when the process ends gets an entry at the next start.
 */
export class ImmediatePredictions {
  readonly #options: ImmediatePredictionsOptions
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #taken = 0
  #isOpen = true

  constructor(options: ImmediatePredictionsOptions) {
    this.#options = options
  }

  /**
   * Begins a prediction while it is being stored, or puts it into the queue; resolves when it is stored.
   * @throws GraphloomError as `PredictionStore.insert`; then nothing of what was begun is stored.
   */
  insert(body: PredictionBody): Promise<PredictionDocument> {
    const { store, limit, isQueueFree, clock } = this.#options
    if (!this.#isOpen || this.#taken >= limit || !isQueueFree())
      return store.insert(body, toQueueEntry(body, clock.now()))
    this.#taken++
    const stored = store.insert(body, null)
    this.#begin(body, stored)
    return stored
  }

  #begin(body: PredictionBody, stored: Promise<PredictionDocument>): void {
    const done = this.#do(body, stored).finally(() => {
      this.#taken--
      this.#running.delete(done)
    })
    this.#running.add(done)
  }

  /** Begins nothing more; resolves when nothing runs or the signal aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isOpen = false
    const aborted = Promise.withResolvers<void>()
    const onAbort = (): void => aborted.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    await Promise.race([Promise.all(this.#running), aborted.promise])
    signal.removeEventListener('abort', onAbort)
  }

  /** Interrupts what runs. */
  async stop(): Promise<void> {
    this.#isOpen = false
    this.#stopping.abort(
      new GraphloomError('UNAVAILABLE', 'The server is stopping; the prediction goes on when it starts again.'),
    )
    await Promise.all(this.#running)
  }

  async #do(body: PredictionBody, stored: Promise<PredictionDocument>): Promise<void> {
    const { executor, logger } = this.#options
    try {
      await executor.doNow(body, stored, this.#stopping.signal)
    } catch (error) {
      // Whoever wanted it stored was told why it was not.
      const prediction = await stored.catch(() => null)
      if (!prediction) return
      // It could not even be stored as failed.
      logger.error({ err: error, prediction: prediction.id }, 'prediction not handled, put into the queue')
      await this.#enqueue(prediction)
    }
  }

  async #enqueue(prediction: PredictionDocument): Promise<void> {
    const { queue, clock, logger } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        return await queue.enqueue(toQueueEntry({ ...prediction, attempt: prediction.attempt + 1 }, clock.now()))
      } catch (error) {
        logger.error({ err: error, prediction: prediction.id }, 'prediction not enqueued, trying again')
        await clock.sleep(RETRY_MS, signal).catch(() => undefined)
      }
    }
  }
}
