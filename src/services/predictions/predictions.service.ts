import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import {
  isEnded,
  type PredictionDocument,
  type PredictionInput,
  type PredictionOutput,
} from '../../domain/prediction.js'
import type { Principal } from '../../domain/principal.js'
import type { StreamItem } from '../../domain/stream.js'
import type { Access } from '../access/access.js'
import type { ModelsService } from '../models/models.service.js'
import type { Residency } from '../models/residency.js'
import type { Streams } from '../streams/streams.js'
import type { TasksService } from '../tasks/tasks.service.js'
import type { AnswerPredictions } from './answer-predictions.js'
import { answerKeyOf } from './answer-key.js'
import type { Payloads } from '../payloads.js'
import { removeAll } from '../retention/removal-step.js'
import { requirePredictionVersion, type PredictionAcceptance } from './prediction-acceptance.js'
import type { EndedPrediction, PredictionExecutor } from './prediction-executor.js'
import { parseSeed, withVersionSettings } from './generation-settings.js'
import { toStoreFilter, type PredictionFilter } from './prediction-filter.js'
import type { PredictionRequest, StartRequest } from './prediction-input.js'
import { parseInput } from './prediction-kinds.js'
import type { PredictionStore } from './prediction-store.js'
import { createPredictionSource, type PredictionEvent, type PredictionSnapshot } from './prediction-stream.js'
import { deadlineExceeded } from './prediction-work.js'
import type { PromptEncoder } from './prompt-encoder.js'
import type { SharedAnswers } from './shared-answers.js'
import type { TokensData } from './tokens-data.js'
import type { WaitingRoom } from './waiting-room.js'

export interface PredictionsServiceOptions {
  readonly access: Access
  readonly acceptance: PredictionAcceptance
  readonly store: PredictionStore
  readonly payloads: Payloads
  readonly executor: PredictionExecutor
  readonly encoder: PromptEncoder
  readonly answers: SharedAnswers
  readonly models: Pick<ModelsService, 'requireByReference'>
  readonly residency: Pick<Residency, 'runningCount' | 'settingsOf'>
  readonly streams: Streams
  readonly tasks: Pick<TasksService, 'cancelAndWait' | 'removeEnded'>
  readonly waitingRoom: WaitingRoom
  /** In the order of the answers' ids: whether all that they are made from is there for the principal. */
  readonly readableAnswers: (principal: Principal, answerIds: readonly string[]) => Promise<readonly boolean[]>
  readonly maxJoinedBytes: number
  readonly clock: Clock
  readonly logger: Logger
}

export interface Estimate {
  readonly version: ModelVersionDocument
  readonly inputTokens: number
  /** Predictions of the version that wait to be started. */
  readonly queueLength: number
  /** From what runs and waits, and what predictions cost lately; null when there is nothing to judge by. */
  readonly queueWaitMs: number | null
  /** Whether there is an answer to the same question already. */
  readonly cacheHit: boolean
}

/** Asking models. Every prediction is durable from its acceptance to its end, whether a client waits for it or not. */
export class PredictionsService {
  readonly #options: PredictionsServiceOptions

  constructor(options: PredictionsServiceOptions) {
    this.#options = options
  }

  /**
   * Accepts a prediction and answers at once; it is on disk then.
   * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `OVERLOADED`, `OUT_OF_MEMORY`, `IDEMPOTENCY_CONFLICT`,
   * `FORBIDDEN`.
   */
  async start(principal: Principal, request: StartRequest): Promise<PredictionDocument> {
    const { access, acceptance } = this.#options
    access.require(principal, 'prediction.create')
    return (await acceptance.accept(principal, request, false)).document
  }

  /**
   * Accepts a prediction and waits for its end; a client that leaves (the signal aborts) cancels it.
   * @throws GraphloomError as `start`; a prediction that failed is no error here.
   */
  async predict(principal: Principal, request: StartRequest, signal: AbortSignal): Promise<EndedPrediction> {
    const { access, acceptance } = this.#options
    access.require(principal, 'prediction.create')
    const { document, ended } = await acceptance.accept(principal, request, true)
    if (!ended) return { document, output: null }
    const onAbort = (): void => void this.#end(document).catch(() => undefined)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    // What still waits for its turn then is told at once; what is being done ends by itself.
    const { deadlineMs } = request
    const timer = deadlineMs === null ? null : setTimeout(() => void this.#expire(document), deadlineMs)
    try {
      return await ended
    } finally {
      signal.removeEventListener('abort', onAbort)
      if (timer) clearTimeout(timer)
    }
  }

  /**
   * Ends a prediction, whoever started it, and answers when it has ended; one that had ended stays as it is.
   * @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`.
   */
  async cancel(principal: Principal, id: string): Promise<PredictionDocument> {
    const { access, store, tasks } = this.#options
    access.require(principal, 'prediction.cancel', { id })
    const scope = scopeOf(principal)
    const prediction = await this.#require(principal, id)
    if (!prediction.taskId || isEnded(prediction.state)) return this.#end(prediction)
    try {
      await tasks.cancelAndWait(principal, prediction.taskId)
    } catch (error) {
      if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
      return this.#end(prediction)
    }
    return (await store.get(scope, id)) ?? { ...prediction, state: 'CANCELLED' }
  }

  /** Deletes an ended prediction, its payloads and its stream. @throws GraphloomError `NOT_FOUND`, `CONFLICT` while it runs, `FORBIDDEN`. */
  async delete(principal: Principal, id: string): Promise<void> {
    this.#options.access.require(principal, 'prediction.delete', { id })
    const prediction = await this.#require(principal, id)
    if (!isEnded(prediction.state))
      throw new GraphloomError('CONFLICT', 'The prediction has not ended; cancel it first.')
    if (!(await this.remove(prediction)))
      throw new GraphloomError(
        'CONFLICT',
        `Tasks that have not begun may need the output of its task ${prediction.taskId}.`,
      )
    // What somebody wants gone is not given to others any more.
    if (prediction.cache) this.#options.answers.forget(prediction.cache.key)
  }

  /** Deletes an ended prediction and its task; false when they stay for the time being. */
  async remove(prediction: PredictionDocument): Promise<boolean> {
    const { store, payloads, tasks } = this.#options
    const { tenantId, taskId } = prediction
    // The task goes first: it takes the prediction along, and is not left to itself by a crash.
    if (taskId && !(await tasks.removeEnded(tenantId, taskId))) return false
    if (await store.delete(prediction)) await payloads.delete(prediction.input, prediction.output)
    return true
  }

  /** Deletes predictions that ended before the time, as a step of retention. */
  async removeEndedBefore(endedBeforeMs: number, page: PageRequest): Promise<string | null> {
    return removeAll(await this.#options.store.listEndedBefore(endedBeforeMs, page), (one) => this.remove(one))
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(PredictionDocument | null)[]> {
    this.#options.access.require(principal, 'prediction.read')
    return this.#hide(principal, await this.#options.store.getMany(scopeOf(principal), ids))
  }

  /** Null for those of answers that the principal may not read. */
  async #hide(
    principal: Principal,
    predictions: readonly (PredictionDocument | null)[],
  ): Promise<(PredictionDocument | null)[]> {
    const answerIds = [...new Set(predictions.flatMap((prediction) => prediction?.answerId ?? []))]
    if (answerIds.length === 0) return [...predictions]
    const readable = await this.#options.readableAnswers(principal, answerIds)
    const hidden = new Set(answerIds.filter((_, i) => !readable[i]))
    return predictions.map((prediction) => (hidden.has(prediction?.answerId ?? '') ? null : prediction))
  }

  async #require(principal: Principal, id: string): Promise<PredictionDocument> {
    const [prediction] = await this.#hide(principal, [await this.#options.store.get(scopeOf(principal), id)])
    if (!prediction) throw notFound('prediction', id)
    return prediction
  }

  /** Without those of answers. @throws GraphloomError `INVALID_INPUT` for a cursor of another list, `FORBIDDEN`. */
  async list(
    principal: Principal,
    request: { readonly filter: PredictionFilter; readonly newestFirst: boolean; readonly page: PageRequest },
  ): Promise<Page<PredictionDocument>> {
    this.#options.access.require(principal, 'prediction.read')
    return this.#options.store.list(scopeOf(principal), {
      filter: toStoreFilter(request.filter),
      orderBy: [{ field: 'createdAt', direction: request.newestFirst ? 'desc' : 'asc' }],
      page: request.page,
    })
  }

  /** What was asked, for a document that the principal got from here. */
  readInput(prediction: PredictionDocument): Promise<PredictionInput> {
    return this.#options.payloads.get(prediction.input)
  }

  /** What was answered; null when nothing was. */
  readOutput(prediction: PredictionDocument): Promise<PredictionOutput | null> {
    return prediction.output === null ? Promise.resolve(null) : this.#options.payloads.get(prediction.output)
  }

  /** What has been generated so far, for a document that the principal got from here. */
  readGenerated(id: string, untilSequence?: number): Promise<readonly TokensData[]> {
    return this.#options.store.readTokens(id, untilSequence)
  }

  /** The prediction's stream. @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `FORBIDDEN`. */
  async follow(
    principal: Principal,
    request: { readonly id: string; readonly after: string | null; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<StreamItem<PredictionSnapshot, PredictionEvent>>> {
    this.#options.access.require(principal, 'prediction.read', { id: request.id })
    return this.#follow(await this.#require(principal, request.id), request)
  }

  #follow(
    { id, tenantId }: Pick<PredictionDocument, 'id' | 'tenantId'>,
    { after, signal }: { readonly after: string | null; readonly signal: AbortSignal },
  ): AsyncIterable<StreamItem<PredictionSnapshot, PredictionEvent>> {
    const { store, streams, maxJoinedBytes } = this.#options
    const source = createPredictionSource({ store, scope: { tenantId }, id, maxJoinedBytes })
    return streams.follow({ stream: id, source, after, signal })
  }

  /** What answers need of their predictions, whoever may read them. */
  readonly ofAnswers: AnswerPredictions = {
    check: async (principal, request) => this.#options.acceptance.checkVersion(principal, request),
    ensure: (principal, request, part) => this.#options.acceptance.ensureForAnswer(principal, request, part),
    follow: (prediction, signal) => this.#follow(prediction, { after: null, signal }),
    get: (tenantId, id) => this.#options.store.get({ tenantId }, id),
    readText: async (prediction) => {
      const output = await this.readOutput(prediction)
      return output?.kind === 'TEXT' ? output.text : ''
    },
    end: async (tenantId, id) => {
      const prediction = await this.#options.store.get({ tenantId }, id)
      if (prediction) await this.#end(prediction)
    },
    remove: async (tenantId, id) => {
      const prediction = await this.#options.store.get({ tenantId }, id)
      if (prediction) await this.remove(prediction)
    },
  }

  /** What a prediction would take, without starting it. @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `FORBIDDEN`. */
  async estimate(principal: Principal, request: PredictionRequest, signal?: AbortSignal): Promise<Estimate> {
    const { access, answers, encoder, models, residency, waitingRoom } = this.#options
    access.require(principal, 'prediction.read')
    const version = await requirePredictionVersion(models, principal, request)
    const settings = residency.settingsOf(version)
    const input = withVersionSettings(parseInput(request), request, settings)
    const inputTokens = await encoder.countTokens(version, input, null, signal)
    const { tenantId } = principal
    const key = settings.cacheResponses ? answerKeyOf({ tenantId, version, input, seed: parseSeed(request) }) : null
    const cacheHit = key !== null && answers.has(key)
    const queueLength = waitingRoom.waiting(version.id)
    const runningCount = residency.runningCount(version.id)
    const queueWaitMs = cacheHit ? 0 : waitingRoom.expectedWaitMs(version.id, runningCount)
    return { version, inputTokens, queueLength, queueWaitMs, cacheHit }
  }

  /** Ends it wherever it is: running here, or waiting. */
  async #end(prediction: PredictionDocument): Promise<PredictionDocument> {
    const { executor, store } = this.#options
    const scope = { tenantId: prediction.tenantId }
    for (let current: PredictionDocument | null = prediction; ; current = await store.get(scope, prediction.id)) {
      if (!current) return { ...prediction, state: 'CANCELLED' }
      if (isEnded(current.state)) return current
      if (await executor.cancel(current.id)) continue
      try {
        return await executor.end(current, CANCELLED, leaveQueue(current))
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT') && !isErrorWithCode(error, 'NOT_FOUND')) throw error
      }
    }
  }

  async #expire({ id, tenantId }: PredictionDocument): Promise<void> {
    const { executor, store, logger } = this.#options
    const { code, message, retryable, details } = deadlineExceeded()
    try {
      const current = await store.get({ tenantId }, id)
      if (current?.state !== 'QUEUED' || executor.isRunning(id)) return
      const error = { code, message, retryable, details }
      await executor.end(current, { state: 'FAILED', error, finishReason: null }, leaveQueue(current))
    } catch (error) {
      // Another has begun or ended it meanwhile.
      if (isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')) return
      logger.error({ err: error, prediction: id }, 'late prediction not ended')
    }
  }
}

const CANCELLED = { state: 'CANCELLED', error: null, finishReason: 'CANCELLED' } as const

const leaveQueue = ({ id }: PredictionDocument) => [{ kind: 'remove', taskId: id } as const]

const scopeOf = (principal: Principal) => ({ tenantId: principal.tenantId })
