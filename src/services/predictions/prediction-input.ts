import { invalidInput } from '../../kernel/errors.js'
import { parseConstraint, type ConstraintRequest } from './output-constraint.js'
import type {
  ChatMessage,
  GenerationSettings,
  MessageRole,
  PredictionInput,
  PredictionKind,
} from '../../domain/prediction.js'

/** Generation settings as a client gives them; what is missing gets its default. */
export interface GenerationRequest {
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
  | {
      readonly kind: 'CHAT'
      readonly model: string
      readonly messages: readonly MessageRequest[]
      /** A JSON Schema that the answer is to be valid by. */
      readonly responseSchema?: unknown
      readonly generation: GenerationRequest
    }
  | {
      readonly kind: 'COMPLETION'
      readonly model: string
      readonly prompt: string
      readonly generation: GenerationRequest
    }
  | { readonly kind: 'EMBEDDING'; readonly model: string; readonly texts: readonly string[] }

export interface MessageRequest {
  readonly role: MessageRole
  /** The texts of its parts. */
  readonly content: readonly string[]
}

/** The field of the input union that a kind comes from; error paths begin with it. */
export const INPUT_FIELDS = {
  CHAT: 'input.chat',
  COMPLETION: 'input.completion',
  EMBEDDING: 'input.embedding',
} as const satisfies Record<PredictionKind, string>

export const MAX_STOPS = 8
export const MAX_STOP_CHARACTERS = 256
export const MAX_MESSAGES = 1_024
export const MAX_TEXTS = 256
export const MAX_LOGPROBS = 20
export const MAX_LOGIT_BIASES = 300
export const DEFAULT_MAX_TOKENS = 256

interface Range {
  readonly min: number
  readonly max: number
  readonly integer?: boolean
  /** The least value itself is not allowed. */
  readonly aboveMin?: boolean
}

type RequestOf<K extends PredictionKind> = Extract<PredictionRequest, { readonly kind: K }>
type InputOf<K extends PredictionKind> = Extract<PredictionInput, { readonly kind: K }>

/** @throws GraphloomError `INVALID_INPUT` with the path. */
export function parseChat(request: RequestOf<'CHAT'>): InputOf<'CHAT'> {
  const path = INPUT_FIELDS.CHAT
  return {
    kind: 'CHAT',
    messages: parseMessages(request.messages, path),
    settings: withResponseSchema(parseSettings(request.generation, path), request.responseSchema, path),
  }
}

/** @throws GraphloomError `INVALID_INPUT` with the path. */
export function parseCompletion({ prompt, generation }: RequestOf<'COMPLETION'>): InputOf<'COMPLETION'> {
  const path = INPUT_FIELDS.COMPLETION
  if (prompt.length === 0) throw invalidInput(`${path}.prompt`, 'must not be empty.')
  checkText(prompt, `${path}.prompt`)
  return { kind: 'COMPLETION', prompt, settings: parseSettings(generation, path) }
}

/** The seed as given, or null. @throws GraphloomError `INVALID_INPUT`. */
export function parseSeed(request: PredictionRequest): number | null {
  if (!('generation' in request)) return null
  const { seed } = request.generation
  if (seed === undefined || seed === null) return null
  return checkNumber(
    seed,
    { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true },
    `${INPUT_FIELDS[request.kind]}.generation.seed`,
  )
}

function parseMessages(messages: readonly MessageRequest[], path: string): ChatMessage[] {
  if (messages.length === 0) throw invalidInput(`${path}.messages`, 'must have at least one message.')
  if (messages.length > MAX_MESSAGES)
    throw invalidInput(`${path}.messages`, `has ${messages.length} messages; at most ${MAX_MESSAGES} are allowed.`)
  const parsed = messages.map((message, i) => {
    const at = `${path}.messages.${i}`
    const content = message.content.join('')
    if (content.length === 0) throw invalidInput(`${at}.content`, 'must not be empty.')
    checkText(content, `${at}.content`)
    if (message.role === 'SYSTEM' && i > 0)
      throw invalidInput(`${at}.role`, 'SYSTEM is allowed for the first message only.')
    return { role: message.role, content }
  })
  if (parsed.at(-1)?.role !== 'USER')
    throw invalidInput(`${path}.messages.${parsed.length - 1}.role`, 'the last message must be of role USER.')
  return parsed
}

/** A list of at least one text. @throws GraphloomError `INVALID_INPUT` with the path. */
export function parseTexts(texts: readonly string[], path: string): readonly string[] {
  if (texts.length === 0) throw invalidInput(path, 'must have at least one text.')
  if (texts.length > MAX_TEXTS) throw invalidInput(path, `has ${texts.length} texts; at most ${MAX_TEXTS} are allowed.`)
  texts.forEach((text, i) => checkText(text, `${path}.${i}`))
  return texts
}

function parseSettings(request: GenerationRequest, inputPath: string): GenerationSettings {
  const path = `${inputPath}.generation`
  const setting = (
    name: Exclude<keyof GenerationRequest, 'draft' | 'logitBias' | 'constraint'>,
    range: Range,
    otherwise: number,
  ): number => {
    const value = request[name]
    return typeof value === 'number' ? checkNumber(value, range, `${path}.${name}`) : otherwise
  }
  return {
    maxTokens: setting('maxTokens', { min: 1, max: 1_000_000, integer: true }, DEFAULT_MAX_TOKENS),
    temperature: setting('temperature', { min: 0, max: 2 }, 0.7),
    topK: setting('topK', { min: 0, max: 1_000_000, integer: true }, 0),
    topP: setting('topP', { min: 0, max: 1, aboveMin: true }, 0.95),
    minP: setting('minP', { min: 0, max: 1 }, 0),
    repetitionPenalty: setting('repetitionPenalty', { min: 0, max: 2, aboveMin: true }, 1),
    presencePenalty: setting('presencePenalty', { min: -2, max: 2 }, 0),
    frequencyPenalty: setting('frequencyPenalty', { min: -2, max: 2 }, 0),
    logitBias: parseLogitBias(request.logitBias ?? [], path),
    stop: parseStops(request.stop ?? [], path),
    logprobs:
      typeof request.logprobs === 'number'
        ? setting('logprobs', { min: 0, max: MAX_LOGPROBS, integer: true }, 0)
        : null,
    draft: request.draft ?? false,
    constraint: request.constraint ? parseConstraint(request.constraint, `${path}.constraint`) : null,
  }
}

function parseLogitBias(
  logitBias: NonNullable<GenerationRequest['logitBias']>,
  path: string,
): GenerationSettings['logitBias'] {
  if (logitBias.length > MAX_LOGIT_BIASES)
    throw invalidInput(`${path}.logitBias`, `has ${logitBias.length} tokens; at most ${MAX_LOGIT_BIASES} are allowed.`)
  return logitBias.map(({ tokenId, bias }, i) => ({
    tokenId: checkNumber(tokenId, { min: 0, max: 10_000_000, integer: true }, `${path}.logitBias.${i}.tokenId`),
    bias: checkNumber(bias, { min: -100, max: 100 }, `${path}.logitBias.${i}.bias`),
  }))
}

function withResponseSchema(settings: GenerationSettings, schema: unknown, path: string): GenerationSettings {
  if (schema === undefined || schema === null) return settings
  if (settings.constraint) throw invalidInput(`${path}.responseSchema`, 'is not allowed beside generation.constraint.')
  return { ...settings, constraint: parseConstraint({ jsonSchema: schema }, `${path}.responseSchema`) }
}

function parseStops(stop: readonly string[], path: string): readonly string[] {
  if (stop.length > MAX_STOPS)
    throw invalidInput(`${path}.stop`, `has ${stop.length} strings; at most ${MAX_STOPS} are allowed.`)
  stop.forEach((text, i) => {
    if (text.length === 0 || text.length > MAX_STOP_CHARACTERS)
      throw invalidInput(`${path}.stop.${i}`, `must have 1 to ${MAX_STOP_CHARACTERS} characters.`)
  })
  return stop
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

export function checkText(text: string, path: string): void {
  if (!text.isWellFormed()) throw invalidInput(path, 'has half of a surrogate pair, which is not a character.')
}
