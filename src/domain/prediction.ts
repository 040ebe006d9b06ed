import type { ErrorInfo } from '../kernel/errors.js'
import type { Json } from '../kernel/json.js'
import type { Stored, StoredDocument } from './stored-document.js'
import type { StoredTensor } from './tensor.js'
import type { ToolCall, ToolDefinition, WrittenToolCall } from './tool-call.js'

export const PREDICTION_STATES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const
export type PredictionState = (typeof PREDICTION_STATES)[number]

export const PREDICTION_KINDS = ['CHAT', 'COMPLETION', 'EMBEDDING', 'RERANK', 'CLASSIFICATION', 'TENSOR'] as const
export type PredictionKind = (typeof PREDICTION_KINDS)[number]

/**
 * STOP: the model ended or a stop string came; TOOL_CALLS: it ended and wants tools called; LENGTH: maxTokens or the
 * context's end; CANCELLED: stopped by a client.
 */
export const FINISH_REASONS = ['STOP', 'TOOL_CALLS', 'LENGTH', 'CANCELLED'] as const
export type FinishReason = (typeof FINISH_REASONS)[number]

export const MESSAGE_ROLES = ['SYSTEM', 'USER', 'ASSISTANT', 'TOOL'] as const
export type MessageRole = (typeof MESSAGE_ROLES)[number]

/** What a text to embed is for: models of search write something else before each. */
export const EMBEDDING_INPUT_TYPES = ['QUERY', 'DOCUMENT'] as const
export type EmbeddingInputType = (typeof EMBEDDING_INPUT_TYPES)[number]

/** How tokens are chosen. All set: defaults were filled in when the prediction was accepted. */
export interface GenerationSettings {
  /** How many texts to generate, 1 to 8; 1 when missing, as in what was stored before there could be several. */
  readonly n?: number
  /** The most tokens to generate, at least 1. */
  readonly maxTokens: number
  /** 0 is greedy; at most 2. Logits are divided by it. */
  readonly temperature: number
  /** Only the k most likely tokens are considered; 0 is no limit. */
  readonly topK: number
  /** Only the most likely tokens whose probabilities add up to it are considered; above 0, at most 1. */
  readonly topP: number
  /** Only tokens at least this many times as likely as the likeliest; 0 to 1. */
  readonly minP: number
  /** Logits of tokens seen in prompt or output are divided (positive) or multiplied (negative) by it; above 0, at most 2. */
  readonly repetitionPenalty: number
  /** Taken off the logit of every token that the answer has; -2 to 2. */
  readonly presencePenalty: number
  /** Taken off the logit of a token for each time that the answer has it; -2 to 2. */
  readonly frequencyPenalty: number
  /** Added to the logits of single tokens; -100 to 100. */
  readonly logitBias: readonly { readonly tokenId: number; readonly bias: number }[]
  /** Generation ends before the first of these; at most 8 of at most 256 characters. */
  readonly stop: readonly string[]
  /** How many alternatives of each token to give with their log-probabilities; null for none at all, 0 to 20. */
  readonly logprobs: number | null
  /**
   * Whether to guess tokens and check several at a time. The text is as good, but not the same bit for bit as without,
   * and not reproducible.
   */
  readonly draft: boolean
  /** What the text must be; null for free text. */
  readonly constraint: OutputConstraint | null
}

/** What a text must be: a JSON value, a match, a text of a grammar, one of a list, or text with well-formed calls. */
export type OutputConstraint =
  | { readonly kind: 'JSON_SCHEMA'; readonly schema: Json }
  | { readonly kind: 'REGEX'; readonly pattern: string }
  | { readonly kind: 'GRAMMAR'; readonly grammar: string }
  | { readonly kind: 'CHOICE'; readonly choices: readonly string[] }
  | {
      readonly kind: 'TOOLS'
      readonly tools: readonly Pick<ToolDefinition, 'name' | 'parameters'>[]
      /** Whether the text begins with a call. */
      readonly isRequired: boolean
      /** After so many calls the text ends. */
      readonly maxCalls: number
    }

export interface OutputToken {
  readonly id: number
  /** The token's part of the text; of tokens that share a character the last has it whole. */
  readonly text: string
  /** Natural logarithm of the token's probability before sampling settings; set when asked for. */
  readonly logprob?: number
  readonly alternatives?: readonly { readonly id: number; readonly text: string; readonly logprob: number }[]
}

export interface ChatMessage {
  readonly role: MessageRole
  readonly content: string
  /** Of ASSISTANT: the calls that it asked for. */
  readonly toolCalls?: readonly ToolCall[]
  /** Of TOOL: the call that it answers, by its id, and that call's name. */
  readonly toolCallId?: string
  readonly name?: string
}

/** What was asked, as stored. */
export type PredictionInput =
  | {
      readonly kind: 'CHAT'
      readonly messages: readonly ChatMessage[]
      /** Those that the model is told of. */
      readonly tools?: readonly ToolDefinition[]
      readonly settings: GenerationSettings
      /** Whether the settings' constraint is the request's `responseSchema`. */
      readonly hasResponseSchema?: true
    }
  | { readonly kind: 'COMPLETION'; readonly prompt: string; readonly settings: GenerationSettings }
  | {
      readonly kind: 'EMBEDDING'
      readonly texts: readonly string[]
      /** What the texts are for; unset where it was not said. */
      readonly inputType?: EmbeddingInputType
      /** Components that vectors are cut to; unset for all. */
      readonly dimensions?: number
    }
  | {
      readonly kind: 'RERANK'
      readonly query: string
      readonly documents: readonly string[]
      /** How many of the best to give; null for all. */
      readonly topN: number | null
    }
  | {
      readonly kind: 'CLASSIFICATION'
      readonly texts: readonly string[]
      /** How many of the likeliest labels to give of each text; null for all. */
      readonly topN: number | null
    }
  | {
      readonly kind: 'TENSOR'
      readonly inputs: readonly StoredTensor[]
      /** Names of the outputs to give; null for all. */
      readonly outputs: readonly string[] | null
    }

/** What a model wrote. */
export interface WrittenText {
  /** Without the calls of tools. */
  readonly text: string
  /** All of them, those of calls too. */
  readonly tokens: readonly OutputToken[]
  readonly toolCalls?: readonly WrittenToolCall[]
  /** Whether the text is a whole value by the JSON Schema that was asked for. */
  readonly isJson?: boolean
  /** Set when it has ended; that of the first text is also the prediction's. */
  readonly finishReason?: FinishReason
}

export type PredictionOutput =
  | ({
      readonly kind: 'TEXT'
      /** The texts after the first, where several were asked for. */
      readonly others?: readonly WrittenText[]
    } & WrittenText)
  | { readonly kind: 'EMBEDDING'; readonly vectors: readonly (readonly number[])[] }
  | { readonly kind: 'RANKING'; readonly ranking: readonly RankedDocument[]; readonly documentCount: number }
  | { readonly kind: 'CLASSIFICATION'; readonly texts: readonly (readonly LabelScore[])[] }
  | { readonly kind: 'TENSOR'; readonly tensors: readonly StoredTensor[] }

export interface RankedDocument {
  /** Place of the document in the input, from 0. */
  readonly index: number
  readonly score: number
  /** From 1, the best. */
  readonly rank: number
}

export interface LabelScore {
  readonly label: string
  readonly score: number
}

export interface Usage {
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
}

/** The run that a piece of work shared with others. */
export interface BatchInfo {
  /** Pieces of work in it: texts generated together (the most at one time), or sequences of one run. */
  readonly size: number
  /** Place among them, from 0. */
  readonly position: number
  /** How long it waited in the runner for its place, milliseconds. */
  readonly waitMs: number
  /** Tokens that the run computed. */
  readonly tokens: number
}

/** Tokens that were guessed and checked several at a time, and how many of them were right. */
export interface DraftInfo {
  readonly proposedTokens: number
  readonly acceptedTokens: number
}

/** Whether a prediction was given an answer that another with the same question had computed. */
export interface CacheInfo {
  readonly hit: boolean
  /** SHA-256 of all that decides the answer, hexadecimal. */
  readonly key: string
  /** How old the answer was when it was asked for, milliseconds: 0 when it was being computed; null without a hit. */
  readonly ageMs: number | null
}

/** Milliseconds of wall time; null where the phase did not take place. */
export interface PredictionTimings {
  readonly queueMs: number | null
  readonly loadMs: number | null
  readonly prefillMs: number | null
  readonly timeToFirstTokenMs: number | null
  readonly computeMs: number | null
  readonly totalMs: number | null
  readonly tokensPerSecond: number | null
}

export interface PredictionDocument extends StoredDocument {
  readonly state: PredictionState
  readonly kind: PredictionKind
  readonly requestedModel: string
  readonly modelVersionId: string
  readonly input: Stored<PredictionInput>
  readonly output: Stored<PredictionOutput> | null
  /** Blob of the input and of the output, where they are in one. */
  readonly inputBlobId: string | null
  readonly outputBlobId: string | null
  readonly error: ErrorInfo | null
  readonly finishReason: FinishReason | null
  readonly usage: Usage
  readonly timings: PredictionTimings
  readonly seed: number | null
  readonly priority: number
  /** Unix milliseconds after which it is not worth doing. */
  readonly deadlineAt: number | null
  /** False: the document and its stream go when it ends. */
  readonly store: boolean
  /** The task that does it, whose place in the queue is its own; null for one that was waited for or is not kept. */
  readonly taskId?: string | null
  /** The answer from documents that it is a part of: it is there for whoever may read that. */
  readonly answerId?: string | null
  readonly createdBy: string
  readonly idempotencyKey: string | null
  /** SHA-256 of what was asked, to tell a repeated request from another with the same key. */
  readonly inputHash: string
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly attempt: number
  /** Runtime and CPU type that computed it. */
  readonly fingerprint: string | null
  readonly replayDiverged: boolean
  /** Null until it has run, and for what was stored before there was one. */
  readonly batch?: BatchInfo | null
  /** Null where nothing was to be drafted. */
  readonly draft?: DraftInfo | null
  /** Null where the answer was not to be shared. */
  readonly cache?: CacheInfo | null
  readonly traceId: string
  /** W3C `traceparent` under which the work was accepted. */
  readonly traceparent: string | null
}

export const isEnded = (state: PredictionState): boolean =>
  state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED'

/** Whether it gives text, token by token: it has a seed then, and its stream has the tokens. */
export const isTextKind = (kind: PredictionKind): boolean => kind === 'CHAT' || kind === 'COMPLETION'
