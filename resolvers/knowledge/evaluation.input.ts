import { ArgsType, Field, ID, InputType, Int } from 'type-graphql'
import {
  DEFAULT_DEPTHS,
  MAX_DEPTHS,
  MAX_GRADE,
  MAX_NAME_CHARACTERS,
} from '../../src/services/knowledge/evaluation/evaluation-input.js'
import { MAX_JUDGEMENTS, MAX_QUERIES } from '../../src/services/knowledge/evaluation/evaluation-set.js'
import { MAX_HITS, MAX_QUERY_CHARACTERS } from '../../src/services/knowledge/search-input.js'
import { AnswerSettingsInput } from './answer.input.js'
import { SearchSettingsInput } from './search.input.js'

const UPLOAD = 'A complete upload of such a text, of at most 64 MiB; see `createUpload`.'

@InputType('EvaluationQueryInput', { description: 'A question.' })
export class EvaluationQueryInput {
  @Field(() => String, { description: 'What judgements call it; 1 to 512 characters.' })
  readonly id!: string

  @Field(() => String, { description: `What is asked; 1 to ${MAX_QUERY_CHARACTERS} characters.` })
  readonly text!: string
}

@InputType('EvaluationQueriesInput', {
  description: `1 to ${MAX_QUERIES} questions, in exactly one of these ways. Those without a judgement are not asked.`,
})
export class EvaluationQueriesInput {
  @Field(() => [EvaluationQueryInput], { nullable: true, description: 'The questions.' })
  readonly list?: EvaluationQueryInput[] | null

  @Field(() => String, {
    nullable: true,
    description:
      'The questions as a text: JSONL with `_id` (or `id`) and `text` as BEIR has it, TREC topics of which the titles are asked, or lines of an id, a tab and the question.',
  })
  readonly text?: string | null

  @Field(() => ID, { nullable: true, description: UPLOAD })
  readonly upload?: string | null
}

@InputType('JudgementInput', { description: 'How relevant a document is for a question.' })
export class JudgementInput {
  @Field(() => String, { description: 'Id of one of the questions.' })
  readonly query!: string

  @Field(() => String, { description: 'Key of a document, or its id.' })
  readonly document!: string

  @Field(() => Int, {
    description: `−${MAX_GRADE} to ${MAX_GRADE}: the higher, the more relevant; 0 and below is not relevant.`,
  })
  readonly grade!: number
}

@InputType('JudgementsInput', {
  description: `At most ${MAX_JUDGEMENTS} judgements, in exactly one of these ways. A document without one is not relevant.`,
})
export class JudgementsInput {
  @Field(() => [JudgementInput], { nullable: true, description: 'The judgements.' })
  readonly list?: JudgementInput[] | null

  @Field(() => String, {
    nullable: true,
    description:
      'The judgements as a text: TREC qrels (question, iteration, document, grade), or lines of question, document and grade with tabs between as BEIR has them, with or without a header.',
  })
  readonly text?: string | null

  @Field(() => ID, { nullable: true, description: UPLOAD })
  readonly upload?: string | null
}

@InputType('AnswerEvaluationInput', {
  description: 'How the questions of an evaluation are answered. A model writes with a temperature of 0.',
})
export class AnswerEvaluationInput extends AnswerSettingsInput {}

@InputType('EvaluateRetrievalInput', { description: 'What to ask, what would be right, and how to search.' })
export class EvaluateRetrievalInput {
  @Field(() => String, {
    nullable: true,
    description: `What to call it; at most ${MAX_NAME_CHARACTERS} characters.`,
  })
  readonly name?: string | null

  @Field(() => SearchSettingsInput, {
    description: 'How each question is searched. A document has the place of its best chunk.',
  })
  readonly search!: SearchSettingsInput

  @Field(() => EvaluationQueriesInput, { description: 'The questions.' })
  readonly queries!: EvaluationQueriesInput

  @Field(() => JudgementsInput, { description: 'What is relevant for them.' })
  readonly judgements!: JudgementsInput

  @Field(() => [Int], {
    defaultValue: DEFAULT_DEPTHS,
    description: `How many of the first documents are looked at: 1 to ${MAX_DEPTHS} depths of 1 to ${MAX_HITS}, at most \`search.candidates\`.`,
  })
  readonly depths!: number[]

  @Field(() => Int, {
    defaultValue: 1,
    description: `The lowest grade that counts as relevant for all metrics but nDCG, which counts every grade; 1 to ${MAX_GRADE}.`,
  })
  readonly relevantFrom!: number

  @Field(() => AnswerEvaluationInput, {
    nullable: true,
    description: 'Has each question answered too, and checks the answers. They are yours, as if you had started them.',
  })
  readonly answers?: AnswerEvaluationInput | null

  @Field(() => ID, {
    nullable: true,
    description: 'An evaluation that has ended, to compare with: `delta` says what became better or worse.',
  })
  readonly compareTo?: string | null
}

@ArgsType()
export class EvaluateRetrievalArgs {
  @Field(() => EvaluateRetrievalInput, { description: 'What to evaluate.' })
  readonly input!: EvaluateRetrievalInput

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same evaluation; with another, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('DeleteEvaluationInput', { description: 'What to delete.' })
export class DeleteEvaluationInput {
  @Field(() => ID, { description: 'Id of an evaluation.' })
  readonly id!: string
}
