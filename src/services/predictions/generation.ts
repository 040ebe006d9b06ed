import type { Clock } from '../../kernel/clock.js'
import type { GenerationSettings, OutputToken, PredictionDocument } from '../../domain/prediction.js'
import type { GenerationDelta, GenerationResult, ModelRunner } from '../../ports/model-runtime.js'
import type { ModelSlot } from '../models/resident-version.js'
import { toChoiceSeed } from './choice-seed.js'
import { callUntilDone } from './runner-calls.js'
import type { TokensAppender } from './tokens-appender.js'
import { joinTokens, type TokensData } from './tokens-data.js'
import { ToolCallParser } from './tool-call-parser.js'

export interface GenerationOptions {
  readonly prediction: PredictionDocument
  /** Which of the texts for the prompt it is, from 0. */
  readonly choice: number
  readonly promptTokenIds: readonly number[]
  readonly settings: GenerationSettings
  readonly slot: ModelSlot
  readonly appender: TokensAppender
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
  /** Characters at the end that an earlier process gave out already. */
  #toPassOver = 0
  firstTokenAt: number | null = null

  constructor(options: GenerationOptions) {
    this.#options = options
    this.#parser = options.settings.constraint?.kind === 'TOOLS' ? new ToolCallParser() : null
  }

  /** What there is of the text. */
  get written(): TokensData {
    return { ...joinTokens(this.#parts), choice: this.#options.choice }
  }

  /** Takes up what an earlier process emitted. */
  resume(written: TokensData): void {
    this.#parts.push(written)
    for (const token of written.tokens) this.tokens.push(token)
    const parsed = this.#parser?.push(written.tokens.map(({ text }) => text).join(''))
    if (parsed) this.#toPassOver = written.text.length - parsed.text.length
  }

  /**
   * @throws GraphloomError `RUNNER_CRASHED` when runners end too often without a new token between; `MODEL_LOAD_FAILED`;
   * the signal's reason. What was emitted until then stays readable here.
   */
  async run(signal: AbortSignal): Promise<GenerationResult> {
    const result = await this.#generate(signal)
    if (result.finishReason === 'STOP') this.#giveHeld()
    return result
  }

  #generate(signal: AbortSignal): Promise<GenerationResult> {
    const { slot, prediction, choice, promptTokenIds, settings, appender } = this.#options
    const call = (runner: ModelRunner): Promise<GenerationResult> => {
      const request = {
        id: prediction.id,
        tenantId: prediction.tenantId,
        promptTokenIds,
        settings,
        seed: toChoiceSeed(prediction.seed ?? 0, choice),
        emitted: this.tokens.map(({ id, text }) => ({ id, text })),
        priority: prediction.priority,
        ...(prediction.traceparent === null ? {} : { traceparent: prediction.traceparent }),
      }
      return runner.generate(request, (delta) => this.#onDelta(delta), signal)
    }
    return callUntilDone({ slot, signal, call, progress: () => appender.tokenCount })
  }

  #onDelta(delta: GenerationDelta): void {
    if (this.#options.appender.failed.aborted) return
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
    const { choice, appender } = this.#options
    this.#parts.push(part)
    appender.add(choice === 0 ? part : { choice, ...part })
  }
}
