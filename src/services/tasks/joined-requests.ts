import { createHash } from 'node:crypto'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { StoredDocument } from '../../domain/stored-document.js'
import type { JoinedRequest, TaskDocument } from '../../domain/task.js'
import type { CollectionDefinition, DocumentStore, Scope } from '../../ports/document-store.js'

/** Which task a request with an idempotency key was answered with, where `dedupe` found one that was there. */
interface JoinedKey extends StoredDocument {
  readonly taskId: string
}

export const JOINED_KEYS: CollectionDefinition<JoinedKey> = {
  name: 'joined_keys',
  version: 1,
  fields: { taskId: 'string' },
  indexes: [{ name: 'joined_keys_task', fields: ['taskId'] }],
}

/** Requests that a task remembers, the latest. */
const MAX_JOINED = 100
const FORGET_STEP = 100

/**
 * Requests that joined a task by `dedupe`, by their idempotency keys, so that one that is sent again gets the same
 * answer, also when the task has ended. The task says which ones joined it, together with what they changed; what is
 * noted here before only leads to it.
 */
export class JoinedRequests {
  readonly #documents: DocumentStore

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  /** Id of the task to look at; null when no request with this key may have joined one. */
  async find(tenantId: string, key: string): Promise<string | null> {
    return (await this.#documents.get(JOINED_KEYS, { tenantId }, toId(tenantId, key)))?.taskId ?? null
  }

  /** Before the task is told of the request. */
  async note({ id: taskId, tenantId }: Pick<TaskDocument, 'id' | 'tenantId'>, key: string): Promise<void> {
    const document = { id: toId(tenantId, key), tenantId, taskId }
    try {
      await this.#documents.insert(JOINED_KEYS, document)
    } catch (error) {
      if (!isErrorWithCode(error, 'CONFLICT')) throw error
      const known = await this.#documents.get(JOINED_KEYS, { tenantId }, document.id)
      if (known && known.taskId !== taskId)
        await this.#documents.update(JOINED_KEYS, { tenantId }, known.revision, document)
    }
  }

  /** What is kept for a task that is deleted. */
  async forget({ id, tenantId }: Pick<TaskDocument, 'id' | 'tenantId'>): Promise<void> {
    const scope: Scope = { tenantId }
    const page = { limit: FORGET_STEP, cursor: null, backward: false }
    for (;;) {
      const { items } = await this.#documents.find(JOINED_KEYS, scope, { filter: { taskId: { eq: id } }, page })
      for (const { node } of items) await this.#documents.delete(JOINED_KEYS, scope, node.id)
      if (items.length < FORGET_STEP) return
    }
  }
}

/** Whether the request has joined the task already. @throws GraphloomError `IDEMPOTENCY_CONFLICT` for another input. */
export function hasJoined({ joined }: TaskDocument, request: JoinedRequest | null): boolean {
  const known = joined?.find(({ key }) => key === request?.key)
  if (!known) return false
  if (known.inputHash === request?.inputHash) return true
  throw new GraphloomError('IDEMPOTENCY_CONFLICT', 'The idempotency key was used before with another input.')
}

/** The task as it is when the request has joined it. */
export const withJoined = (task: TaskDocument, request: JoinedRequest | null): TaskDocument =>
  request ? { ...task, joined: [...(task.joined ?? []), request].slice(-MAX_JOINED) } : task

const toId = (tenantId: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([tenantId, key]))
    .digest('hex')
