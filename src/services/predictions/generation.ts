import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import type { GenerationSettings, OutputToken, PredictionDocument } from '../../domain/prediction.js'
import type { GenerationDelta, GenerationResult } from '../../ports/model-runtime.js'
import type { ModelSlot } from '../models/resident-version.js'
import type { TokenLog } from './prediction-store.js'
import { joinTokens, type TokensData } from './tokens-data.js'
import { ToolCallParser } from './tool-call-parser.js'

/** Time between two appends of a text that nobody follows. */
const UNFOLLOWED_APPEND_MS = 250

export interface GenerationOptions {
  readonly prediction: PredictionDocument
  readonly promptTokenIds: readonly number[]
  readonly settings: GenerationSettings
  readonly slot: ModelSlot
  readonly log: TokenLog
  readonly clock: Clock
}

/**
 * One text being generated. What was emitted is in the event log before anybody sees it; a runner that ends meanwhile
 * is replaced, and the next one replays what was emitted and goes on.
 */
export class Generation {
  readonly #options: GenerationOptions
  readonly #parser: ToolCallParser | null
  readonly #parts: TokensData[] = []
  readonly tokens: OutputToken[] = []
  /** What waits for the append before it. */
  #pending: TokensData[] = []
  /** Characters at the end that an earlier process gave out already. */
  #toPassOver = 0
  #appending: Promise<void> | null = null
  /** Ends the pause between two appends. */
  readonly #ended = new AbortController()
  readonly #failed = new AbortController()
  firstTokenAt: number | null = null

  constructor(options: GenerationOptions) {
    this.#options = options
    this.#parser = options.settings.constraint?.kind === 'TOOLS' ? new ToolCallParser() : null
  }

  /** What there is of the text. */
  get written(): TokensData {
    return joinTokens(this.#parts)
  }

  /** Takes up what an earlier process emitted. */
  async resume(): Promise<void> {
    const { log, prediction } = this.#options
    const written = await log.readTokens(prediction.id)
    this.#parts.push(written)
    for (const token of written.tokens) this.tokens.push(token)
    if (written.tokens.length > 0) this.firstTokenAt = await log.readFirstTokenAt(prediction.id)
    const parsed = this.#parser?.push(written.tokens.map(({ text }) => text).join(''))
    if (parsed) this.#toPassOver = written.text.length - parsed.text.length
  }

  /**
   * @throws GraphloomError `RUNNER_CRASHED` when runners end twice without a new token between; `MODEL_LOAD_FAILED`;
   * `UNAVAILABLE` when tokens cannot be stored; the signal's reason. What was emitted until then stays readable here.
   */
  async run(signal: AbortSignal): Promise<GenerationResult> {
    const whileStored = AbortSignal.any([signal, this.#failed.signal])
    try {
      const result = await this.#generate(whileStored)
      if (result.finishReason === 'STOP') this.#giveHeld()
      return result
    } finally {
      this.#ended.abort()
      await this.#appending
      if (this.#failed.signal.aborted && !signal.aborted) whileStored.throwIfAborted()
    }
  }

  async #generate(signal: AbortSignal): Promise<GenerationResult> {
    const { slot, prediction, promptTokenIds, settings } = this.#options
    for (let crashedAt = -1; ;) {
      const runner = await slot.runner(signal)
      const request = {
        id: prediction.id,
        tenantId: prediction.tenantId,
        promptTokenIds,
        settings,
        seed: prediction.seed ?? 0,
        emitted: this.tokens.map(({ id, text }) => ({ id, text })),
        priority: prediction.priority,
        ...(prediction.traceparent === null ? {} : { traceparent: prediction.traceparent }),
      }
      try {
        return await runner.generate(request, (delta) => this.#onDelta(delta), signal)
      } catch (error) {
        if (!isErrorWithCode(error, 'RUNNER_CRASHED') || crashedAt === this.tokens.length) throw error
        crashedAt = this.tokens.length
      }
    }
  }

  #onDelta(delta: GenerationDelta): void {
    if (this.#failed.signal.aborted) return
    this.firstTokenAt ??= this.#options.clock.now()
    for (const token of delta.tokens) this.tokens.push(token)
    const parsed = this.#parser?.push(delta.text) ?? { text: delta.text, toolCalls: [] }
    const { text, toolCalls } = parsed
    this.#give({ text, tokens: delta.tokens, ...(toolCalls.length > 0 && { toolCalls }) })
  }

  /** What might have become a call is text, when the text has ended without one. */
  #giveHeld(): void {
    const text = this.#parser?.end().slice(this.#toPassOver) ?? ''
    if (text !== '') this.#give({ text, tokens: [] })
  }

  #give(part: TokensData): void {
    this.#parts.push(part)
    this.#pending.push(part)
    this.#appending ??= this.#append().finally(() => {
      this.#appending = null
    })
  }

  /**
   * One append at a time; what comes meanwhile goes with the next. Without a follower nobody sees what is not appended
   * yet, and after a crash the same is generated again: so appends are few then.
   */
  async #append(): Promise<void> {
    const { log, prediction } = this.#options
    while (this.#pending.length > 0) {
      if (!log.isFollowed(prediction.id)) await this.#pause()
      const data = joinTokens(this.#pending)
      this.#pending = []
      try {
        await log.appendTokens(prediction.id, data)
      } catch (error) {
        this.#failed.abort(error)
        return
      }
    }
  }

  #pause(): Promise<unknown> {
    return delay(UNFOLLOWED_APPEND_MS, null, { signal: this.#ended.signal, ref: false }).catch(() => null)
  }
}
