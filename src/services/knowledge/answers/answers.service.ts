import { createHash } from 'node:crypto'
import type { Clock } from '../../../kernel/clock.js'
import { GraphloomError, invalidInput, isErrorWithCode, notFound } from '../../../kernel/errors.js'
import { createId } from '../../../kernel/ids.js'
import { canonicalJson } from '../../../kernel/json.js'
import type { Page, PageRequest } from '../../../kernel/pages.js'
import {
  isAnswerEnded,
  type AnswerCitation,
  type AnswerContent,
  type AnswerDocument,
  type AnswerHit,
  type AnswerState,
  type AnswerTurn,
} from '../../../domain/answer.js'
import type { Principal } from '../../../domain/principal.js'
import type { StreamItem } from '../../../domain/stream.js'
import type { Access } from '../../access/access.js'
import type { Payloads } from '../../payloads.js'
import type { AnswerPredictions } from '../../predictions/answer-predictions.js'
import { removeAll } from '../../retention/removal-step.js'
import type { Streams } from '../../streams/streams.js'
import type { TaskAcceptance } from '../../tasks/task-acceptance.js'
import type { TasksService } from '../../tasks/tasks.service.js'
import { parseFilter } from '../filter-input.js'
import type { KnowledgeBaseStore } from '../knowledge-base-store.js'
import { checkAnswer, MAX_TURNS, toModelCheck, type AnswerRequest, type StartAnswer } from './answer-input.js'
import type { AnswerBody, AnswerStore } from './answer-store.js'
import { createAnswerSource, type AnswerEvent, type AnswerSnapshot } from './answer-stream.js'
import { ANSWER_TASK, deleteAnswer, toAnswerTaskId } from './answer-type.js'
import type { CitedText, CitedTexts, FoundText } from './cited-texts.js'

export interface AnswersServiceOptions {
  readonly access: Access
  readonly store: AnswerStore
  readonly bases: Pick<KnowledgeBaseStore, 'requireByName'>
  readonly payloads: Payloads
  readonly texts: CitedTexts
  readonly predictions: AnswerPredictions
  readonly streams: Streams
  readonly acceptance: Pick<TaskAcceptance, 'acceptWith'>
  readonly tasks: Pick<TasksService, 'cancelAndWait' | 'removeEnded'>
  readonly maxJoinedBytes: number
  /** The trace that the current call belongs to. */
  readonly currentTrace: () => { readonly traceId: string; readonly traceparent: string | null }
  readonly clock: Clock
}

/** What an answer says, for whoever may see all that it is made from. */
export interface ReadableContent extends AnswerContent {
  readonly isWithheld: boolean
}

/** An answer, perhaps as of a place in its stream. */
export type AnswerAt = AnswerDocument & { readonly written?: AnswerContent; readonly asOfSequence?: number }

const NOTHING: AnswerContent = { text: '', sentences: [], citations: [] }

/** Questions to documents. An answer is there for whoever asked alone. */
export class AnswersService {
  readonly #options: AnswersServiceOptions

  constructor(options: AnswersServiceOptions) {
    this.#options = options
  }

  /**
   * Accepts a question and answers at once; it is on disk then, and goes on by itself.
   * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `OVERLOADED`, `IDEMPOTENCY_CONFLICT`, `FORBIDDEN`.
   */
  async start(principal: Principal, request: StartAnswer): Promise<AnswerDocument> {
    const { access } = this.#options
    access.require(principal, 'answer.create')
    checkAnswer(request)
    const inputHash = createHash('sha256').update(canonicalJson(request)).digest('hex')
    const known = await this.#findByKey(principal, request, inputHash)
    if (known) return known
    const body = await this.#toDocument(principal, request, inputHash)
    try {
      return await this.#insert(principal, body)
    } catch (error) {
      // Another with the same key was a moment sooner.
      const first = isErrorWithCode(error, 'CONFLICT') ? await this.#findByKey(principal, request, inputHash) : null
      if (!first) throw error
      return first
    }
  }

  async #findByKey(
    { tenantId, subject }: Principal,
    { idempotencyKey }: StartAnswer,
    inputHash: string,
  ): Promise<AnswerDocument | null> {
    if (idempotencyKey === null) return null
    const known = await this.#options.store.getByIdempotencyKey({ tenantId }, subject, idempotencyKey)
    if (known && known.inputHash !== inputHash)
      throw new GraphloomError('IDEMPOTENCY_CONFLICT', 'The idempotency key was used before with another input.')
    return known
  }

  async #insert(principal: Principal, body: AnswerBody): Promise<AnswerDocument> {
    const { store, acceptance, payloads } = this.#options
    const task = { type: ANSWER_TASK, input: { answerId: body.id } }
    try {
      await acceptance.acceptWith(principal, task, { id: toAnswerTaskId(body.id) }, store.toInsert(body))
    } catch (error) {
      await payloads.delete(body.request)
      throw error
    }
    const answer = await store.get({ tenantId: principal.tenantId }, body.id)
    if (!answer) throw notFound('answer', body.id)
    return answer
  }

  async #toDocument(principal: Principal, request: StartAnswer, inputHash: string): Promise<AnswerBody> {
    const { bases: store, payloads, currentTrace, clock } = this.#options
    const { tenantId, subject, groups = [] } = principal
    const { previousAnswer, idempotencyKey, ...asked } = request
    const names = asked.search.knowledgeBases
    const bases = await Promise.all(names.map((name) => store.requireByName(tenantId, name)))
    const { filter } = asked.search
    if (filter) for (const { metadataFields } of bases) parseFilter(filter, metadataFields, 'input.search.filter')
    await this.#checkModel(principal, request)
    const turns = [...(await this.#readTurns(principal, previousAnswer)), ...asked.turns].slice(-MAX_TURNS)
    return {
      id: createId('answer', clock.now()),
      tenantId,
      state: 'QUEUED',
      mode: asked.mode,
      question: asked.question,
      rewrittenQuestion: null,
      request: await payloads.put({ ...asked, turns } satisfies AnswerRequest),
      knowledgeBaseIds: bases.map(({ id }) => id),
      previousId: previousAnswer,
      hits: null,
      usedRanks: [],
      droppedTurns: 0,
      content: null,
      absence: null,
      predictionId: null,
      error: null,
      timings: { queueMs: null, searchMs: null, totalMs: null },
      createdBy: subject,
      groups,
      idempotencyKey,
      inputHash,
      endedAt: null,
      ...currentTrace(),
    }
  }

  async #checkModel(principal: Principal, { model, question, generation }: StartAnswer): Promise<void> {
    if (model === null) return
    try {
      await this.#options.predictions.check(principal, toModelCheck(model, question, generation))
    } catch (error) {
      const path = error instanceof GraphloomError ? error.details.path : undefined
      if (path === undefined) throw error
      const problem = (error as GraphloomError).message.slice(path.length + 2)
      throw invalidInput(path.replace('input.chat.', 'input.'), problem)
    }
  }

  /** The conversation up to an answer, the oldest turn first; of what may not be read any more the question alone. */
  async #readTurns(principal: Principal, id: string | null): Promise<AnswerTurn[]> {
    const turns: AnswerTurn[] = []
    for (let next = id; next !== null && turns.length < MAX_TURNS;) {
      const [answer] = await this.getMany(principal, [next])
      if (!answer && next === id) throw notFound('answer', next)
      if (!answer) break
      if (!isAnswerEnded(answer.state))
        throw invalidInput('input.previousAnswer', 'has not ended; ask again when it has.')
      turns.unshift({ question: answer.question, answer: (await this.readContent(principal, answer)).text })
      next = answer.previousId
    }
    return turns
  }

  /** In the order of `ids`; null for each that is not the principal's. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(AnswerDocument | null)[]> {
    const { access, store } = this.#options
    access.require(principal, 'answer.read')
    const found = await store.getMany({ tenantId: principal.tenantId }, ids)
    return found.map((answer) => (answer?.createdBy === principal.subject ? answer : null))
  }

  /** The principal's. @throws GraphloomError `INVALID_INPUT` for a cursor of another list, `FORBIDDEN`. */
  async list(
    { tenantId, subject, ...principal }: Principal,
    request: { readonly state: AnswerState | null; readonly newestFirst: boolean; readonly page: PageRequest },
  ): Promise<Page<AnswerDocument>> {
    const { access, store } = this.#options
    access.require({ tenantId, subject, ...principal }, 'answer.read')
    const { state, ...rest } = request
    const filter = { createdBy: { eq: subject }, ...(state && { state: { eq: state } }) }
    return store.list({ tenantId }, { filter, ...rest })
  }

  #readHits({ hits }: Pick<AnswerDocument, 'hits'>): Promise<readonly AnswerHit[]> {
    return hits ? this.#options.payloads.get(hits) : Promise.resolve([])
  }

  /**
   * What it says so far. Nothing of it is given when a document that it is made from is gone, or is not there for the
   * principal any more.
   */
  async readContent(principal: Principal, answer: AnswerAt): Promise<ReadableContent> {
    const { payloads } = this.#options
    if (!(await this.isReadable(principal, answer))) return { ...NOTHING, isWithheld: true }
    const content = answer.content ? await payloads.get(answer.content) : await this.#readWritten(answer)
    return { ...content, isWithheld: false }
  }

  async #readWritten({ id, written, asOfSequence }: AnswerAt): Promise<AnswerContent> {
    return written ?? this.#options.store.readWritten(id, asOfSequence)
  }

  /** In the order of the ids: whether they are the principal's, and all that they are made from is there for it. */
  async areReadable(principal: Principal, ids: readonly string[]): Promise<readonly boolean[]> {
    const answers = await this.getMany(principal, ids)
    return Promise.all(answers.map(async (answer) => answer !== null && (await this.isReadable(principal, answer))))
  }

  /** Whether all that its text is made from is there for the principal. */
  async isReadable(principal: Principal, answer: AnswerDocument): Promise<boolean> {
    return this.#options.texts.isReadable(principal, answer, await this.#readHits(answer))
  }

  /** Citations of an answer with their sources, without those whose documents are not there for the principal. */
  readCitations(principal: Principal, citations: readonly AnswerCitation[]): Promise<readonly CitedText[]> {
    return this.#options.texts.readCitations(principal, citations)
  }

  /** Hits of an answer, likewise. */
  async readFoundTexts(principal: Principal, answer: AnswerDocument): Promise<readonly FoundText[]> {
    return this.#options.texts.readHits(principal, await this.#readHits(answer))
  }

  /** The answer's stream. @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `FORBIDDEN`. */
  async follow(
    principal: Principal,
    request: { readonly id: string; readonly after: string | null; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<StreamItem<AnswerSnapshot, AnswerEvent>>> {
    const { store, streams, maxJoinedBytes } = this.#options
    const { id, after, signal } = request
    await this.#require(principal, id)
    const source = createAnswerSource({ store, scope: { tenantId: principal.tenantId }, id, maxJoinedBytes })
    return streams.follow({ stream: id, source, after, signal })
  }

  /** Ends it, and answers when it has ended; one that had ended stays as it is. @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`. */
  async cancel(principal: Principal, id: string): Promise<AnswerDocument> {
    const { access, store, tasks } = this.#options
    access.require(principal, 'answer.cancel', { id })
    const answer = await this.#require(principal, id)
    if (isAnswerEnded(answer.state)) return answer
    await tasks.cancelAndWait(principal, toAnswerTaskId(id))
    return (await store.get({ tenantId: principal.tenantId }, id)) ?? { ...answer, state: 'CANCELLED' }
  }

  /** Deletes an ended answer and its stream. @throws GraphloomError `NOT_FOUND`, `CONFLICT` while it runs, `FORBIDDEN`. */
  async delete(principal: Principal, id: string): Promise<void> {
    this.#options.access.require(principal, 'answer.delete', { id })
    const answer = await this.#require(principal, id)
    if (!isAnswerEnded(answer.state)) throw new GraphloomError('CONFLICT', 'The answer has not ended; cancel it first.')
    if (!(await this.#remove(answer)))
      throw new GraphloomError('CONFLICT', 'Tasks that have not begun may need the output of its task.')
  }

  /** Deletes answers that ended before the time, as a step of retention. */
  async removeEndedBefore(endedBeforeMs: number, page: PageRequest): Promise<string | null> {
    return removeAll(await this.#options.store.listEndedBefore(endedBeforeMs, page), (answer) => this.#remove(answer))
  }

  /** With its task, which goes first and takes it along; false when they stay for the time being. */
  async #remove(answer: AnswerDocument): Promise<boolean> {
    if (!(await this.#options.tasks.removeEnded(answer.tenantId, toAnswerTaskId(answer.id)))) return false
    await deleteAnswer(this.#options, answer)
    return true
  }

  async #require(principal: Principal, id: string): Promise<AnswerDocument> {
    const [answer] = await this.getMany(principal, [id])
    if (!answer) throw notFound('answer', id)
    return answer
  }
}
