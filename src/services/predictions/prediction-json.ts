import { invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import {
  INPUT_FIELDS,
  type ChatRequest,
  type GenerationRequest,
  type MessageRequest,
  type PredictionRequest,
  type RequestOf,
} from './prediction-input.js'

/** A request as clients write it, in GraphQL and in the inputs of tasks: exactly one of the fields. */
export interface PredictionJson {
  readonly chat?: ChatJson | undefined
  readonly completion?: CompletionJson | undefined
  readonly embedding?: Omit<RequestOf<'EMBEDDING'>, 'kind'> | undefined
  readonly rerank?: Omit<RequestOf<'RERANK'>, 'kind'> | undefined
  readonly classification?: Omit<RequestOf<'CLASSIFICATION'>, 'kind'> | undefined
  readonly tensors?: Omit<RequestOf<'TENSOR'>, 'kind'> | undefined
}

interface CompletionJson extends Pick<RequestOf<'COMPLETION'>, 'model' | 'prompt'> {
  readonly generation?: GenerationRequest | null | undefined
}

interface ChatJson extends Omit<ChatRequest, 'kind' | 'messages' | 'generation'> {
  readonly messages: readonly MessageJson[]
  readonly generation?: GenerationRequest | null | undefined
}

interface MessageJson extends Omit<MessageRequest, 'content'> {
  readonly content: readonly { readonly text: string }[]
}

/** What begins the paths of mistakes in a request. */
const INPUT = 'input'
const KINDS = Object.values(INPUT_FIELDS).map((path) => path.slice(INPUT.length + 1))

/** The request in the services' words. @throws GraphloomError `INVALID_INPUT` unless one field is given. */
export function toPredictionRequest(input: PredictionJson): PredictionRequest {
  const { chat, completion, embedding, rerank, classification, tensors } = input
  if (chat) {
    const { model, responseSchema, tools, toolChoice, maxToolCalls } = chat
    const messages = chat.messages.map(({ role, content, toolCalls, toolCallId, name }) => {
      return { role, content: content.map(({ text }) => text), toolCalls, toolCallId, name }
    })
    const generation = chat.generation ?? {}
    return { kind: 'CHAT', model, messages, responseSchema, tools, toolChoice, maxToolCalls, generation }
  }
  if (completion) {
    const { model, prompt, generation } = completion
    return { kind: 'COMPLETION', model, prompt, generation: generation ?? {} }
  }
  if (embedding) {
    const { model, texts, inputType, dimensions } = embedding
    return { kind: 'EMBEDDING', model, texts, inputType, dimensions }
  }
  if (rerank) {
    const { model, query, documents, topN } = rerank
    return { kind: 'RERANK', model, query, documents, topN }
  }
  if (classification) {
    const { model, texts, topN } = classification
    return { kind: 'CLASSIFICATION', model, texts, topN }
  }
  if (tensors) {
    const { model, inputs, outputs } = tensors
    return { kind: 'TENSOR', model, inputs, outputs }
  }
  throw invalidInput(INPUT, `must have exactly one of ${KINDS.join(', ')}.`)
}

/** The request as clients write it, without what was left open. */
export function toPredictionJson(request: PredictionRequest): Json {
  const { kind, ...given } = request
  const field = INPUT_FIELDS[kind].slice(INPUT.length + 1)
  const messages =
    request.kind === 'CHAT' &&
    request.messages.map(({ content, ...message }) => ({ ...message, content: content.map((text) => ({ text })) }))
  return { [field]: withoutOpen({ ...given, ...(messages && { messages }) }) }
}

/** Values that clients give freely, in which null is a value. */
const FREE_VALUES: ReadonlySet<string> = new Set(['responseSchema', 'jsonSchema', 'parameters', 'arguments', 'data'])

function withoutOpen(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutOpen)
  if (typeof value !== 'object' || value === null) return value as Json
  const fields = Object.entries(value).filter(([, field]) => field !== null && field !== undefined)
  return Object.fromEntries(
    fields.map(([name, field]) => [name, FREE_VALUES.has(name) ? (field as Json) : withoutOpen(field)]),
  )
}

/** A mistake that was found in a request, as one of the request that stands at `path`. */
export function toMistakeAt(path: string, error: unknown): unknown {
  if (!isErrorWithCode(error, 'INVALID_INPUT')) return error
  const at = error.details.path ?? INPUT
  const problem = error.message.startsWith(`${at}: `) ? error.message.slice(at.length + 2) : error.message
  return invalidInput(at.startsWith(INPUT) ? path + at.slice(INPUT.length) : path, problem)
}
