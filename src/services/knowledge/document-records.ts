import { isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { DocumentState, DocumentVersion, KnowledgeDocument, VersionVectors } from '../../domain/knowledge.js'
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
import type { Payloads } from '../payloads.js'
import { DOCUMENTS, DOCUMENT_VERSIONS, VERSION_VECTORS } from './knowledge-collections.js'

const CHANGE_ATTEMPTS = 50
const PAGE_ITEMS = 500

export interface DocumentSelection {
  readonly state?: DocumentState
  /** Audiences that may be seen; see `KnowledgeDocument.audience`. */
  readonly audiences: readonly FieldValue[]
}

export interface BaseFigures {
  readonly documents: number
  readonly chunks: number
  readonly sizeBytes: number
}

/** Documents, their versions and vectors in the document store. */
export class DocumentRecords {
  readonly #documents: DocumentStore
  readonly #payloads: Payloads

  constructor(documents: DocumentStore, payloads: Payloads) {
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
    { tenantId, id }: { readonly tenantId: string; readonly id: string },
    { state, audiences }: DocumentSelection,
    page: PageRequest,
  ): Promise<Page<KnowledgeDocument>> {
    const filter = toFilter(id, audiences, state)
    return this.#documents.find(DOCUMENTS, { tenantId }, { filter, page })
  }

  /** What those documents of a base amount to that the audiences may see. */
  async sumUp(
    { tenantId, id }: { readonly tenantId: string; readonly id: string },
    audiences: readonly FieldValue[],
  ): Promise<BaseFigures> {
    const filter = toFilter(id, audiences)
    const by = ['knowledgeBaseId']
    const [chunks] = await this.#documents.groupSum(DOCUMENTS, { tenantId }, { by, sum: 'chunkCount', filter })
    const [bytes] = await this.#documents.groupSum(DOCUMENTS, { tenantId }, { by, sum: 'sizeBytes', filter })
    return { documents: chunks?.count ?? 0, chunks: chunks?.sum ?? 0, sizeBytes: bytes?.sum ?? 0 }
  }

  /** Every document of a base that has a version that is served, whoever may see it. */
  async *readServed(base: { readonly tenantId: string; readonly id: string }) {
    const filter = { knowledgeBaseId: { eq: base.id } }
    for (let cursor: string | null = null; ;) {
      const page: PageRequest = { limit: PAGE_ITEMS, cursor, backward: false }
      const found = await this.#documents.find(DOCUMENTS, { tenantId: base.tenantId }, { filter, page })
      for (const { node } of found.items)
        if (node.versionId !== null) yield { versionId: node.versionId, chunkCount: node.chunkCount }
      if (!found.hasNextPage) return
      cursor = found.items.at(-1)?.cursor ?? null
    }
  }

  /** Every audience that documents of a base have. */
  async listAudiences({ tenantId, id }: { readonly tenantId: string; readonly id: string }): Promise<FieldValue[]> {
    const filter = { knowledgeBaseId: { eq: id } }
    const groups = await this.#documents.groupSum(DOCUMENTS, { tenantId }, { by: ['audience'], filter })
    return groups.map(({ key }) => key[0] ?? null)
  }

  /** A document's versions, the latest first. */
  listVersions(scope: Scope, documentId: string, page: PageRequest): Promise<Page<DocumentVersion>> {
    return this.#documents.find(DOCUMENT_VERSIONS, scope, {
      filter: { documentId: { eq: documentId } },
      orderBy: [{ field: 'number', direction: 'desc' }],
      page,
    })
  }

  async listVersionIds(scope: Scope, documentId: string): Promise<string[]> {
    const page = { limit: PAGE_ITEMS, cursor: null, backward: false }
    return (await this.listVersions(scope, documentId, page)).items.map(({ node }) => node.id)
  }

  /** The number of a document's latest version; 0 when there is none. */
  async findLatestNumber(scope: Scope, documentId: string): Promise<number> {
    const page = { limit: 1, cursor: null, backward: false }
    return (await this.listVersions(scope, documentId, page)).items[0]?.node.number ?? 0
  }

  insertDocument(document: DocumentBody<KnowledgeDocument>): Promise<KnowledgeDocument> {
    return this.#documents.insert(DOCUMENTS, document)
  }

  insertVersion(version: DocumentBody<DocumentVersion>): Promise<DocumentVersion> {
    return this.#documents.insert(DOCUMENT_VERSIONS, version)
  }

  /** @throws GraphloomError `CONFLICT` when it was changed meanwhile, `NOT_FOUND`. */
  updateVersion(next: DocumentVersion): Promise<DocumentVersion> {
    const blobs = { contentBlobId: blobIdOf(next.content), chunksBlobId: blobIdOf(next.chunks) }
    return this.#documents.update(DOCUMENT_VERSIONS, { tenantId: next.tenantId }, next.revision, { ...next, ...blobs })
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
        return await this.#documents.update(DOCUMENTS, scope, known.revision, next)
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT') || attempt >= CHANGE_ATTEMPTS) throw error
      }
    }
  }

  /** Puts the vectors in the place of those that an earlier attempt may have left. */
  async putVectors(vectors: Omit<DocumentBody<VersionVectors>, 'vectorsBlobId'>): Promise<void> {
    const document = { ...vectors, vectorsBlobId: blobIdOf(vectors.vectors) }
    await this.deleteVectors(vectors)
    await this.#documents.insert(VERSION_VECTORS, document)
  }

  getVectors(scope: Scope, versionId: string): Promise<VersionVectors | null> {
    return this.#documents.get(VERSION_VECTORS, scope, versionId)
  }

  async deleteVectors({ tenantId, id }: Pick<VersionVectors, 'tenantId' | 'id'>): Promise<void> {
    const known = await this.getVectors({ tenantId }, id)
    if (!known) return
    await ignoreMissing(this.#documents.delete(VERSION_VECTORS, { tenantId }, id))
    await this.#payloads.delete(known.vectors)
  }

  /** With its vectors. No error when it is gone. */
  async deleteVersion(tenantId: string, id: string): Promise<void> {
    await this.deleteVectors({ tenantId, id })
    const version = await this.getVersion({ tenantId }, id)
    if (!version) return
    await ignoreMissing(this.#documents.delete(DOCUMENT_VERSIONS, { tenantId }, id))
    await this.#payloads.delete(version.content, version.chunks)
  }

  /** Leaves nothing of a version but that it was deleted. No error when it is gone. */
  async markDeleted(tenantId: string, id: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const version = await this.getVersion({ tenantId }, id)
      if (!version || version.state === 'DELETED') return
      try {
        await this.updateVersion({
          ...version,
          state: 'DELETED',
          content: null,
          chunks: null,
          metadata: {},
          title: null,
        })
        await this.#payloads.delete(version.content, version.chunks)
        return await this.deleteVectors({ tenantId, id })
      } catch (error) {
        const isRace = isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')
        if (!isRace || attempt >= CHANGE_ATTEMPTS) throw error
      }
    }
  }

  /** No error when it is gone. */
  deleteDocument(tenantId: string, id: string): Promise<void> {
    return ignoreMissing(this.#documents.delete(DOCUMENTS, { tenantId }, id))
  }

  /** Deletes all documents and versions of a base. */
  async deleteAll({ tenantId, id }: { readonly tenantId: string; readonly id: string }): Promise<void> {
    await this.#clear(DOCUMENTS, { tenantId, id }, (one) => this.deleteDocument(tenantId, one))
    await this.#clear(DOCUMENT_VERSIONS, { tenantId, id }, (one) => this.deleteVersion(tenantId, one))
  }

  async #clear<T extends StoredDocument>(
    collection: CollectionDefinition<T>,
    base: { readonly tenantId: string; readonly id: string },
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
    const holders = [
      this.#documents.count(DOCUMENT_VERSIONS, SYSTEM_SCOPE, { contentBlobId: { eq: blobId } }),
      this.#documents.count(DOCUMENT_VERSIONS, SYSTEM_SCOPE, { chunksBlobId: { eq: blobId } }),
      this.#documents.count(VERSION_VECTORS, SYSTEM_SCOPE, { vectorsBlobId: { eq: blobId } }),
    ]
    const counts = await Promise.all(holders)
    return counts.some((count) => count > 0)
  }
}

const toFilter = (knowledgeBaseId: string, audiences: readonly FieldValue[], state?: DocumentState): Filter => ({
  knowledgeBaseId: { eq: knowledgeBaseId },
  audience: { in: audiences },
  ...(state && { state: { eq: state } }),
})

/** What somebody else deleted a moment sooner is deleted. */
async function ignoreMissing(deleting: Promise<void>): Promise<void> {
  try {
    await deleting
  } catch (error) {
    if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
  }
}
