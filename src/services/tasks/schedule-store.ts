import { isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { ScheduleDocument } from '../../domain/schedule.js'
import { blobIdOf } from '../../domain/stored-document.js'
import {
  SYSTEM_SCOPE,
  type CollectionDefinition,
  type DocumentBody,
  type DocumentStore,
  type Scope,
} from '../../ports/document-store.js'
import { findFirst, requireDocument } from '../document-reads.js'

export const SCHEDULES: CollectionDefinition<ScheduleDocument> = {
  name: 'schedules',
  version: 1,
  fields: { name: 'string', nextFireAt: 'number', inputBlobId: 'string' },
  indexes: [
    { name: 'schedules_name', fields: ['name'], unique: true },
    { name: 'schedules_due', fields: ['nextFireAt'], acrossTenants: true, sparse: true },
    { name: 'schedules_input_blob', fields: ['inputBlobId'], acrossTenants: true, sparse: true },
  ],
}

const CHANGE_ATTEMPTS = 50

/** Schedules in the document store. */
export class ScheduleStore {
  readonly #documents: DocumentStore
  readonly #onDue: (atMs: number) => void

  /** `onDue` is told of each time at which a stored schedule will fire. */
  constructor(documents: DocumentStore, onDue: (atMs: number) => void) {
    this.#documents = documents
    this.#onDue = onDue
  }

  getMany(scope: Scope, ids: readonly string[]): Promise<(ScheduleDocument | null)[]> {
    return this.#documents.getMany(SCHEDULES, scope, ids)
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  require(scope: Scope, id: string): Promise<ScheduleDocument> {
    return requireDocument(this.#documents, { collection: SCHEDULES, scope, id, what: 'schedule' })
  }

  getByName(tenantId: string, name: string): Promise<ScheduleDocument | null> {
    const filter = { name: { eq: name } }
    return findFirst(this.#documents, { collection: SCHEDULES, scope: { tenantId }, filter })
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  async requireByName(tenantId: string, name: string): Promise<ScheduleDocument> {
    const schedule = await this.getByName(tenantId, name)
    if (!schedule) throw notFound('schedule', name)
    return schedule
  }

  /** By name. */
  list(scope: Scope, page: PageRequest): Promise<Page<ScheduleDocument>> {
    return this.#documents.find(SCHEDULES, scope, { orderBy: [{ field: 'name', direction: 'asc' }], page })
  }

  count(scope: Scope): Promise<number> {
    return this.#documents.count(SCHEDULES, scope)
  }

  /** Those that fire at a time up to `untilMs`, the earliest first; with null, just the next. */
  async listDue(untilMs: number | null, limit: number): Promise<ScheduleDocument[]> {
    const found = await this.#documents.find(SCHEDULES, SYSTEM_SCOPE, {
      filter: { nextFireAt: untilMs === null ? { gte: 0 } : { lte: untilMs } },
      orderBy: [{ field: 'nextFireAt', direction: 'asc' }],
      page: { limit, cursor: null, backward: false },
    })
    return found.items.map((item) => item.node)
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    return (await this.#documents.count(SCHEDULES, SYSTEM_SCOPE, { inputBlobId: { eq: blobId } })) > 0
  }

  /** @throws GraphloomError `CONFLICT` when the tenant has one of this name. */
  async insert(schedule: DocumentBody<ScheduleDocument>): Promise<ScheduleDocument> {
    return this.#noteDue(await this.#documents.insert(SCHEDULES, withIndexed(schedule)))
  }

  /** @throws GraphloomError `CONFLICT` when it was changed since it was read, `NOT_FOUND`. */
  async update(next: ScheduleDocument): Promise<ScheduleDocument> {
    const scope = { tenantId: next.tenantId }
    return this.#noteDue(await this.#documents.update(SCHEDULES, scope, next.revision, withIndexed(next)))
  }

  /**
   * Changes a schedule by a rule, anew when another changed it meanwhile; nothing where the rule gives null.
   * @throws GraphloomError what `read` throws, `NOT_FOUND`.
   */
  async change(
    read: () => Promise<ScheduleDocument>,
    rule: (schedule: ScheduleDocument) => ScheduleDocument | null,
  ): Promise<ScheduleDocument> {
    for (let attempt = 1; ; attempt++) {
      const known = await read()
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
  delete({ tenantId, id }: ScheduleDocument): Promise<void> {
    return this.#documents.delete(SCHEDULES, { tenantId }, id)
  }

  #noteDue(schedule: ScheduleDocument): ScheduleDocument {
    if (schedule.nextFireAt !== null) this.#onDue(schedule.nextFireAt)
    return schedule
  }
}

/** What is looked for follows from the rest. */
const withIndexed = <T extends DocumentBody<ScheduleDocument>>(schedule: T): T => ({
  ...schedule,
  inputBlobId: blobIdOf(schedule.input),
})
