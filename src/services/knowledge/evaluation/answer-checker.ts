import { isGrounded, type AnswerDocument } from '../../../domain/answer.js'
import { NO_ANSWERS, type AnswerChecks } from '../../../domain/answer-checks.js'
import type { Principal } from '../../../domain/principal.js'
import type { Grades } from '../../../domain/retrieval-metrics.js'
import { ANSWER_DEFAULTS, type AnswerRequest, type StartAnswer } from '../answers/answer-input.js'
import type { AnswersService } from '../answers/answers.service.js'
import { SEARCH_DEFAULTS, type SearchRequest } from '../search-input.js'

/** How questions are answered. */
export type AnswerSettings = Pick<
  AnswerRequest,
  'mode' | 'maxSentences' | 'minRelevance' | 'supportThreshold' | 'requireCitations' | 'model'
>

export const ANSWER_SETTINGS: AnswerSettings = { ...ANSWER_DEFAULTS, model: null }

interface AskedQuestion {
  readonly question: string
  readonly settings: AnswerSettings
  readonly search: Omit<SearchRequest, 'query' | 'first' | 'onePerDocument' | 'neighbours'>
  /** Asked again by it, the question has the answer that it had. */
  readonly idempotencyKey: string
}

export interface CheckedQuestion extends AskedQuestion {
  readonly grades: Grades
  readonly relevantFrom: number
}

export interface CheckedAnswer {
  readonly answerId: string
  readonly checks: AnswerChecks
  /** Whether a document is cited that is for some alone. */
  readonly hasRestricted: boolean
}

/** What `startAnswer` would be asked. */
export function toStartAnswer({ question, settings, search, idempotencyKey }: AskedQuestion): StartAnswer {
  const { first, onePerDocument, neighbours } = SEARCH_DEFAULTS
  return {
    ...ANSWER_DEFAULTS,
    ...settings,
    question,
    search: { ...search, first, onePerDocument, neighbours },
    turns: [],
    // So that evaluations compare.
    generation: { temperature: 0 },
    previousAnswer: null,
    idempotencyKey,
  }
}

/** Has questions answered, and counts what holds of the answers. */
export class AnswerChecker {
  /** There is a service once there are tasks; nothing is checked before. */
  readonly #service: () => AnswersService

  constructor(service: () => AnswersService) {
    this.#service = service
  }

  /** @throws GraphloomError as `AnswersService.start`; the signal's reason when that aborts. */
  async check(principal: Principal, asked: CheckedQuestion, signal: AbortSignal): Promise<CheckedAnswer> {
    const service = this.#service()
    const { id } = await service.start(principal, toStartAnswer(asked))
    try {
      for await (const _item of await service.follow(principal, { id, after: null, signal })) signal.throwIfAborted()
    } finally {
      if (signal.aborted) await service.cancel(principal, id)
    }
    signal.throwIfAborted()
    const [answer] = await service.getMany(principal, [id])
    if (answer?.state !== 'SUCCEEDED')
      return { answerId: id, checks: { ...NO_ANSWERS, failedCount: 1 }, hasRestricted: false }
    return this.#count(principal, answer, asked)
  }

  async #count(
    principal: Principal,
    answer: AnswerDocument,
    { grades, relevantFrom }: CheckedQuestion,
  ): Promise<CheckedAnswer> {
    const service = this.#service()
    const content = await service.readContent(principal, answer)
    const cited = await service.readCitations(principal, content.citations)
    const isRelevant = ({ id, key }: { readonly id: string; readonly key: string | null }): boolean =>
      (grades.get(id) ?? grades.get(key ?? '') ?? 0) >= relevantFrom
    const isAbsent = answer.absence !== null
    return {
      answerId: answer.id,
      checks: {
        answeredCount: isAbsent ? 0 : 1,
        absentCount: isAbsent ? 1 : 0,
        failedCount: 0,
        groundedCount: !isAbsent && isGrounded(content) ? 1 : 0,
        sentenceCount: content.sentences.length,
        supportedCount: content.sentences.filter(({ isSupported }) => isSupported).length,
        citationCount: content.citations.length,
        validCount: cited.filter(({ valid }) => valid).length,
        relevantCount: cited.filter(({ document }) => isRelevant(document)).length,
      },
      hasRestricted: cited.some(({ document }) => document.audience !== null),
    }
  }
}
