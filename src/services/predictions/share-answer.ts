import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import type { PredictionDocument } from '../../domain/prediction.js'
import { AnswerReader } from './answer-reader.js'
import type { RunOutcome } from './kinds/prediction-kind.js'
import type { TokenLog } from './prediction-store.js'
import type { TokensData } from './tokens-data.js'
import type { SharedAnswer, Turn } from './shared-answer.js'
import type { SharedAnswers } from './shared-answers.js'

/** An answer, and who computed it. */
export interface ComputedAnswer {
  readonly outcome: RunOutcome
  readonly fingerprint: string | null
}

export interface AnswerRequest {
  readonly answers: SharedAnswers
  readonly key: string
  readonly prediction: Pick<PredictionDocument, 'id' | 'modelVersionId' | 'priority' | 'store'>
  readonly log: TokenLog
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Another has the answer or is computing it. */
  readonly onShared: () => void
  /** Puts text that another computed into the prediction's own stream. */
  readonly give: (parts: readonly TokensData[]) => Promise<void>
  /** Computes it; `isResumed` when the log has a part of it, with which it is to go on. */
  readonly compute: (log: TokenLog, isResumed: boolean) => Promise<ComputedAnswer>
}

export interface GivenAnswer extends ComputedAnswer {
  /** How old it was when it was asked for, milliseconds; null when it was computed for this prediction. */
  readonly ageMs: number | null
}

/**
 * Gives the answer that another prediction has or is computing, or computes it for all that ask the same meanwhile.
 * @throws whatever computing or giving it on throws; the signal's reason.
 */
export async function shareAnswer(request: AnswerRequest): Promise<GivenAnswer> {
  const { answers, key, prediction, log, clock } = request
  const askedAt = clock.now()
  const answer = answers.join({ key, versionId: prediction.modelVersionId, priority: prediction.priority })
  if (answer.isComputed || answer.whole) request.onShared()
  const { turn, hasGiven } = await follow(answer, request)
  if (turn === 'alone') return { ...(await request.compute(log, hasGiven)), ageMs: null }
  if (turn === 'compute') return { ...(await compute(answer, request, hasGiven)), ageMs: null }
  const { at, ...whole } = answer.whole!
  return { ...whole, ageMs: Math.max(0, askedAt - at) }
}

/** Waits for the answer, or for the turn to compute it; what there is of it meanwhile is given on. */
async function follow(
  answer: SharedAnswer,
  { prediction, signal, give }: AnswerRequest,
): Promise<{ readonly turn: Turn; readonly hasGiven: boolean }> {
  const failed = new AbortController()
  const reader = new AnswerReader(answer, give)
  const reading = reader.read().catch((error: unknown) => failed.abort(error))
  answer.readers.add(prediction.id)
  let turn: Turn | null = null
  try {
    turn = await answer.turn(prediction.priority, AbortSignal.any([signal, failed.signal]))
  } finally {
    answer.readers.delete(prediction.id)
    reader.stop()
    await reading
  }
  if (failed.signal.aborted && turn === 'compute') answer.passOn()
  failed.signal.throwIfAborted()
  return { turn, hasGiven: reader.hasGiven }
}

async function compute(answer: SharedAnswer, request: AnswerRequest, isResumed: boolean): Promise<ComputedAnswer> {
  const { prediction, log, clock, signal } = request
  // Of what is not to be stored nothing stays here either.
  if (!prediction.store) answer.isKept = false
  try {
    const computed = await request.compute(createSharingLog(answer, log), isResumed)
    if (computed.outcome.replayDiverged) answer.isKept = false
    answer.finish({ ...computed, at: clock.now() })
    return computed
  } catch (error) {
    const isItsOwn = isErrorWithCode(error, 'CANCELLED') || isErrorWithCode(error, 'DEADLINE_EXCEEDED')
    if (isItsOwn || signal.aborted) answer.passOn()
    else answer.fail()
    throw error
  }
}

/** What is in the log is given to the others too. */
const createSharingLog = (answer: SharedAnswer, log: TokenLog): TokenLog => ({
  isFollowed: (id) => log.isFollowed(id) || [...answer.readers].some((reader) => log.isFollowed(reader)),
  appendTokens: async (id, parts) => {
    await log.appendTokens(id, parts)
    answer.push(...parts)
  },
  readTokens: (id, untilSequence) => log.readTokens(id, untilSequence),
  readFirstTokenAt: (id) => log.readFirstTokenAt(id),
})
