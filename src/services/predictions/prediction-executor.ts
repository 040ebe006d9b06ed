import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode, type ErrorInfo } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import {
  isEnded,
  type FinishReason,
  type PredictionDocument,
  type PredictionInput,
  type PredictionOutput,
  type PredictionTimings,
  type Usage,
} from '../../domain/prediction.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import { SYSTEM_SCOPE } from '../../ports/document-store.js'
import type { ModelRunner } from '../../ports/model-runtime.js'
import type { ClaimedTask, TaskQueue } from '../../ports/task-queue.js'
import type { Access, Admission } from '../access/access.js'
import type { ModelMetricsRecorder } from '../models/model-metrics.js'
import type { ModelStore } from '../models/model-store.js'
import type { ModelsService } from '../models/models.service.js'
import type { ModelSlot } from '../models/resident-version.js'
import { Generation } from './generation.js'
import type { Payloads } from './payloads.js'
import type { PredictionStore } from './prediction-store.js'
import type { PromptEncoder } from './prompt-encoder.js'
import type { WaitingRoom } from './waiting-room.js'

/** An ended prediction with its output at hand, also when nothing of it is stored. */
export interface EndedPrediction {
  readonly document: PredictionDocument
  readonly output: PredictionOutput | null
}

export interface PredictionExecutorOptions {
  readonly access: Access
  readonly store: PredictionStore
  readonly payloads: Payloads
  readonly queue: TaskQueue
  readonly models: Pick<ModelsService, 'acquire' | 'folderOf'>
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly encoder: PromptEncoder
  readonly waitingRoom: WaitingRoom
  readonly metrics: ModelMetricsRecorder
  /** Runs a part of the work as a span below the trace that it was accepted with. */
  readonly inSpan: <T>(name: string, traceparent: string | null, work: () => Promise<T>) => Promise<T>
  readonly clock: Clock
  readonly logger: Logger
}

/** How a prediction ended, before it is stored. */
interface Outcome {
  readonly state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED'
  readonly output: PredictionOutput | null
  readonly error: ErrorInfo | null
  readonly finishReason: FinishReason | null
  readonly usage: Usage
  readonly timings: Partial<PredictionTimings>
  readonly replayDiverged: boolean
}

interface Running {
  readonly controller: AbortController
  readonly done: Promise<void>
}

const NO_USAGE: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }

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
  expectEnd(id: string): { readonly ended: Promise<EndedPrediction>; forget(): void } {
    const waiter = Promise.withResolvers<EndedPrediction>()
    waiter.promise.catch(() => undefined)
    this.#waiters.set(id, waiter)
    return { ended: waiter.promise, forget: () => this.#waiters.delete(id) }
  }

  /** Interrupts a prediction that is being done here and waits for its end; false when it is not. */
  async cancel(id: string): Promise<boolean> {
    const running = this.#running.get(id)
    if (!running) return false
    running.controller.abort(new GraphloomError('CANCELLED', 'The prediction was cancelled.'))
    await running.done
    return true
  }

  /** Tells whoever waits, and closes the account. */
  settle(ended: EndedPrediction): void {
    const { id, usage } = ended.document
    this.#options.waitingRoom.leave(id)
    this.#admissions.get(id)?.settle(usage)
    this.#admissions.delete(id)
    this.#waiters.get(id)?.resolve(ended)
    this.#waiters.delete(id)
  }

  /** Tells whoever waits that the end will not come in this process. */
  abandonWaiters(reason: GraphloomError): void {
    for (const waiter of this.#waiters.values()) waiter.reject(reason)
    this.#waiters.clear()
  }

  /** Handles a claimed task; see `DispatcherOptions.handle`. */
  async handle(task: ClaimedTask, stopping: AbortSignal): Promise<void> {
    const controller = new AbortController()
    const done = this.#handle(task, AbortSignal.any([controller.signal, stopping]), stopping)
    const running = { controller, done: done.catch(() => undefined) }
    this.#running.set(task.taskId, running)
    try {
      await done
    } finally {
      if (this.#running.get(task.taskId) === running) this.#running.delete(task.taskId)
    }
  }

  async #handle(task: ClaimedTask, signal: AbortSignal, stopping: AbortSignal): Promise<void> {
    const { store, queue, inSpan, logger } = this.#options
    const prediction = await store.get(SYSTEM_SCOPE, task.taskId)
    if (!prediction || isEnded(prediction.state)) {
      await queue.complete(task.taskId, task.attempt)
      return
    }
    await inSpan('prediction', prediction.traceparent, async () => {
      const work = new PredictionWork(this.#options, prediction, task)
      const outcome = await work.run(signal)
      if (stopping.aborted && outcome.state !== 'SUCCEEDED') {
        this.#waiters.get(prediction.id)?.reject(stopping.reason)
        this.#waiters.delete(prediction.id)
        await queue.release(task.taskId, task.attempt, this.#options.clock.now())
        return
      }
      try {
        await this.#finish(work.current, task, outcome)
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT') && !isErrorWithCode(error, 'NOT_FOUND')) throw error
        logger.info({ prediction: prediction.id }, 'prediction was ended by another')
      }
    })
  }

  async #finish(current: PredictionDocument, task: ClaimedTask, outcome: Outcome): Promise<void> {
    const { store, payloads, clock, metrics } = this.#options
    const endedAt = clock.now()
    const totalMs = endedAt - current.createdAt
    const { output, ...result } = outcome
    const keep = current.store && output !== null
    const stored = keep ? await payloads.put(output) : null
    const next = {
      ...current,
      ...result,
      timings: { ...current.timings, ...outcome.timings, totalMs },
      endedAt,
      output: stored,
    }
    const complete = { kind: 'complete', taskId: task.taskId, attempt: task.attempt } as const
    if (current.store) await store.update(next, [complete])
    else {
      await store.endAndDelete(next, [complete])
      await payloads.delete(current.input)
    }
    metrics.record(current.modelVersionId, {
      latencyMs: totalMs,
      timeToFirstTokenMs: next.timings.timeToFirstTokenMs,
      computeMs: next.timings.computeMs,
      inputTokens: next.usage.inputTokens,
      outputTokens: next.usage.outputTokens,
      inferences: outcome.state === 'SUCCEEDED' ? (output?.kind === 'EMBEDDING' ? output.vectors.length : 1) : 0,
      failure: outcome.error?.code ?? (outcome.state === 'CANCELLED' ? 'CANCELLED' : null),
    })
    this.settle({ document: next, output })
  }
}

/** One prediction being done. */
class PredictionWork {
  current: PredictionDocument
  #generation: Generation | null = null
  #inputTokens = 0
  #queueMs: number | null = null
  #loadMs: number | null = null

  constructor(
    readonly options: PredictionExecutorOptions,
    prediction: PredictionDocument,
    readonly task: ClaimedTask,
  ) {
    this.current = prediction
  }

  /** Never rejects: what goes wrong is the outcome. */
  async run(signal: AbortSignal): Promise<Outcome> {
    const deadline = new AbortController()
    const { deadlineAt } = this.current
    const timer = deadlineAt === null ? null : this.#startDeadline(deadlineAt, deadline)
    try {
      return await this.#run(AbortSignal.any([signal, deadline.signal]))
    } catch (error) {
      return this.#toFailure(error)
    } finally {
      if (timer) clearTimeout(timer)
    }
  }

  #startDeadline(deadlineAt: number, deadline: AbortController): NodeJS.Timeout {
    const passed = (): void =>
      deadline.abort(new GraphloomError('DEADLINE_EXCEEDED', 'The deadline passed before the prediction was done.'))
    return setTimeout(passed, Math.max(0, deadlineAt - this.options.clock.now()))
  }

  async #run(signal: AbortSignal): Promise<Outcome> {
    const { models, versions, payloads, clock } = this.options
    const version = await versions.requireVersion(this.current.modelVersionId)
    const input = await payloads.get(this.current.input)
    const slot = await models.acquire(version, this.current.priority, signal)
    try {
      this.options.waitingRoom.leave(this.current.id)
      this.#queueMs =
        this.current.startedAt === null ? clock.now() - this.current.createdAt : this.current.timings.queueMs
      const askedAt = clock.now()
      const runner = await slot.runner(signal)
      this.#loadMs = clock.now() - askedAt
      await this.#setRunning(runner)
      const outcome =
        input.kind === 'EMBEDDING'
          ? await this.#embed(version, input.texts, slot, signal)
          : await this.#generate(version, input, slot, signal)
      slot.succeeded()
      return outcome
    } finally {
      slot.release()
    }
  }

  async #setRunning(runner: ModelRunner): Promise<void> {
    const { current, options } = this
    const timings = { ...current.timings, queueMs: this.#queueMs, loadMs: this.#loadMs }
    const next: PredictionDocument = {
      ...current,
      state: 'RUNNING',
      attempt: this.task.attempt,
      startedAt: current.startedAt ?? options.clock.now(),
      fingerprint: runner.fingerprint,
      timings,
    }
    this.current = await options.store.update(next)
  }

  async #generate(
    version: ModelVersionDocument,
    input: Exclude<PredictionInput, { kind: 'EMBEDDING' }>,
    slot: ModelSlot,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { store, clock, encoder } = this.options
    const promptTokenIds = await encoder.encodePrompt(version, input, this.current.id, signal)
    this.#inputTokens = promptTokenIds.length
    const settings = {
      ...input.settings,
      maxTokens: Math.min(input.settings.maxTokens, version.contextTokens - promptTokenIds.length),
    }
    const generation = new Generation({ prediction: this.current, promptTokenIds, settings, slot, store, clock })
    this.#generation = generation
    if (this.task.attempt > 1) await generation.resume()
    const result = await generation.run(signal)
    const { computeMs, prefillMs, outputTokens, finishReason, replayDiverged } = result
    return {
      state: 'SUCCEEDED',
      output: { kind: 'TEXT', text: generation.text, tokens: generation.tokens },
      error: null,
      finishReason,
      usage: { inputTokens: promptTokenIds.length, cachedInputTokens: 0, outputTokens },
      timings: {
        prefillMs,
        computeMs,
        timeToFirstTokenMs: generation.firstTokenAt === null ? null : generation.firstTokenAt - this.current.createdAt,
        tokensPerSecond: computeMs > prefillMs ? (1_000 * outputTokens) / (computeMs - prefillMs) : null,
      },
      replayDiverged,
    }
  }

  async #embed(
    version: ModelVersionDocument,
    texts: readonly string[],
    slot: ModelSlot,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const tokenIds = await this.options.encoder.encodeTexts(version, texts, this.current.id, signal)
    this.#inputTokens = tokenIds.reduce((total, ids) => total + ids.length, 0)
    const request = {
      id: this.current.id,
      tokenIds,
      ...(this.current.traceparent === null ? {} : { traceparent: this.current.traceparent }),
    }
    const embed = async () => (await slot.runner(signal)).embed(request, signal)
    const result = await embed().catch((error: unknown) => {
      // A batch that a crash took with it is tried once more: it has no effect but its result.
      if (isErrorWithCode(error, 'RUNNER_CRASHED')) return embed()
      throw error
    })
    return {
      state: 'SUCCEEDED',
      output: { kind: 'EMBEDDING', vectors: result.vectors.map((vector) => Array.from(vector)) },
      error: null,
      finishReason: null,
      usage: { inputTokens: this.#inputTokens, cachedInputTokens: 0, outputTokens: 0 },
      timings: { computeMs: result.computeMs },
      replayDiverged: false,
    }
  }

  #toFailure(error: unknown): Outcome {
    const generation = this.#generation
    const partial = generation && generation.tokens.length > 0 ? generation : null
    const cancelled = isErrorWithCode(error, 'CANCELLED')
    return {
      state: cancelled ? 'CANCELLED' : 'FAILED',
      output: partial ? { kind: 'TEXT', text: partial.text, tokens: partial.tokens } : null,
      error: cancelled ? null : this.#toErrorInfo(error),
      finishReason: cancelled ? 'CANCELLED' : null,
      usage: { ...NO_USAGE, inputTokens: this.#inputTokens, outputTokens: partial?.tokens.length ?? 0 },
      timings: {},
      replayDiverged: false,
    }
  }

  #toErrorInfo(error: unknown): ErrorInfo {
    if (error instanceof GraphloomError && error.code !== 'INTERNAL')
      return { code: error.code, message: error.message, retryable: error.retryable, details: error.details }
    const errorId = createId('error')
    this.options.logger.error({ err: error, errorId, prediction: this.current.id }, 'prediction failed unexpectedly')
    return { code: 'INTERNAL', message: 'Something unexpected failed.', retryable: false, errorId }
  }
}
