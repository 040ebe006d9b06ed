import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DecoderRow, DecoderSession, SavedTokens } from '../../src/adapters/onnxruntime/decoder-session.js'
import type { TextModel } from '../../src/adapters/onnxruntime/text-sequence.js'

export const HASH_VOCABULARY = 64

/** Texts without an end: each is as long as it may be. */
export const hashModel: TextModel = {
  detokenizer: {
    textOf: (id) => String.fromCharCode(48 + id),
    createStream: () => ({ push: (id) => String.fromCharCode(48 + id), isOpen: false, end: () => '' }),
  },
  eosTokenIds: new Set(),
  contextTokens: 8_192,
  vocabularySize: HASH_VOCABULARY,
}

/** A run: how many texts took a step, or tokens of a chunk. */
export type Run =
  { readonly kind: 'step'; readonly texts: number } | { readonly kind: 'chunk'; readonly tokens: number }

class HashRow implements DecoderRow {
  isOpen = true
  /** After each token what is known of all up to it. */
  readonly states: number[] = []
  get length(): number {
    return this.states.length
  }
}

/** Integer hash of two numbers (the finaliser of MurmurHash3, A. Appleby). */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ Math.imul(b + 1, 0x9e37_79b1), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * A decoder that computes in no time, and whose logits depend on every token before and on the kind of run that it was
 * computed in. Where a real one differs in the last bits (a token computed in another kind of run, a prefix of another
 * text), this one gives another text. It refuses what a real one may not be asked: two runs at once, closed rows.
 */
export class HashDecoder implements DecoderSession {
  readonly runs: Run[] = []
  readonly tokenBytes = 4
  /** Rows given out so far. */
  opened = 0
  readonly #rows = new Set<HashRow>()
  #isRunning = false

  constructor(readonly maxRows: number) {}

  get executions(): number {
    return this.runs.length
  }

  get openRows(): number {
    return this.#rows.size
  }

  openRow(): DecoderRow | null {
    if (this.#rows.size >= this.maxRows) return null
    const row = new HashRow()
    this.#rows.add(row)
    this.opened++
    return row
  }

  closeRow(row: DecoderRow): void {
    const closing = this.#require(row)
    closing.isOpen = false
    this.#rows.delete(closing)
  }

  async extend(row: DecoderRow, tokens: readonly number[], logitsCount = 1): Promise<readonly Float32Array[]> {
    const states = this.#require(row).states
    return this.#run({ kind: 'chunk', tokens: tokens.length }, () => {
      for (const token of tokens) states.push(mix(states.at(-1) ?? 0, tokens.length > 1 ? token : token + 1_000))
      return states.slice(-logitsCount).map(toLogits)
    })
  }

  async step(rows: readonly DecoderRow[], tokens: readonly number[]): Promise<readonly Float32Array[]> {
    const all = rows.map((row) => this.#require(row).states)
    if (new Set(all).size !== rows.length) throw new Error('A row is twice in a step.')
    return this.#run({ kind: 'step', texts: rows.length }, () =>
      all.map((states, i) => {
        states.push(mix(states.at(-1) ?? 0, tokens[i]! + 1_000))
        return toLogits(states.at(-1)!)
      }),
    )
  }

  truncate(row: DecoderRow, length: number): void {
    const { states } = this.#require(row)
    states.length = Math.min(states.length, length)
  }

  save(row: DecoderRow, from: number, to: number): SavedTokens {
    const { states } = this.#require(row)
    const data = new Uint16Array(states.slice(from, to).flatMap((state) => [state >>> 16, state & 0xffff]))
    if (data.length !== 2 * (to - from)) throw new Error('Tokens that are not computed cannot be saved.')
    return { count: to - from, data }
  }

  restore(row: DecoderRow, { data }: SavedTokens, count: number): void {
    const { states } = this.#require(row)
    for (let i = 0; i < count; i++) states.push(data[2 * i]! * 0x1_0000 + data[2 * i + 1]!)
  }

  [Symbol.dispose](): void {
    if (this.#rows.size > 0) throw new Error('Rows are open still.')
  }

  async #run<T>(run: Run, compute: () => T): Promise<T> {
    if (this.#isRunning) throw new Error('A run has not ended yet.')
    this.#isRunning = true
    this.runs.push(run)
    // Whatever comes meanwhile comes in the middle of the run.
    await nextTurn()
    this.#isRunning = false
    return compute()
  }

  #require(row: DecoderRow): HashRow {
    if (row instanceof HashRow && row.isOpen) return row
    throw new Error('The row is not open.')
  }
}

const toLogits = (state: number): Float32Array =>
  Float32Array.from({ length: HASH_VOCABULARY }, (_, token) => (8 * mix(state, token)) / 0x1_0000_0000)
