import type { OutputConstraint } from '../domain/prediction.js'
import type { ToolCall, ToolDefinition } from '../domain/tool-call.js'

/** A chat message whose parts are joined to plain text. */
export interface CodecMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  /** Of the assistant: the calls that it asked for. */
  readonly toolCalls?: readonly ToolCall[]
  /** Of a tool: the call that it answers, and that call's name. */
  readonly toolCallId?: string
  readonly name?: string
}

export interface CodecChat {
  /** When the last one is of the assistant, the answer goes on with it. */
  readonly messages: readonly CodecMessage[]
  /** Those that the model is told of. */
  readonly tools?: readonly ToolDefinition[]
}

/** A text, or a pair of texts, as the model takes it. */
export interface TokenSequence {
  readonly ids: readonly number[]
  /** Of a pair: for each token 0 or 1, the text that it is of, as the model's tokenizer counts; else null, all 0. */
  readonly typeIds: readonly number[] | null
}

/** One text together with each of several others. */
export interface TextPairs {
  readonly first: string
  readonly seconds: readonly string[]
}

/**
 * Text to tokens, by the tokenizer and chat template in a model's folder, away from the caller's thread. It needs no
 * loaded weights.
 */
export interface TextCodec extends AsyncDisposable {
  /**
   * Renders the chat by the model's chat template, up to where the assistant's answer goes on. Where the template knows
   * no tools, or calls of another form than `domain/tool-call.ts` has, tools, calls and results are written as text in
   * messages. Control tokens written in any text of the chat are text.
   * @throws GraphloomError `INVALID_INPUT` when the template refuses the chat.
   */
  encodeChat(folder: string, chat: CodecChat, signal?: AbortSignal): Promise<number[]>
  /** The text as it is: no template; control tokens in it are text. */
  encodeText(folder: string, text: string, signal?: AbortSignal): Promise<number[]>
  /** How many tokens the model has: they are numbered from 0. */
  countVocabulary(folder: string, signal?: AbortSignal): Promise<number>
  /** @throws GraphloomError `INVALID_INPUT` with the reason when the grammar engine cannot honour the constraint. */
  checkConstraint(constraint: OutputConstraint, signal?: AbortSignal): Promise<void>
  /** With the model's special tokens, one sequence per text, not truncated. */
  encodeForEmbedding(folder: string, texts: readonly string[], signal?: AbortSignal): Promise<number[][]>
  /** Pairs of the first text with each of the second ones, with the model's special tokens, not truncated. */
  encodePairs(folder: string, pairs: TextPairs, signal?: AbortSignal): Promise<TokenSequence[]>
}
