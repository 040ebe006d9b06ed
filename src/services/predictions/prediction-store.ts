import { isErrorWithCode } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import { isEnded, type PredictionDocument } from '../../domain/prediction.js'
import { blobIdOf } from '../../domain/stored-document.js'
import { STREAM_ENDED, type StreamEndReason } from '../../domain/stream.js'
import type { TaskDocument } from '../../domain/task.js'
import {
  SYSTEM_SCOPE,
  type CollectionDefinition,
  type DocumentBody,
  type DocumentStore,
  type Filter,
  type InsertRequest,
  type Order,
  type Scope,
} from '../../ports/document-store.js'
import type { EventLog, NewEvent } from '../../ports/event-log.js'
import type { QueueChange, QueueEntry } from '../../ports/task-queue.js'
import { findFirst, requireDocument } from '../document-reads.js'
import { joinByChoice, type TokensData } from './tokens-data.js'

export const PREDICTIONS: CollectionDefinition<PredictionDocument> = {
  name: 'predictions',
  version: 1,
  fields: {
    state: 'string',
    kind: 'string',
    modelVersionId: 'string',
    requestedModel: 'string',
    idempotencyKey: 'string',
    answerId: 'string',
    endedAt: 'number',
    inputBlobId: 'string',
    outputBlobId: 'string',
  },
  indexes: [
    { name: 'predictions_created', fields: ['createdAt'] },
    { name: 'predictions_state', fields: ['state', 'createdAt'] },
    { name: 'predictions_kind', fields: ['kind', 'createdAt'] },
    { name: 'predictions_model_version', fields: ['modelVersionId', 'createdAt'] },
    { name: 'predictions_requested_model', fields: ['requestedModel', 'createdAt'] },
    { name: 'predictions_idempotency_key', fields: ['idempotencyKey'], unique: true },
    { name: 'predictions_ended', fields: ['endedAt'], acrossTenants: true, sparse: true },
    { name: 'predictions_waiting', fields: ['state', 'createdAt'], acrossTenants: true },
    { name: 'predictions_input_blob', fields: ['inputBlobId'], acrossTenants: true, sparse: true },
    { name: 'predictions_output_blob', fields: ['outputBlobId'], acrossTenants: true, sparse: true },
  ],
}

/** The queue that predictions wait in. */
export const PREDICTION_QUEUE = 'predictions'

export const PREDICTION_CHANGED = 'PredictionChanged'
export const TOKENS_DELTA = 'TokensDelta'

/** A prediction as an event tells of it: without what was asked and answered. */
export type PredictionStatus = Omit<
  PredictionDocument,
  'input' | 'output' | 'inputHash' | 'inputBlobId' | 'outputBlobId'
>

/** The text of a prediction in its stream. */
export type TokenLog = Pick<PredictionStore, 'isFollowed' | 'appendTokens' | 'readTokens' | 'readFirstTokenAt'>

const READ_EVENTS = 5_000
/** The first tokens come after few changes of state: one for each attempt. */
const FIRST_EVENTS = 32

/** Predictions in the document store, with the events and queue entries that go with each change. */
export class PredictionStore {
  readonly #documents: DocumentStore
  readonly #log: EventLog

  constructor(documents: DocumentStore, log: EventLog) {
    this.#documents = documents
    this.#log = log
  }

  get(scope: Scope, id: string): Promise<PredictionDocument | null> {
    return this.#documents.get(PREDICTIONS, scope, id)
  }

  getMany(scope: Scope, ids: readonly string[]): Promise<(PredictionDocument | null)[]> {
    return this.#documents.getMany(PREDICTIONS, scope, ids)
  }

  require(scope: Scope, id: string): Promise<PredictionDocument> {
    return requireDocument(this.#documents, { collection: PREDICTIONS, scope, id, what: 'prediction' })
  }

  list(
    scope: Scope,
    request: { readonly filter: Filter; readonly orderBy: readonly Order[]; readonly page: PageRequest },
  ): Promise<Page<PredictionDocument>> {
    return this.#documents.find(PREDICTIONS, scope, request)
  }

  getByIdempotencyKey(scope: Scope, idempotencyKey: string): Promise<PredictionDocument | null> {
    const filter = { idempotencyKey: { eq: idempotencyKey } }
    return findFirst(this.#documents, { collection: PREDICTIONS, scope, filter })
  }

  /** Ended before the time, across tenants, the oldest first. */
  listEndedBefore(endedBeforeMs: number, page: PageRequest): Promise<Page<PredictionDocument>> {
    return this.#documents.find(PREDICTIONS, SYSTEM_SCOPE, {
      filter: { endedAt: { lt: endedBeforeMs } },
      orderBy: [{ field: 'endedAt', direction: 'asc' }],
      page,
    })
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    for (const field of ['inputBlobId', 'outputBlobId'])
      if ((await this.#documents.count(PREDICTIONS, SYSTEM_SCOPE, { [field]: { eq: blobId } })) > 0) return true
    return false
  }

  /** Accepts a prediction: the document, its first event and, where it has one, its entry in the queue, together. */
  insert(prediction: PredictionBody, entry: QueueEntry | null): Promise<PredictionDocument> {
    return this.#documents.insert(PREDICTIONS, withBlobIds(prediction), {
      events: [changed(prediction)],
      queue: entry ? [{ kind: 'enqueue', entry }] : [],
    })
  }

  /** Accepts a prediction together with its task: both are there then, or neither. */
  async insertWith(prediction: PredictionBody, task: InsertRequest<TaskDocument>): Promise<PredictionDocument> {
    const effects = { events: [changed(prediction)] }
    const own = { collection: PREDICTIONS, document: withBlobIds(prediction), effects }
    await this.#documents.insertAll([own, task])
    return this.require({ tenantId: prediction.tenantId }, prediction.id)
  }

  /** Replaces the prediction as it was read. @throws GraphloomError `CONFLICT` when it was changed meanwhile. */
  async update(next: PredictionDocument, queue: readonly QueueChange[] = []): Promise<PredictionDocument> {
    return this.#documents.update(PREDICTIONS, { tenantId: next.tenantId }, next.revision, withBlobIds(next), {
      events: this.#eventsOf(next),
      queue,
    })
  }

  /** Ends a prediction of which nothing is kept: its readers learn of the end, then it is gone. */
  async endAndDelete(ended: PredictionDocument, queue: readonly QueueChange[]): Promise<void> {
    const scope = { tenantId: ended.tenantId }
    await this.#documents.delete(PREDICTIONS, scope, ended.id, ended.revision, {
      events: this.#eventsOf(ended),
      queue,
      deleteStreams: [ended.id],
    })
  }

  /** Deletes an ended prediction with its stream; false when it is gone or changed already. */
  async delete(prediction: PredictionDocument): Promise<boolean> {
    const scope = { tenantId: prediction.tenantId }
    try {
      await this.#documents.delete(PREDICTIONS, scope, prediction.id, prediction.revision, {
        deleteStreams: [prediction.id],
      })
      return true
    } catch (error) {
      if (isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')) return false
      throw error
    }
  }

  /** Whether anybody follows the prediction at the moment. */
  isFollowed(id: string): boolean {
    return this.#log.isFollowed(id)
  }

  async appendTokens(id: string, parts: readonly TokensData[]): Promise<void> {
    const events = parts.map((data) => ({ type: TOKENS_DELTA, data: data as unknown as Json }))
    await this.#log.append(id, events)
  }

  /** When the first of its tokens were logged; null when none were, or when they are not kept any more. */
  async readFirstTokenAt(id: string): Promise<number | null> {
    const events = await this.#log.read(id, 0, FIRST_EVENTS)
    return events.find(({ type }) => type === TOKENS_DELTA)?.at ?? null
  }

  /** Everything generated so far, up to a sequence number: one for each choice that has anything. */
  async readTokens(id: string, untilSequence = Number.MAX_SAFE_INTEGER): Promise<readonly TokensData[]> {
    const parts: TokensData[] = []
    for (let after = 0; ;) {
      const events = await this.#log.read(id, after, READ_EVENTS)
      const known = events.filter(({ sequence }) => sequence <= untilSequence)
      for (const { type, data } of known) if (type === TOKENS_DELTA) parts.push(data as unknown as TokensData)
      const last = events.at(-1)
      if (!last || events.length < READ_EVENTS || known.length < events.length) return joinByChoice(parts)
      after = last.sequence
    }
  }

  #eventsOf(prediction: PredictionDocument): NewEvent[] {
    const events = [changed(prediction)]
    if (isEnded(prediction.state)) {
      const reason = toStreamEndReason(prediction)
      events.push({ stream: prediction.id, type: STREAM_ENDED, data: { reason }, ends: true })
    }
    return events
  }
}

/** What is given of a prediction to the store: which blobs it has follows from its payloads. */
export type PredictionBody = Omit<DocumentBody<PredictionDocument>, 'inputBlobId' | 'outputBlobId'>

const withBlobIds = <T extends PredictionBody>(prediction: T) => ({
  ...prediction,
  inputBlobId: blobIdOf(prediction.input),
  outputBlobId: blobIdOf(prediction.output),
})

/** A prediction as the store will have it when it is inserted at this time. */
export const toFirstRevision = (body: PredictionBody, nowMs: number): PredictionDocument => ({
  ...withBlobIds(body),
  revision: 1,
  createdAt: nowMs,
  updatedAt: nowMs,
})

/** The entry of a prediction that has no task. */
export const toQueueEntry = (prediction: PredictionBody, nowMs: number): QueueEntry => ({
  taskId: prediction.id,
  queue: PREDICTION_QUEUE,
  key: prediction.modelVersionId,
  tenantId: prediction.tenantId,
  priority: prediction.priority,
  runAtMs: nowMs,
  claimsBefore: prediction.attempt,
})

export function toStreamEndReason(prediction: Pick<PredictionDocument, 'state'>): StreamEndReason {
  if (prediction.state === 'CANCELLED') return 'CANCELLED'
  return prediction.state === 'FAILED' ? 'FAILED' : 'FINISHED'
}

function changed(prediction: PredictionBody): NewEvent {
  const { input: _input, output: _output, inputHash: _hash, ...status } = prediction
  return { stream: prediction.id, type: PREDICTION_CHANGED, data: status as unknown as Json }
}
