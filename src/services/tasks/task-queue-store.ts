import { isErrorWithCode, notFound } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import { SERVER_TENANT_ID } from '../../domain/principal.js'
import type { TaskQueueDocument } from '../../domain/task-queue.js'
import type { CollectionDefinition, DocumentStore } from '../../ports/document-store.js'
import type { QueueChange } from '../../ports/task-queue.js'
import { findFirst } from '../document-reads.js'

export const TASK_QUEUES: CollectionDefinition<TaskQueueDocument> = {
  name: 'task_queues',
  version: 1,
  fields: { name: 'string' },
  indexes: [{ name: 'task_queues_name', fields: ['name'], unique: true }],
}

export const MAX_QUEUES = 1_000

const SCOPE = { tenantId: SERVER_TENANT_ID }

export type TaskQueueSettings = Pick<TaskQueueDocument, 'paused' | 'concurrency' | 'maxLength' | 'weights'>

/** Queues in the document store; what the work queue must know of their settings changes with them. */
export class TaskQueueStore {
  readonly #documents: DocumentStore

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  async list(): Promise<TaskQueueDocument[]> {
    const page = { limit: MAX_QUEUES, cursor: null, backward: false }
    const found = await this.#documents.find(TASK_QUEUES, SCOPE, {
      orderBy: [{ field: 'name', direction: 'asc' }],
      page,
    })
    return found.items.map((item) => item.node)
  }

  getMany(ids: readonly string[]): Promise<(TaskQueueDocument | null)[]> {
    return this.#documents.getMany(TASK_QUEUES, SCOPE, ids)
  }

  get(name: string): Promise<TaskQueueDocument | null> {
    return findFirst(this.#documents, { collection: TASK_QUEUES, scope: SCOPE, filter: { name: { eq: name } } })
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  async require(name: string): Promise<TaskQueueDocument> {
    const queue = await this.get(name)
    if (!queue) throw notFound('task queue', name)
    return queue
  }

  /** Makes the queue, or changes what is given of its settings. */
  async put(
    name: string,
    settings: Partial<TaskQueueSettings>,
    defaults: TaskQueueSettings,
  ): Promise<TaskQueueDocument> {
    for (;;) {
      const known = await this.get(name)
      try {
        if (known) {
          const next = { ...known, ...settings }
          return await this.#documents.update(TASK_QUEUES, SCOPE, known.revision, next, { queue: [configure(next)] })
        }
        const made = { id: createId('taskQueue'), ...SCOPE, name, ...defaults, ...settings }
        return await this.#documents.insert(TASK_QUEUES, made, { queue: [configure(made)] })
      } catch (error) {
        if (!isErrorWithCode(error, 'CONFLICT')) throw error
      }
    }
  }
}

const configure = ({
  name,
  paused,
  concurrency,
  weights,
}: Omit<TaskQueueDocument, 'revision' | 'createdAt' | 'updatedAt'>): QueueChange => ({
  kind: 'configure',
  queue: name,
  settings: { paused, concurrency, weights },
})
