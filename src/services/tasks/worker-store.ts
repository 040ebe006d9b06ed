import { hostname } from 'node:os'
import { isErrorWithCode } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { WorkerDocument } from '../../domain/worker.js'
import { SYSTEM_SCOPE, type CollectionDefinition, type DocumentStore } from '../../ports/document-store.js'
import { findFirst } from '../document-reads.js'

export const WORKERS: CollectionDefinition<WorkerDocument> = {
  name: 'workers',
  version: 1,
  fields: { tenantId: 'string', name: 'string', lastHeartbeatAt: 'number' },
  indexes: [
    { name: 'workers_name', fields: ['name'], unique: true },
    { name: 'workers_created', fields: ['createdAt'], acrossTenants: true },
    { name: 'workers_heartbeat', fields: ['lastHeartbeatAt'], acrossTenants: true },
  ],
}

/** What a worker says of itself. */
export type WorkerSelf = Pick<WorkerDocument, 'name' | 'host' | 'pid' | 'types' | 'leaseMs'>

const RACES = 20

/** Workers in the document store. */
export class WorkerStore {
  readonly #documents: DocumentStore

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  getMany(ids: readonly string[]): Promise<(WorkerDocument | null)[]> {
    return this.#documents.getMany(WORKERS, SYSTEM_SCOPE, ids)
  }

  /** Those of the tenants, the newest first. */
  list(tenantIds: readonly string[], page: PageRequest): Promise<Page<WorkerDocument>> {
    const orderBy = [{ field: 'createdAt', direction: 'desc' }] as const
    return this.#documents.find(WORKERS, SYSTEM_SCOPE, { filter: { tenantId: { in: tenantIds } }, orderBy, page })
  }

  /** Those that gave no sign since the time, the oldest first. */
  async listSilentSince(beforeMs: number, limit: number): Promise<WorkerDocument[]> {
    const found = await this.#documents.find(WORKERS, SYSTEM_SCOPE, {
      filter: { lastHeartbeatAt: { lt: beforeMs } },
      orderBy: [{ field: 'lastHeartbeatAt', direction: 'asc' }],
      page: { limit, cursor: null, backward: false },
    })
    return found.items.map((item) => item.node)
  }

  async delete({ tenantId, id }: WorkerDocument): Promise<void> {
    try {
      await this.#documents.delete(WORKERS, { tenantId }, id)
    } catch (error) {
      if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
    }
  }

  /** A sign of life of a worker that is known. Where another sign came in between, that one stands; who is gone stays so. */
  async touch(worker: WorkerDocument, leaseMs: number, nowMs: number): Promise<void> {
    const { tenantId, revision } = worker
    const next = { ...worker, leaseMs, lastHeartbeatAt: nowMs, stoppedAt: null }
    try {
      await this.#documents.update(WORKERS, { tenantId }, revision, next)
    } catch (error) {
      if (!isErrorWithCode(error, 'CONFLICT') && !isErrorWithCode(error, 'NOT_FOUND')) throw error
    }
  }

  /** A sign of life of the worker of this name. */
  async put(
    tenantId: string,
    self: WorkerSelf,
    nowMs: number,
    stoppedAt: number | null = null,
  ): Promise<WorkerDocument> {
    for (let race = 1; ; race++) {
      const filter = { name: { eq: self.name } }
      const known = await findFirst(this.#documents, { collection: WORKERS, scope: { tenantId }, filter })
      const seen = { ...self, types: [...self.types], lastHeartbeatAt: nowMs, stoppedAt }
      try {
        return known
          ? await this.#documents.update(WORKERS, { tenantId }, known.revision, { ...known, ...seen })
          : await this.#documents.insert(WORKERS, { id: createId('worker'), tenantId, ...seen })
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT') || race >= RACES) throw error
      }
    }
  }
}

/** The worker within a server. */
export const serverWorker = (types: readonly string[], leaseMs: number): WorkerSelf => ({
  name: `server on ${hostname()}`,
  host: hostname(),
  pid: process.pid,
  types,
  leaseMs,
})
