import { isErrorWithCode, notFound } from '../../../kernel/errors.js'
import { toIdOfKind } from '../../../kernel/ids.js'
import { toPage, type Page, type PageRequest } from '../../../kernel/pages.js'
import type { EvaluationDocument, EvaluationPart, QueryEvaluation } from '../../../domain/evaluation.js'
import { blobIdOf } from '../../../domain/stored-document.js'
import {
  SYSTEM_SCOPE,
  type CollectionDefinition,
  type DocumentBody,
  type DocumentStore,
  type Filter,
  type Scope,
} from '../../../ports/document-store.js'
import { findFirst } from '../../document-reads.js'
import type { Payloads } from '../../payloads.js'

const EVALUATIONS: CollectionDefinition<EvaluationDocument> = {
  name: 'evaluations',
  version: 1,
  fields: { knowledgeBaseId: 'string', audience: 'string' },
  indexes: [{ name: 'evaluations_base', fields: ['knowledgeBaseId'] }],
}

const EVALUATION_PARTS: CollectionDefinition<EvaluationPart> = {
  name: 'evaluationParts',
  version: 1,
  fields: { evaluationId: 'string', from: 'number', through: 'number', resultsBlobId: 'string' },
  indexes: [
    { name: 'evaluationParts_evaluation', fields: ['evaluationId', 'from'] },
    { name: 'evaluationParts_blob', fields: ['resultsBlobId'], acrossTenants: true, sparse: true },
  ],
}

export const EVALUATION_COLLECTIONS = [EVALUATIONS, EVALUATION_PARTS]

/** Parts of one read. */
const READ_PARTS = 8

type Owner = Pick<EvaluationDocument, 'id' | 'tenantId'>

/** Evaluations, and what was found for their questions: parts of some questions each. */
export class EvaluationStore {
  readonly #documents: DocumentStore
  readonly #payloads: Payloads

  constructor(documents: DocumentStore, payloads: Payloads) {
    this.#documents = documents
    this.#payloads = payloads
  }

  get(scope: Scope, id: string): Promise<EvaluationDocument | null> {
    return this.#documents.get(EVALUATIONS, scope, id)
  }

  getMany(scope: Scope, ids: readonly string[]): Promise<(EvaluationDocument | null)[]> {
    return this.#documents.getMany(EVALUATIONS, scope, ids)
  }

  /** The latest first. */
  list(scope: Scope, filter: Filter, page: PageRequest): Promise<Page<EvaluationDocument>> {
    return this.#documents.find(EVALUATIONS, scope, { filter, orderBy: [{ field: 'id', direction: 'desc' }], page })
  }

  /** The one that is there already where it is. */
  async ensure(evaluation: DocumentBody<EvaluationDocument>): Promise<EvaluationDocument> {
    const { tenantId, id } = evaluation
    const known = await this.get({ tenantId }, id)
    if (known) return known
    try {
      return await this.#documents.insert(EVALUATIONS, evaluation)
    } catch (error) {
      const made = isErrorWithCode(error, 'CONFLICT') ? await this.get({ tenantId }, id) : null
      if (!made) throw error
      return made
    }
  }

  /** @throws GraphloomError `CONFLICT` when it was changed since it was read, `NOT_FOUND`. */
  update(next: EvaluationDocument): Promise<EvaluationDocument> {
    return this.#documents.update(EVALUATIONS, { tenantId: next.tenantId }, next.revision, next)
  }

  /**
   * Adds what was found for the questions from `from` on. Their place decides the id, so that of two who add the same
   * ones one is refused. @throws GraphloomError `CONFLICT`.
   */
  async addPart(
    { id: evaluationId, tenantId }: Owner,
    from: number,
    { results, hasRestricted }: { readonly results: readonly QueryEvaluation[]; readonly hasRestricted: boolean },
  ): Promise<EvaluationPart> {
    const stored = await this.#payloads.put(results)
    const through = from + results.length
    const id = `${toIdOfKind('evaluationPart', evaluationId)}_${from}`
    const part = { id, tenantId, evaluationId, from, through, results: stored, hasRestricted }
    try {
      return await this.#documents.insert(EVALUATION_PARTS, { ...part, resultsBlobId: blobIdOf(stored) })
    } catch (error) {
      await this.#payloads.delete(stored)
      throw error
    }
  }

  getLastPart({ id, tenantId }: Owner): Promise<EvaluationPart | null> {
    return findFirst(this.#documents, {
      collection: EVALUATION_PARTS,
      scope: { tenantId },
      filter: { evaluationId: { eq: id } },
      orderBy: [{ field: 'from', direction: 'desc' }],
    })
  }

  /** Parts that have questions from a place on, in order. */
  async *readParts({ id, tenantId }: Owner, from = 0): AsyncGenerator<EvaluationPart> {
    for (let at = from; ;) {
      const parts = await this.#findParts(tenantId, { evaluationId: { eq: id }, through: { gt: at } })
      yield* parts
      if (parts.length < READ_PARTS) return
      at = parts.at(-1)!.through
    }
  }

  readResults({ results }: EvaluationPart): Promise<readonly QueryEvaluation[]> {
    return this.#payloads.get(results)
  }

  /** A page of what was found, in the order of the questions. @throws GraphloomError `INVALID_INPUT`. */
  async listResults(owner: Owner, page: PageRequest): Promise<Page<QueryEvaluation>> {
    const last = await this.getLastPart(owner)
    const places = Array.from({ length: last?.through ?? 0 }, (_, place) => place)
    const { items, ...where } = toPage(places, page)
    const wanted = new Map(items.map(({ node }) => [node, null as QueryEvaluation | null]))
    const end = items.at(-1)?.node ?? -1
    if (items.length > 0)
      for await (const part of this.readParts(owner, items[0]!.node)) {
        if (part.from > end) break
        const results = await this.readResults(part)
        for (const [i, result] of results.entries()) if (wanted.has(part.from + i)) wanted.set(part.from + i, result)
      }
    return { ...where, items: items.map(({ node, cursor }) => ({ node: wanted.get(node)!, cursor })) }
  }

  /** With all that was found. No error when it is gone. */
  async delete({ id, tenantId }: Owner): Promise<void> {
    for (;;) {
      const parts = await this.#findParts(tenantId, { evaluationId: { eq: id } })
      for (const part of parts) {
        await this.#documents.delete(EVALUATION_PARTS, { tenantId }, part.id).catch(ignoreGone)
        await this.#payloads.delete(part.results)
      }
      if (parts.length < READ_PARTS) break
    }
    await this.#documents.delete(EVALUATIONS, { tenantId }, id).catch(ignoreGone)
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  async require(scope: Scope, id: string): Promise<EvaluationDocument> {
    const evaluation = await this.get(scope, id)
    if (!evaluation) throw notFound('evaluation', id)
    return evaluation
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    return (await this.#documents.count(EVALUATION_PARTS, SYSTEM_SCOPE, { resultsBlobId: { eq: blobId } })) > 0
  }

  async #findParts(tenantId: string, filter: Filter): Promise<EvaluationPart[]> {
    const page = { limit: READ_PARTS, cursor: null, backward: false }
    const orderBy = [{ field: 'from', direction: 'asc' as const }]
    return (await this.#documents.find(EVALUATION_PARTS, { tenantId }, { filter, orderBy, page })).items.map(
      ({ node }) => node,
    )
  }
}

function ignoreGone(error: unknown): void {
  if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
}
