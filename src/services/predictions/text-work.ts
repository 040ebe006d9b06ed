import type {
  BatchInfo,
  DraftInfo,
  GenerationSettings,
  PredictionOutput,
  WrittenText,
} from '../../domain/prediction.js'
import { parseWrittenArguments } from '../../domain/tool-call.js'
import type { GenerationResult } from '../../ports/model-runtime.js'
import { parseJson } from '../../kernel/json.js'
import { Generation } from './generation.js'
import type { PartialOutput, RunContext, RunOutcome } from './kinds/prediction-kind.js'
import { TokensAppender } from './tokens-appender.js'
import { choiceOf, toTextOutput } from './tokens-data.js'

/** The texts for one prompt, generated together: their runner computes the prompt once, but for its last two tokens. */
export class TextWork {
  readonly #context: RunContext
  readonly #settings: GenerationSettings
  readonly #appender: TokensAppender
  readonly #generations: readonly Generation[]
  /** When an earlier process gave the first token. */
  #firstTokenAt: number | null = null

  /** `context.sequences` has the prompt once for each of the texts. */
  constructor(given: GenerationSettings, context: RunContext) {
    const { prediction, version, sequences, slot, log, clock } = context
    const promptTokenIds = sequences[0]?.ids ?? []
    const settings = { ...given, maxTokens: Math.min(given.maxTokens, version.contextTokens - promptTokenIds.length) }
    const appender = new TokensAppender(log, prediction.id)
    this.#context = context
    this.#settings = settings
    this.#appender = appender
    this.#generations = sequences.map(
      (_, choice) => new Generation({ prediction, choice, promptTokenIds, settings, slot, appender, clock }),
    )
  }

  /**
   * What fails for one text ends all.
   * @throws GraphloomError as `Generation.run`; `UNAVAILABLE` when tokens cannot be stored.
   */
  async run(): Promise<RunOutcome> {
    const { isResumed, signal, onPartial } = this.#context
    onPartial(() => this.#toPartial())
    if (isResumed) await this.#resume()
    try {
      return this.#toOutcome(await this.#generate(signal))
    } finally {
      await this.#appender.end()
      if (!signal.aborted) this.#appender.failed.throwIfAborted()
    }
  }

  /** Takes up what an earlier process emitted. */
  async #resume(): Promise<void> {
    const { log, prediction } = this.#context
    const written = await log.readTokens(prediction.id)
    if (written.length > 0) this.#firstTokenAt = await log.readFirstTokenAt(prediction.id)
    for (const text of written) this.#generations[choiceOf(text)]?.resume(text)
  }

  async #generate(signal: AbortSignal): Promise<readonly GenerationResult[]> {
    const failed = new AbortController()
    const whileWanted = AbortSignal.any([signal, this.#appender.failed, failed.signal])
    const results = this.#generations.map(async (generation) => {
      try {
        return await generation.run(whileWanted)
      } catch (error) {
        failed.abort(error)
        throw error
      }
    })
    // All have ended before the first failure is told.
    await Promise.allSettled(results)
    failed.signal.throwIfAborted()
    return Promise.all(results)
  }

  #toOutcome(results: readonly GenerationResult[]): RunOutcome {
    const { inputTokens } = this.#context
    const texts = this.#generations.map((generation, i) => this.#toText(generation, results[i]!))
    const [first, ...others] = texts
    const output: PredictionOutput = { kind: 'TEXT', ...first!, ...(others.length > 0 && { others }) }
    const prefillMs = most(results, (result) => result.prefillMs)
    const computeMs = most(results, (result) => result.computeMs)
    const outputTokens = sum(results, (result) => result.outputTokens)
    return {
      output,
      finishReason: first!.finishReason!,
      usage: { inputTokens, cachedInputTokens: sum(results, (result) => result.cachedPromptTokens), outputTokens },
      timings: {
        prefillMs,
        computeMs,
        timeToFirstTokenMs: this.#timeToFirstTokenMs(),
        tokensPerSecond: computeMs > prefillMs ? (1_000 * outputTokens) / (computeMs - prefillMs) : null,
      },
      replayDiverged: results.some((result) => result.replayDiverged),
      batch: toBatch(results),
      draft: this.#settings.draft ? toDraft(results) : null,
    }
  }

  #toText(generation: Generation, result: GenerationResult): WrittenText {
    const { choice: _choice, ...written } = generation.written
    const isWhole = this.#settings.constraint?.kind === 'JSON_SCHEMA' && result.endedByModel
    const isJson = isWhole && parseJson(written.text) !== undefined
    const hasCalls = written.toolCalls?.some((call) => parseWrittenArguments(call) !== null) ?? false
    const finishReason = result.endedByModel && hasCalls ? 'TOOL_CALLS' : result.finishReason
    return { ...written, ...(isJson && { isJson }), finishReason }
  }

  #toPartial(): PartialOutput | null {
    const outputTokens = sum(this.#generations, ({ tokens }) => tokens.length)
    if (outputTokens === 0) return null
    const output = toTextOutput(this.#generations.map(({ written }) => written))
    return { output, outputTokens, timeToFirstTokenMs: this.#timeToFirstTokenMs() }
  }

  /** That of whichever text was first. */
  #timeToFirstTokenMs(): number | null {
    const times = [this.#firstTokenAt, ...this.#generations.map(({ firstTokenAt }) => firstTokenAt)].filter(
      (time) => time !== null,
    )
    return times.length === 0 ? null : Math.min(...times) - this.#context.prediction.createdAt
  }
}

/** Where the first text was, and the most that it or another of them ran together with. */
function toBatch(results: readonly GenerationResult[]): BatchInfo {
  const { batch } = results[0]!
  return {
    ...batch,
    size: most(results, (result) => result.batch.size),
    tokens: most(results, (result) => result.batch.tokens),
  }
}

const toDraft = (results: readonly GenerationResult[]): DraftInfo => ({
  proposedTokens: sum(results, ({ draft }) => draft.proposedTokens),
  acceptedTokens: sum(results, ({ draft }) => draft.acceptedTokens),
})

const sum = <T>(items: readonly T[], valueOf: (item: T) => number): number =>
  items.reduce((total, item) => total + valueOf(item), 0)

const most = <T>(items: readonly T[], valueOf: (item: T) => number): number => Math.max(...items.map(valueOf))
