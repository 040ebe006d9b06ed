import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import type { DocumentStore } from '../../ports/document-store.js'
import type { IndexWriter } from './index-writer.js'
import { toIndexes } from './indexed-base.js'
import type { Removal } from './knowledge-collections.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import type { VersionReader } from './version-reader.js'
import type { SnapshotStore } from './snapshots/snapshot-store.js'

export interface ErasureOptions {
  readonly bases: KnowledgeBaseStore
  readonly snapshots: Pick<SnapshotStore, 'list'>
  readonly documents: Pick<DocumentStore, 'erase'>
  readonly writer: Pick<IndexWriter, 'erase'>
  readonly reader: Pick<VersionReader, 'forget'>
  /** Milliseconds from a deletion until its bytes go. Searches that began before it are over by then. */
  readonly eraseAfterMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/** So that what was there before the deletion is older than what is kept. */
const MARGIN_MS = 10

/**
 * Takes the bytes of what was deleted out of the memory and off the disk, all that is due together; its note goes when
 * that is done.
 */
export class Erasure implements AsyncDisposable {
  readonly #options: ErasureOptions
  readonly #stopping = new AbortController()
  #due: Removal[] = []
  #running: Promise<void> | null = null

  constructor(options: ErasureOptions) {
    this.#options = options
  }

  note(removal: Removal): void {
    this.#due.push(removal)
    this.#begin()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  #begin(): void {
    if (this.#running || this.#due.length === 0 || this.#stopping.signal.aborted) return
    this.#running = this.#run().finally(() => {
      this.#running = null
      this.#begin()
    })
  }

  /** What is left at the end is found at the next start. */
  async #run(): Promise<void> {
    const { clock, logger, eraseAfterMs } = this.#options
    const { signal } = this.#stopping
    while (this.#due.length > 0) {
      const due = this.#due
      this.#due = []
      try {
        await clock.sleep(eraseAfterMs + MARGIN_MS, signal)
        if (await this.#erase(due)) for (const removal of due) await this.#end(removal)
        else this.#due.push(...due)
      } catch (err) {
        if (signal.aborted) return
        logger.warn({ err }, 'what was deleted could not be erased, and is tried again')
        this.#due.push(...due)
      }
    }
  }

  async #erase(due: readonly Removal[]): Promise<boolean> {
    const { bases, documents, reader, snapshots, writer, eraseAfterMs } = this.#options
    reader.forget()
    const baseIds = new Map(due.map(({ knowledgeBaseId, tenantId }) => [knowledgeBaseId, tenantId]))
    let isErased = await documents.erase()
    for (const [id, tenantId] of baseIds) {
      const base = await bases.get({ tenantId }, id)
      const indexes = base ? toIndexes(base, await snapshots.list(base)) : []
      for (const index of indexes) isErased = (await writer.erase(index, eraseAfterMs)) && isErased
    }
    return isErased
  }

  async #end(removal: Removal): Promise<void> {
    await this.#options.bases.endRemoval(removal).catch((error: unknown) => {
      if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
    })
  }
}
