import type { AbsenceRule, AnswerMode, AnswerState } from '../../src/domain/answer.js'
import type { SupportProblem } from '../../src/domain/support/support.js'
import type { QuestionRewriting } from '../../src/services/knowledge/answers/question-rewriting.js'
import { createEnum } from '../common/enums.js'

export const AnswerModeEnum = createEnum<AnswerMode>({
  name: 'AnswerMode',
  description: 'How a question is answered.',
  values: {
    EXTRACTIVE: 'The most relevant sentences of the documents, quoted exactly; no language model writes anything.',
    GENERATIVE: 'A chat model writes; each of its sentences is then compared with the passages.',
  },
})

export const AnswerStateEnum = createEnum<AnswerState>({
  name: 'AnswerState',
  description: 'Where an answer stands.',
  values: {
    QUEUED: 'It waits to be begun.',
    RUNNING: 'It is searched for, or written.',
    SUCCEEDED: 'It is complete; it may say that nothing was found.',
    FAILED: 'It could not be completed; `error` says why.',
    CANCELLED: 'A client ended it.',
  },
})

export const AbsenceRuleEnum = createEnum<AbsenceRule>({
  name: 'AbsenceRule',
  description: 'The rule by which an answer says that it is not in these documents.',
  values: {
    NO_HITS: 'The search found nothing that you may see.',
    NOT_RELEVANT: 'No sentence of what was found is as relevant to the question as `minRelevance` asks.',
    NO_SUPPORT: 'Sentences were written, and withheld because no passage supports any of them.',
  },
})

export const SupportProblemEnum = createEnum<SupportProblem>({
  name: 'SupportProblem',
  description: 'Why the passage that is closest to a sentence does not support it.',
  values: {
    NEGATED: 'One of the two denies what the other says.',
    NUMBER_DIFFERS: 'A number of the sentence, with its unit, is not in the passage.',
    NAME_DIFFERS: 'A name of the sentence is not in the passage.',
    TOO_LITTLE_IN_COMMON: 'Words and meanings have less in common than `supportThreshold` asks.',
  },
})

export const QuestionRewritingEnum = createEnum<QuestionRewriting>({
  name: 'QuestionRewriting',
  description: 'How a question is changed for the search, so that it is understood without the conversation.',
  values: {
    NONE: 'It is taken as it is.',
    CONTEXT: 'The question before is put in front of it.',
    MODEL: 'The chat model writes it anew, from the last three turns.',
  },
})

export const AnswerOrderEnum = createEnum({
  name: 'AnswerOrder',
  description: 'Order of answers.',
  values: { CREATED_AT_DESC: 'The newest first.', CREATED_AT_ASC: 'The oldest first.' },
})
export type AnswerOrder = 'CREATED_AT_DESC' | 'CREATED_AT_ASC'
