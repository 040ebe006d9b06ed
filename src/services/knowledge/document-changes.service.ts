import { GraphloomError, invalidInput, isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { AccessList, KnowledgeBaseDocument, KnowledgeDocument } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { TaskDocument } from '../../domain/task.js'
import type { Access } from '../access/access.js'
import type { Payloads } from '../payloads.js'
import type { TasksService } from '../tasks/tasks.service.js'
import { toVersionId } from './document-acceptance.js'
import { MAX_DOCUMENTS_AT_ONCE, type NewDocument } from './document-input.js'
import { takeDocuments, type AddedDocuments, type DocumentIntakeOptions } from './document-intake.js'
import type { DocumentRecords } from './document-records.js'
import type { IngestInput } from './ingest-type.js'
import { isInAudience, readersOf } from './knowledge-access.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'

export interface DocumentChangesOptions extends DocumentIntakeOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly payloads: Payloads
  readonly getTask: (tenantId: string, taskId: string) => Promise<TaskDocument | null>
  readonly canceller: Pick<TasksService, 'cancel'>
}

/** What is unset stays as it is. */
export interface UpdateDocument extends Pick<
  NewDocument,
  'title' | 'source' | 'mediaType' | 'text' | 'url' | 'upload'
> {
  readonly id: string
  readonly metadata?: Json | undefined
  readonly access?: AccessList | null | undefined
}

export interface UpdatedDocument {
  readonly task: TaskDocument
  readonly document: KnowledgeDocument
}

export interface RetryDocuments {
  readonly knowledgeBase: string
  /** Those alone; all that failed when null. */
  readonly ids: readonly string[] | null
}

export interface RetriedDocuments {
  /** Null when there was nothing to try again. */
  readonly task: TaskDocument | null
  readonly documents: readonly KnowledgeDocument[]
  /** Ids of those whose source is not kept any more. */
  readonly notKept: readonly string[]
}

/** What becomes of documents that are there: new versions of them, another try, or an end of what was begun. */
export class DocumentChangesService {
  readonly #options: DocumentChangesOptions

  constructor(options: DocumentChangesOptions) {
    this.#options = options
  }

  /**
   * Accepts a next version of a document, with other content or the same. An access list that is given holds at once.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `CONFLICT` while its latest version is not in and the content is
   * to stay, `OVERLOADED`, `IDEMPOTENCY_CONFLICT`, `FORBIDDEN`.
   */
  async update(principal: Principal, given: UpdateDocument, idempotencyKey: string | null): Promise<UpdatedDocument> {
    const { document, base } = await this.#require(principal, given.id)
    if (Object.values(given).filter((value) => value !== undefined).length === 1)
      throw invalidInput('input', 'says nothing that is to change.')
    const { text, url, upload } = given
    const isSame = text === undefined && url === undefined && upload === undefined
    if (isSame && (document.state === 'QUEUED' || document.versionId === null))
      throw new GraphloomError('CONFLICT', `The document is ${document.state}: give its content too, or wait.`)
    const next = {
      ...(document.title !== null && { title: document.title }),
      ...given,
      ...(isSame && { contentOf: document.versionId ?? '' }),
      ...(given.access !== undefined && { isAccessAtOnce: true }),
    }
    const { task, documents } = await this.#take(principal, base, { documents: [next], idempotencyKey })
    const [updated] = documents
    if (!updated) throw notFound('document', given.id)
    return { task, document: updated }
  }

  /**
   * Takes documents in again whose latest version failed, as they were given then; at most 1,000.
   * @throws GraphloomError `NOT_FOUND`, `CONFLICT` for one that did not fail, `OVERLOADED`, `FORBIDDEN`.
   */
  async retry(principal: Principal, { knowledgeBase, ids }: RetryDocuments): Promise<RetriedDocuments> {
    const { access, bases } = this.#options
    access.require(principal, 'knowledge.change')
    const base = await bases.requireByName(principal.tenantId, knowledgeBase)
    const failed = ids === null ? await this.#listFailed(principal, base) : await this.#findFailed(principal, base, ids)
    const inputs = new Map<string, readonly NewDocument[]>()
    const again: NewDocument[] = []
    const notKept: string[] = []
    for (const document of failed) {
      const given = await this.#findGiven(document, inputs)
      if (given) again.push(given)
      else notKept.push(document.id)
    }
    if (again.length === 0) return { task: null, documents: [], notKept }
    return { ...(await this.#take(principal, base, { documents: again, idempotencyKey: null })), notKept }
  }

  /**
   * Cancels the tasks that documents wait for which the principal may see.
   * @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`.
   */
  async cancel(principal: Principal, knowledgeBase: string): Promise<number> {
    const { access, bases, records, canceller } = this.#options
    access.require(principal, 'knowledge.change')
    const base = await bases.requireByName(principal.tenantId, knowledgeBase)
    const taskIds = await records.listOpenTasks(base, await this.#audiences(principal, base))
    for (const id of taskIds)
      await canceller.cancel(principal, id).catch((error: unknown) => {
        if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
      })
    return taskIds.length
  }

  /** Paths of mistakes are those of one document. */
  #take(
    principal: Principal,
    base: KnowledgeBaseDocument,
    given: { readonly documents: readonly NewDocument[]; readonly idempotencyKey: string | null },
  ): Promise<AddedDocuments> {
    return takeDocuments(this.#options, principal, { base, ...given })
  }

  async #require(principal: Principal, id: string) {
    const { access, bases, records } = this.#options
    access.require(principal, 'knowledge.change')
    const { tenantId } = principal
    const document = await records.getDocument({ tenantId }, id)
    const base = document && (await bases.get({ tenantId }, document.knowledgeBaseId))
    if (!base || !isInAudience(document.audience, readersOf(principal))) throw notFound('document', id)
    return { document, base }
  }

  async #audiences(principal: Principal, base: KnowledgeBaseDocument) {
    const readers = readersOf(principal)
    return (await this.#options.records.listAudiences(base)).filter((audience) => isInAudience(audience, readers))
  }

  async #listFailed(principal: Principal, base: KnowledgeBaseDocument): Promise<KnowledgeDocument[]> {
    const audiences = await this.#audiences(principal, base)
    const page = { limit: MAX_DOCUMENTS_AT_ONCE, cursor: null, backward: false }
    const found = await this.#options.records.listDocuments(base, { audiences, state: 'FAILED' }, page)
    return found.items.map(({ node }) => node)
  }

  async #findFailed(
    principal: Principal,
    base: KnowledgeBaseDocument,
    ids: readonly string[],
  ): Promise<KnowledgeDocument[]> {
    if (ids.length < 1 || ids.length > MAX_DOCUMENTS_AT_ONCE)
      throw invalidInput('input.ids', `has ${ids.length} ids; 1 to ${MAX_DOCUMENTS_AT_ONCE} are allowed.`)
    const readers = readersOf(principal)
    const unique = [...new Set(ids)]
    const found = await this.#options.records.getDocuments({ tenantId: base.tenantId }, unique)
    return found.map((document, i) => {
      const isVisible = document?.knowledgeBaseId === base.id && isInAudience(document.audience, readers)
      if (!isVisible) throw notFound('document', unique[i]!)
      if (document.state === 'FAILED') return document
      throw new GraphloomError('CONFLICT', `The document ${document.id} is ${document.state}; it did not fail.`)
    })
  }

  /** What the latest version was made of; null when that is gone. */
  async #findGiven(
    { id, tenantId, taskId }: KnowledgeDocument,
    inputs: Map<string, readonly NewDocument[]>,
  ): Promise<NewDocument | null> {
    const { records, getTask, payloads } = this.#options
    const latest = await records.findLatest({ tenantId }, id)
    let documents = inputs.get(taskId)
    if (!documents) {
      const task = await getTask(tenantId, taskId)
      documents = task ? ((await payloads.get(task.input)) as unknown as IngestInput).documents : []
      inputs.set(taskId, documents)
    }
    const given = documents.find((_one, i) => toVersionId(taskId, i) === latest?.id)
    if (!given) return null
    // Who may see it is as it is now.
    const { key: _key, access: _access, isAccessAtOnce: _atOnce, ...again } = given
    return { ...again, id }
  }
}
