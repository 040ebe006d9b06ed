import { randomInt } from 'node:crypto'
import type { Clock } from '../../kernel/clock.js'
import { invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import type { Json } from '../../kernel/json.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import { isTextKind, type CacheInfo, type PredictionDocument } from '../../domain/prediction.js'
import type { Principal } from '../../domain/principal.js'
import type { TaskDocument } from '../../domain/task.js'
import type { Access } from '../access/access.js'
import type { ModelMetricsRecorder } from '../models/model-metrics.js'
import type { ModelsService } from '../models/models.service.js'
import type { Residency } from '../models/residency.js'
import { answerKeyOf } from './answer-key.js'
import type { Payloads } from '../payloads.js'
import type { TaskAcceptance } from '../tasks/task-acceptance.js'
import type { EndedPrediction, PredictionExecutor } from './prediction-executor.js'
import { parseSeed, withVersionSettings } from './generation-settings.js'
import { INPUT_FIELDS, type ChatRequest, type PredictionRequest, type StartRequest } from './prediction-input.js'
import { kindOf, parseInput } from './prediction-kinds.js'
import type { ImmediatePredictions } from './immediate-predictions.js'
import { toQueueEntry, type PredictionBody, type PredictionStore } from './prediction-store.js'
import {
  PREDICTION_TASK,
  principalOf,
  toPredictionId,
  toStartRequest,
  toTaskId,
  toTaskInput,
} from './prediction-task.js'
import type { PromptEncoder } from './prompt-encoder.js'
import { checkStartRequest, hashOf, sameInput } from './start-request.js'
import type { WaitingRoom } from './waiting-room.js'

export interface PredictionAcceptanceOptions {
  readonly access: Access
  readonly store: PredictionStore
  readonly payloads: Payloads
  readonly executor: PredictionExecutor
  readonly immediate: Pick<ImmediatePredictions, 'insert'>
  readonly tasks: Pick<TaskAcceptance, 'toInsert'>
  readonly encoder: PromptEncoder
  readonly models: Pick<ModelsService, 'requireByReference'>
  readonly residency: Pick<Residency, 'runningCount' | 'settingsOf' | 'checkMemory'>
  readonly metrics: Pick<ModelMetricsRecorder, 'recordRefusal'>
  readonly waitingRoom: WaitingRoom
  /** The trace that the current call belongs to. */
  readonly currentTrace: () => { readonly traceId: string; readonly traceparent: string | null }
  readonly clock: Clock
}

export interface Accepted {
  readonly document: PredictionDocument
  /** Its end, for whoever waits for it. */
  readonly ended: Promise<EndedPrediction> | null
}

/** How a prediction comes about. */
type Origin =
  /** Somebody waits for its end. */
  | { readonly kind: 'predict' }
  /** It gets a task. */
  | { readonly kind: 'start' }
  /** It is that of a task. */
  | { readonly kind: 'task'; readonly task: TaskDocument }
  /** It is a part of an answer, whose task waits for it. */
  | ({ readonly kind: 'answer' } & AnswerPart)

/** What a prediction is to an answer. */
export interface AnswerPart {
  readonly id: string
  readonly answerId: string
}

/** Lets predictions in: checks them, counts what they ask for, and puts them on disk. */
export class PredictionAcceptance {
  readonly #options: PredictionAcceptanceOptions
  /** Requests with an idempotency key that are being accepted. */
  readonly #accepting = new Map<string, Promise<void>>()

  constructor(options: PredictionAcceptanceOptions) {
    this.#options = options
  }

  /**
   * Stores a prediction with its entry in the queue. Requests with the same key go one after the other, so that the
   * later ones find what the first one started. `wait` says whether the caller wants its end.
   * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `OVERLOADED`, `OUT_OF_MEMORY`, `IDEMPOTENCY_CONFLICT`.
   */
  accept(principal: Principal, request: StartRequest, wait: boolean): Promise<Accepted> {
    return this.#acceptInTurn(principal, request, { kind: wait ? 'predict' : 'start' })
  }

  /**
   * The prediction of a task, accepted now where it was not together with it.
   * @throws GraphloomError as `accept`.
   */
  async ensureForTask(task: TaskDocument, input: Json): Promise<PredictionDocument> {
    const request = toStartRequest(input, task.priority)
    return this.#ensure(principalOf(task), request, { kind: 'task', task })
  }

  /**
   * The prediction of an answer, accepted now where it was not before. It has no task, whose input others would read.
   * @throws GraphloomError as `accept`.
   */
  async ensureForAnswer(principal: Principal, input: ChatRequest, part: AnswerPart): Promise<PredictionDocument> {
    const request = { input, priority: null, deadlineMs: null, store: true, idempotencyKey: null }
    return this.#ensure(principal, request, { kind: 'answer', ...part })
  }

  async #ensure(
    principal: Principal,
    request: StartRequest,
    origin: Extract<Origin, { readonly kind: 'task' | 'answer' }>,
  ): Promise<PredictionDocument> {
    const { store } = this.#options
    const scope = { tenantId: principal.tenantId }
    const id = idOf(origin)
    const known = await store.get(scope, id)
    if (known) return known
    try {
      return (await this.#acceptNow(principal, request, origin)).document
    } catch (error) {
      const first = isErrorWithCode(error, 'CONFLICT') ? await store.get(scope, id) : null
      if (!first) throw error
      return first
    }
  }

  /** The version that would do it. @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`. */
  async checkVersion(principal: Principal, request: PredictionRequest): Promise<ModelVersionDocument> {
    parseInput(request)
    parseSeed(request)
    return requirePredictionVersion(this.#options.models, principal, request)
  }

  async #acceptInTurn(principal: Principal, request: StartRequest, origin: Origin): Promise<Accepted> {
    const { idempotencyKey } = request
    if (idempotencyKey === null) return this.#acceptNow(principal, request, origin)
    const key = JSON.stringify([principal.tenantId, idempotencyKey])
    const before = this.#accepting.get(key)
    const accepted = (before ?? Promise.resolve()).then(() => this.#acceptNow(principal, request, origin))
    const settled = accepted.then(
      () => undefined,
      () => undefined,
    )
    this.#accepting.set(key, settled)
    try {
      return await accepted
    } finally {
      if (this.#accepting.get(key) === settled) this.#accepting.delete(key)
    }
  }

  async #acceptNow(principal: Principal, request: StartRequest, origin: Origin): Promise<Accepted> {
    const { access, encoder, executor, payloads, models, residency } = this.#options
    checkStartRequest(request)
    const parsed = parseInput(request.input)
    const seed = parseSeed(request.input)
    const inputHash = hashOf(request)
    const known = await this.#getByKey(principal, request)
    if (known) return { document: sameInput(known, inputHash), ended: null }
    const version = await requirePredictionVersion(models, principal, request.input)
    const isKnown = origin.kind === 'task' || origin.kind === 'answer'
    const id = isKnown ? idOf(origin) : createId('prediction', this.#options.clock.now())
    const settings = residency.settingsOf(version)
    const input = withVersionSettings(parsed, request.input, settings)
    const inputTokens = await encoder.countTokens(version, input, id)
    const { priority, cacheResponses } = settings
    const { tenantId } = principal
    const key = cacheResponses ? answerKeyOf({ tenantId, version, input, seed }) : null
    this.#enterWaitingRoom(version, { predictionId: id, tenantId, needsMemory: key === null })
    const maxTokens = inputTokens + ('settings' in input ? (input.settings.n ?? 1) * input.settings.maxTokens : 0)
    const ended = origin.kind === 'predict' ? executor.expectEnd(id) : null
    try {
      executor.hold(id, access.admit({ kind: 'prediction', tenantId, subject: principal.subject, maxTokens }))
      const body = this.#toDocument({
        principal,
        request,
        version,
        input: await payloads.put(input),
        seed,
        priority: request.priority ?? priority,
        inputHash,
        cache: key === null ? null : { hit: false, key, ageMs: null },
        id,
        // Of what is not to be kept nothing may stay in a task.
        taskId: hasTask(origin) && request.store ? toTaskId(id) : null,
        answerId: origin.kind === 'answer' ? origin.answerId : null,
      })
      return { document: await this.#insert(principal, request, { body, origin }), ended }
    } catch (error) {
      executor.forget(id)
      const first = isErrorWithCode(error, 'CONFLICT') ? await this.#getByKey(principal, request) : null
      if (!first) throw error
      return { document: sameInput(first, inputHash), ended: null }
    }
  }

  async #insert(
    principal: Principal,
    request: StartRequest,
    { body, origin }: { readonly body: PredictionBody; readonly origin: Origin },
  ): Promise<PredictionDocument> {
    const { store, immediate, tasks, clock } = this.#options
    if (origin.kind === 'predict') return immediate.insert(body)
    if (!body.taskId) return store.insert(body, toQueueEntry(body, clock.now()))
    if (origin.kind === 'task') return store.insert(body, null)
    const { priority, modelVersionId: queueKey } = body
    const asked = { type: PREDICTION_TASK, input: toTaskInput(request), priority }
    return store.insertWith(body, await tasks.toInsert(principal, asked, { id: body.taskId, queueKey }))
  }

  #enterWaitingRoom(
    version: ModelVersionDocument,
    entrant: { readonly predictionId: string; readonly tenantId: string; readonly needsMemory: boolean },
  ): void {
    const { predictionId, tenantId, needsMemory } = entrant
    const { waitingRoom, metrics, residency } = this.#options
    const { id: versionId } = version
    const { maxQueueLength } = residency.settingsOf(version)
    const runningCount = residency.runningCount(versionId)
    try {
      // An answer that is shared may need none.
      if (needsMemory) residency.checkMemory(version)
      waitingRoom.enter({ versionId, predictionId, maxQueueLength, runningCount })
    } catch (error) {
      metrics.recordRefusal(versionId, tenantId)
      throw error
    }
  }

  async #getByKey({ tenantId }: Principal, { idempotencyKey }: StartRequest): Promise<PredictionDocument | null> {
    return idempotencyKey === null ? null : this.#options.store.getByIdempotencyKey({ tenantId }, idempotencyKey)
  }

  #toDocument(accepted: {
    readonly principal: Principal
    readonly request: StartRequest
    readonly version: ModelVersionDocument
    readonly input: PredictionDocument['input']
    readonly seed: number | null
    readonly priority: number
    readonly inputHash: string
    readonly cache: CacheInfo | null
    readonly id: string
    readonly taskId: string | null
    readonly answerId: string | null
  }): PredictionBody {
    const { principal, request, version, input, seed, priority, inputHash, cache, id, taskId, answerId } = accepted
    const now = this.#options.clock.now()
    return {
      id,
      tenantId: principal.tenantId,
      state: 'QUEUED',
      kind: request.input.kind,
      requestedModel: request.input.model,
      modelVersionId: version.id,
      input,
      output: null,
      error: null,
      finishReason: null,
      usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 },
      timings: {
        queueMs: null,
        loadMs: null,
        prefillMs: null,
        timeToFirstTokenMs: null,
        computeMs: null,
        totalMs: null,
        tokensPerSecond: null,
      },
      seed: isTextKind(request.input.kind) ? (seed ?? randomInt(2 ** 47)) : null,
      priority,
      deadlineAt: request.deadlineMs === null ? null : now + request.deadlineMs,
      store: request.store,
      taskId,
      answerId,
      createdBy: principal.subject,
      idempotencyKey: request.idempotencyKey,
      inputHash,
      startedAt: null,
      endedAt: null,
      attempt: 0,
      fingerprint: null,
      replayDiverged: false,
      batch: null,
      draft: null,
      cache,
      ...this.#options.currentTrace(),
    }
  }
}

const hasTask = ({ kind }: Origin): boolean => kind === 'start' || kind === 'task'

const idOf = (origin: Extract<Origin, { readonly kind: 'task' | 'answer' }>): string =>
  origin.kind === 'task' ? toPredictionId(origin.task.id) : origin.id

/** @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT` for a model of another task. */
export async function requirePredictionVersion(
  models: Pick<ModelsService, 'requireByReference'>,
  principal: Principal,
  request: PredictionRequest,
): Promise<ModelVersionDocument> {
  const path = `${INPUT_FIELDS[request.kind]}.model`
  const version = await models.requireByReference(principal, request.model, path)
  if (version.task !== kindOf(request.kind).task)
    throw invalidInput(path, `"${request.model}" is a model for ${version.task}.`)
  return version
}
