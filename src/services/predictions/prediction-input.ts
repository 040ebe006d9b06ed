import { invalidInput } from '../../kernel/errors.js'
import type { EmbeddingInputType, MessageRole, PredictionInput, PredictionKind } from '../../domain/prediction.js'
import type { ConstraintRequest } from './output-constraint.js'

/** Generation settings as a client gives them; what is missing gets its default. */
export interface GenerationRequest {
  readonly n?: number | null
  readonly maxTokens?: number | null
  readonly temperature?: number | null
  readonly topK?: number | null
  readonly topP?: number | null
  readonly minP?: number | null
  readonly repetitionPenalty?: number | null
  readonly stop?: readonly string[] | null
  readonly seed?: number | null
  readonly logprobs?: number | null
  readonly draft?: boolean | null
  readonly presencePenalty?: number | null
  readonly frequencyPenalty?: number | null
  readonly logitBias?: readonly { readonly tokenId: number; readonly bias: number }[] | null
  readonly constraint?: ConstraintRequest | null
}

export type PredictionRequest =
  | ChatRequest
  | {
      readonly kind: 'COMPLETION'
      readonly model: string
      readonly prompt: string
      readonly generation: GenerationRequest
    }
  | {
      readonly kind: 'EMBEDDING'
      readonly model: string
      readonly texts: readonly string[]
      readonly inputType?: EmbeddingInputType | null | undefined
      readonly dimensions?: number | null | undefined
    }
  | {
      readonly kind: 'RERANK'
      readonly model: string
      readonly query: string
      readonly documents: readonly string[]
      readonly topN?: number | null | undefined
    }
  | {
      readonly kind: 'CLASSIFICATION'
      readonly model: string
      readonly texts: readonly string[]
      readonly topN?: number | null | undefined
    }
  | {
      readonly kind: 'TENSOR'
      readonly model: string
      readonly inputs: readonly TensorRequest[]
      readonly outputs?: readonly string[] | null | undefined
    }

/** A prediction to be done, and how. */
export interface StartRequest {
  readonly input: PredictionRequest
  /** 0 to 9; that of the model version's settings when null. */
  readonly priority: number | null
  /** Milliseconds from now; null is none. */
  readonly deadlineMs: number | null
  readonly store: boolean
  readonly idempotencyKey: string | null
}

/** A tensor as a client gives it: with exactly one of `data` and `base64`. */
export interface TensorRequest {
  readonly name: string
  readonly type: string
  readonly shape: readonly number[]
  readonly data?: unknown
  readonly base64?: string | null
}

export interface ChatRequest {
  readonly kind: 'CHAT'
  readonly model: string
  readonly messages: readonly MessageRequest[]
  /** A JSON Schema that the answer is to be valid by. */
  readonly responseSchema?: unknown
  readonly tools?: readonly ToolRequest[] | null | undefined
  readonly toolChoice?: ToolChoiceRequest | null | undefined
  readonly maxToolCalls?: number | null | undefined
  readonly generation: GenerationRequest
}

export interface MessageRequest {
  readonly role: MessageRole
  /** The texts of its parts. */
  readonly content: readonly string[]
  readonly toolCalls?:
    readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[] | null | undefined
  readonly toolCallId?: string | null | undefined
  readonly name?: string | null | undefined
}

export interface ToolRequest {
  readonly name: string
  readonly description?: string | null
  /** A JSON Schema. */
  readonly parameters?: unknown
}

export type ToolChoiceMode = 'AUTO' | 'REQUIRED' | 'NONE'

/** Exactly one is given: whether to call, or the tool to call. */
export interface ToolChoiceRequest {
  readonly mode?: ToolChoiceMode | null
  readonly tool?: string | null
}

/** The field of the input union that a kind comes from; error paths begin with it. */
export const INPUT_FIELDS = {
  CHAT: 'input.chat',
  COMPLETION: 'input.completion',
  EMBEDDING: 'input.embedding',
  RERANK: 'input.rerank',
  CLASSIFICATION: 'input.classification',
  TENSOR: 'input.tensors',
} as const satisfies Record<PredictionKind, string>

export const MAX_TEXTS = 256
export const MAX_DOCUMENTS = 1_000
/** More than any model has labels or components. */
const MAX_COUNT = 100_000

export interface Range {
  readonly min: number
  readonly max: number
  readonly integer?: boolean
  /** The least value itself is not allowed. */
  readonly aboveMin?: boolean
}

export type RequestOf<K extends PredictionKind> = Extract<PredictionRequest, { readonly kind: K }>
export type InputOf<K extends PredictionKind> = Extract<PredictionInput, { readonly kind: K }>

/** A list of at least one text. @throws GraphloomError `INVALID_INPUT` with the path. */
export function parseTexts(texts: readonly string[], path: string, most = MAX_TEXTS): readonly string[] {
  if (texts.length === 0) throw invalidInput(path, 'must have at least one text.')
  if (texts.length > most) throw invalidInput(path, `has ${texts.length} texts; at most ${most} are allowed.`)
  texts.forEach((text, i) => checkText(text, `${path}.${i}`))
  return texts
}

export function checkNumber(value: number, range: Range, path: string): number {
  const { min, max, integer = false, aboveMin = false } = range
  const fits = Number.isFinite(value) && value <= max && (aboveMin ? value > min : value >= min)
  if (fits && (!integer || Number.isInteger(value))) return value
  const kind = integer ? 'a whole number' : 'a number'
  throw invalidInput(
    path,
    `is ${value}; ${kind} ${aboveMin ? 'above' : 'from'} ${min} ${aboveMin ? 'and at most' : 'to'} ${max} is allowed.`,
  )
}

/** A whole number from 1 on, or null where none was given. @throws GraphloomError `INVALID_INPUT` with the path. */
export const parseCount = (value: number | null | undefined, path: string): number | null =>
  typeof value === 'number' ? checkNumber(value, { min: 1, max: MAX_COUNT, integer: true }, path) : null

export function checkText(text: string, path: string): void {
  if (!text.isWellFormed()) throw invalidInput(path, 'has half of a surrogate pair, which is not a character.')
}
