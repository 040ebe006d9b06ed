import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode, type ErrorInfo } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type {
  CacheInfo,
  PredictionDocument,
  PredictionInput,
  PredictionOutput,
  Usage,
} from '../../domain/prediction.js'
import type { ModelStore } from '../models/model-store.js'
import type { Residency } from '../models/residency.js'
import type { ModelSlot } from '../models/resident-version.js'
import type { PartialOutput, RunOutcome } from './kinds/prediction-kind.js'
import type { Payloads } from '../payloads.js'
import { kindOf } from './prediction-kinds.js'
import type { PredictionStore, TokenLog } from './prediction-store.js'
import { joinByChoice, toTextOutput, type TokensData } from './tokens-data.js'
import { countTokens, type PromptEncoder } from './prompt-encoder.js'
import { RunningMark } from './running-mark.js'
import { shareAnswer } from './share-answer.js'
import type { SharedAnswers } from './shared-answers.js'
import type { WaitingRoom } from './waiting-room.js'

export interface PredictionWorkOptions {
  readonly store: Pick<PredictionStore, 'update'> & TokenLog
  readonly payloads: Payloads
  readonly residency: Pick<Residency, 'acquire' | 'settingsOf'>
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly encoder: PromptEncoder
  readonly answers: SharedAnswers
  readonly waitingRoom: WaitingRoom
  readonly clock: Clock
  readonly logger: Logger
}

/** What its work is told of a claim, and tells of itself. */
export interface PredictionClaim {
  readonly attempt: number
  /** The prediction as it is stored, where its work begins while that is being written. */
  readonly stored?: Promise<PredictionDocument>
  /** Called before it is stored that the prediction runs. */
  readonly begin?: () => Promise<void>
  /** Told of each part of a text that was stored. */
  readonly onTokens?: (count: number) => void
}

/** How a prediction ended, before it is stored. */
export interface Outcome extends Omit<RunOutcome, 'output'> {
  readonly state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED'
  readonly output: PredictionOutput | null
  readonly error: ErrorInfo | null
  /** Where another prediction computed the answer. */
  readonly fingerprint?: string | null
  readonly cache?: CacheInfo
}

interface Question {
  readonly version: ModelVersionDocument
  readonly input: PredictionInput
  readonly signal: AbortSignal
}

interface Computation extends Question {
  readonly log: TokenLog
  /** Whether the log has a part of the answer already. */
  readonly isResumed: boolean
}

const SUCCEEDED = { state: 'SUCCEEDED', error: null } as const

export const NO_USAGE: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }

export const deadlineExceeded = (): GraphloomError =>
  new GraphloomError('DEADLINE_EXCEEDED', 'The deadline passed before the prediction was done.')

/** One prediction being done. */
export class PredictionWork {
  current: PredictionDocument
  /** What there is of its output so far. */
  #partial: () => PartialOutput | null = () => null
  #inputTokens = 0
  readonly #log: TokenLog
  #queueMs: number | null = null
  #loadMs: number | null = null
  /** Text that another prediction computed. */
  readonly #given: TokensData[] = []
  #firstGivenMs: number | null = null
  /** Ends it when it takes longer than its version's settings allow. */
  readonly #tooLong = new AbortController()
  #timeLimit: NodeJS.Timeout | null = null
  /** Whether its version was unloaded without waiting for it. */
  #isUnloaded = false

  constructor(
    readonly options: PredictionWorkOptions,
    prediction: PredictionDocument,
    readonly claim: PredictionClaim,
  ) {
    this.current = prediction
    this.#log = claim.onTokens ? createTellingLog(options.store, claim.onTokens) : options.store
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

  /** What is late already is not begun. */
  #startDeadline(deadlineAt: number, deadline: AbortController): NodeJS.Timeout | null {
    const passed = (): void => deadline.abort(deadlineExceeded())
    const leftMs = deadlineAt - this.options.clock.now()
    if (leftMs > 0) return setTimeout(passed, leftMs)
    passed()
    return null
  }

  async #run(signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted()
    const { versions, payloads } = this.options
    const version = await versions.requireVersion(this.current.modelVersionId)
    const input = await payloads.get(this.current.input)
    const asked = { version, input, signal }
    const key = this.#keyToShare(version)
    if (key !== null) return this.#share(key, asked)
    return { ...SUCCEEDED, ...(await this.#ask({ ...asked, log: this.#log, isResumed: this.claim.attempt > 1 })) }
  }

  /** What may have given a part of its answer already goes on by itself. */
  #keyToShare(version: ModelVersionDocument): string | null {
    const { cache, startedAt } = this.current
    return cache && startedAt === null && this.options.residency.settingsOf(version).cacheResponses ? cache.key : null
  }

  async #share(key: string, asked: Question): Promise<Outcome> {
    const { answers, waitingRoom, clock } = this.options
    const { outcome, fingerprint, ageMs } = await shareAnswer({
      answers,
      key,
      prediction: this.current,
      log: this.#log,
      clock,
      signal: asked.signal,
      onShared: () => waitingRoom.leave(this.current.id),
      give: (parts) => this.#give(parts),
      compute: async (log, isResumed) => {
        const computed = await this.#ask({ ...asked, log, isResumed })
        return { outcome: computed, fingerprint: this.current.fingerprint }
      },
    })
    if (ageMs === null) return { ...SUCCEEDED, ...outcome }
    const { usage } = outcome
    return {
      ...SUCCEEDED,
      ...outcome,
      usage: { ...usage, cachedInputTokens: usage.inputTokens },
      timings: { timeToFirstTokenMs: this.#firstGivenMs },
      batch: null,
      draft: null,
      fingerprint,
      cache: { hit: true, key, ageMs },
    }
  }

  async #give(parts: readonly TokensData[]): Promise<void> {
    const { clock } = this.options
    if (this.#firstGivenMs === null) {
      const timeToFirstTokenMs = clock.now() - this.current.createdAt
      this.#firstGivenMs = timeToFirstTokenMs
      const mark = this.#toRunning(null)
      await mark.set(true)
      this.current = await mark.settle()
      this.#partial = () => toPartial(this.#given, timeToFirstTokenMs)
    }
    await this.#log.appendTokens(this.current.id, parts)
    this.#given.push(...parts)
  }

  async #ask({ version, input, signal, log, isResumed }: Computation): Promise<RunOutcome> {
    const { residency, clock } = this.options
    const slot = await residency.acquire(version, this.current, signal)
    const limited = AbortSignal.any([signal, slot.unloaded, this.#tooLong.signal])
    try {
      this.options.waitingRoom.leave(this.current.id)
      this.#queueMs =
        this.current.startedAt === null ? clock.now() - this.current.createdAt : this.current.timings.queueMs
      const askedAt = clock.now()
      const runner = await slot.runner(limited)
      this.#loadMs = clock.now() - askedAt
      const mark = this.#toRunning(runner.fingerprint)
      try {
        const isStreamed = kindOf(input.kind).isStreamed === true
        await mark.set(isStreamed || this.options.store.isFollowed(this.current.id))
        this.#startTimeLimit(residency.settingsOf(version).timeoutMs)
        const outcome = await this.#compute({ version, input, signal: limited, log, isResumed }, slot)
        slot.succeeded()
        return outcome
      } finally {
        this.current = await mark.settle()
      }
    } finally {
      if (this.#timeLimit) clearTimeout(this.#timeLimit)
      this.#isUnloaded = slot.unloaded.aborted
      slot.release()
    }
  }

  #startTimeLimit(timeoutMs: number): void {
    if (timeoutMs === 0) return
    const message = `The prediction took longer than the ${timeoutMs} ms that its model version's settings allow.`
    const details = { limit: { name: 'timeoutMs', value: timeoutMs } }
    const passed = (): void => this.#tooLong.abort(new GraphloomError('DEADLINE_EXCEEDED', message, { details }))
    this.#timeLimit = setTimeout(passed, timeoutMs)
  }

  #toRunning(fingerprint: string | null): RunningMark {
    const { current, options } = this
    this.current = {
      ...current,
      state: 'RUNNING',
      attempt: this.claim.attempt,
      startedAt: current.startedAt ?? options.clock.now(),
      fingerprint,
      timings: { ...current.timings, queueMs: this.#queueMs, loadMs: this.#loadMs },
    }
    const running = this.current
    return new RunningMark(options.store, running, async () => {
      await this.claim.begin?.()
      return this.#asStored(running)
    })
  }

  /** With the time that the store has set. @throws what storing it threw. */
  async #asStored(prediction: PredictionDocument): Promise<PredictionDocument> {
    const { createdAt } = (await this.claim.stored) ?? prediction
    return { ...prediction, createdAt }
  }

  /** The prediction as far as it came, for the write that ends it. @throws what storing it threw. */
  settle(): Promise<PredictionDocument> {
    return this.#asStored(this.current)
  }

  async #compute({ version, input, signal, log, isResumed }: Computation, slot: ModelSlot): Promise<RunOutcome> {
    const { clock, encoder } = this.options
    const sequences = await encoder.encode(version, input, this.current.id, signal)
    this.#inputTokens = countTokens(sequences)
    return kindOf(input.kind).run(input, {
      prediction: this.current,
      version,
      sequences,
      inputTokens: this.#inputTokens,
      slot,
      isResumed,
      log,
      clock,
      signal,
      onPartial: (partial) => (this.#partial = partial),
    })
  }

  #toFailure(error: unknown): Outcome {
    const partial = this.#partial()
    const cancelled = isErrorWithCode(error, 'CANCELLED')
    return {
      state: cancelled ? 'CANCELLED' : 'FAILED',
      output: partial?.output ?? null,
      error: cancelled && !this.#isUnloaded ? null : this.#toErrorInfo(error),
      finishReason: cancelled ? 'CANCELLED' : null,
      usage: { ...NO_USAGE, inputTokens: this.#inputTokens, outputTokens: partial?.outputTokens ?? 0 },
      timings: { timeToFirstTokenMs: partial?.timeToFirstTokenMs ?? null },
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

const createTellingLog = (log: TokenLog, onTokens: (count: number) => void): TokenLog => ({
  isFollowed: (id) => log.isFollowed(id),
  appendTokens: async (id, parts) => {
    await log.appendTokens(id, parts)
    onTokens(parts.reduce((total, { tokens }) => total + tokens.length, 0))
  },
  readTokens: (id, untilSequence) => log.readTokens(id, untilSequence),
  readFirstTokenAt: (id) => log.readFirstTokenAt(id),
})

function toPartial(given: readonly TokensData[], timeToFirstTokenMs: number): PartialOutput | null {
  const outputTokens = given.reduce((total, { tokens }) => total + tokens.length, 0)
  return outputTokens === 0 ? null : { output: toTextOutput(joinByChoice(given)), outputTokens, timeToFirstTokenMs }
}
