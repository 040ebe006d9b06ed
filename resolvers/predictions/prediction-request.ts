import { invalidInput } from '../../src/kernel/errors.js'
import type { PredictionRequest } from '../../src/services/predictions/prediction-input.js'
import type { PredictInput } from './prediction.input.js'

const KINDS = ['chat', 'completion', 'embedding', 'rerank', 'classification', 'tensors']

/** The request in the services' words: the one of its fields that is given. */
export function toPredictionRequest(input: PredictInput): PredictionRequest {
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
  throw invalidInput('input', `must have exactly one of ${KINDS.join(', ')}.`)
}
