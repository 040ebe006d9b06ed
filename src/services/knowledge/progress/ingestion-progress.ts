import type { Logger } from 'pino'
import type { DocumentProgress, IngestionPhase } from '../../../domain/ingestion.js'
import type { DocumentVersion, KnowledgeDocument } from '../../../domain/knowledge.js'
import type { EventLog } from '../../../ports/event-log.js'
import { toEvent } from './ingestion-events.js'

/** A document that is being taken in. */
export type ActiveDocument = Pick<KnowledgeDocument, 'audience'> &
  Pick<DocumentVersion, 'documentId' | 'knowledgeBaseId' | 'number'>

interface Step {
  readonly phase: IngestionPhase
  readonly done?: number
  readonly total?: number
}

interface Active extends DocumentProgress {
  readonly knowledgeBaseId: string
}

const TOLD_EVERY_MS = 200

/**
 * Where documents stand that this process is taking in, between what their records say. Followers are told now and then;
 * where there are none, nothing is written.
 */
export class IngestionProgress implements Disposable {
  readonly #log: Pick<EventLog, 'append' | 'isFollowed'>
  readonly #logger: Logger
  readonly #active = new Map<string, Active>()
  readonly #changed = new Set<string>()
  #timer: NodeJS.Timeout | null = null

  constructor({ events, logger }: { readonly events: EventLog; readonly logger: Logger }) {
    this.#log = events
    this.#logger = logger
  }

  /** Null when it is not being taken in. */
  find(documentId: string): DocumentProgress | null {
    return this.#active.get(documentId) ?? null
  }

  /** Of a base, in the order in which they were begun. */
  list(knowledgeBaseId: string): DocumentProgress[] {
    return [...this.#active.values()].filter((one) => one.knowledgeBaseId === knowledgeBaseId)
  }

  note({ documentId, knowledgeBaseId, number, audience }: ActiveDocument, { phase, done = 0, total = 0 }: Step): void {
    const progress = { documentId, audience, versionNumber: number, phase, done, total, error: null }
    this.#active.set(documentId, { ...progress, knowledgeBaseId })
    this.#changed.add(documentId)
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#tell().catch((err: unknown) => this.#logger.warn({ err }, 'progress of documents was not told'))
    }, TOLD_EVERY_MS)
  }

  /** Its record says where it stands. */
  end(documentId: string): void {
    this.#active.delete(documentId)
    this.#changed.delete(documentId)
  }

  [Symbol.dispose](): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  async #tell(): Promise<void> {
    const changed = [...this.#changed].flatMap((id) => this.#active.get(id) ?? [])
    this.#changed.clear()
    for (const [base, documents] of Map.groupBy(changed, ({ knowledgeBaseId }) => knowledgeBaseId))
      await this.#append(base, documents)
    for (const document of changed) await this.#append(document.documentId, [document])
  }

  async #append(stream: string, documents: readonly Active[]): Promise<void> {
    if (!this.#log.isFollowed(stream)) return
    const told = documents.map(({ knowledgeBaseId: _base, ...progress }) => progress)
    const { type, data } = toEvent(stream, told)
    await this.#log.append(stream, [{ type, data }])
  }
}
