import type { OutputConstraint } from '../domain/prediction.js'

/** A chat message whose parts are joined to plain text. */
export interface CodecMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** A text, or a pair of texts, as the model takes it. */
export interface TokenSequence {
  readonly ids: readonly number[]
  /** Of a pair: for each token 0 or 1, the text that it is of, as the model's tokenizer counts; else null, all 0. */
  readonly typeIds: readonly number[] | null
}

/**
 * Text to tokens, by the tokenizer and chat template in a model's folder, away from the caller's thread. It needs no
 * loaded weights.
 */
export interface TextCodec extends AsyncDisposable {
  /**
   * Renders the messages by the model's chat template, with the start of the assistant's answer. Control tokens written
   * in a message's text are text.
   */
  encodeChat(folder: string, messages: readonly CodecMessage[], signal?: AbortSignal): Promise<number[]>
  /** The text as it is: no template; control tokens in it are text. */
  encodeText(folder: string, text: string, signal?: AbortSignal): Promise<number[]>
  /** @throws GraphloomError `INVALID_INPUT` with the reason when the grammar engine cannot honour the constraint. */
  checkConstraint(constraint: OutputConstraint, signal?: AbortSignal): Promise<void>
  /** For an embedding model: with its special tokens, one sequence per text, not truncated. */
  encodeForEmbedding(folder: string, texts: readonly string[], signal?: AbortSignal): Promise<number[][]>
}
