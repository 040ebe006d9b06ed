import { createHash } from 'node:crypto'
import { GraphloomError, isErrorWithCode } from '../../../kernel/errors.js'
import { addChecks, type AnswerChecks } from '../../../domain/answer-checks.js'
import type { EvaluationDocument, QueryEvaluation, RankedDocument } from '../../../domain/evaluation.js'
import type { Principal } from '../../../domain/principal.js'
import { averageMetrics, countRelevant, rateRanking, type Grades } from '../../../domain/retrieval-metrics.js'
import type { TaskProgress } from '../../../domain/task.js'
import { toSoleAudience } from '../knowledge-access.js'
import type { SearchHit, SearchService } from '../search.service.js'
import type { AnswerChecker } from './answer-checker.js'
import { compareEvaluations, type RatedQuery } from './evaluation-comparison.js'
import { toSearchRequest, type EvaluationRequest } from './evaluation-input.js'
import type { EvaluationSet, JudgedQuery } from './evaluation-set.js'
import type { EvaluationStore } from './evaluation-store.js'
import { countMissing, type MissingDocumentsOptions } from './missing-documents.js'

export interface EvaluationRunOptions extends MissingDocumentsOptions {
  readonly evaluations: EvaluationStore
  readonly search: Pick<SearchService, 'search'>
  readonly answerChecker: AnswerChecker
}

export interface EvaluationClaim {
  readonly evaluation: EvaluationDocument
  readonly request: EvaluationRequest
  readonly set: EvaluationSet
  readonly principal: Principal
  readonly signal: AbortSignal
  readonly reportProgress: (progress: TaskProgress) => void
}

/** Questions that are stored together. */
const PART_QUERIES = 32

/**
 * Asks the questions that have not been asked, one after the other, and rates what all of them found.
 * @throws the signal's reason when that aborts; what was found by then is stored.
 */
export async function runEvaluation(
  options: EvaluationRunOptions,
  claim: EvaluationClaim,
): Promise<EvaluationDocument> {
  const { evaluation, set } = claim
  for (;;) {
    const from = (await options.evaluations.getLastPart(evaluation))?.through ?? 0
    tell(claim, from)
    if (from >= set.queries.length) return finish(options, claim)
    const found = await askSome(options, claim, from)
    try {
      await options.evaluations.addPart(evaluation, from, found)
    } catch (error) {
      // An attempt before this one was a moment sooner.
      if (!isErrorWithCode(error, 'CONFLICT')) throw error
    }
  }
}

const tell = ({ reportProgress, set }: EvaluationClaim, done: number): void =>
  reportProgress({ done, total: set.queries.length, message: null })

async function askSome(options: EvaluationRunOptions, claim: EvaluationClaim, from: number) {
  const { search } = options
  const { request, set, principal, signal } = claim
  const results: QueryEvaluation[] = []
  let hasRestricted = false
  for (const query of set.queries.slice(from, from + PART_QUERIES)) {
    signal.throwIfAborted()
    const { hits, indexedShare } = await search.search(principal, toSearchRequest(request, query.text), signal)
    if (indexedShare < 1)
      throw new GraphloomError('UNAVAILABLE', 'An index is being made again; what is found is not whole meanwhile.')
    hasRestricted ||= hits.some(({ document }) => document.audience !== null)
    const answered = await answer(options, claim, query)
    hasRestricted ||= answered?.hasRestricted ?? false
    results.push({ ...rate(query, hits, request), ...(answered && { answer: answered.answer }) })
    tell(claim, from + results.length)
  }
  return { results, hasRestricted }
}

/** Null where questions are not answered. */
async function answer({ answerChecker }: EvaluationRunOptions, claim: EvaluationClaim, query: JudgedQuery) {
  const { evaluation, request, principal, signal } = claim
  const { answers: settings, search, relevantFrom } = request
  if (!settings) return null
  const { id, text: question, grades } = query
  const idempotencyKey = `${evaluation.id} ${createHash('sha256').update(id).digest('hex')}`
  const asked = { question, settings, search, grades, relevantFrom, idempotencyKey }
  const { answerId, checks, hasRestricted } = await answerChecker.check(principal, asked, signal)
  return { answer: { id: answerId, checks }, hasRestricted }
}

function rate(
  { id: queryId, text, grades }: JudgedQuery,
  hits: readonly SearchHit[],
  { depths, relevantFrom }: EvaluationRequest,
): QueryEvaluation {
  const ranking = toRanking(hits, grades)
  const rated = { found: ranking.map(({ grade }) => grade), grades, relevantFrom }
  const metrics = depths.map((depth) => rateRanking(rated, depth))
  return { queryId, text, relevantCount: countRelevant(grades, relevantFrom), metrics, ranking }
}

/** Documents of several bases that have one name count as one. */
function toRanking(hits: readonly SearchHit[], grades: Grades): RankedDocument[] {
  const byName = new Map<string, RankedDocument>()
  for (const { document, score } of hits) {
    const name = grades.has(document.id) ? document.id : (document.key ?? document.id)
    if (!byName.has(name)) byName.set(name, { name, documentId: document.id, score, grade: grades.get(name) ?? null })
  }
  return [...byName.values()]
}

async function finish(options: EvaluationRunOptions, claim: EvaluationClaim): Promise<EvaluationDocument> {
  const { evaluations } = options
  const { evaluation, set, request, principal, signal } = claim
  const { comparedToId, tenantId, knowledgeBaseIds } = evaluation
  const { relevantFrom } = request
  const earlier = comparedToId === null ? null : await evaluations.get({ tenantId }, comparedToId)
  let hasRestricted = earlier !== null && earlier.audience !== null
  const rated: RatedQuery[] = []
  const checks: AnswerChecks[] = []
  for await (const part of evaluations.readParts(evaluation)) {
    hasRestricted ||= part.hasRestricted
    for (const { queryId, metrics, answer: answered } of await evaluations.readResults(part)) {
      rated.push({ queryId, metrics })
      if (answered) checks.push(answered.checks)
    }
  }
  const delta = earlier && (await compareEvaluations(rated, await readRated(evaluations, earlier), signal))
  return evaluations.update({
    ...evaluation,
    queryCount: rated.length,
    unjudgedCount: set.unjudgedCount,
    missingDocumentCount: await countMissing(options, { ...set, principal, knowledgeBaseIds, relevantFrom }),
    metrics: averageMetrics(rated.map(({ metrics }) => metrics)),
    answers: request.answers && addChecks(checks),
    delta,
    audience: hasRestricted ? toSoleAudience(evaluation.createdBy) : null,
  })
}

async function readRated(evaluations: EvaluationStore, evaluation: EvaluationDocument): Promise<RatedQuery[]> {
  const rated: RatedQuery[] = []
  for await (const part of evaluations.readParts(evaluation))
    for (const { queryId, metrics } of await evaluations.readResults(part)) rated.push({ queryId, metrics })
  return rated
}
