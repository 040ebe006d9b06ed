import { invalidInput } from '../../kernel/errors.js'
import type { FinishReason, OutputToken } from '../../domain/prediction.js'
import type { GenerateRequest, GenerationDelta, GenerationResult } from '../../ports/model-runtime.js'
import type { Detokenizer } from '../transformers/detokenizer.js'
import type { DecoderSession, DecoderState } from './decoder-session.js'
import { toLogprobs } from './logprobs.js'
import { nextChunkLength } from './prefill-chunks.js'
import { sampleToken } from './sampler.js'
import { TextAssembler, type ChosenToken } from './text-assembler.js'

/** What a sequence needs to know of its model. */
export interface TextModel {
  readonly session: DecoderSession
  readonly detokenizer: Detokenizer
  readonly eosTokenIds: ReadonlySet<number>
  readonly contextTokens: number
  readonly vocabularySize: number
}

/**
 * One text being generated: `step` does a little of the work, until `result` is there. Tokens that were emitted before
 * are fed one by one and never chosen again; only what comes after them is told to `onDelta`.
 */
export class TextSequence {
  readonly #model: TextModel
  readonly #request: GenerateRequest
  readonly #onDelta: (delta: GenerationDelta) => void
  readonly #state: DecoderState
  readonly #assembler: TextAssembler
  readonly #seen: Set<number>
  readonly #startedAt = performance.now()
  #prefilled = 0
  /** Tokens of the answer so far. */
  #generated = 0
  #last = 0
  /** Tokens that were given out before. */
  #toPassOver: number
  #replayDiverged = false
  #prefillMs = 0
  #computeMs = 0
  #timeToFirstTokenMs: number | null = null
  #finishReason: FinishReason | null = null

  /** @throws GraphloomError `INVALID_INPUT` for tokens that the model does not have, or too many of them. */
  constructor(model: TextModel, request: GenerateRequest, onDelta: (delta: GenerationDelta) => void) {
    checkTokens(model, request)
    this.#model = model
    this.#request = request
    this.#onDelta = onDelta
    this.#state = model.session.createState()
    this.#assembler = new TextAssembler(model.detokenizer.createStream(), request.settings.stop)
    this.#seen = new Set(request.promptTokenIds)
    this.#toPassOver = request.emitted.length
  }

  get isInteractive(): boolean {
    return this.#request.priority >= 5
  }

  /** Set when the text has ended. */
  get result(): GenerationResult | null {
    if (!this.#finishReason) return null
    return {
      finishReason: this.#finishReason,
      promptTokens: this.#request.promptTokenIds.length,
      outputTokens: this.#generated,
      replayDiverged: this.#replayDiverged,
      prefillMs: this.#prefillMs,
      timeToFirstTokenMs: this.#timeToFirstTokenMs,
      computeMs: this.#computeMs,
    }
  }

  /** One run of the model: a chunk of at most `chunkTokens` of the prompt, or one token. */
  async step(chunkTokens: number): Promise<void> {
    const { promptTokenIds } = this.#request
    const startedAt = performance.now()
    const isPrefill = this.#prefilled < promptTokenIds.length
    const logits = await this.#model.session.advance(
      this.#state,
      isPrefill ? this.#takeChunk(chunkTokens) : [this.#last],
    )
    if (this.#prefilled === promptTokenIds.length) this.#choose(logits)
    const ms = performance.now() - startedAt
    this.#computeMs += ms
    if (isPrefill) this.#prefillMs += ms
  }

  #takeChunk(chunkTokens: number): readonly number[] {
    const { promptTokenIds } = this.#request
    const from = this.#prefilled
    this.#prefilled += nextChunkLength(promptTokenIds.length - from, chunkTokens)
    return promptTokenIds.slice(from, this.#prefilled)
  }

  #choose(logits: Float32Array): void {
    const { settings, seed, emitted, promptTokenIds } = this.#request
    const replayed = emitted[this.#generated]
    const raw = settings.logprobs === null || replayed ? null : logits.slice()
    const sampled = sampleToken(logits, settings, { seed, position: this.#generated, seen: this.#seen })
    if (replayed && replayed.id !== sampled) this.#replayDiverged = true
    if (!replayed) this.#timeToFirstTokenMs ??= performance.now() - this.#startedAt
    const id = replayed?.id ?? sampled
    this.#last = id
    this.#generated++
    this.#seen.add(id)
    if (!replayed && this.#model.eosTokenIds.has(id)) {
      this.#finish('STOP')
      return
    }
    this.#give(this.#assembler.push(this.#toChosen(id, raw)))
    const isFull = promptTokenIds.length + this.#generated >= this.#model.contextTokens
    if (this.#assembler.stopped) this.#finish('STOP')
    else if (this.#generated >= settings.maxTokens || isFull) this.#finish('LENGTH')
  }

  #toChosen(id: number, raw: Float32Array | null): ChosenToken {
    if (raw === null) return { id }
    const { logprob, alternatives } = toLogprobs(raw, id, this.#request.settings.logprobs ?? 0)
    const { detokenizer } = this.#model
    return { id, logprob, alternatives: alternatives.map((one) => ({ ...one, text: detokenizer.textOf(one.id) })) }
  }

  #give(tokens: readonly OutputToken[]): void {
    const known = Math.min(this.#toPassOver, tokens.length)
    this.#toPassOver -= known
    const fresh = tokens.slice(known)
    if (fresh.length > 0) this.#onDelta({ text: fresh.map((token) => token.text).join(''), tokens: fresh })
  }

  #finish(finishReason: FinishReason): void {
    this.#give(this.#assembler.end())
    this.#finishReason = finishReason
  }
}

function checkTokens({ vocabularySize, contextTokens }: TextModel, request: GenerateRequest): void {
  const { promptTokenIds, emitted } = request
  const isToken = (id: number): boolean => Number.isInteger(id) && id >= 0 && id < vocabularySize
  if (promptTokenIds.length === 0) throw invalidInput('promptTokenIds', 'is empty.')
  if (promptTokenIds.length >= contextTokens)
    throw invalidInput(
      'promptTokenIds',
      `has ${promptTokenIds.length} tokens; the model takes at most ${contextTokens - 1}.`,
    )
  if (!promptTokenIds.every(isToken) || !emitted.every(({ id }) => isToken(id)))
    throw invalidInput('promptTokenIds', `has a token that is none of the model's ${vocabularySize}.`)
}
