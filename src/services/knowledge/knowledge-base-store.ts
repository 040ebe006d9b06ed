import { isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { KnowledgeBaseDocument } from '../../domain/knowledge.js'
import { SYSTEM_SCOPE, type DocumentBody, type DocumentStore, type Scope } from '../../ports/document-store.js'
import { findFirst } from '../document-reads.js'
import { KNOWLEDGE_BASES, REMOVALS, type Removal } from './knowledge-collections.js'

const CHANGE_ATTEMPTS = 20
const REMOVALS_AT_ONCE = 500

/** Knowledge bases, and what is to be cleared away, in the document store. */
export class KnowledgeBaseStore {
  readonly #documents: DocumentStore

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  get(scope: Scope, id: string): Promise<KnowledgeBaseDocument | null> {
    return this.#documents.get(KNOWLEDGE_BASES, scope, id)
  }

  getMany(scope: Scope, ids: readonly string[]): Promise<(KnowledgeBaseDocument | null)[]> {
    return this.#documents.getMany(KNOWLEDGE_BASES, scope, ids)
  }

  getByName(tenantId: string, name: string): Promise<KnowledgeBaseDocument | null> {
    const filter = { name: { eq: name } }
    return findFirst(this.#documents, { collection: KNOWLEDGE_BASES, scope: { tenantId }, filter })
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  async requireByName(tenantId: string, name: string): Promise<KnowledgeBaseDocument> {
    const base = await this.getByName(tenantId, name)
    if (!base) throw notFound('knowledge base', name)
    return base
  }

  /** By name. */
  list(scope: Scope, page: PageRequest): Promise<Page<KnowledgeBaseDocument>> {
    return this.#documents.find(KNOWLEDGE_BASES, scope, { orderBy: [{ field: 'name', direction: 'asc' }], page })
  }

  count(scope: Scope): Promise<number> {
    return this.#documents.count(KNOWLEDGE_BASES, scope)
  }

  /** @throws GraphloomError `CONFLICT` when the tenant has one of this name. */
  insert(base: DocumentBody<KnowledgeBaseDocument>): Promise<KnowledgeBaseDocument> {
    return this.#documents.insert(KNOWLEDGE_BASES, base)
  }

  /** @throws GraphloomError `CONFLICT` when it was changed since it was read, or the name is taken; `NOT_FOUND`. */
  update(next: KnowledgeBaseDocument): Promise<KnowledgeBaseDocument> {
    return this.#documents.update(KNOWLEDGE_BASES, { tenantId: next.tenantId }, next.revision, next)
  }

  /**
   * Changes a base by a rule, anew when another changed it meanwhile; nothing where the rule gives null.
   * @throws GraphloomError `NOT_FOUND`; what the rule throws.
   */
  async change(
    { tenantId, id }: Pick<KnowledgeBaseDocument, 'tenantId' | 'id'>,
    rule: (base: KnowledgeBaseDocument) => KnowledgeBaseDocument | null,
  ): Promise<KnowledgeBaseDocument> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.get({ tenantId }, id)
      if (!known) throw notFound('knowledge base', id)
      const next = rule(known)
      if (!next) return known
      try {
        return await this.update(next)
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT') || attempt >= CHANGE_ATTEMPTS) throw error
      }
    }
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  delete({ tenantId, id }: Pick<KnowledgeBaseDocument, 'tenantId' | 'id'>): Promise<void> {
    return this.#documents.delete(KNOWLEDGE_BASES, { tenantId }, id, undefined, { deleteStreams: [id] })
  }

  addRemoval(removal: DocumentBody<Removal>): Promise<Removal> {
    return this.#documents.insert(REMOVALS, removal)
  }

  async *listRemovals(): AsyncGenerator<Removal, void, void> {
    for (let cursor: string | null = null; ;) {
      const page: PageRequest = { limit: REMOVALS_AT_ONCE, cursor, backward: false }
      const found: Page<Removal> = await this.#documents.find(REMOVALS, SYSTEM_SCOPE, { page })
      for (const { node } of found.items) yield node
      if (!found.hasNextPage) return
      cursor = found.items.at(-1)!.cursor
    }
  }

  endRemoval({ tenantId, id }: Removal): Promise<void> {
    return this.#documents.delete(REMOVALS, { tenantId }, id)
  }
}
