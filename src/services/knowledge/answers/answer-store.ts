import { isErrorWithCode } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { Page, PageRequest } from '../../../kernel/pages.js'
import {
  isAnswerEnded,
  type AnswerCitation,
  type AnswerContent,
  type AnswerDocument,
  type AnswerSentence,
} from '../../../domain/answer.js'
import { blobIdOf } from '../../../domain/stored-document.js'
import { STREAM_ENDED, type StreamEndReason } from '../../../domain/stream.js'
import {
  SYSTEM_SCOPE,
  type CollectionDefinition,
  type DocumentBody,
  type DocumentStore,
  type Filter,
  type InsertRequest,
  type Scope,
} from '../../../ports/document-store.js'
import type { EventLog, NewEvent } from '../../../ports/event-log.js'
import { findFirst } from '../../document-reads.js'

export const ANSWERS: CollectionDefinition<AnswerDocument> = {
  name: 'answers',
  version: 1,
  fields: {
    state: 'string',
    createdBy: 'string',
    idempotencyKey: 'string',
    endedAt: 'number',
    requestBlobId: 'string',
    hitsBlobId: 'string',
    contentBlobId: 'string',
  },
  indexes: [
    { name: 'answers_created', fields: ['createdBy', 'createdAt'] },
    { name: 'answers_state', fields: ['createdBy', 'state', 'createdAt'] },
    { name: 'answers_idempotency_key', fields: ['createdBy', 'idempotencyKey'], unique: true },
    { name: 'answers_ended', fields: ['endedAt'], acrossTenants: true, sparse: true },
    { name: 'answers_request_blob', fields: ['requestBlobId'], acrossTenants: true, sparse: true },
    { name: 'answers_hits_blob', fields: ['hitsBlobId'], acrossTenants: true, sparse: true },
    { name: 'answers_content_blob', fields: ['contentBlobId'], acrossTenants: true, sparse: true },
  ],
}

export const ANSWER_CHANGED = 'AnswerChanged'
export const ANSWER_HITS = 'AnswerHitsFound'
export const ANSWER_TEXT = 'AnswerText'
export const ANSWER_CITATION = 'AnswerCitation'
export const ANSWER_SENTENCE = 'AnswerSentence'

/** An answer as an event tells of it: without what was asked, found and answered. */
export type AnswerStatus = Omit<
  AnswerDocument,
  'request' | 'hits' | 'content' | 'inputHash' | 'requestBlobId' | 'hitsBlobId' | 'contentBlobId'
>

/** More of an answer, in the order in which readers get it. */
export type AnswerPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'citation'; readonly citation: AnswerCitation }
  | { readonly type: 'sentence'; readonly sentence: AnswerSentence }

export type AnswerBody = Omit<DocumentBody<AnswerDocument>, 'requestBlobId' | 'hitsBlobId' | 'contentBlobId'>

const READ_EVENTS = 5_000
const CHANGE_ATTEMPTS = 50

/** Answers in the document store, with the events that go with each change, and what there is of them in their streams. */
export class AnswerStore {
  readonly #documents: DocumentStore
  readonly #log: EventLog

  constructor(documents: DocumentStore, log: EventLog) {
    this.#documents = documents
    this.#log = log
  }

  get(scope: Scope, id: string): Promise<AnswerDocument | null> {
    return this.#documents.get(ANSWERS, scope, id)
  }

  getMany(scope: Scope, ids: readonly string[]): Promise<(AnswerDocument | null)[]> {
    return this.#documents.getMany(ANSWERS, scope, ids)
  }

  getByIdempotencyKey(scope: Scope, createdBy: string, key: string): Promise<AnswerDocument | null> {
    const filter = { createdBy: { eq: createdBy }, idempotencyKey: { eq: key } }
    return findFirst(this.#documents, { collection: ANSWERS, scope, filter })
  }

  list(
    scope: Scope,
    request: { readonly filter: Filter; readonly newestFirst: boolean; readonly page: PageRequest },
  ): Promise<Page<AnswerDocument>> {
    const { filter, newestFirst, page } = request
    const direction = newestFirst ? 'desc' : 'asc'
    return this.#documents.find(ANSWERS, scope, { filter, orderBy: [{ field: 'createdAt', direction }], page })
  }

  /** Ended before the time, across tenants, the oldest first. */
  listEndedBefore(endedBeforeMs: number, page: PageRequest): Promise<Page<AnswerDocument>> {
    return this.#documents.find(ANSWERS, SYSTEM_SCOPE, {
      filter: { endedAt: { lt: endedBeforeMs } },
      orderBy: [{ field: 'endedAt', direction: 'asc' }],
      page,
    })
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    for (const field of ['requestBlobId', 'hitsBlobId', 'contentBlobId'])
      if ((await this.#documents.count(ANSWERS, SYSTEM_SCOPE, { [field]: { eq: blobId } })) > 0) return true
    return false
  }

  /** What stores a new answer. */
  toInsert(answer: AnswerBody): InsertRequest<AnswerDocument> {
    return { collection: ANSWERS, document: withBlobIds(answer), effects: { events: [changed(answer)] } }
  }

  /**
   * Changes an answer that has not ended, anew when another changed it meanwhile; null where it has ended or is gone.
   * The event of the write that brings the hits says so.
   */
  async change(
    scope: Scope,
    id: string,
    rule: (answer: AnswerDocument) => AnswerDocument,
  ): Promise<AnswerDocument | null> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.get(scope, id)
      if (!known || isAnswerEnded(known.state)) return null
      const next = rule(known)
      try {
        return await this.#documents.update(ANSWERS, scope, known.revision, withBlobIds(next), {
          events: eventsOf(known, next),
        })
      } catch (error) {
        if (isErrorWithCode(error, 'NOT_FOUND')) return null
        if (!isErrorWithCode(error, 'CONFLICT') || attempt >= CHANGE_ATTEMPTS) throw error
      }
    }
  }

  /** All or none of the parts. */
  async append(id: string, parts: readonly AnswerPart[]): Promise<void> {
    if (parts.length > 0) await this.#log.append(id, parts.map(toEvent))
  }

  /** What has been answered so far, up to a sequence number. */
  async readWritten(id: string, untilSequence = Number.MAX_SAFE_INTEGER): Promise<AnswerContent> {
    const texts: string[] = []
    const sentences: AnswerSentence[] = []
    const citations: AnswerCitation[] = []
    for (let after = 0; ;) {
      const events = await this.#log.read(id, after, READ_EVENTS)
      const known = events.filter(({ sequence }) => sequence <= untilSequence)
      for (const { type, data } of known) {
        const part = toPart(type, data)
        if (part?.type === 'text') texts.push(part.text)
        if (part?.type === 'citation') citations.push(part.citation)
        if (part?.type === 'sentence') sentences.push(part.sentence)
      }
      const last = events.at(-1)
      if (!last || events.length < READ_EVENTS || known.length < events.length)
        return { text: texts.join(''), sentences, citations }
      after = last.sequence
    }
  }

  /** Deletes an answer with its stream; false when it is gone or changed already. */
  async delete({ tenantId, id, revision }: AnswerDocument): Promise<boolean> {
    try {
      await this.#documents.delete(ANSWERS, { tenantId }, id, revision, { deleteStreams: [id] })
      return true
    } catch (error) {
      if (isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')) return false
      throw error
    }
  }
}

/** What a logged event adds to an answer; null for a change of the whole. */
export function toPart(type: string, data: Json): AnswerPart | null {
  if (type === ANSWER_TEXT) return { type: 'text', text: (data as { readonly text: string }).text }
  if (type === ANSWER_CITATION) return { type: 'citation', citation: data as unknown as AnswerCitation }
  if (type === ANSWER_SENTENCE) return { type: 'sentence', sentence: data as unknown as AnswerSentence }
  return null
}

function toEvent(part: AnswerPart): Omit<NewEvent, 'stream'> {
  if (part.type === 'text') return { type: ANSWER_TEXT, data: { text: part.text } }
  if (part.type === 'citation') return { type: ANSWER_CITATION, data: part.citation as unknown as Json }
  return { type: ANSWER_SENTENCE, data: part.sentence as unknown as Json }
}

export function toAnswerEndReason({ state }: Pick<AnswerDocument, 'state'>): StreamEndReason {
  if (state === 'CANCELLED') return 'CANCELLED'
  return state === 'FAILED' ? 'FAILED' : 'FINISHED'
}

function eventsOf(before: AnswerDocument, next: AnswerDocument): NewEvent[] {
  const isFound = before.hits === null && next.hits !== null
  const events = [changed(next, isFound ? ANSWER_HITS : ANSWER_CHANGED)]
  if (isAnswerEnded(next.state))
    events.push({ stream: next.id, type: STREAM_ENDED, data: { reason: toAnswerEndReason(next) }, ends: true })
  return events
}

function changed(answer: AnswerBody, type = ANSWER_CHANGED): NewEvent {
  const { request: _request, hits: _hits, content: _content, inputHash: _hash, ...status } = answer
  return { stream: answer.id, type, data: status as unknown as Json }
}

const withBlobIds = <T extends AnswerBody>(answer: T) => ({
  ...answer,
  requestBlobId: blobIdOf(answer.request),
  hitsBlobId: blobIdOf(answer.hits),
  contentBlobId: blobIdOf(answer.content),
})
