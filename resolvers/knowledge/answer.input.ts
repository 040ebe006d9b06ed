import { ArgsType, Field, Float, ID, InputType, Int } from 'type-graphql'
import type { AnswerMode } from '../../src/domain/answer.js'
import { ANSWER_DEFAULTS, MAX_SENTENCES, MAX_TURNS } from '../../src/services/knowledge/answers/answer-input.js'
import {
  MAX_BASES,
  MAX_HITS,
  MAX_QUERY_CHARACTERS,
  SEARCH_DEFAULTS,
} from '../../src/services/knowledge/search-input.js'
import type { QuestionRewriting } from '../../src/services/knowledge/answers/question-rewriting.js'
import { GenerationInput, MODEL } from '../predictions/generation.input.js'
import { AnswerModeEnum, QuestionRewritingEnum } from './answer.enum.js'
import { RankingInput } from './search.input.js'

@InputType('AnswerTurnInput', { description: 'An earlier question of a conversation, and its answer.' })
export class AnswerTurnInput {
  @Field(() => String, { description: `What was asked; 1 to ${MAX_QUERY_CHARACTERS} characters.` })
  readonly question!: string

  @Field(() => String, { description: 'What was answered; at most 32,768 characters.' })
  readonly answer!: string
}

@InputType('AnswerSearchInput', { description: 'How passages for an answer are found.' })
export class AnswerSearchInput extends RankingInput {
  @Field(() => Int, { defaultValue: SEARCH_DEFAULTS.first, description: `How many passages; 1 to ${MAX_HITS}.` })
  readonly first!: number

  @Field(() => Boolean, {
    defaultValue: SEARCH_DEFAULTS.onePerDocument,
    description: 'Whether a document has its best chunk alone among the passages.',
  })
  readonly onePerDocument!: boolean
}

/** How any question is answered. */
@InputType('AnswerSettingsInput', { description: 'How a question is answered.' })
export abstract class AnswerSettingsInput {
  @Field(() => AnswerModeEnum, { defaultValue: ANSWER_DEFAULTS.mode, description: 'How it is answered.' })
  readonly mode!: AnswerMode

  @Field(() => Int, {
    defaultValue: ANSWER_DEFAULTS.maxSentences,
    description: `Of EXTRACTIVE: the most sentences that are quoted; 1 to ${MAX_SENTENCES}.`,
  })
  readonly maxSentences!: number

  @Field(() => Float, {
    defaultValue: ANSWER_DEFAULTS.minRelevance,
    description:
      'What a sentence of the documents needs to count as relevant: 0.65 of its cosine with the question and 0.35 of the question’s words in it, the rarer the heavier. When none has it, the answer is that it is not in these documents. 0 to 1.',
  })
  readonly minRelevance!: number

  @Field(() => Float, {
    defaultValue: ANSWER_DEFAULTS.supportThreshold,
    description: 'What a sentence of the answer and a passage need to have in common for support; 0 to 1.',
  })
  readonly supportThreshold!: number

  @Field(() => Boolean, {
    defaultValue: ANSWER_DEFAULTS.requireCitations,
    description: 'Whether sentences without support are withheld.',
  })
  readonly requireCitations!: boolean

  @Field(() => String, {
    nullable: true,
    description: `Of GENERATIVE, and of rewriting by MODEL: ${MODEL}`,
  })
  readonly model?: string | null
}

@InputType('StartAnswerInput', { description: 'A question to knowledge bases, and how it is answered.' })
export class StartAnswerInput extends AnswerSettingsInput {
  @Field(() => [String], { description: `Names of 1 to ${MAX_BASES} knowledge bases, as \`search\` takes them.` })
  readonly knowledgeBases!: string[]

  @Field(() => String, { description: `What is asked; 1 to ${MAX_QUERY_CHARACTERS} characters.` })
  readonly question!: string

  @Field(() => AnswerSearchInput, { nullable: true, description: 'How passages are found.' })
  readonly search?: AnswerSearchInput | null

  @Field(() => GenerationInput, {
    nullable: true,
    description: 'Of GENERATIVE: how the model writes. `maxTokens` is the room that is kept for the answer; `n` is 1.',
  })
  readonly generation?: GenerationInput | null

  @Field(() => QuestionRewritingEnum, {
    defaultValue: ANSWER_DEFAULTS.rewriting,
    description: 'What is searched for in the place of the question, where there is a conversation.',
  })
  readonly rewriting!: QuestionRewriting

  @Field(() => ID, {
    nullable: true,
    description: 'The ended answer that this question follows: its conversation comes before `turns`.',
  })
  readonly previousAnswer?: string | null

  @Field(() => [AnswerTurnInput], {
    defaultValue: [],
    description: `Earlier turns of the conversation, the oldest first; at most ${MAX_TURNS}.`,
  })
  readonly turns!: AnswerTurnInput[]
}

@ArgsType()
export class StartAnswerArgs {
  @Field(() => StartAnswerInput, { description: 'What is asked, and how it is answered.' })
  readonly input!: StartAnswerInput

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same answer; with another input, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('CancelAnswerInput', { description: 'What to cancel.' })
export class CancelAnswerInput {
  @Field(() => ID, { description: 'Id of an answer.' })
  readonly id!: string
}

@InputType('DeleteAnswerInput', { description: 'What to delete.' })
export class DeleteAnswerInput {
  @Field(() => ID, { description: 'Id of an answer.' })
  readonly id!: string
}
