import type { Clock } from '../../../kernel/clock.js'
import { invalidInput, notFound } from '../../../kernel/errors.js'
import { toProgress, type DocumentProgress } from '../../../domain/ingestion.js'
import type { KnowledgeBaseDocument, KnowledgeDocument } from '../../../domain/knowledge.js'
import type { Principal } from '../../../domain/principal.js'
import type { StoredDocument } from '../../../domain/stored-document.js'
import type { StreamItem } from '../../../domain/stream.js'
import type { EventLog } from '../../../ports/event-log.js'
import type { Access } from '../../access/access.js'
import { pause } from '../../streams/soonest.js'
import type { Streams } from '../../streams/streams.js'
import type { DocumentRecords } from '../document-records.js'
import { isInAudience, readersOf } from '../knowledge-access.js'
import type { KnowledgeBaseStore } from '../knowledge-base-store.js'
import { INGESTION_EVENTS, type IngestionEvent } from './ingestion-events.js'
import type { IngestionProgress } from './ingestion-progress.js'

export interface IngestionWatchOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly progress: IngestionProgress
  readonly streams: Streams
  readonly events: EventLog
  readonly clock: Clock
}

/** How far a base is, as far as somebody may see its documents. */
export interface BaseIngestion {
  readonly total: number
  readonly waiting: number
  readonly ready: number
  readonly failed: number
  readonly active: readonly DocumentProgress[]
}

export interface WatchRequest {
  /** Name of a base, or id of a document: one of them. */
  readonly knowledgeBase: string | null
  readonly document: string | null
  readonly after: string | null
  readonly signal: AbortSignal
}

export type WatchItem = StreamItem<StoredDocument, IngestionEvent>

const MAX_ACTIVE = 100
/** Between two items of a base, whose figures are read for each. */
const BASE_PAUSE_MS = 250

/** Tells how far documents are with being taken in. */
export class IngestionWatchService {
  readonly #options: IngestionWatchOptions

  constructor(options: IngestionWatchOptions) {
    this.#options = options
  }

  /** Of a document that the principal got. */
  progressOf(document: KnowledgeDocument): DocumentProgress {
    const active = document.state === 'QUEUED' ? this.#options.progress.find(document.id) : null
    return active?.versionNumber === document.latestNumber ? active : toProgress(document)
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  async describe(principal: Principal, base: KnowledgeBaseDocument): Promise<BaseIngestion> {
    const { access, records, progress } = this.#options
    access.require(principal, 'knowledge.read', base)
    const readers = readersOf(principal)
    const audiences = (await records.listAudiences(base)).filter((audience) => isInAudience(audience, readers))
    const counts = await records.countStates(base, audiences)
    const active = progress.list(base.id).filter(({ audience }) => isInAudience(audience, readers))
    const [queued, ready, failed] = (['QUEUED', 'READY', 'FAILED'] as const).map((state) => counts.get(state) ?? 0)
    return {
      total: queued! + ready! + failed!,
      waiting: Math.max(0, queued! - active.length),
      ready: ready!,
      failed: failed!,
      active: active.slice(0, MAX_ACTIVE),
    }
  }

  /**
   * What becomes of a base's documents, or of one, until the signal aborts; of those that the principal may see.
   * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `FORBIDDEN`.
   */
  async *follow(principal: Principal, request: WatchRequest): AsyncGenerator<WatchItem, void, void> {
    const { access, streams, clock } = this.#options
    const { knowledgeBase, document, after, signal } = request
    access.require(principal, 'knowledge.read')
    if ((knowledgeBase === null) === (document === null))
      throw invalidInput('knowledgeBase', 'or document must be given, one of them.')
    const readers = readersOf(principal)
    const find = this.#finder(principal, request)
    const { id: stream } = await find()
    const requireDocument = async (): Promise<StoredDocument> => this.#atHead(await find())
    const toSnapshot = (found: StoredDocument): Promise<StoredDocument> => Promise.resolve(found)
    const source = { ...INGESTION_EVENTS, requireDocument, toSnapshot, toEndReason: () => 'FINISHED' as const }
    for await (const item of streams.follow({ stream, source, after, signal })) {
      if (item.type !== 'event') yield item
      else {
        const documents = item.event.documents.filter(({ audience }) => isInAudience(audience, readers))
        if (document !== null && documents.length === 0) throw notFound('document', document)
        yield { ...item, event: { documents } }
      }
      if (knowledgeBase !== null) await pause(BASE_PAUSE_MS, clock, signal)
    }
  }

  #finder({ tenantId, ...principal }: Principal, { knowledgeBase, document }: WatchRequest) {
    const { bases, records } = this.#options
    if (knowledgeBase !== null) return (): Promise<StoredDocument> => bases.requireByName(tenantId, knowledgeBase)
    const id = document ?? ''
    return async (): Promise<StoredDocument> => {
      const found = await records.getDocument({ tenantId }, id)
      if (!found || !isInAudience(found.audience, readersOf({ tenantId, ...principal }))) throw notFound('document', id)
      return found
    }
  }

  /** Its figures are read when they are asked for, so that they hold whatever the log tells by now. */
  async #atHead<T extends StoredDocument>(found: T): Promise<T> {
    const { revision } = await this.#options.events.head(found.id)
    return { ...found, revision }
  }
}
