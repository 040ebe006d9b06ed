import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { AbsenceRule, AnswerDocument, AnswerMode, AnswerState } from '../../src/domain/answer.js'
import type { SupportProblem } from '../../src/domain/support/support.js'
import type { ErrorInfo } from '../../src/kernel/errors.js'
import type { AnswerStatus } from '../../src/services/knowledge/answers/answer-store.js'
import type { AnswerAt } from '../../src/services/knowledge/answers/answers.service.js'
import { createConnectionType } from '../common/connection.type.js'
import { ErrorInfoType } from '../common/error-info.type.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import { AbsenceRuleEnum, AnswerModeEnum, AnswerStateEnum, SupportProblemEnum } from './answer.enum.js'
import { Chunk, Document, DocumentVersion } from './document.type.js'

/** An answer as events tell of it may lack what was found and said: that is loaded then. */
export type AnswerRoot = AnswerStatus &
  Partial<Pick<AnswerDocument, 'hits' | 'content'>> &
  Pick<AnswerAt, 'written' | 'asOfSequence'>

@ObjectType('AnswerTimings', { description: 'Milliseconds of wall time; null where the phase did not take place.' })
export class AnswerTimingsType {
  @Field(() => Float, { nullable: true, description: 'From its acceptance until it was begun.' })
  readonly queueMs!: number | null

  @Field(() => Float, { nullable: true, description: 'The search.' })
  readonly searchMs!: number | null

  @Field(() => Float, { nullable: true, description: 'From its acceptance to its end.' })
  readonly totalMs!: number | null
}

@ObjectType('AnswerSentence', { description: 'A sentence of an answer, and whether it has support in the documents.' })
export class AnswerSentenceType {
  @Field(() => Int, { description: 'Where it begins in the answer’s text, UTF-16 code units from 0.' })
  readonly start!: number

  @Field(() => Int, { description: 'Where it ends, exclusive; the same as `start` for one that was withheld.' })
  readonly end!: number

  @Field(() => Float, { description: 'How much it has in common with the passage that supports it best, 0 to 1.' })
  readonly support!: number

  @Field(() => Boolean, { description: 'Whether a passage supports it.' })
  readonly isSupported!: boolean

  @Field(() => SupportProblemEnum, { nullable: true, description: 'Why none does; null when one does.' })
  readonly problem!: SupportProblem | null

  @Field(() => [Int], { description: 'Numbers of its citations; none without support.' })
  readonly citations!: readonly number[]

  @Field(() => Boolean, {
    description: 'Whether it was left out of the text because nothing supports it and `requireCitations` was set.',
  })
  readonly isWithheld!: boolean
}

@ObjectType('Citation', {
  description:
    'A place in a document’s version that supports a part of an answer. The server finds it by comparing the two; no model’s word is taken for it.',
})
export class CitationType {
  @Field(() => Int, { description: 'From 1, in the order in which they became known.' })
  readonly number!: number

  @Field(() => Chunk, {
    nullable: true,
    description: 'The chunk that it was found in; null when the generation that was searched is gone.',
  })
  readonly chunk!: object | null

  @Field(() => Document, { description: 'The document.' })
  readonly document!: object

  @Field(() => DocumentVersion, { description: 'The version of the document that was cited.' })
  readonly documentVersion!: object

  @Field(() => Int, { description: 'Where the quote begins in the version’s text, UTF-16 code units from 0.' })
  readonly start!: number

  @Field(() => Int, { description: 'Where the quote ends in the version’s text, exclusive.' })
  readonly end!: number

  @Field(() => String, { description: '`text.slice(start, end)` of the version, read from what is stored now.' })
  readonly quote!: string

  @Field(() => Int, { description: 'Where what it supports begins in the answer’s text.' })
  readonly answerStart!: number

  @Field(() => Int, { description: 'Where what it supports ends in the answer’s text, exclusive.' })
  readonly answerEnd!: number

  @Field(() => Float, { description: 'How much the two have in common, 0 to 1.' })
  readonly support!: number

  @Field(() => Boolean, {
    description: 'Whether what is stored there now is, by its SHA-256, what was cited.',
  })
  readonly valid!: boolean

  @Field(() => Boolean, { description: 'Whether searches find a later version of the document.' })
  readonly superseded!: boolean
}

@ObjectType('Answer', {
  implements: Node,
  description:
    'A question to knowledge bases, and what was answered. It is there for whoever asked alone. Where a document that its text is made from is deleted, or is not for you any more, nothing of the text is given.',
})
export class Answer extends Node {
  @Field(() => AnswerStateEnum, { description: 'Where it stands.' })
  readonly state!: AnswerState

  @Field(() => AnswerModeEnum, { description: 'How it is answered.' })
  readonly mode!: AnswerMode

  @Field(() => String, { description: 'What was asked.' })
  readonly question!: string

  @Field(() => String, {
    nullable: true,
    description:
      'What was searched for in its place, so that it is understood without the conversation; null when nothing.',
  })
  readonly rewrittenQuestion!: string | null

  @Field(() => AbsenceRuleEnum, {
    nullable: true,
    description: 'The rule by which it says that it is not in these documents; null when it says something else.',
  })
  readonly absence!: AbsenceRule | null

  @Field(() => [Int], {
    description:
      'Ranks of the hits that the text is made from: of EXTRACTIVE those that are quoted, of GENERATIVE those that found room in the prompt.',
  })
  readonly usedRanks!: readonly number[]

  @Field(() => Int, { description: 'Earlier turns of the conversation that found no room beside the passages.' })
  readonly droppedTurns!: number

  @Field(() => ErrorInfoType, { nullable: true, description: 'Why it failed.' })
  readonly error!: ErrorInfo | null

  @Field(() => AnswerTimingsType, { description: 'Where its time went.' })
  readonly timings!: AnswerTimingsType

  @Field(() => String, { description: 'Who asked.' })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was accepted.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended; null before.' })
  readonly endedAt!: number | null

  @Field(() => String, { description: 'Trace in which the work was accepted.' })
  readonly traceId!: string
}

@ObjectType('DeletedAnswer', { description: 'An answer was deleted, with its stream.' })
export class DeletedAnswer {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly deletedId!: string
}

export const AnswerConnection = createConnectionType(Answer, 'Answer')
