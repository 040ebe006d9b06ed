import type { Logger } from 'pino'
import { activeOf, type KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { DocumentRecords } from './document-records.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'

export interface ChunkCountingOptions {
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly logger: Logger
}

/**
 * Documents tell the count that bases sum up: that of the active generation. After another became active each gets its
 * own anew, in the background; until then sums are made of the documents one by one.
 */
export class ChunkCounting implements AsyncDisposable {
  readonly #options: ChunkCountingOptions
  readonly #running = new Map<string, Promise<void>>()
  #isOver = false

  constructor(options: ChunkCountingOptions) {
    this.#options = options
  }

  begin({ tenantId, id }: Pick<KnowledgeBaseDocument, 'tenantId' | 'id'>): void {
    if (this.#isOver || this.#running.has(id)) return
    const running = this.#count({ tenantId, id })
      .catch((err: unknown) => this.#options.logger.warn({ err, knowledgeBase: id }, 'chunks are counted later'))
      .finally(() => this.#running.delete(id))
    this.#running.set(id, running)
  }

  async #count({ tenantId, id }: Pick<KnowledgeBaseDocument, 'tenantId' | 'id'>): Promise<void> {
    const { bases, records } = this.#options
    for (;;) {
      const base = await bases.get({ tenantId }, id)
      if (!base || base.countedGeneration === base.activeGeneration) return
      const { number, activatedAt } = activeOf(base)
      for await (const { id: documentId } of records.readServed(base)) {
        if (this.#isOver) return
        await records.recount({ tenantId }, documentId, number)
      }
      await bases.change(base, (known) => {
        const isStill = known.activeGeneration === number && activeOf(known).activatedAt === activatedAt
        return isStill ? { ...known, countedGeneration: number } : null
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#running.values())
  }
}
