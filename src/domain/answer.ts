import type { ErrorInfo } from '../kernel/errors.js'
import type { SupportProblem } from './support/support.js'
import type { Stored, StoredDocument } from './stored-document.js'

/** EXTRACTIVE quotes the best sentences; GENERATIVE lets a chat model write, and checks what it wrote. */
export const ANSWER_MODES = ['EXTRACTIVE', 'GENERATIVE'] as const
export type AnswerMode = (typeof ANSWER_MODES)[number]

export const ANSWER_STATES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const
export type AnswerState = (typeof ANSWER_STATES)[number]

/** The rule by which an answer says that it is not in these documents. */
export const ABSENCE_RULES = ['NO_HITS', 'NOT_RELEVANT', 'NO_SUPPORT'] as const
export type AbsenceRule = (typeof ABSENCE_RULES)[number]

/** The whole text of an answer that is not in the documents. */
export const ABSENCE_TEXT = 'This is not in these documents.'

/** A chunk that the search of an answer found, by its place: its text is read from the version. */
export interface AnswerHit {
  readonly rank: number
  readonly score: number
  readonly scores: {
    readonly vector: number | null
    readonly vectorRank: number | null
    readonly text: number | null
    readonly textRank: number | null
    readonly fused: number
    readonly rerank: number | null
    readonly rankBefore: number
  }
  readonly highlights: readonly { readonly start: number; readonly end: number }[]
  readonly knowledgeBaseId: string
  readonly documentId: string
  readonly versionId: string
  readonly chunkId: string
  /** `text.slice(start, end)` of the version is the chunk. */
  readonly start: number
  readonly end: number
  readonly headings: readonly string[]
}

/** A part of a document's version that supports a part of an answer. */
export interface AnswerCitation {
  /** From 1, in the order in which they became known. */
  readonly number: number
  readonly documentId: string
  readonly versionId: string
  readonly chunkId: string
  /** `text.slice(start, end)` of the version is the quote. */
  readonly start: number
  readonly end: number
  /** SHA-256 of the quote, hexadecimal: whether what is stored is still what was cited. */
  readonly quoteHash: string
  /** `text.slice(answerStart, answerEnd)` of the answer is what it supports. */
  readonly answerStart: number
  readonly answerEnd: number
  /** 0 to 1. */
  readonly support: number
}

export interface AnswerSentence {
  /** `text.slice(start, end)` of the answer; both the same for a sentence that was withheld. */
  readonly start: number
  readonly end: number
  /** Of the passage that supports it best, 0 to 1. */
  readonly support: number
  readonly isSupported: boolean
  /** Why nothing supports it; null when something does. */
  readonly problem: SupportProblem | null
  /** Numbers of its citations. */
  readonly citations: readonly number[]
  readonly isWithheld: boolean
  /** Where it ends in what the model wrote. */
  readonly writtenEnd: number
}

/** What there is of an answer. */
export interface AnswerContent {
  readonly text: string
  readonly sentences: readonly AnswerSentence[]
  readonly citations: readonly AnswerCitation[]
}

/** Milliseconds; null where the phase did not take place. */
export interface AnswerTimings {
  readonly queueMs: number | null
  readonly searchMs: number | null
  readonly totalMs: number | null
}

/** An earlier question of a conversation, and its answer. */
export interface AnswerTurn {
  readonly question: string
  readonly answer: string
}

export interface AnswerDocument extends StoredDocument {
  readonly state: AnswerState
  readonly mode: AnswerMode
  readonly question: string
  /** What was searched for, where that is not the question. */
  readonly rewrittenQuestion: string | null
  /** All that was asked for: an `AnswerRequest`. */
  readonly request: Stored<unknown>
  readonly knowledgeBaseIds: readonly string[]
  /** Of the conversation: the answer before this one. */
  readonly previousId: string | null
  /** The best first; null before the search. */
  readonly hits: Stored<readonly AnswerHit[]> | null
  /** Ranks of the hits that the text is made from. */
  readonly usedRanks: readonly number[]
  /** Earlier turns that found no room beside the passages. */
  readonly droppedTurns: number
  /** Set at the end; before, its stream has what there is. */
  readonly content: Stored<AnswerContent> | null
  readonly absence: AbsenceRule | null
  readonly predictionId: string | null
  readonly error: ErrorInfo | null
  readonly timings: AnswerTimings
  /** Whose answer it is, as it was found in documents: with these groups. */
  readonly createdBy: string
  readonly groups: readonly string[]
  readonly idempotencyKey: string | null
  readonly inputHash: string
  readonly requestBlobId: string | null
  readonly hitsBlobId: string | null
  readonly contentBlobId: string | null
  readonly endedAt: number | null
  readonly traceId: string
  readonly traceparent: string | null
}

export const isAnswerEnded = (state: AnswerState): boolean => state !== 'QUEUED' && state !== 'RUNNING'

/** Whether each sentence of what was answered has support. */
export const isGrounded = ({ sentences }: AnswerContent): boolean =>
  sentences.some(({ isWithheld }) => !isWithheld) &&
  sentences.every(({ isSupported, isWithheld }) => isSupported || isWithheld)
