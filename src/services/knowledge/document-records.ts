import { isErrorWithCode, notFound, type ErrorInfo } from '../../kernel/errors.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { ChunkCounts, DocumentState, DocumentVersion, KnowledgeDocument } from '../../domain/knowledge.js'
import { blobIdOf, type StoredDocument } from '../../domain/stored-document.js'
import {
  SYSTEM_SCOPE,
  type CollectionDefinition,
  type DocumentBody,
  type DocumentStore,
  type FieldValue,
  type Filter,
  type Scope,
} from '../../ports/document-store.js'
import { ignoreMissing } from '../document-reads.js'
import type { Payloads } from '../payloads.js'
import { ChunkSets } from './chunk-sets.js'
import { DOCUMENTS, DOCUMENT_VERSIONS } from './knowledge-collections.js'
import { toChangeEvents } from './progress/ingestion-events.js'

const CHANGE_ATTEMPTS = 50
const PAGE_ITEMS = 500

export interface DocumentSelection {
  readonly state?: DocumentState
  /** Audiences that may be seen; see `KnowledgeDocument.audience`. */
  readonly audiences: readonly FieldValue[]
}

/** A document with the version that searches find. */
export type ServedDocument = KnowledgeDocument & { readonly versionId: string }

interface Base {
  readonly tenantId: string
  readonly id: string
}

export interface BaseFigures {
  readonly documents: number
  readonly chunks: number
  readonly sizeBytes: number
}

/** Documents and their versions in the document store. */
export class DocumentRecords {
  readonly sets: ChunkSets
  readonly #documents: DocumentStore
  readonly #payloads: Payloads

  constructor(documents: DocumentStore, payloads: Payloads) {
    this.sets = new ChunkSets(documents, payloads)
    this.#documents = documents
    this.#payloads = payloads
  }

  getDocuments(scope: Scope, ids: readonly string[]): Promise<(KnowledgeDocument | null)[]> {
    return this.#documents.getMany(DOCUMENTS, scope, ids)
  }

  getDocument(scope: Scope, id: string): Promise<KnowledgeDocument | null> {
    return this.#documents.get(DOCUMENTS, scope, id)
  }

  getVersion(scope: Scope, id: string): Promise<DocumentVersion | null> {
    return this.#documents.get(DOCUMENT_VERSIONS, scope, id)
  }

  getVersions(scope: Scope, ids: readonly string[]): Promise<(DocumentVersion | null)[]> {
    return this.#documents.getMany(DOCUMENT_VERSIONS, scope, ids)
  }

  /** In the order in which they were made, the latest last. */
  listDocuments(
    { tenantId, id }: Base,
    { state, audiences }: DocumentSelection,
    page: PageRequest,
  ): Promise<Page<KnowledgeDocument>> {
    const filter = toFilter(id, audiences, state)
    return this.#documents.find(DOCUMENTS, { tenantId }, { filter, page })
  }

  /** What those documents of a base amount to that the audiences may see. */
  async sumUp({ tenantId, id }: Base, audiences: readonly FieldValue[]): Promise<BaseFigures> {
    const filter = toFilter(id, audiences)
    const by = ['knowledgeBaseId']
    const [chunks] = await this.#documents.groupSum(DOCUMENTS, { tenantId }, { by, sum: 'chunkCount', filter })
    const [bytes] = await this.#documents.groupSum(DOCUMENTS, { tenantId }, { by, sum: 'sizeBytes', filter })
    return { documents: chunks?.count ?? 0, chunks: chunks?.sum ?? 0, sizeBytes: bytes?.sum ?? 0 }
  }

  /** Every document of a base that has a version that is served, whoever may see it. */
  async *readServed({ tenantId, id }: Base): AsyncGenerator<ServedDocument> {
    const filter = { knowledgeBaseId: { eq: id } }
    for (let cursor: string | null = null; ;) {
      const page: PageRequest = { limit: PAGE_ITEMS, cursor, backward: false }
      const found = await this.#documents.find(DOCUMENTS, { tenantId }, { filter, page })
      for (const { node } of found.items) if (isServed(node)) yield node
      if (!found.hasNextPage) return
      cursor = found.items.at(-1)?.cursor ?? null
    }
  }

  /** As `sumUp`, of a generation: documents are read one by one. */
  async sumUpGeneration(base: Base, generation: number, audiences: readonly FieldValue[]): Promise<BaseFigures> {
    const isVisible = new Set(audiences)
    let [documents, chunks, sizeBytes] = [0, 0, 0]
    for await (const one of this.readServed(base)) {
      const count = one.chunkCounts[generation]
      if (count === undefined || !isVisible.has(one.audience)) continue
      documents++
      chunks += count
      sizeBytes += one.sizeBytes
    }
    return { documents, chunks, sizeBytes }
  }

  /** How many documents of a base, for these audiences, stand where. */
  async countStates({ tenantId, id }: Base, audiences: readonly FieldValue[]): Promise<ReadonlyMap<string, number>> {
    const filter = toFilter(id, audiences)
    const groups = await this.#documents.groupSum(DOCUMENTS, { tenantId }, { by: ['state'], filter })
    return new Map(groups.map(({ key: [state], count }) => [String(state), count]))
  }

  /** Tasks that documents of a base, for these audiences, wait for; at most 1,000. */
  async listOpenTasks({ tenantId, id }: Base, audiences: readonly FieldValue[]): Promise<string[]> {
    const filter = toFilter(id, audiences, 'QUEUED')
    const groups = await this.#documents.groupSum(DOCUMENTS, { tenantId }, { by: ['taskId'], filter })
    return groups.map(({ key: [taskId] }) => String(taskId))
  }

  /** Lets bases sum up the count that a generation has of a document. No error when that is gone. */
  async recount(scope: Scope, id: string, generation: number): Promise<void> {
    const recounting = this.changeDocument(scope, id, (known) => {
      const chunkCount = known.chunkCounts[generation] ?? 0
      return known.chunkCount === chunkCount ? null : { ...known, chunkCount }
    })
    await ignoreMissing(recounting)
  }

  /** Every audience that documents of a base have. */
  async listAudiences({ tenantId, id }: Base): Promise<FieldValue[]> {
    const filter = { knowledgeBaseId: { eq: id } }
    const groups = await this.#documents.groupSum(DOCUMENTS, { tenantId }, { by: ['audience'], filter })
    return groups.map(({ key }) => key[0] ?? null)
  }

  /** A document's versions, the latest first. */
  listVersions(scope: Scope, documentId: string, page: PageRequest): Promise<Page<DocumentVersion>> {
    return this.#documents.find(DOCUMENT_VERSIONS, scope, {
      filter: { documentId: { eq: documentId }, number: { gte: 1 } },
      orderBy: [{ field: 'number', direction: 'desc' }],
      page,
    })
  }

  async listVersionIds(scope: Scope, documentId: string): Promise<string[]> {
    const page = { limit: PAGE_ITEMS, cursor: null, backward: false }
    return (await this.listVersions(scope, documentId, page)).items.map(({ node }) => node.id)
  }

  /** A document's latest version; null when there is none. */
  async findLatest(scope: Scope, documentId: string): Promise<DocumentVersion | null> {
    const page = { limit: 1, cursor: null, backward: false }
    return (await this.listVersions(scope, documentId, page)).items[0]?.node ?? null
  }

  insertDocument(document: DocumentBody<KnowledgeDocument>): Promise<KnowledgeDocument> {
    const events = toChangeEvents(null, document as KnowledgeDocument)
    return this.#documents.insert(DOCUMENTS, document, { events })
  }

  insertVersion(version: DocumentBody<DocumentVersion>): Promise<DocumentVersion> {
    return this.#documents.insert(DOCUMENT_VERSIONS, version)
  }

  /** @throws GraphloomError `CONFLICT` when it was changed meanwhile, `NOT_FOUND`. */
  updateVersion(next: DocumentVersion): Promise<DocumentVersion> {
    const contentBlobId = blobIdOf(next.content)
    const { tenantId, revision } = next
    return this.#documents.update(DOCUMENT_VERSIONS, { tenantId }, revision, { ...next, contentBlobId })
  }

  /** Notes that further generations have a version. @throws GraphloomError `NOT_FOUND`. */
  async addCounts(scope: Scope, versionId: string, counts: ChunkCounts): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.getVersion(scope, versionId)
      if (!known) throw notFound('document version', versionId)
      try {
        await this.updateVersion({ ...known, chunkCounts: { ...known.chunkCounts, ...counts } })
        return
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT') || attempt >= CHANGE_ATTEMPTS) throw error
      }
    }
  }

  /**
   * A version becomes none that is served; its document says so while it is the latest.
   * @throws GraphloomError as `updateVersion`.
   */
  async failVersion(version: DocumentVersion, error: ErrorInfo): Promise<void> {
    const { tenantId, documentId, number } = version
    await this.updateVersion({ ...version, state: 'FAILED', error })
    await this.changeDocument({ tenantId }, documentId, (known) =>
      known.latestNumber === number ? { ...known, state: 'FAILED', error } : null,
    )
  }

  /** Fails a version that nobody goes on with, unless it is served or has failed. No error when it is gone. */
  async abandonVersion(tenantId: string, id: string, error: ErrorInfo): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const version = await this.getVersion({ tenantId }, id)
      if (!version || version.state === 'DELETED' || version.state === 'FAILED') return
      const document = await this.getDocument({ tenantId }, version.documentId)
      if (!document || document.versionNumber >= version.number) return
      try {
        return await this.failVersion(version, error)
      } catch (failure) {
        if (!isRace(failure) || attempt >= CHANGE_ATTEMPTS) throw failure
      }
    }
  }

  /**
   * Changes a document by a rule, anew when another changed it meanwhile; nothing where the rule gives null.
   * @throws GraphloomError `NOT_FOUND`.
   */
  async changeDocument(
    scope: Scope,
    id: string,
    rule: (document: KnowledgeDocument) => KnowledgeDocument | null,
  ): Promise<KnowledgeDocument> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.getDocument(scope, id)
      if (!known) throw notFound('document', id)
      const next = rule(known)
      if (!next) return known
      try {
        return await this.#documents.update(DOCUMENTS, scope, known.revision, next, {
          events: toChangeEvents(known, next),
        })
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT') || attempt >= CHANGE_ATTEMPTS) throw error
      }
    }
  }

  /** With its chunks. No error when it is gone. */
  async deleteVersion(tenantId: string, id: string): Promise<void> {
    await this.sets.deleteOf(tenantId, id)
    const version = await this.getVersion({ tenantId }, id)
    if (!version) return
    await ignoreMissing(this.#documents.delete(DOCUMENT_VERSIONS, { tenantId }, id))
    await this.#payloads.delete(version.content)
  }

  /** Leaves nothing of a version but that it was deleted. No error when it is gone. */
  async markDeleted(tenantId: string, id: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const version = await this.getVersion({ tenantId }, id)
      if (!version || version.state === 'DELETED') return
      try {
        await this.updateVersion({ ...version, state: 'DELETED', content: null, metadata: {}, title: null })
        await this.#payloads.delete(version.content)
        return await this.sets.deleteOf(tenantId, id)
      } catch (error) {
        if (!isRace(error) || attempt >= CHANGE_ATTEMPTS) throw error
      }
    }
  }

  /** No error when it is gone. */
  deleteDocument(tenantId: string, id: string, deleteStreams: readonly string[] = [id]): Promise<void> {
    return ignoreMissing(this.#documents.delete(DOCUMENTS, { tenantId }, id, undefined, { deleteStreams }))
  }

  /** Deletes all documents and versions of a base. */
  async deleteAll({ tenantId, id }: Base): Promise<void> {
    await this.#clear(DOCUMENTS, { tenantId, id }, (one) => this.deleteDocument(tenantId, one, [one, id]))
    await this.#clear(DOCUMENT_VERSIONS, { tenantId, id }, (one) => this.deleteVersion(tenantId, one))
    await this.sets.deleteAll({ tenantId, id })
  }

  async #clear<T extends StoredDocument>(
    collection: CollectionDefinition<T>,
    base: Base,
    remove: (id: string) => Promise<void>,
  ): Promise<void> {
    const filter = { knowledgeBaseId: { eq: base.id } }
    const page = { limit: PAGE_ITEMS, cursor: null, backward: false }
    for (;;) {
      const { items } = await this.#documents.find(collection, { tenantId: base.tenantId }, { filter, page })
      for (const { node } of items) await remove(node.id)
      if (items.length < PAGE_ITEMS) return
    }
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    const versions = await this.#documents.count(DOCUMENT_VERSIONS, SYSTEM_SCOPE, { contentBlobId: { eq: blobId } })
    return versions > 0 || this.sets.isBlobReferenced(blobId)
  }
}

const isServed = (document: KnowledgeDocument): document is ServedDocument => document.versionId !== null

const toFilter = (knowledgeBaseId: string, audiences: readonly FieldValue[], state?: DocumentState): Filter => ({
  knowledgeBaseId: { eq: knowledgeBaseId },
  audience: { in: audiences },
  ...(state && { state: { eq: state } }),
})

/** Somebody else was sooner. */
const isRace = (error: unknown): boolean => isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')
