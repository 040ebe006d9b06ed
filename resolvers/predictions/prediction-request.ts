import { invalidInput } from '../../src/kernel/errors.js'
import type { PredictionRequest } from '../../src/services/predictions/prediction-input.js'
import type { PredictInput } from './prediction.input.js'

/** The request in the services' words: the one of its fields that is given. */
export function toPredictionRequest({ chat, completion, embedding }: PredictInput): PredictionRequest {
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
  if (embedding) return { kind: 'EMBEDDING', model: embedding.model, texts: embedding.texts }
  throw invalidInput('input', 'must have exactly one of chat, completion, embedding.')
}
