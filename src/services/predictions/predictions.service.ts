import { createHash, randomInt } from 'node:crypto'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import { canonicalJson } from '../../kernel/json.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { ModelTask, ModelVersionDocument } from '../../domain/model.js'
import {
  isEnded,
  type PredictionDocument,
  type PredictionInput,
  type PredictionKind,
  type PredictionOutput,
  type PredictionState,
} from '../../domain/prediction.js'
import type { Principal } from '../../domain/principal.js'
import type { StreamItem } from '../../domain/stream.js'
import type { Filter } from '../../ports/document-store.js'
import type { Access } from '../access/access.js'
import type { ModelsService } from '../models/models.service.js'
import type { Streams } from '../streams/streams.js'
import type { Payloads } from './payloads.js'
import type { EndedPrediction, PredictionExecutor } from './prediction-executor.js'
import { parseInput, parseSeed, INPUT_FIELDS, type PredictionRequest } from './prediction-input.js'
import type { PredictionBody, PredictionStore, TokensData } from './prediction-store.js'
import { createPredictionSource, type PredictionEvent, type PredictionSnapshot } from './prediction-stream.js'
import type { PromptEncoder } from './prompt-encoder.js'
import type { WaitingRoom } from './waiting-room.js'

export interface PredictionsServiceOptions {
  readonly access: Access
  readonly store: PredictionStore
  readonly payloads: Payloads
  readonly executor: PredictionExecutor
  readonly encoder: PromptEncoder
  readonly models: Pick<ModelsService, 'requireByReference' | 'readMetrics' | 'getRunner'>
  readonly streams: Streams
  readonly waitingRoom: WaitingRoom
  /** The trace that the current call belongs to. */
  readonly currentTrace: () => { readonly traceId: string; readonly traceparent: string | null }
  readonly maxJoinedBytes: number
  readonly clock: Clock
}

export interface StartRequest {
  readonly input: PredictionRequest
  /** 0 to 9; 5 when null. */
  readonly priority: number | null
  /** Milliseconds from now; null is none. */
  readonly deadlineMs: number | null
  readonly store: boolean
  readonly idempotencyKey: string | null
}

export interface PredictionFilter {
  readonly state?: readonly PredictionState[]
  readonly kind?: PredictionKind
  readonly modelVersionId?: string
  readonly requestedModel?: string
  readonly createdAfter?: number
  readonly createdBefore?: number
}

export interface Estimate {
  readonly version: ModelVersionDocument
  readonly inputTokens: number
  /** Predictions of the version that wait to be started. */
  readonly queueLength: number
  /** From the last minute's predictions; null when there were none to judge by. */
  readonly queueWaitMs: number | null
}

interface Accepted {
  readonly document: PredictionDocument
  /** Its end, for whoever waits for it. */
  readonly ended: Promise<EndedPrediction> | null
}

const DEFAULT_PRIORITY = 5
const MAX_DEADLINE_MS = 24 * 3_600_000
const MAX_IDEMPOTENCY_KEY = 256
const TASK_OF: Record<PredictionKind, ModelTask> = { CHAT: 'CHAT', COMPLETION: 'CHAT', EMBEDDING: 'TEXT_EMBEDDING' }

/** Asking models. Every prediction is durable from its acceptance to its end, whether a client waits for it or not. */
export class PredictionsService {
  readonly #options: PredictionsServiceOptions
  /** Requests with an idempotency key that are being accepted. */
  readonly #accepting = new Map<string, Promise<void>>()

  constructor(options: PredictionsServiceOptions) {
    this.#options = options
  }

  /**
   * Accepts a prediction and answers at once; it is on disk then.
   * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `OVERLOADED`, `IDEMPOTENCY_CONFLICT`, `FORBIDDEN`.
   */
  async start(principal: Principal, request: StartRequest): Promise<PredictionDocument> {
    this.#options.access.require(principal, 'prediction.create')
    return (await this.#accept(principal, request, false)).document
  }

  /**
   * Accepts a prediction and waits for its end; a client that leaves (the signal aborts) cancels it.
   * @throws GraphloomError as `start`; a prediction that failed is no error here.
   */
  async predict(principal: Principal, request: StartRequest, signal: AbortSignal): Promise<EndedPrediction> {
    this.#options.access.require(principal, 'prediction.create')
    const { document, ended } = await this.#accept(principal, request, true)
    if (!ended) return { document, output: null }
    const onAbort = (): void => void this.#end(document).catch(() => undefined)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    try {
      return await ended
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /**
   * Ends a prediction, whoever started it, and answers when it has ended; one that had ended stays as it is.
   * @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`.
   */
  async cancel(principal: Principal, id: string): Promise<PredictionDocument> {
    this.#options.access.require(principal, 'prediction.cancel', { id })
    const prediction = await this.#options.store.require(scopeOf(principal), id)
    return this.#end(prediction)
  }

  /** Deletes an ended prediction, its payloads and its stream. @throws GraphloomError `NOT_FOUND`, `CONFLICT` while it runs, `FORBIDDEN`. */
  async delete(principal: Principal, id: string): Promise<void> {
    this.#options.access.require(principal, 'prediction.delete', { id })
    const prediction = await this.#options.store.require(scopeOf(principal), id)
    if (!isEnded(prediction.state))
      throw new GraphloomError('CONFLICT', 'The prediction has not ended; cancel it first.')
    await this.remove(prediction)
  }

  /** Deletes an ended prediction, for retention. */
  async remove(prediction: PredictionDocument): Promise<void> {
    if (!(await this.#options.store.delete(prediction))) return
    await this.#options.payloads.delete(prediction.input, prediction.output)
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(PredictionDocument | null)[]> {
    this.#options.access.require(principal, 'prediction.read')
    return this.#options.store.getMany(scopeOf(principal), ids)
  }

  /** @throws GraphloomError `INVALID_INPUT` for a cursor of another list, `FORBIDDEN`. */
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
  readGenerated(id: string, untilSequence?: number): Promise<TokensData> {
    return this.#options.store.readTokens(id, untilSequence)
  }

  /** The prediction's stream. @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `FORBIDDEN`. */
  async follow(
    principal: Principal,
    request: { readonly id: string; readonly after: string | null; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<StreamItem<PredictionSnapshot, PredictionEvent>>> {
    const { access, store, streams, maxJoinedBytes } = this.#options
    access.require(principal, 'prediction.read', { id: request.id })
    const scope = scopeOf(principal)
    await store.require(scope, request.id)
    const source = createPredictionSource({ store, scope, id: request.id, maxJoinedBytes })
    return streams.follow({ stream: request.id, source, after: request.after, signal: request.signal })
  }

  /** What a prediction would take, without starting it. @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `FORBIDDEN`. */
  async estimate(principal: Principal, request: PredictionRequest, signal?: AbortSignal): Promise<Estimate> {
    const { access, encoder, models, waitingRoom } = this.#options
    access.require(principal, 'prediction.read')
    const version = await this.#requireVersion(principal, request)
    const inputTokens = await encoder.countTokens(version, parseInput(request), null, signal)
    const queueLength = waitingRoom.waiting(version.id)
    const recent = models.readMetrics([version.id], 'ONE_MINUTE')
    const runningCount = models.getRunner(version.id)?.runningCount ?? 0
    const queueWaitMs =
      queueLength === 0 && runningCount === 0 ? 0 : waitingRoom.expectedWaitMs(version.id, recent.latencyMs.p50)
    return { version, inputTokens, queueLength, queueWaitMs }
  }

  /** Requests with the same key go one after the other, so that the later ones find what the first one started. */
  async #accept(principal: Principal, request: StartRequest, wait: boolean): Promise<Accepted> {
    const { idempotencyKey } = request
    if (idempotencyKey === null) return this.#acceptNow(principal, request, wait)
    const key = JSON.stringify([principal.tenantId, idempotencyKey])
    const before = this.#accepting.get(key)
    const accepted = (before ?? Promise.resolve()).then(() => this.#acceptNow(principal, request, wait))
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

  async #acceptNow(principal: Principal, request: StartRequest, wait: boolean): Promise<Accepted> {
    const { access, encoder, executor, payloads, store, waitingRoom, models } = this.#options
    checkStartRequest(request)
    const input = parseInput(request.input)
    const seed = parseSeed(request.input)
    const inputHash = hashOf(request)
    const known =
      request.idempotencyKey === null
        ? null
        : await store.getByIdempotencyKey(scopeOf(principal), request.idempotencyKey)
    if (known) return { document: sameInput(known, inputHash), ended: null }
    const version = await this.#requireVersion(principal, request.input)
    const id = createId('prediction', this.#options.clock.now())
    const inputTokens = await encoder.countTokens(version, input, id)
    waitingRoom.enter(version.id, id, () => models.readMetrics([version.id], 'ONE_MINUTE').latencyMs.p50)
    const maxTokens = inputTokens + (input.kind === 'EMBEDDING' ? 0 : input.settings.maxTokens)
    const expected = wait ? executor.expectEnd(id) : null
    try {
      executor.hold(
        id,
        access.admit({ kind: 'prediction', tenantId: principal.tenantId, subject: principal.subject, maxTokens }),
      )
      const body = this.#toDocument({
        principal,
        request,
        version,
        input: await payloads.put(input),
        seed,
        inputHash,
        id,
      })
      const document = await store.insert(body, this.#options.clock.now())
      return { document, ended: expected?.ended ?? null }
    } catch (error) {
      expected?.forget()
      waitingRoom.leave(id)
      if (!isErrorWithCode(error, 'CONFLICT') || request.idempotencyKey === null) throw error
      const first = await store.getByIdempotencyKey(scopeOf(principal), request.idempotencyKey)
      if (!first) throw error
      return { document: sameInput(first, inputHash), ended: null }
    }
  }

  #toDocument(accepted: {
    readonly principal: Principal
    readonly request: StartRequest
    readonly version: ModelVersionDocument
    readonly input: PredictionDocument['input']
    readonly seed: number | null
    readonly inputHash: string
    readonly id: string
  }): PredictionBody {
    const { principal, request, version, input, seed, inputHash, id } = accepted
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
      seed: request.input.kind === 'EMBEDDING' ? null : (seed ?? randomInt(2 ** 47)),
      priority: request.priority ?? DEFAULT_PRIORITY,
      deadlineAt: request.deadlineMs === null ? null : now + request.deadlineMs,
      store: request.store,
      createdBy: principal.subject,
      idempotencyKey: request.idempotencyKey,
      inputHash,
      startedAt: null,
      endedAt: null,
      attempt: 0,
      fingerprint: null,
      replayDiverged: false,
      ...this.#options.currentTrace(),
    }
  }

  async #requireVersion(principal: Principal, request: PredictionRequest): Promise<ModelVersionDocument> {
    const version = await this.#options.models.requireByReference(principal, request.model)
    if (version.task !== TASK_OF[request.kind])
      throw invalidInput(`${INPUT_FIELDS[request.kind]}.model`, `"${request.model}" is a model for ${version.task}.`)
    return version
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
        return await this.#cancelWaiting(current)
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT') && !isErrorWithCode(error, 'NOT_FOUND')) throw error
      }
    }
  }

  async #cancelWaiting(current: PredictionDocument): Promise<PredictionDocument> {
    const { clock, executor, payloads, store } = this.#options
    const endedAt = clock.now()
    const generated =
      current.state === 'RUNNING' && current.kind !== 'EMBEDDING' ? await store.readTokens(current.id) : null
    const output: PredictionOutput | null =
      generated && generated.tokens.length > 0 ? { kind: 'TEXT', ...generated } : null
    const next: PredictionDocument = {
      ...current,
      state: 'CANCELLED',
      finishReason: 'CANCELLED',
      output: output && current.store ? await payloads.put(output) : null,
      timings: { ...current.timings, totalMs: endedAt - current.createdAt },
      endedAt,
    }
    const remove = [{ kind: 'remove', taskId: current.id }] as const
    if (current.store) await store.update(next, remove)
    else {
      await store.endAndDelete(next, remove)
      await payloads.delete(current.input)
    }
    this.#options.waitingRoom.leave(current.id)
    executor.settle({ document: next, output })
    return next
  }
}

const scopeOf = (principal: Principal) => ({ tenantId: principal.tenantId })

function checkStartRequest({ priority, deadlineMs, idempotencyKey }: StartRequest): void {
  if (priority !== null && !(Number.isInteger(priority) && priority >= 0 && priority <= 9))
    throw invalidInput('priority', `is ${priority}; a whole number from 0 to 9 is allowed.`)
  if (deadlineMs !== null && !(deadlineMs > 0 && deadlineMs <= MAX_DEADLINE_MS))
    throw invalidInput('deadlineMs', `is ${deadlineMs}; a number above 0 and at most ${MAX_DEADLINE_MS} is allowed.`)
  if (idempotencyKey !== null && (idempotencyKey.length === 0 || idempotencyKey.length > MAX_IDEMPOTENCY_KEY))
    throw invalidInput('idempotencyKey', `must have 1 to ${MAX_IDEMPOTENCY_KEY} characters.`)
}

function hashOf({ input, priority, deadlineMs, store }: StartRequest): string {
  return createHash('sha256').update(canonicalJson({ input, priority, deadlineMs, store })).digest('hex')
}

function sameInput(known: PredictionDocument, inputHash: string): PredictionDocument {
  if (known.inputHash === inputHash) return known
  throw new GraphloomError('IDEMPOTENCY_CONFLICT', 'The idempotency key was used before with another input.')
}

function toStoreFilter(filter: PredictionFilter): Filter {
  const { state, kind, modelVersionId, requestedModel, createdAfter, createdBefore } = filter
  return {
    ...(state && { state: { in: state } }),
    ...(kind && { kind: { eq: kind } }),
    ...(modelVersionId !== undefined && { modelVersionId: { eq: modelVersionId } }),
    ...(requestedModel !== undefined && { requestedModel: { eq: requestedModel } }),
    ...((createdAfter !== undefined || createdBefore !== undefined) && {
      createdAt: {
        ...(createdAfter !== undefined && { gt: createdAfter }),
        ...(createdBefore !== undefined && { lt: createdBefore }),
      },
    }),
  }
}
