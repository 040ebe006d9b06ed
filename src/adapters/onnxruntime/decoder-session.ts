/** One sequence's keys and values, and how far it has come. */
export interface DecoderState {
  /** Tokens whose keys and values are computed. */
  readonly length: number
}

/**
 * A loaded text model. `advance` computes the keys and values of new tokens after what a state holds, and gives the
 * logits that follow the last of them: a chunk of a prompt (two tokens and more) or a step (one). The two kinds of run
 * differ in their last bits; chunks give the same bits however a prompt is cut into them. A state belongs to one
 * sequence and one session; its memory goes with it.
 */
export interface DecoderSession {
  createState(): DecoderState
  /** The caller owns the logits. */
  advance(state: DecoderState, tokens: readonly number[]): Promise<Float32Array>
}
