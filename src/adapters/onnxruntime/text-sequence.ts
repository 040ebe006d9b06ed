import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { FinishReason, OutputToken } from '../../domain/prediction.js'
import type { GenerateRequest, GenerationDelta, GenerationResult } from '../../ports/model-runtime.js'
import type { Detokenizer } from '../transformers/detokenizer.js'
import type { GrammarMatcher } from '../grammar/grammar-matcher.js'
import { Draft } from './draft.js'
import { toLogprobs } from './logprobs.js'
import { nextChunkLength } from './prefill-chunks.js'
import { sampleToken } from './sampler.js'
import { TextAssembler, type ChosenToken } from './text-assembler.js'

/** The most tokens that are guessed for one run. */
const MOST_DRAFTED_TOKENS = 16

/** What a sequence needs to know of its model. */
export interface TextModel {
  readonly detokenizer: Detokenizer
  readonly eosTokenIds: ReadonlySet<number>
  readonly contextTokens: number
  readonly vocabularySize: number
}

/** The grammar that a text must follow. */
export interface TextGrammar {
  readonly matcher: GrammarMatcher
  /** How the model would probably write a text. */
  readonly guessTokens: (text: string) => readonly number[]
}

export interface TextSequenceOptions {
  readonly model: TextModel
  readonly request: GenerateRequest
  readonly grammar: TextGrammar | null
  readonly onDelta: (delta: GenerationDelta) => void
}

/** A run in which a sequence took part. */
export interface SequenceRun {
  readonly ms: number
  /** Sequences in the run, and this one's place among them. */
  readonly size: number
  readonly position: number
  /** Runs to be counted for it: those of several sequences are counted for the first. */
  readonly executions: number
}

/** Tokens that a text got in a run; those that are replayed are not chosen. */
export interface ChosenInRun {
  readonly count: number
  /** Since those before them; null when these are the first. */
  readonly ms: number | null
}

/**
 * One text being generated: it says which tokens to compute next, and takes the logits that follow them, until `result`
 * is there. Tokens that were emitted before are fed one by one and never chosen again; only what comes after them is
 * told to `onDelta`. It can be computed again from its beginning at any time.
 */
export class TextSequence {
  readonly #model: TextModel
  readonly #request: GenerateRequest
  readonly #grammar: TextGrammar | null
  readonly #onDelta: (delta: GenerationDelta) => void
  readonly #assembler: TextAssembler
  readonly #draft: Draft | null
  readonly #seen: Set<number>
  /** How often the answer has each of its tokens. */
  readonly #counts = new Map<number, number>()
  readonly #startedAt = performance.now()
  /** Tokens of the answer so far. */
  readonly #answer: number[] = []
  /** Tokens that were given out before. */
  #toPassOver: number
  #replayDiverged = false
  #cachedPromptTokens = 0
  #waitMs: number | null = null
  #prefillMs = 0
  #computeMs = 0
  #timeToFirstTokenMs: number | null = null
  /** Tokens of the answer when the last run was noted, and when the newest of them were chosen here. */
  #notedTokens = 0
  #lastTokensAt: number | null = null
  #batch = { size: 1, position: 0 }
  #executions = 0
  /** Whether the tokens drafted last are all that the grammar leaves. */
  #isForced = false
  #draftedTokens = 0
  #acceptedTokens = 0
  #endedByModel = false
  #finishReason: FinishReason | null = null

  /** @throws GraphloomError `INVALID_INPUT` for tokens that the model does not have, or too many of them. */
  constructor({ model, request, grammar, onDelta }: TextSequenceOptions) {
    checkTokens(model, request)
    this.#model = model
    this.#request = request
    this.#grammar = grammar
    this.#onDelta = onDelta
    this.#assembler = new TextAssembler(model.detokenizer.createStream(), request.settings.stop)
    this.#draft = request.settings.draft ? new Draft(request.promptTokenIds) : null
    this.#seen = new Set(request.promptTokenIds)
    this.#toPassOver = request.emitted.length
  }

  get prompt(): readonly number[] {
    return this.#request.promptTokenIds
  }

  get tenantId(): string {
    return this.#request.tenantId
  }

  get priority(): number {
    return this.#request.priority
  }

  /** The most tokens that it can come to have, prompt and answer. */
  get mostTokens(): number {
    return Math.min(this.#model.contextTokens, this.prompt.length + this.#request.settings.maxTokens)
  }

  /** Set when the text has ended. */
  get result(): GenerationResult | null {
    if (!this.#finishReason) return null
    return {
      finishReason: this.#finishReason,
      promptTokens: this.prompt.length,
      cachedPromptTokens: this.#cachedPromptTokens,
      outputTokens: this.#answer.length,
      replayDiverged: this.#replayDiverged,
      prefillMs: this.#prefillMs,
      timeToFirstTokenMs: this.#timeToFirstTokenMs,
      computeMs: this.#computeMs,
      batch: { ...this.#batch, waitMs: this.#waitMs ?? 0, tokens: this.#batch.size },
      executions: this.#executions,
      draft: { proposedTokens: this.#draftedTokens, acceptedTokens: this.#acceptedTokens },
      endedByModel: this.#endedByModel,
    }
  }

  /** It has its place among the running texts, with so many tokens of its prompt computed by others. */
  begin(cachedTokens: number): void {
    // Later it finds what it computed itself.
    if (this.#waitMs !== null) return
    this.#waitMs = performance.now() - this.#startedAt
    this.#cachedPromptTokens = cachedTokens
  }

  /** The tokens to compute next, when `computed` are: a chunk of the prompt of at most `chunkTokens`, or one token. */
  nextTokens(computed: number, chunkTokens: number): readonly number[] {
    const { prompt } = this
    if (computed >= prompt.length) return [this.#answer[computed - prompt.length]!]
    return prompt.slice(computed, computed + nextChunkLength(prompt.length - computed, chunkTokens))
  }

  /** Tokens that may come after the last one, to be checked with it in one run; none when that does not pay. */
  nextDrafted(computed: number): readonly number[] {
    const { emitted, settings } = this.#request
    const isAtEnd = computed === this.prompt.length + this.#answer.length - 1
    if (!this.#draft || !isAtEnd || this.#answer.length < emitted.length) return []
    const left = Math.min(settings.maxTokens - this.#answer.length, this.#model.contextTokens - computed - 2)
    const most = Math.min(MOST_DRAFTED_TOKENS, Math.max(0, left))
    const forced = this.#grammar?.matcher.findForced() ?? ''
    this.#isForced = forced !== ''
    return this.#isForced ? this.#grammar!.guessTokens(forced).slice(0, most) : this.#draft.propose(most)
  }

  /** Takes note of a run that began when `computed` of its tokens were. Gives the tokens that it chose in it. */
  note(run: SequenceRun, computed: number): ChosenInRun {
    this.#computeMs += run.ms
    this.#executions += run.executions
    if (computed < this.prompt.length) this.#prefillMs += run.ms
    else if (run.size > this.#batch.size || this.#answer.length <= 1)
      this.#batch = { size: run.size, position: run.position }
    return this.#noteTokens()
  }

  #noteTokens(): ChosenInRun {
    const count = this.#answer.length - Math.max(this.#notedTokens, this.#request.emitted.length)
    this.#notedTokens = this.#answer.length
    if (count <= 0) return { count: 0, ms: null }
    const now = performance.now()
    const ms = this.#lastTokensAt === null ? null : now - this.#lastTokensAt
    this.#lastTokensAt = now
    return { count, ms }
  }

  /** Takes the logits that follow the first `computed` tokens. */
  take(logits: Float32Array, computed: number): void {
    const index = computed - this.prompt.length
    // A token that is chosen already: the text is being computed again.
    if (index < 0 || index < this.#answer.length) return
    this.#choose(logits, index)
  }

  /**
   * Takes the logits after the last token and after each drafted one, as far as the drafted tokens are those that would
   * have been chosen. Gives how many were. Where the grammar leaves no choice of text, the drafted tokens are it.
   */
  takeDrafted(logits: readonly Float32Array[], drafted: readonly number[]): number {
    let accepted = 0
    for (const row of logits) {
      this.#choose(row, this.#answer.length, this.#isForced ? drafted[accepted] : undefined)
      if (this.#finishReason || this.#answer.at(-1) !== drafted[accepted]) break
      accepted++
    }
    if (!this.#isForced) this.#draft?.report(drafted.length, accepted)
    this.#draftedTokens += drafted.length
    this.#acceptedTokens += accepted
    return accepted
  }

  #choose(logits: Float32Array, index: number, forced?: number): void {
    const { settings, seed, emitted } = this.#request
    const replayed = emitted[index]
    const raw = settings.logprobs === null || replayed ? null : logits.slice()
    if (forced === undefined) this.#grammar?.matcher.mask(logits)
    const sampled =
      forced ?? sampleToken(logits, settings, { seed, position: index, seen: this.#seen, counts: this.#counts })
    if (replayed && replayed.id !== sampled && !this.#draft) this.#replayDiverged = true
    if (!replayed) this.#timeToFirstTokenMs ??= performance.now() - this.#startedAt
    const id = replayed?.id ?? sampled
    if (this.#grammar && !this.#grammar.matcher.accept(id))
      throw new GraphloomError('INTERNAL', `Token ${id} is not of the grammar.`)
    this.#answer.push(id)
    this.#seen.add(id)
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    this.#draft?.push(id)
    if (!replayed && this.#model.eosTokenIds.has(id)) {
      this.#endedByModel = true
      this.#finish('STOP')
      return
    }
    this.#give(this.#assembler.push(this.#toChosen(id, raw)))
    const isFull = this.prompt.length + this.#answer.length >= this.#model.contextTokens
    if (this.#assembler.stopped) this.#finish('STOP')
    else if (this.#answer.length >= settings.maxTokens || isFull) this.#finish('LENGTH')
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
