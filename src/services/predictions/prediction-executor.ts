import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import {
  isEnded,
  isTextKind,
  type PredictionDocument,
  type PredictionOutput,
  type Usage,
} from '../../domain/prediction.js'
import { SYSTEM_SCOPE } from '../../ports/document-store.js'
import type { ClaimedTask, QueueChange, TaskQueue } from '../../ports/task-queue.js'
import type { Admission } from '../access/access.js'
import type { ModelMetricsRecorder } from '../models/model-metrics.js'
import { toFirstRevision, type PredictionBody, type PredictionStore } from './prediction-store.js'
import { toPredictionSample } from './prediction-sample.js'
import {
  NO_USAGE,
  PredictionWork,
  type Outcome,
  type PredictionClaim,
  type PredictionWorkOptions,
} from './prediction-work.js'
import { toTextOutput } from './tokens-data.js'

/** An ended prediction with its output at hand, also when nothing of it is stored. */
export interface EndedPrediction {
  readonly document: PredictionDocument
  readonly output: PredictionOutput | null
}

export interface PredictionExecutorOptions extends PredictionWorkOptions {
  readonly store: PredictionStore
  readonly queue: TaskQueue
  readonly metrics: Pick<ModelMetricsRecorder, 'record'>
  /** Runs a part of the work as a span below the trace that it was accepted with. */
  readonly inSpan: <T>(name: string, traceparent: string | null, work: () => Promise<T>) => Promise<T>
}

interface Running {
  readonly controller: AbortController
  readonly done: Promise<void>
}

/** Does the predictions that the queue gives out. */
export class PredictionExecutor {
  readonly #options: PredictionExecutorOptions
  readonly #running = new Map<string, Running>()
  readonly #admissions = new Map<string, Admission>()
  readonly #waiters = new Map<string, PromiseWithResolvers<EndedPrediction>>()

  constructor(options: PredictionExecutorOptions) {
    this.#options = options
  }

  /** Keeps the admission until the prediction ends. */
  hold(id: string, admission: Admission): void {
    this.#admissions.set(id, admission)
  }

  /** The end of a prediction that is about to be accepted by this process. */
  expectEnd(id: string): Promise<EndedPrediction> {
    const waiter = Promise.withResolvers<EndedPrediction>()
    waiter.promise.catch(() => undefined)
    this.#waiters.set(id, waiter)
    return waiter.promise
  }

  /** Lets go of a prediction that was not accepted after all. */
  forget(id: string): void {
    this.#closeAccount(id, NO_USAGE)
    this.#waiters.delete(id)
  }

  /** Whether it is being done here. */
  isRunning(id: string): boolean {
    return this.#running.has(id)
  }

  /** Interrupts a prediction that is being done here and waits for its end; false when it is not. */
  async cancel(id: string): Promise<boolean> {
    const running = this.#running.get(id)
    if (!running) return false
    running.controller.abort(new GraphloomError('CANCELLED', 'The prediction was cancelled.'))
    await running.done
    return true
  }

  /**
   * Stores an end with what it changes in the queue, the output too where it is to be kept.
   * @throws GraphloomError `CONFLICT` or `NOT_FOUND` when another has ended it.
   */
  async #storeEnd(
    end: PredictionDocument,
    output: PredictionOutput | null,
    changes: readonly QueueChange[],
  ): Promise<EndedPrediction> {
    const { store, payloads } = this.#options
    const document = { ...end, output: end.store && output ? await payloads.put(output) : null }
    if (document.store) await store.update(document, changes)
    else {
      await store.endAndDelete(document, changes)
      await payloads.delete(document.input)
    }
    return { document, output }
  }

  /** Counts it, closes the account and tells whoever waits. */
  #settle(ended: EndedPrediction): void {
    const { id, tenantId, modelVersionId, usage } = ended.document
    this.#options.metrics.record(modelVersionId, tenantId, toPredictionSample(ended.document, ended.output))
    this.#closeAccount(id, usage)
    this.#waiters.get(id)?.resolve(ended)
    this.#waiters.delete(id)
  }

  #closeAccount(id: string, usage: Usage): void {
    this.#options.waitingRoom.leave(id)
    this.#admissions.get(id)?.settle(usage)
    this.#admissions.delete(id)
  }

  /** Tells whoever waits that the end will not come in this process. */
  abandonWaiters(reason: GraphloomError): void {
    for (const waiter of this.#waiters.values()) waiter.reject(reason)
    this.#waiters.clear()
  }

  /** Handles a claimed task; see `DispatcherOptions.handle`. */
  handle({ taskId, attempt }: ClaimedTask, stopping: AbortSignal): Promise<void> {
    const { store, queue, clock } = this.#options
    return this.#track(taskId, stopping, async (signal) => {
      const prediction = await store.get(SYSTEM_SCOPE, taskId)
      if (!prediction || isEnded(prediction.state)) {
        await queue.complete(taskId, attempt)
        return
      }
      const changes = [{ kind: 'complete', taskId, attempt }] as const
      const isDone = await this.#do(prediction, { claim: { attempt }, changes, signal, stopping })
      if (!isDone) await queue.release(taskId, attempt, clock.now())
    })
  }

  /**
   * Does a prediction that is being stored and has no entry in the queue. Nothing of it is stored before it is; it stays
   * as it is when the signal aborts.
   * @throws what storing it threw.
   */
  doNow(body: PredictionBody, stored: Promise<PredictionDocument>, stopping: AbortSignal): Promise<void> {
    const prediction = toFirstRevision(body, this.#options.clock.now())
    const refused = new AbortController()
    stored.catch((error: unknown) => refused.abort(error))
    return this.#track(prediction.id, stopping, async (signal) => {
      const claim = { attempt: prediction.attempt + 1, stored }
      await this.#do(prediction, { claim, changes: [], signal: AbortSignal.any([signal, refused.signal]), stopping })
    })
  }

  /** Work that `cancel` interrupts. */
  async #track(id: string, stopping: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController()
    const done = work(AbortSignal.any([controller.signal, stopping]))
    const running = { controller, done: done.catch(() => undefined) }
    this.#running.set(id, running)
    try {
      await done
    } finally {
      if (this.#running.get(id) === running) this.#running.delete(id)
    }
  }

  /** False when the process stops first. */
  async #do(
    prediction: PredictionDocument,
    {
      claim,
      changes,
      signal,
      stopping,
    }: {
      readonly claim: PredictionClaim
      readonly changes: readonly QueueChange[]
      readonly signal: AbortSignal
      readonly stopping: AbortSignal
    },
  ): Promise<boolean> {
    return this.#options.inSpan('prediction', prediction.traceparent, async () => {
      const work = new PredictionWork(this.#options, prediction, claim)
      const outcome = await work.run(signal)
      const current = await work.settle()
      if (stopping.aborted && outcome.state !== 'SUCCEEDED') {
        this.#waiters.get(prediction.id)?.reject(stopping.reason)
        this.#waiters.delete(prediction.id)
        return false
      }
      await this.#store(current, outcome, changes)
      return true
    })
  }

  /**
   * Does a prediction for its task, and gives it as it ended.
   * @throws the signal's reason when that says that the task goes on elsewhere.
   */
  async run(prediction: PredictionDocument, claim: PredictionClaim, signal: AbortSignal): Promise<PredictionDocument> {
    const { store, inSpan } = this.#options
    if (isEnded(prediction.state)) return prediction
    await inSpan('prediction', prediction.traceparent, async () => {
      const work = new PredictionWork(this.#options, prediction, claim)
      const outcome = await work.run(signal)
      if (outcome.state !== 'SUCCEEDED' && goesOnElsewhere(signal)) throw signal.reason
      await this.#store(work.current, outcome, [])
    })
    const ended = await store.require(SYSTEM_SCOPE, prediction.id)
    if (isEnded(ended.state)) return ended
    throw new GraphloomError('CONFLICT', 'Another attempt goes on with the prediction.')
  }

  /**
   * Ends a prediction, as it was read, that nobody does at the moment, with the text that there is.
   * @throws GraphloomError `CONFLICT` or `NOT_FOUND` when another has begun or ended it.
   */
  async end(
    current: PredictionDocument,
    outcome: Pick<PredictionDocument, 'state' | 'error' | 'finishReason'>,
    changes: readonly QueueChange[],
  ): Promise<PredictionDocument> {
    const { store, clock } = this.#options
    const hasText = current.state === 'RUNNING' && isTextKind(current.kind)
    const generated = hasText ? await store.readTokens(current.id) : []
    const endedAt = clock.now()
    const timings = { ...current.timings, totalMs: endedAt - current.createdAt }
    const output = generated.length > 0 ? toTextOutput(generated) : null
    const ended = await this.#storeEnd({ ...current, ...outcome, timings, endedAt }, output, changes)
    this.#settle(ended)
    return ended.document
  }

  /** Stores how it ended, unless another has ended it. */
  async #store(current: PredictionDocument, outcome: Outcome, changes: readonly QueueChange[]): Promise<void> {
    try {
      await this.#finish(current, outcome, changes).catch((error: unknown) => {
        if (!isErrorWithCode(error, 'PAYLOAD_TOO_LARGE')) throw error
        return this.#finish(current, toUnstorable(outcome, error), changes)
      })
    } catch (error) {
      if (!isErrorWithCode(error, 'CONFLICT') && !isErrorWithCode(error, 'NOT_FOUND')) throw error
      this.#options.logger.info({ prediction: current.id }, 'prediction was ended by another')
    }
  }

  async #finish(current: PredictionDocument, outcome: Outcome, changes: readonly QueueChange[]): Promise<void> {
    const { clock, waitingRoom } = this.#options
    const endedAt = clock.now()
    const totalMs = endedAt - current.createdAt
    const { output, ...result } = outcome
    const timings = { ...current.timings, ...outcome.timings, totalMs }
    const ended = await this.#storeEnd({ ...current, ...result, timings, endedAt }, output, changes)
    const {
      batch,
      timings: { computeMs = null },
    } = outcome
    if (computeMs !== null) waitingRoom.noteCost(current.modelVersionId, computeMs / (batch?.size ?? 1))
    this.#settle(ended)
  }
}

/** The claim was lost, or the process stops: somebody else goes on with it. */
const goesOnElsewhere = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && (isErrorWithCode(reason, 'CONFLICT') || isErrorWithCode(reason, 'UNAVAILABLE'))

/** What is too large to be stored would be so again. */
const toUnstorable = (outcome: Outcome, { code, message, retryable, details }: GraphloomError): Outcome => ({
  ...outcome,
  state: 'FAILED',
  output: null,
  error: { code, message: `The output cannot be stored: ${message}`, retryable, details },
  finishReason: null,
})
