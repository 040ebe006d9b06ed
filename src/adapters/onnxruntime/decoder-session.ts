/** One sequence's place in a session: its keys and values, and how many tokens they are of. */
export interface DecoderRow {
  /** Tokens whose keys and values are computed. */
  readonly length: number
}

/** Keys and values of consecutive tokens, outside of a session: `[part][head][token][component]`. */
export interface SavedTokens {
  readonly count: number
  readonly data: Float32Array | Uint16Array
}

/**
 * A loaded text model with room for several sequences. Two kinds of run: `extend` computes several tokens of one row
 * (a chunk of a prompt, or drafted tokens), `step` one token of each of several rows. The two kinds differ in their
 * last bits; chunks of two tokens and more give the same bits however a prompt is cut into them, and a row of a step
 * the same bits whatever rows share the step. One run at a time; logits are valid until the next run, and the caller
 * may write to them.
 */
export interface DecoderSession extends Disposable {
  readonly maxRows: number
  /** Bytes of the keys and values of one token. */
  readonly tokenBytes: number
  /** Runs of the model so far. */
  readonly executions: number
  /** An empty row; null when all are taken. */
  openRow(): DecoderRow | null
  closeRow(row: DecoderRow): void
  /** The logits that follow each of the last `logitsCount` tokens. */
  extend(row: DecoderRow, tokens: readonly number[], logitsCount?: number): Promise<readonly Float32Array[]>
  /** The logits that follow each row's token. */
  step(rows: readonly DecoderRow[], tokens: readonly number[]): Promise<readonly Float32Array[]>
  /** Forgets all but the first `length` tokens. */
  truncate(row: DecoderRow, length: number): void
  /** A copy of the keys and values of tokens `from` to (not with) `to`. */
  save(row: DecoderRow, from: number, to: number): SavedTokens
  /** Appends the first `count` of saved tokens to a row. */
  restore(row: DecoderRow, saved: SavedTokens, count: number): void
}
