import type { Logger } from 'pino'
import { createId } from '../../kernel/ids.js'
import type { IndexGeneration, KnowledgeBaseDocument, KnowledgeDocument, Snapshot } from '../../domain/knowledge.js'
import type { Erasure } from './erasure.js'
import type { DocumentRecords } from './document-records.js'
import type { IndexWriter } from './index-writer.js'
import { conflict, withoutGeneration } from './generation-rules.js'
import { toIndexes } from './indexed-base.js'
import type { Removal } from './knowledge-collections.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import type { SnapshotStore } from './snapshots/snapshot-store.js'
import { dropSuperseded } from './snapshots/superseded.js'
import type { VersionReader } from './version-reader.js'

export interface RemovalsOptions {
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly snapshots: SnapshotStore
  readonly writer: IndexWriter
  readonly erasure: Pick<Erasure, 'note'>
  readonly reader: Pick<VersionReader, 'forget'>
  /** Whether a task is over, or gone: nothing comes of its documents any more. */
  readonly isTaskOver: (tenantId: string, taskId: string) => Promise<boolean>
  readonly logger: Logger
}

/**
 * Deletes: what is to go is noted first, then it is gone for everybody, then it is cleared away, and later on erased from
 * the disk. What a process that ended left of that is done at the next start.
 */
export class Removals implements AsyncDisposable {
  readonly #options: RemovalsOptions
  readonly #running = new Set<Promise<void>>()

  constructor(options: RemovalsOptions) {
    this.#options = options
  }

  /** Takes up what was not done. */
  async start(): Promise<void> {
    for await (const removal of this.#options.bases.listRemovals()) void this.#begin(removal)
  }

  /** @throws GraphloomError `NOT_FOUND` when somebody was sooner. */
  async removeBase(base: KnowledgeBaseDocument): Promise<void> {
    const indexes = toIndexes(base, await this.#options.snapshots.list(base))
    const removal = await this.#note(base, { indexNames: indexes.map(({ indexName }) => indexName) })
    await this.#options.bases.delete(base)
    void this.#begin(removal)
  }

  async removeDocument(base: KnowledgeBaseDocument, document: KnowledgeDocument): Promise<void> {
    const { records } = this.#options
    const versionIds = await records.listVersionIds({ tenantId: base.tenantId }, document.id)
    const removal = await this.#note(base, { documentId: document.id, versionIds })
    for (const versionId of versionIds) await records.markDeleted(base.tenantId, versionId)
    await records.deleteDocument(base.tenantId, document.id)
    // Until its rows are gone they count in the weights of words.
    await this.#begin(removal)
  }

  /** @throws GraphloomError `CONFLICT` when searches read it by now. */
  async removeGeneration(base: KnowledgeBaseDocument, { number, indexName }: IndexGeneration): Promise<void> {
    const removal = await this.#note(base, { generation: number, indexNames: [indexName] })
    const left = await this.#options.bases.change(base, (known) => withoutGeneration(known, number))
    void this.#begin(removal)
    if (left.activeGeneration === number) throw conflict(`Searches read generation ${number} by now.`)
  }

  async removeSnapshot(base: KnowledgeBaseDocument, snapshot: Snapshot): Promise<void> {
    const removal = await this.#note(base, { snapshotId: snapshot.id, indexNames: [snapshot.id] })
    await this.#options.snapshots.hide(snapshot)
    void this.#begin(removal)
  }

  #note(base: KnowledgeBaseDocument, what: Partial<Removal>): Promise<Removal> {
    const { tenantId, id: knowledgeBaseId } = base
    const nothing = { indexNames: [], documentId: null, versionIds: [], generation: null, snapshotId: null }
    return this.#options.bases.addRemoval({ ...nothing, ...what, id: createId('removal'), tenantId, knowledgeBaseId })
  }

  /** Never rejects: what fails is done at the next start. */
  #begin(removal: Removal): Promise<void> {
    const running = this.#clear(removal)
      .catch((err: unknown) => this.#options.logger.error({ err, removal: removal.id }, 'a deletion is done later'))
      .finally(() => {
        this.#options.reader.forget()
        this.#running.delete(running)
      })
    this.#running.add(running)
    return running
  }

  async #clear(removal: Removal): Promise<void> {
    const { bases, erasure } = this.#options
    const { tenantId, knowledgeBaseId, documentId, generation, snapshotId } = removal
    const base = await bases.get({ tenantId }, knowledgeBaseId)
    if (generation === null && documentId === null && snapshotId === null) await this.#clearBase(removal, base)
    else if (generation !== null && base) await this.#clearGeneration(base, generation, removal)
    else if (documentId !== null && base) await this.#clearDocument(base, documentId, removal.versionIds)
    else if (snapshotId !== null && base) await this.#clearSnapshot(base, snapshotId)
    erasure.note(removal)
  }

  async #clearBase(
    { tenantId, knowledgeBaseId, indexNames }: Removal,
    base: KnowledgeBaseDocument | null,
  ): Promise<void> {
    const { bases, records, snapshots, writer } = this.#options
    if (base) await bases.delete(base)
    await records.deleteAll({ tenantId, id: knowledgeBaseId })
    await snapshots.deleteAll({ tenantId, id: knowledgeBaseId })
    for (const indexName of indexNames) await writer.drop({ indexName })
  }

  async #clearGeneration(base: KnowledgeBaseDocument, generation: number, { indexNames }: Removal): Promise<void> {
    const { bases, records, writer } = this.#options
    const left = await bases.change(base, (known) => withoutGeneration(known, generation))
    // A crash came before it was gone, and searches read it by now.
    if (left.activeGeneration === generation) return
    for (const indexName of indexNames) await writer.drop({ indexName })
    await records.sets.dropGeneration(base, generation)
  }

  async #clearSnapshot(base: KnowledgeBaseDocument, id: string): Promise<void> {
    const { records, snapshots, writer } = this.#options
    const snapshot = await snapshots.get(base, id)
    if (!snapshot) return
    await snapshots.hide(snapshot)
    await writer.drop({ indexName: id })
    const superseded: string[] = []
    for await (const { member, document } of snapshots.readPresent(records, snapshot))
      if (document.versionId !== member.versionId) superseded.push(member.versionId)
    await dropSuperseded(this.#options, base, superseded)
    await snapshots.delete(snapshot)
  }

  async #clearDocument(base: KnowledgeBaseDocument, documentId: string, versionIds: readonly string[]): Promise<void> {
    const { records, snapshots, writer } = this.#options
    const { tenantId } = base
    const [latest = ''] = await records.listVersionIds({ tenantId }, documentId)
    // A crash may have come before it was gone; a later one of the same key has a later version.
    if (versionIds.includes(latest)) await records.deleteDocument(tenantId, documentId)
    const having = (await snapshots.having(base, versionIds)).map(({ snapshot }) => snapshot)
    for (const index of toIndexes(base, having)) await writer.remove(index, versionIds)
    for (const versionId of versionIds) await this.#clearVersion(tenantId, versionId)
  }

  /** While its task may come back to it, a mark stays that keeps it deleted. */
  async #clearVersion(tenantId: string, versionId: string): Promise<void> {
    const { records, isTaskOver } = this.#options
    const version = await records.getVersion({ tenantId }, versionId)
    if (!version) return
    if (await isTaskOver(tenantId, version.taskId)) await records.deleteVersion(tenantId, versionId)
    else await records.markDeleted(tenantId, versionId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}
