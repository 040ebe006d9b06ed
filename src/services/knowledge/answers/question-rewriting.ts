import type { AnswerTurn } from '../../../domain/answer.js'
import type { ChatRequest } from '../../predictions/prediction-input.js'
import { MAX_QUERY_CHARACTERS } from '../search-input.js'

/** CONTEXT puts the question before in front of it; MODEL lets the chat model write it anew. */
export const QUESTION_REWRITINGS = ['NONE', 'CONTEXT', 'MODEL'] as const
export type QuestionRewriting = (typeof QUESTION_REWRITINGS)[number]

const INSTRUCTIONS =
  'Rewrite the last question so that it can be understood without the conversation: put the names of what it is about in the place of words like "it", "they" or "there". Write the question alone.'
const MAX_TOKENS = 96
/** Turns that are told, and characters of each answer. */
const TOLD_TURNS = 3
const TOLD_CHARACTERS = 300

/** The question together with what was asked before it. */
export function withContext(question: string, turns: readonly AnswerTurn[]): string {
  const before = turns.at(-1)?.question ?? ''
  return `${before} ${question}`.trim().slice(-MAX_QUERY_CHARACTERS)
}

/** What asks a chat model for it; it takes the likeliest words. */
export function toRewritingRequest(model: string, question: string, turns: readonly AnswerTurn[]): ChatRequest {
  const told = turns
    .slice(-TOLD_TURNS)
    .map(({ question: asked, answer }) => `Question: ${asked}\nAnswer: ${answer.slice(0, TOLD_CHARACTERS)}`)
  const content = `${told.join('\n')}\nLast question: ${question}`
  return {
    kind: 'CHAT',
    model,
    messages: [
      { role: 'SYSTEM', content: [INSTRUCTIONS] },
      { role: 'USER', content: [content] },
    ],
    generation: { maxTokens: MAX_TOKENS, temperature: 0 },
  }
}

/** The first line that the model wrote, without its label; null when that is nothing to search for. */
export function toRewritten(text: string): string | null {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? ''
  const question = line
    .replace(/^\s*(?:last |rewritten )?question:\s*/i, '')
    .replace(/^["“]|["”]$/g, '')
    .trim()
  return question === '' ? null : question.slice(0, MAX_QUERY_CHARACTERS)
}
