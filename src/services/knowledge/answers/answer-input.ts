import { GraphloomError, invalidInput } from '../../../kernel/errors.js'
import type { AnswerMode, AnswerTurn } from '../../../domain/answer.js'
import { DEFAULT_SUPPORT_THRESHOLD } from '../../../domain/support/support.js'
import type { ChatRequest, GenerationRequest } from '../../predictions/prediction-input.js'
import type { QuestionRewriting } from './question-rewriting.js'
import { checkQuery, checkSearch, type SearchRequest } from '../search-input.js'

/** A question to documents, and how it is answered. */
export interface AnswerRequest {
  readonly question: string
  readonly mode: AnswerMode
  readonly search: Omit<SearchRequest, 'query'>
  /** EXTRACTIVE: the most sentences that are quoted. */
  readonly maxSentences: number
  /** A sentence of the documents that is less relevant to the question answers nothing; 0 to 1. */
  readonly minRelevance: number
  /** A sentence of the answer that a passage supports less has no support; 0 to 1. */
  readonly supportThreshold: number
  /** Whether sentences without support are withheld. */
  readonly requireCitations: boolean
  /** Earlier questions and answers, the oldest first. */
  readonly turns: readonly AnswerTurn[]
  readonly rewriting: QuestionRewriting
  /** Reference of the chat model that writes, or that writes the question anew; null where none does. */
  readonly model: string | null
  readonly generation: GenerationRequest
}

export interface StartAnswer extends AnswerRequest {
  /** The answer that this question follows; its conversation comes before `turns`. */
  readonly previousAnswer: string | null
  readonly idempotencyKey: string | null
}

export const ANSWER_DEFAULTS = {
  mode: 'EXTRACTIVE',
  maxSentences: 3,
  minRelevance: 0.3,
  supportThreshold: DEFAULT_SUPPORT_THRESHOLD,
  requireCitations: false,
  rewriting: 'NONE',
} as const satisfies Partial<AnswerRequest>

export const MAX_SENTENCES = 20
export const MAX_TURNS = 16
const MAX_TURN_CHARACTERS = 32_768
const MAX_IDEMPOTENCY_KEY = 256

/** @throws GraphloomError `INVALID_INPUT` that names what is out of its range. */
export function checkAnswer(request: StartAnswer): void {
  const { question, search, turns, idempotencyKey, maxSentences, minRelevance, supportThreshold } = request
  checkQuery(question, 'input.question')
  checkSettings(search)
  if (!Number.isInteger(maxSentences) || maxSentences < 1 || maxSentences > MAX_SENTENCES)
    throw invalidInput('input.maxSentences', `is ${maxSentences}; 1 to ${MAX_SENTENCES} is allowed.`)
  checkShare('input.minRelevance', minRelevance)
  checkShare('input.supportThreshold', supportThreshold)
  checkTurns(turns)
  checkModel(request)
  if (idempotencyKey !== null && (idempotencyKey.length === 0 || idempotencyKey.length > MAX_IDEMPOTENCY_KEY))
    throw invalidInput('idempotencyKey', `must have 1 to ${MAX_IDEMPOTENCY_KEY} characters.`)
}

/** Paths of a search's mistakes are those of the answer's input. */
function checkSettings(search: AnswerRequest['search']): void {
  try {
    checkSearch({ ...search, query: 'any' })
  } catch (error) {
    const path = error instanceof GraphloomError ? error.details.path : undefined
    if (path === undefined || path === 'input.knowledgeBases') throw error
    const message = (error as GraphloomError).message.slice(path.length + 2)
    throw invalidInput(path.replace(/^input\./, 'input.search.'), message)
  }
}

function checkModel({ mode, rewriting, model, generation }: StartAnswer): void {
  const isNeeded = mode === 'GENERATIVE' || rewriting === 'MODEL'
  if (isNeeded && model === null)
    throw invalidInput('input.model', 'names no chat model; GENERATIVE and rewriting by MODEL need one.')
  if (!isNeeded && model !== null) throw invalidInput('input.model', 'is not used; ask for GENERATIVE.')
  if ((generation.n ?? 1) !== 1) throw invalidInput('input.generation.n', 'must be 1: an answer is one text.')
}

/** A request to the model with what is asked for, to be checked before there is a prompt. */
export const toModelCheck = (model: string, question: string, generation: GenerationRequest): ChatRequest => ({
  kind: 'CHAT',
  model,
  messages: [{ role: 'USER', content: [question] }],
  generation,
})

function checkShare(path: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw invalidInput(path, `is ${value}; 0 to 1 is allowed.`)
}

function checkTurns(turns: readonly AnswerTurn[]): void {
  if (turns.length > MAX_TURNS)
    throw invalidInput('input.turns', `has ${turns.length}; at most ${MAX_TURNS} are allowed.`)
  for (const [i, { question, answer }] of turns.entries()) {
    checkQuery(question, `input.turns.${i}.question`)
    if (answer.length > MAX_TURN_CHARACTERS || !answer.isWellFormed())
      throw invalidInput(
        `input.turns.${i}.answer`,
        `must be well-formed, of at most ${MAX_TURN_CHARACTERS} characters.`,
      )
  }
}
