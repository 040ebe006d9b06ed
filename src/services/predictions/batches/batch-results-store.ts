import { toIdOfKind } from '../../../kernel/ids.js'
import type { Page, PageRequest } from '../../../kernel/pages.js'
import { invalidInput } from '../../../kernel/errors.js'
import { blobIdOf } from '../../../domain/stored-document.js'
import {
  SYSTEM_SCOPE,
  type CollectionDefinition,
  type DocumentStore,
  type Filter,
} from '../../../ports/document-store.js'
import { findFirst } from '../../document-reads.js'
import { addResult, NO_TOTALS, type BatchResult, type BatchResultsDocument, type BatchTotals } from './batch-item.js'

export const BATCH_RESULTS: CollectionDefinition<BatchResultsDocument> = {
  name: 'prediction_batch_results',
  version: 1,
  fields: { taskId: 'string', from: 'number', through: 'number', outputBlobId: 'string' },
  indexes: [
    { name: 'prediction_batch_results_through', fields: ['taskId', 'through'] },
    { name: 'prediction_batch_results_output_blob', fields: ['outputBlobId'], acrossTenants: true, sparse: true },
  ],
}

/** Documents of one read: at most some megabytes. */
const READ_DOCUMENTS = 8
const CURSOR = /^[1-9][0-9]{0,8}$/

export interface NewResults {
  readonly tenantId: string
  readonly taskId: string
  /** The documents before these, the last of them. */
  readonly after: BatchResultsDocument | null
  readonly results: readonly BatchResult[]
  readonly versions: Readonly<Record<string, string>>
}

/** Results of batches, appended some at a time. */
export class BatchResultsStore {
  readonly #documents: DocumentStore

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  /**
   * Appends results after the ones that are there. Their place decides the document's id, so that of two who append at
   * the same place one is refused.
   * @throws GraphloomError `CONFLICT` when there are others in their place.
   */
  append({ tenantId, taskId, after, results, versions }: NewResults): Promise<BatchResultsDocument> {
    const from = after?.through ?? 0
    const blobs = results.flatMap(({ output }) => blobIdOf(output) ?? [])
    return this.#documents.insert(BATCH_RESULTS, {
      id: `${toIdOfKind('batchResults', taskId)}${String(from).padStart(6, '0')}`,
      tenantId,
      taskId,
      from,
      through: from + results.length,
      results,
      totals: results.reduce(addResult, after?.totals ?? NO_TOTALS),
      versions,
      outputBlobId: blobs[0] ?? null,
    })
  }

  /** Those after the first `after` results, in order. */
  async *readAfter(tenantId: string, taskId: string, after: number): AsyncGenerator<BatchResultsDocument> {
    for (let position = after; ;) {
      const documents = await this.#find({ tenantId, taskId, through: { gt: position } })
      yield* documents
      if (documents.length < READ_DOCUMENTS) return
      position = documents.at(-1)!.through
    }
  }

  getLast(tenantId: string, taskId: string): Promise<BatchResultsDocument | null> {
    return findFirst(this.#documents, {
      collection: BATCH_RESULTS,
      scope: { tenantId },
      filter: { taskId: { eq: taskId } },
      orderBy: [{ field: 'through', direction: 'desc' }],
    })
  }

  async getTotals(tenantId: string, taskId: string): Promise<BatchTotals> {
    return (await this.getLast(tenantId, taskId))?.totals ?? NO_TOTALS
  }

  /** Results in the order in which they came, so that later ones come after every cursor. */
  async list(tenantId: string, taskId: string, { limit, cursor, backward }: PageRequest): Promise<Page<BatchResult>> {
    const last = await this.getLast(tenantId, taskId)
    const end = last?.through ?? 0
    const at = cursor === null ? null : parseCursor(cursor)
    const until = backward ? Math.min(end, at === null ? end : at - 1) : end
    const from = backward ? Math.max(0, until - limit) : Math.min(end, at ?? 0)
    const wanted = Math.min(limit, until - from)
    const items: { node: BatchResult; cursor: string }[] = []
    if (wanted > 0)
      for await (const document of this.readAfter(tenantId, taskId, from)) {
        const first = from + items.length - document.from
        for (const node of document.results.slice(first, first + wanted - items.length))
          items.push({ node, cursor: String(from + items.length + 1) })
        if (items.length >= wanted) break
      }
    return { items, hasNextPage: from + items.length < end, hasPreviousPage: from > 0 }
  }

  /** Deletes all results of a task; gives what was kept beside them. */
  async deleteAll(tenantId: string, taskId: string): Promise<readonly BatchResult[]> {
    const large: BatchResult[] = []
    for (;;) {
      const documents = await this.#find({ tenantId, taskId, through: { gt: 0 } })
      for (const { id, results } of documents) {
        large.push(...results.filter(({ output }) => blobIdOf(output) !== null))
        await this.#documents.delete(BATCH_RESULTS, { tenantId }, id)
      }
      if (documents.length < READ_DOCUMENTS) return large
    }
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    return (await this.#documents.count(BATCH_RESULTS, SYSTEM_SCOPE, { outputBlobId: { eq: blobId } })) > 0
  }

  async #find({
    tenantId,
    taskId,
    through,
  }: {
    readonly tenantId: string
    readonly taskId: string
    readonly through: Filter[string]
  }): Promise<BatchResultsDocument[]> {
    const found = await this.#documents.find(
      BATCH_RESULTS,
      { tenantId },
      {
        filter: { taskId: { eq: taskId }, through },
        orderBy: [{ field: 'through', direction: 'asc' }],
        page: { limit: READ_DOCUMENTS, cursor: null, backward: false },
      },
    )
    return found.items.map(({ node }) => node)
  }
}

function parseCursor(cursor: string): number {
  if (CURSOR.test(cursor)) return Number(cursor)
  throw invalidInput('after', 'is no cursor of this list.')
}
