import type { Clock } from '../../../kernel/clock.js'
import { GraphloomError, invalidInput } from '../../../kernel/errors.js'
import { createId, deriveId } from '../../../kernel/ids.js'
import { ABSENCE_TEXT, type AbsenceRule, type AnswerDocument, type AnswerHit } from '../../../domain/answer.js'
import type { Principal } from '../../../domain/principal.js'
import type { PredictionDocument } from '../../../domain/prediction.js'
import type { Payloads } from '../../payloads.js'
import type { AnswerPredictions } from '../../predictions/answer-predictions.js'
import { DEFAULT_MAX_TOKENS } from '../../predictions/generation-settings.js'
import type { ChatRequest } from '../../predictions/prediction-input.js'
import { whenThereIsRoom } from '../../predictions/when-there-is-room.js'
import type { SearchHit, SearchService } from '../search.service.js'
import { toModelCheck, type AnswerRequest } from './answer-input.js'
import { fitPrompt, type AnswerPromptOptions, type FittedPrompt } from './answer-prompt.js'
import type { AnswerStore } from './answer-store.js'
import { CitationFinder } from './citation-finder.js'
import { chooseSentences, rankSentences, type RelevantSentence } from './extracted-sentences.js'
import { readPassages, type Passage, type PassagesOptions } from './passages.js'
import { toRewritingRequest, toRewritten, withContext } from './question-rewriting.js'
import { quoteSentences } from './quotes.js'
import { SentenceChecker } from './sentence-checker.js'
import { TextReader, type ReadText, type TextKind, type TextReaderOptions } from './text-reader.js'
import { readWrittenText } from './written-text.js'

export interface AnswerRunOptions extends PassagesOptions, TextReaderOptions, AnswerPromptOptions {
  readonly predictions: AnswerPredictions
  readonly store: AnswerStore
  readonly payloads: Payloads
  readonly search: Pick<SearchService, 'search'>
  readonly textIndex: PassagesOptions['textIndex']
  readonly clock: Clock
}

/** Who asked, with what a document's access list is compared with. */
export const askerOf = ({ createdBy, tenantId, groups }: AnswerDocument): Principal => ({
  subject: createdBy,
  tenantId,
  groups,
  roles: ['MEMBER'],
  expiresAtMs: null,
  method: 'JWT',
})

/** Ids of the predictions that an answer may have. */
const toPartIds = (answerId: string) => ({
  question: deriveId('prediction', answerId, 'question'),
  text: deriveId('prediction', answerId, 'text'),
})

export const predictionIdsOf = ({ id }: Pick<AnswerDocument, 'id'>): readonly string[] => Object.values(toPartIds(id))

/** One attempt at an answer. What earlier attempts found and told stays as it is. */
export class AnswerRun {
  readonly #options: AnswerRunOptions
  readonly #answer: AnswerDocument
  readonly #signal: AbortSignal
  readonly #reader: TextReader

  constructor(options: AnswerRunOptions, answer: AnswerDocument, signal: AbortSignal) {
    this.#options = options
    this.#answer = answer
    this.#signal = signal
    const { tenantId, createdBy: subject } = answer
    this.#reader = new TextReader(options, { tenantId, subject, id: createId('prediction'), signal })
  }

  /** @throws what the search and models throw, WorkEnded, the signal's reason when that aborts. */
  async run(): Promise<void> {
    const request = (await this.#options.payloads.get(this.#answer.request)) as AnswerRequest
    const question = (await this.#rewrite(request)) ?? request.question
    const hits = await this.#find(request, question)
    const absence = await this.#write({ ...request, question }, hits)
    await this.#end(absence)
  }

  /** What is asked and searched for in the place of the question, where that is wished. */
  async #rewrite({ question, turns, rewriting, model }: AnswerRequest): Promise<string | null> {
    const { rewrittenQuestion } = this.#answer
    if (rewriting === 'NONE' || turns.length === 0 || this.#answer.hits) return rewrittenQuestion
    const rewritten =
      rewriting === 'CONTEXT'
        ? withContext(question, turns)
        : toRewritten(await this.#ask(toRewritingRequest(model!, question, turns), toPartIds(this.#answer.id).question))
    await this.#change((answer) => ({ ...answer, rewrittenQuestion: rewritten }))
    return rewritten
  }

  /** The whole of what a model writes. */
  async #ask(request: ChatRequest, id: string): Promise<string> {
    const prediction = await this.#ensurePrediction(request, id)
    let whole = ''
    for await (const { text } of readWrittenText(this.#options.predictions, prediction, this.#signal)) whole = text
    return whole
  }

  async #find(request: AnswerRequest, query: string): Promise<readonly AnswerHit[]> {
    const { search, payloads, clock } = this.#options
    if (this.#answer.hits) return payloads.get(this.#answer.hits)
    const startedAt = clock.now()
    const { hits } = await search.search(askerOf(this.#answer), { ...request.search, query }, this.#signal)
    const found = await Promise.all(hits.map(toAnswerHit))
    const stored = await payloads.put(found)
    const searchMs = clock.now() - startedAt
    await this.#change((answer) => ({ ...answer, hits: stored, timings: { ...answer.timings, searchMs } }))
    return found
  }

  /** The rule by which there is nothing to say, or null. */
  async #write(request: AnswerRequest, hits: readonly AnswerHit[]): Promise<AbsenceRule | null> {
    const { tenantId } = this.#answer
    if (hits.length === 0) return 'NO_HITS'
    const passages = await readPassages(this.#options, { tenantId, hits, reader: this.#reader })
    const ranked = rankSentences(passages, await this.#readQuestion(request.question, passages))
    const chosen = chooseSentences(ranked, request)
    if (chosen.length === 0) return 'NOT_RELEVANT'
    return request.mode === 'EXTRACTIVE' ? this.#quote(chosen) : this.#generate(request, passages)
  }

  async #quote(chosen: readonly RelevantSentence[]): Promise<null> {
    const { store } = this.#options
    const { id } = this.#answer
    // Together, so that an attempt that goes on finds all of it or nothing.
    if ((await store.readWritten(id)).sentences.length > 0) return null
    const usedRanks = toRanks(chosen.map(({ passage }) => passage))
    await this.#change((answer) => ({ ...answer, usedRanks }))
    await store.append(id, quoteSentences(chosen))
    return null
  }

  async #generate(request: AnswerRequest, all: readonly Passage[]): Promise<'NO_SUPPORT' | null> {
    const { store, predictions } = this.#options
    const { id } = this.#answer
    const model = request.model!
    const { messages, passages, droppedTurns } = await this.#fit(request, all)
    const predictionId = toPartIds(id).text
    const usedRanks = toRanks(passages)
    await this.#change((answer) => ({ ...answer, usedRanks, droppedTurns, predictionId }))
    const { generation } = request
    const prediction = await this.#ensurePrediction({ kind: 'CHAT', model, messages, generation }, predictionId)
    const checker = new SentenceChecker(
      {
        id,
        store,
        finder: new CitationFinder(passages, this.#reader, request.supportThreshold),
        isWithholding: request.requireCitations,
        signal: this.#signal,
      },
      await store.readWritten(id),
    )
    for await (const { text, isWhole } of readWrittenText(predictions, prediction, this.#signal))
      await checker.take(text, isWhole)
    return request.requireCitations && (await store.readWritten(id)).text === '' ? 'NO_SUPPORT' : null
  }

  async #fit(
    { model, question, turns, generation }: AnswerRequest,
    passages: readonly Passage[],
  ): Promise<FittedPrompt> {
    const asked = toModelCheck(model!, question, generation)
    const version = await this.#options.predictions.check(askerOf(this.#answer), asked)
    const maxTokens = generation.maxTokens ?? DEFAULT_MAX_TOKENS
    const fitted = await fitPrompt(this.#options, {
      version,
      question,
      passages,
      turns,
      maxTokens,
      signal: this.#signal,
    })
    if (fitted.passages.length > 0) return fitted
    const window = `the model takes ${version.contextTokens} tokens, of which ${maxTokens} are kept for the answer`
    throw invalidInput('input.generation.maxTokens', `leaves no room for a passage: ${window}.`)
  }

  #ensurePrediction(request: ChatRequest, id: string): Promise<PredictionDocument> {
    const { predictions, clock } = this.#options
    const part = { id, answerId: this.#answer.id }
    const accept = (): Promise<PredictionDocument> => predictions.ensure(askerOf(this.#answer), request, part)
    return whenThereIsRoom(accept, { clock, signal: this.#signal })
  }

  async #readQuestion(question: string, passages: readonly Passage[]): Promise<(kind: TextKind) => ReadText> {
    const read = new Map<string, ReadText>()
    for (const passage of passages)
      if (!read.has(keyOf(passage))) read.set(keyOf(passage), (await this.#reader.read([question], passage))[0]!)
    return (kind) => read.get(keyOf(kind))!
  }

  async #end(absence: AbsenceRule | null): Promise<void> {
    const { store, payloads, clock } = this.#options
    const { id } = this.#answer
    this.#signal.throwIfAborted()
    if (absence !== null && (await store.readWritten(id)).text === '')
      await store.append(id, [{ type: 'text', text: ABSENCE_TEXT }])
    const written = await store.readWritten(id)
    const content = await payloads.put(written)
    const endedAt = clock.now()
    await this.#change((answer) => ({
      ...answer,
      content,
      absence,
      state: 'SUCCEEDED',
      endedAt,
      timings: { ...answer.timings, totalMs: endedAt - answer.createdAt },
    }))
  }

  /** @throws GraphloomError `CONFLICT` when it has ended, or is gone. */
  async #change(rule: (answer: AnswerDocument) => AnswerDocument): Promise<void> {
    const { id, tenantId } = this.#answer
    this.#signal.throwIfAborted()
    if (!(await this.#options.store.change({ tenantId }, id, rule)))
      throw new GraphloomError('CONFLICT', 'The answer has ended without this attempt.')
  }
}

const toRanks = (passages: readonly Passage[]): number[] =>
  [...new Set(passages.map(({ hit }) => hit.rank))].sort((a, b) => a - b)

const keyOf = ({ language, embeddingModelVersionId }: TextKind): string => `${language} ${embeddingModelVersionId}`

async function toAnswerHit({ rank, score, scores, highlights, document, chunk }: SearchHit): Promise<AnswerHit> {
  const { id: chunkId, versionId, documentId, start, end, headings } = chunk
  const { knowledgeBaseId } = document
  const place = { knowledgeBaseId, documentId, versionId, chunkId, start, end, headings }
  return { rank, score, scores, highlights: await highlights(), ...place }
}
