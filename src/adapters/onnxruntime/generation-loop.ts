import { setImmediate as nextTurn } from 'node:timers/promises'
import { GraphloomError } from '../../kernel/errors.js'
import type { GenerationResult } from '../../ports/model-runtime.js'
import type { DecoderRow, DecoderSession } from './decoder-session.js'
import { GenerationText } from './generation-text.js'
import { CHUNK_TOKENS, SHARED_CHUNK_TOKENS } from './prefill-chunks.js'
import { PrefixTree, sharedLength } from './prefix-tree.js'
import type { RunMeter } from './run-meter.js'
import type { RunLimits } from './runner-protocol.js'
import { TextPlaces } from './text-places.js'
import type { TextSequence } from './text-sequence.js'
import { isInteractive, FairQueue } from '../../kernel/fair-queue.js'

export interface GenerationLoopOptions {
  readonly session: DecoderSession
  /** Memory for the keys and values of running texts, bytes; a text that may need more runs alone. */
  readonly runningBytes: number
  /** Memory for kept prefixes and for texts that were set aside, bytes. */
  readonly keptBytes: number
  readonly limits: Readonly<RunLimits>
  readonly meter: Pick<RunMeter, 'startRun' | 'noteTokens'>
}

const MAX_TEXTS = 1_024
/** Of so many chunks one is of a bulk prompt while interactive ones are computed too. */
const BULK_CHUNK_EVERY = 4
/** Shared beginnings below this are computed again: that is as quick as a copy. */
const LEAST_SHARED_TOKENS = 16

/**
 * Continuous batching: all texts that are past their prompts take a step together; between two steps one chunk of one
 * prompt is computed, so that a long prompt holds up nobody for longer. Texts join and leave between runs. Interactive
 * texts take rows from bulk ones, which go on later exactly as they would have.
 */
export class GenerationLoop {
  readonly #options: GenerationLoopOptions
  readonly #prefixes: PrefixTree
  readonly #waiting = new FairQueue<GenerationText>()
  readonly #running = new Set<GenerationText>()
  readonly #places: TextPlaces
  #turn = 0
  #chunks = 0
  #isLooping = false

  constructor(options: GenerationLoopOptions) {
    this.#options = options
    this.#prefixes = new PrefixTree(options.keptBytes)
    const { session, runningBytes } = options
    this.#places = new TextPlaces({ maxRows: session.maxRows, maxTokens: runningBytes / session.tokenBytes })
  }

  /**
   * Runs the sequence until it has its result.
   * @throws GraphloomError `OVERLOADED` when too many wait; or the signal's reason.
   */
  async run(sequence: TextSequence, signal: AbortSignal): Promise<GenerationResult> {
    signal.throwIfAborted()
    if (this.#waiting.size >= MAX_TEXTS)
      throw new GraphloomError('OVERLOADED', `${MAX_TEXTS} texts wait for the model already.`)
    const { promise, resolve, reject } = Promise.withResolvers<GenerationResult>()
    const text = new GenerationText(sequence, resolve, reject)
    // Rows are not touched during a run: the loop takes it out between two.
    const onAbort = (): void => {
      text.ended = true
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.add(text)
    if (!this.#isLooping) void this.#loop()
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  async #loop(): Promise<void> {
    this.#isLooping = true
    // Messages are read, while the run goes on: what came joins the next one, what was cancelled leaves.
    let turn = nextTurn()
    for (;;) {
      await turn
      this.#removeEnded()
      this.#admit()
      if (this.#running.size === 0) break
      turn = nextTurn()
      const decoding = [...this.#running].filter((text) => !text.isPrefilling)
      if (decoding.length > 0) await this.#step(decoding)
      const prefilling = this.#nextPrefilling()
      if (prefilling) await this.#prefill(prefilling, decoding.length > 0 ? SHARED_CHUNK_TOKENS : CHUNK_TOKENS)
    }
    this.#isLooping = false
  }

  #removeEnded(): void {
    for (const text of [...this.#running, ...this.#waiting]) {
      const { result } = text.sequence
      if (result && !text.ended) text.resolve(result)
      if (!result && !text.ended) continue
      text.ended = true
      this.#waiting.delete(text)
      this.#running.delete(text)
      if (text.row) this.#options.session.closeRow(text.row)
      this.#dropSaved(text)
    }
  }

  /** Gives rows to who waits, as long as there are any, and room for what they may come to need. */
  #admit(): void {
    for (;;) {
      const places = this.#places.survey(this.#running, this.#waiting)
      if (!places) return
      const next = this.#waiting.next(this.#running, (text) => places.has(text) && !this.#canShareSoon(text))
      if (!next) return
      for (const bulk of places.toSetAside(next)) this.#setAside(bulk)
      this.#waiting.grant(next)
      this.#running.add(next)
      places.note(this.#waiting)
      this.#begin(next, this.#options.session.openRow()!)
    }
  }

  /** Whether a prompt that is being computed begins like this one: then it waits, and computes only the rest. */
  #canShareSoon(text: GenerationText): boolean {
    const { sequence, saved, tenantId } = text
    if (saved || this.#options.keptBytes === 0) return false
    const { prompt } = sequence
    const usable = mostShared(prompt)
    const kept = this.#prefixes.find(tenantId, prompt, usable).length
    for (const other of this.#running) {
      if (other.tenantId !== tenantId || !other.isPrefilling) continue
      if (isInteractive(text) && !isInteractive(other)) continue
      const shared = Math.min(usable, sharedLength(other.sequence.prompt, prompt, 0))
      if (shared >= kept + LEAST_SHARED_TOKENS && shared > other.row!.length) return true
    }
    return false
  }

  /** Takes a bulk text's row for an interactive one. */
  #setAside(bulk: GenerationText): void {
    const { session } = this.#options
    const row = bulk.row!
    // Without room for a copy it is computed again, which gives the same.
    if (this.#prefixes.hold(row.length * session.tokenBytes)) bulk.saved = session.save(row, 0, row.length)
    session.closeRow(row)
    bulk.row = null
    this.#running.delete(bulk)
    this.#waiting.add(bulk)
  }

  #begin(text: GenerationText, row: DecoderRow): void {
    const { session } = this.#options
    text.row = row
    text.freshRuns = 0
    text.passedOver = 0
    if (text.saved) {
      session.restore(row, text.saved, text.saved.count)
      this.#dropSaved(text)
      return
    }
    const { prompt } = text.sequence
    const found = this.#prefixes.find(text.tenantId, prompt, mostShared(prompt))
    if (found.length >= LEAST_SHARED_TOKENS)
      for (const { saved, count } of found.pieces) session.restore(row, saved, count)
    text.sequence.begin(row.length)
  }

  #dropSaved(text: GenerationText): void {
    if (!text.saved) return
    this.#prefixes.release(text.saved.count * this.#options.session.tokenBytes)
    text.saved = null
  }

  async #step(texts: readonly GenerationText[]): Promise<void> {
    const { session } = this.#options
    const computed = texts.map((text) => text.row!.length)
    const [only] = texts
    const isAlone = this.#running.size === 1 && this.#waiting.size === 0
    const drafted = isAlone ? only!.sequence.nextDrafted(computed[0]!) : []
    const tokens = texts.map(({ sequence }, i) => sequence.nextTokens(computed[i]!, 1)[0]!)
    if (drafted.length > 0)
      await this.#run(texts, async () => {
        const row = only!.row!
        const logits = await session.extend(row, [tokens[0]!, ...drafted], drafted.length + 1)
        const accepted = only!.sequence.takeDrafted(logits, drafted)
        session.truncate(row, computed[0]! + 1 + accepted)
      })
    else
      await this.#run(texts, async () => {
        const rows = await session.step(
          texts.map((text) => text.row!),
          tokens,
        )
        for (const [i, text] of texts.entries()) this.#take(text, rows[i]!, computed[i]! + 1)
      })
  }

  async #prefill(text: GenerationText, chunkTokens: number): Promise<void> {
    const { session, limits } = this.#options
    const { sequence } = text
    const row = text.row!
    const chunk = sequence.nextTokens(row.length, Math.min(chunkTokens, limits.maxBatchTokens))
    await this.#run([text], async () => {
      const [logits] = await session.extend(row, chunk)
      // A single token is computed in another kind of run than prompts that share it have.
      if (chunk.length > 1)
        this.#prefixes.insert(text.tenantId, sequence.prompt.slice(0, row.length), (from, to) =>
          session.save(row, from, to),
        )
      this.#take(text, logits!, row.length)
    })
  }

  /** Prompts take turns, interactive before bulk. */
  #nextPrefilling(): GenerationText | undefined {
    const prefilling = [...this.#running].filter((text) => !text.ended && text.isPrefilling)
    if (prefilling.length === 0) return undefined
    const isBulkTurn = this.#chunks++ % BULK_CHUNK_EVERY === BULK_CHUNK_EVERY - 1
    const preferred = prefilling.filter((text) => isInteractive(text) !== isBulkTurn)
    return (preferred.length > 0 ? preferred : prefilling).reduce<GenerationText | undefined>(
      (oldest, text) => (oldest && oldest.turn <= text.turn ? oldest : text),
      undefined,
    )
  }

  /** What goes wrong in a run ends the texts in it; what goes wrong with a text's own logits, that text. */
  async #run(texts: readonly GenerationText[], work: () => Promise<void>): Promise<void> {
    const { session, meter } = this.#options
    const computed = texts.map((text) => text.row!.length)
    const before = session.executions
    const startedAt = performance.now()
    const endRun = meter.startRun()
    this.#turn++
    try {
      await work()
    } catch (error) {
      for (const text of texts) this.#fail(text, error)
    }
    const ms = performance.now() - startedAt
    const executions = session.executions - before
    endRun({ executions, sequences: texts.length })
    texts.forEach((text, position) => {
      text.noteRun(this.#turn)
      const run = { ms, size: texts.length, position, executions: position === 0 ? executions : 0 }
      const chosen = text.sequence.note(run, computed[position]!)
      if (chosen.count > 0) meter.noteTokens(chosen.count, chosen.ms)
    })
    this.#removeEnded()
  }

  #take(text: GenerationText, logits: Float32Array, computed: number): void {
    if (text.ended) return
    try {
      text.sequence.take(logits, computed)
    } catch (error) {
      this.#fail(text, error)
    }
  }

  #fail(text: GenerationText, error: unknown): void {
    text.ended = true
    text.reject(error)
  }
}

/** How much of a prompt may come from another: what is left must be two tokens or more. */
const mostShared = (prompt: readonly number[]): number => Math.max(0, prompt.length - 2)
