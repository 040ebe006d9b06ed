import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { Access } from '../access/access.js'
import type { ModelsService } from '../models/models.service.js'
import type { ChunkCounting } from './chunk-counting.js'
import type { BaseFigures, DocumentRecords } from './document-records.js'
import { requireEmbeddingModel, toGeneration } from './new-generation.js'
import type { IndexWriter } from './index-writer.js'
import { toIndexedBase, toIndexes } from './indexed-base.js'
import { isInAudience, readersOf } from './knowledge-access.js'
import {
  checkDescription,
  checkName,
  DEFAULT_EMBEDDING_MODEL,
  toChunking,
  type CreateKnowledgeBase,
  type UpdateKnowledgeBase,
} from './knowledge-base-input.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import { checkMetadataFields } from './metadata-input.js'
import type { Removals } from './removals.js'
import { checkSnapshotRetention, DEFAULT_SNAPSHOT_RETENTION } from './snapshots/snapshot-retention.js'
import type { SnapshotStore } from './snapshots/snapshot-store.js'

export interface KnowledgeBasesOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly snapshots: SnapshotStore
  readonly models: Pick<ModelsService, 'requireByReference'>
  readonly writer: IndexWriter
  readonly removals: Removals
  readonly counting: ChunkCounting
  readonly clock: Clock
}

export const MAX_KNOWLEDGE_BASES = 1_000
const CHANGE_ATTEMPTS = 20
const NO_FIGURES: BaseFigures = { documents: 0, chunks: 0, sizeBytes: 0 }

/** What documents are kept in. */
export class KnowledgeBasesService {
  readonly #options: KnowledgeBasesOptions

  constructor(options: KnowledgeBasesOptions) {
    this.#options = options
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  async get(principal: Principal, name: string): Promise<KnowledgeBaseDocument | null> {
    this.#options.access.require(principal, 'knowledge.read')
    return this.#options.bases.getByName(principal.tenantId, name)
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(KnowledgeBaseDocument | null)[]> {
    this.#options.access.require(principal, 'knowledge.read')
    return this.#options.bases.getMany({ tenantId: principal.tenantId }, ids)
  }

  /** By name. @throws GraphloomError `INVALID_INPUT` for a cursor of another list, `FORBIDDEN`. */
  async list(principal: Principal, page: PageRequest): Promise<Page<KnowledgeBaseDocument>> {
    this.#options.access.require(principal, 'knowledge.read')
    return this.#options.bases.list({ tenantId: principal.tenantId }, page)
  }

  /** What the documents of each base amount to that the principal may see. @throws GraphloomError `FORBIDDEN`. */
  async sumUp(principal: Principal, ids: readonly string[]): Promise<BaseFigures[]> {
    const { access, bases } = this.#options
    access.require(principal, 'knowledge.read')
    const readers = readersOf(principal)
    const found = await bases.getMany({ tenantId: principal.tenantId }, ids)
    return Promise.all(found.map(async (base) => (base ? this.#sumUp(base, readers) : NO_FIGURES)))
  }

  async #sumUp(base: KnowledgeBaseDocument, readers: readonly string[]): Promise<BaseFigures> {
    const { records, counting } = this.#options
    const audiences = (await records.listAudiences(base)).filter((audience) => isInAudience(audience, readers))
    if (base.countedGeneration === base.activeGeneration) return records.sumUp(base, audiences)
    counting.begin(base)
    return records.sumUpGeneration(base, base.activeGeneration, audiences)
  }

  /** @throws GraphloomError `INVALID_INPUT`, `CONFLICT`, `NOT_FOUND`, `UNAVAILABLE`, `FORBIDDEN`. */
  async create(principal: Principal, input: CreateKnowledgeBase): Promise<KnowledgeBaseDocument> {
    const { access, bases, models, writer, clock } = this.#options
    access.require(principal, 'knowledge.change')
    const { name, description, metadataFields, language } = input
    checkName(name, 'input.name')
    checkDescription(description)
    checkMetadataFields(metadataFields, 'input.metadataFields')
    const model = await requireEmbeddingModel(models, principal, input.embeddingModel ?? DEFAULT_EMBEDDING_MODEL)
    const { tenantId, subject: createdBy } = principal
    if ((await bases.count({ tenantId })) >= MAX_KNOWLEDGE_BASES)
      throw invalidInput('input.name', `there are ${MAX_KNOWLEDGE_BASES} knowledge bases already; delete one first.`)
    const id = createId('knowledgeBase', clock.now())
    const now = clock.now()
    const chunking = toChunking(input.chunking, model)
    const begun = toGeneration({ knowledgeBaseId: id, number: 1, model, chunking, taskId: null, now })
    const first = { ...begun, readyAt: now, activatedAt: now }
    const settings = { name, description, metadataFields, language, generations: [first] }
    if (await bases.getByName(tenantId, name)) throw nameTaken(name)
    // Whoever sees the base can search it.
    await writer.extend(toIndexedBase({ ...settings, id, tenantId }, first))
    try {
      const numbers = { activeGeneration: 1, latestGeneration: 1, countedGeneration: 1 }
      const more = { ...numbers, snapshotRetention: DEFAULT_SNAPSHOT_RETENTION }
      return await bases.insert({ ...settings, ...more, id, tenantId, createdBy })
    } catch (error) {
      await writer.drop(first)
      throw isErrorWithCode(error, 'CONFLICT') ? nameTaken(name) : error
    }
  }

  /** @throws GraphloomError `INVALID_INPUT`, `CONFLICT`, `NOT_FOUND`, `FORBIDDEN`. */
  async update(principal: Principal, input: UpdateKnowledgeBase): Promise<KnowledgeBaseDocument> {
    const { access, bases, snapshots, writer } = this.#options
    access.require(principal, 'knowledge.change')
    const { newName, description, addMetadataFields, snapshotRetention } = input
    if (newName !== null) checkName(newName, 'input.newName')
    checkDescription(description)
    if (snapshotRetention) checkSnapshotRetention(snapshotRetention)
    for (let attempt = 1; ; attempt++) {
      const known = await bases.requireByName(principal.tenantId, input.name)
      const metadataFields = [...known.metadataFields, ...addMetadataFields]
      checkMetadataFields(metadataFields, 'input.addMetadataFields')
      const name = newName ?? known.name
      const changed = {
        ...(description !== undefined && { description }),
        ...(snapshotRetention && { snapshotRetention }),
      }
      const next = { ...known, name, metadataFields, ...changed }
      try {
        // Before it is told that they can be filtered by.
        if (addMetadataFields.length > 0)
          for (const index of toIndexes(next, await snapshots.list(next))) await writer.extend(index)
        return await bases.update(next)
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT')) throw error
        if (name !== known.name && (await bases.getByName(principal.tenantId, name))) throw nameTaken(name)
        if (attempt >= CHANGE_ATTEMPTS) throw error
      }
    }
  }

  /** With everything in it, at once; what it has on the disk goes after. @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`. */
  async delete(principal: Principal, name: string): Promise<KnowledgeBaseDocument> {
    const { access, bases, removals } = this.#options
    access.require(principal, 'knowledge.delete')
    const base = await bases.requireByName(principal.tenantId, name)
    await removals.removeBase(base)
    return base
  }
}

const nameTaken = (name: string): GraphloomError =>
  new GraphloomError('CONFLICT', `There is a knowledge base "${name}" already.`)
