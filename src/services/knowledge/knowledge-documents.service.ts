import { notFound } from '../../kernel/errors.js'
import { toPage, type Page, type PageRequest } from '../../kernel/pages.js'
import {
  activeOf,
  shownGeneration,
  type BaseChunking,
  type DocumentState,
  type DocumentVersion,
  type KnowledgeBaseDocument,
  type KnowledgeDocument,
} from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { ModelStore } from '../models/model-store.js'
import type { Access } from '../access/access.js'
import type { Payloads } from '../payloads.js'
import { checkDocument, type NewDocument } from './document-input.js'
import { takeDocuments, type AddedDocuments, type DocumentIntakeOptions } from './document-intake.js'
import {
  cutDocument,
  readDocument,
  type DocumentPreparationOptions,
  type PreparedChunk,
  type ReadDocument,
} from './document-preparation.js'
import type { DocumentRecords } from './document-records.js'
import { changeChunking, toChunking } from './knowledge-base-input.js'
import { isInAudience, readersOf } from './knowledge-access.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import type { Removals } from './removals.js'
import { readVersionChunks, type DocumentChunk } from './version-chunks.js'

export interface KnowledgeDocumentsOptions extends DocumentPreparationOptions, DocumentIntakeOptions {
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly payloads: Payloads
  readonly removals: Removals
}

export interface AddDocuments {
  readonly knowledgeBase: string
  readonly documents: readonly NewDocument[]
  readonly idempotencyKey: string | null
}

export interface PreviewChunks {
  readonly knowledgeBase: string
  readonly document: NewDocument
  /** In the place of what the base says. */
  readonly chunking: Partial<BaseChunking>
}

/** What a document would become. */
export interface Preview extends ReadDocument {
  readonly chunks: readonly PreparedChunk[]
}

/** Documents in knowledge bases. One that its access list keeps from the principal is not there for it. */
export class KnowledgeDocumentsService {
  readonly #options: KnowledgeDocumentsOptions

  constructor(options: KnowledgeDocumentsOptions) {
    this.#options = options
  }

  /**
   * Accepts documents, or new versions of those that have the same keys; they are on disk then, and read by a task.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `CONFLICT` for a key that is taken, `OVERLOADED`,
   * `IDEMPOTENCY_CONFLICT`, `PAYLOAD_TOO_LARGE`, `FORBIDDEN`.
   */
  async add(principal: Principal, { knowledgeBase, documents, idempotencyKey }: AddDocuments): Promise<AddedDocuments> {
    const { access, bases } = this.#options
    access.require(principal, 'knowledge.change')
    const base = await bases.requireByName(principal.tenantId, knowledgeBase)
    return takeDocuments(this.#options, principal, { base, documents, idempotencyKey })
  }

  /**
   * What a document would become, without storing anything.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `DOCUMENT_UNREADABLE`, `FORBIDDEN`; what the address did.
   */
  async preview(principal: Principal, asked: PreviewChunks, signal: AbortSignal): Promise<Preview> {
    const { access, bases, versions } = this.#options
    access.require(principal, 'knowledge.change')
    const base = await bases.requireByName(principal.tenantId, asked.knowledgeBase)
    const { tenantId, metadataFields } = base
    checkDocument(asked.document, base, 'input.document')
    const { embeddingModelVersionId, chunking: settings } = activeOf(base)
    const model = await versions.requireVersion(embeddingModelVersionId)
    const changed = changeChunking(settings, { ...asked.document.chunking, ...asked.chunking })
    const chunking = toChunking(changed, model)
    const read = await readDocument(this.#options, asked.document, { tenantId, signal })
    return { ...read, chunks: await cutDocument(this.#options, read, { chunking, model, metadataFields, signal }) }
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(KnowledgeDocument | null)[]> {
    const { access, records } = this.#options
    access.require(principal, 'knowledge.read')
    const readers = readersOf(principal)
    const found = await records.getDocuments({ tenantId: principal.tenantId }, ids)
    return found.map((one) => (one && isInAudience(one.audience, readers) ? one : null))
  }

  /** In the order in which they were made. @throws GraphloomError `INVALID_INPUT` for a foreign cursor, `FORBIDDEN`. */
  async list(
    principal: Principal,
    base: KnowledgeBaseDocument,
    { state, page }: { readonly state: DocumentState | null; readonly page: PageRequest },
  ): Promise<Page<KnowledgeDocument>> {
    const { access, records } = this.#options
    access.require(principal, 'knowledge.read', base)
    const readers = readersOf(principal)
    const audiences = (await records.listAudiences(base)).filter((audience) => isInAudience(audience, readers))
    return records.listDocuments(base, { audiences, ...(state && { state }) }, page)
  }

  /** Of a document that the principal got from here, the latest first. */
  listVersions({ tenantId, id }: KnowledgeDocument, page: PageRequest): Promise<Page<DocumentVersion>> {
    return this.#options.records.listVersions({ tenantId }, id, page)
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getVersions(principal: Principal, ids: readonly string[]): Promise<(DocumentVersion | null)[]> {
    const { access, records } = this.#options
    access.require(principal, 'knowledge.read')
    const versions = await records.getVersions({ tenantId: principal.tenantId }, ids)
    const documentIds = versions.map((version) => version?.documentId ?? '')
    const documents = await this.getMany(principal, documentIds)
    return versions.map((version, i) => (version && documents[i] && version.state !== 'DELETED' ? version : null))
  }

  /**
   * The chunks of a version that the principal got from here, in order; none before it is ready. Of the generation that
   * is asked for, else of that which it is told of by.
   */
  async readChunks(version: DocumentVersion, generation?: number): Promise<readonly DocumentChunk[]> {
    const { tenantId, knowledgeBaseId, chunkCounts } = version
    const base = generation === undefined ? await this.#options.bases.get({ tenantId }, knowledgeBaseId) : null
    return readVersionChunks(this.#options, version, generation ?? shownGeneration(base, chunkCounts))
  }

  /** A page of them. @throws GraphloomError `INVALID_INPUT` for a foreign cursor. */
  async listChunks(version: DocumentVersion, page: PageRequest): Promise<Page<DocumentChunk>> {
    return toPage(await this.readChunks(version), page)
  }

  /** The normalised text of a version that the principal got from here; null before it was read. */
  async readText({ content }: DocumentVersion): Promise<string | null> {
    return content && (await this.#options.payloads.get(content)).text
  }

  /** With all its versions; searches find nothing of it from now on. @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`. */
  async delete(principal: Principal, id: string): Promise<KnowledgeDocument> {
    const { access, bases, removals } = this.#options
    access.require(principal, 'knowledge.delete')
    const [document] = await this.getMany(principal, [id])
    const base = document && (await bases.get({ tenantId: principal.tenantId }, document.knowledgeBaseId))
    if (!document || !base) throw notFound('document', id)
    await removals.removeDocument(base, document)
    return document
  }
}
