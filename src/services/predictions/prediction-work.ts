import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode, type ErrorInfo } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type {
  BatchInfo,
  DraftInfo,
  FinishReason,
  PredictionDocument,
  PredictionInput,
  PredictionOutput,
  PredictionTimings,
  Usage,
} from '../../domain/prediction.js'
import type { ModelRunner } from '../../ports/model-runtime.js'
import type { ClaimedTask } from '../../ports/task-queue.js'
import type { ModelStore } from '../models/model-store.js'
import type { ModelsService } from '../models/models.service.js'
import type { ModelSlot } from '../models/resident-version.js'
import { Generation } from './generation.js'
import type { Payloads } from './payloads.js'
import type { PredictionStore } from './prediction-store.js'
import type { PromptEncoder } from './prompt-encoder.js'
import type { WaitingRoom } from './waiting-room.js'

export interface PredictionWorkOptions {
  readonly store: PredictionStore
  readonly payloads: Payloads
  readonly models: Pick<ModelsService, 'acquire'>
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly encoder: PromptEncoder
  readonly waitingRoom: WaitingRoom
  readonly clock: Clock
  readonly logger: Logger
}

/** How a prediction ended, before it is stored. */
export interface Outcome {
  readonly state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED'
  readonly output: PredictionOutput | null
  readonly error: ErrorInfo | null
  readonly finishReason: FinishReason | null
  readonly usage: Usage
  readonly timings: Partial<PredictionTimings>
  readonly replayDiverged: boolean
  readonly batch: BatchInfo | null
  readonly draft: DraftInfo | null
}

export const NO_USAGE: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }

/** One prediction being done. */
export class PredictionWork {
  current: PredictionDocument
  #generation: Generation | null = null
  #inputTokens = 0
  #queueMs: number | null = null
  #loadMs: number | null = null

  constructor(
    readonly options: PredictionWorkOptions,
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
    const { computeMs, prefillMs, outputTokens, finishReason, replayDiverged, cachedPromptTokens, batch } = result
    const isJson = settings.constraint?.kind === 'JSON_SCHEMA' && result.endedByModel
    return {
      state: 'SUCCEEDED',
      output: { kind: 'TEXT', text: generation.text, tokens: generation.tokens, ...(isJson && { isJson }) },
      error: null,
      finishReason,
      usage: { inputTokens: promptTokenIds.length, cachedInputTokens: cachedPromptTokens, outputTokens },
      timings: {
        prefillMs,
        computeMs,
        timeToFirstTokenMs: generation.firstTokenAt === null ? null : generation.firstTokenAt - this.current.createdAt,
        tokensPerSecond: computeMs > prefillMs ? (1_000 * outputTokens) / (computeMs - prefillMs) : null,
      },
      replayDiverged,
      batch,
      draft: settings.draft ? result.draft : null,
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
      tenantId: this.current.tenantId,
      priority: this.current.priority,
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
      batch: result.batch,
      draft: null,
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
      batch: null,
      draft: null,
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
