import type { Clock } from '../../../kernel/clock.js'
import { GraphloomError } from '../../../kernel/errors.js'
import { createId } from '../../../kernel/ids.js'
import { ABSENCE_TEXT, type AbsenceRule, type AnswerDocument, type AnswerHit } from '../../../domain/answer.js'
import type { Principal } from '../../../domain/principal.js'
import type { Payloads } from '../../payloads.js'
import type { SearchHit, SearchService } from '../search.service.js'
import type { AnswerRequest } from './answer-input.js'
import type { AnswerStore } from './answer-store.js'
import { chooseSentences, rankSentences, type RelevantSentence } from './extracted-sentences.js'
import { readPassages, type Passage, type PassagesOptions } from './passages.js'
import { quoteSentences } from './quotes.js'
import { TextReader, type ReadText, type TextKind, type TextReaderOptions } from './text-reader.js'

export interface AnswerRunOptions extends PassagesOptions, TextReaderOptions {
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

  /** @throws what the search and models throw, the signal's reason when that aborts. */
  async run(): Promise<void> {
    const { payloads } = this.#options
    const request = (await payloads.get(this.#answer.request)) as AnswerRequest
    const hits = await this.#find(request)
    const absence = await this.#write(request, hits)
    await this.#end(absence)
  }

  async #find(request: AnswerRequest): Promise<readonly AnswerHit[]> {
    const { search, payloads, clock } = this.#options
    if (this.#answer.hits) return payloads.get(this.#answer.hits)
    const startedAt = clock.now()
    const query = this.#answer.rewrittenQuestion ?? request.question
    const { hits } = await search.search(askerOf(this.#answer), { ...request.search, query }, this.#signal)
    const found = hits.map(toAnswerHit)
    const stored = await payloads.put(found)
    const searchMs = clock.now() - startedAt
    await this.#change((answer) => ({ ...answer, hits: stored, timings: { ...answer.timings, searchMs } }))
    return found
  }

  /** The rule by which there is nothing to say, or null. */
  async #write(request: AnswerRequest, hits: readonly AnswerHit[]): Promise<AbsenceRule | null> {
    const { store } = this.#options
    const { id, tenantId } = this.#answer
    if (hits.length === 0) return 'NO_HITS'
    const passages = await readPassages(this.#options, { tenantId, hits, reader: this.#reader })
    const ranked = rankSentences(passages, await this.#readQuestion(request.question, passages))
    const chosen = chooseSentences(ranked, request)
    if (chosen.length === 0) return 'NOT_RELEVANT'
    // Together, so that an attempt that goes on finds all of it or nothing.
    if ((await store.readWritten(id)).sentences.length === 0) {
      await this.#use(chosen)
      this.#signal.throwIfAborted()
      await store.append(id, quoteSentences(chosen))
    }
    return null
  }

  async #use(chosen: readonly RelevantSentence[]): Promise<void> {
    const usedRanks = [...new Set(chosen.map(({ passage }) => passage.hit.rank))].sort((a, b) => a - b)
    await this.#change((answer) => ({ ...answer, usedRanks }))
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
    const content = await payloads.put(await store.readWritten(id))
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

const keyOf = ({ language, embeddingModelVersionId }: TextKind): string => `${language} ${embeddingModelVersionId}`

function toAnswerHit({ rank, score, scores, highlights, document, chunk }: SearchHit): AnswerHit {
  const { id: chunkId, versionId, documentId, start, end, headings } = chunk
  const { knowledgeBaseId } = document
  const place = { knowledgeBaseId, documentId, versionId, chunkId, start, end, headings }
  return { rank, score, scores, highlights, ...place }
}
