import type { Clock } from '../../kernel/clock.js'
import type { Principal } from '../../domain/principal.js'
import { deriveId } from '../../kernel/ids.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { TaskAcceptance } from './task-acceptance.js'
import type { TaskStore } from './task-store.js'
import { WEBHOOK } from './types/webhook.js'

export interface WebhookSenderOptions {
  readonly store: TaskStore
  readonly acceptance: Pick<TaskAcceptance, 'acceptOnce'>
  readonly clock: Clock
}

/** Sees to it that the addresses that are to be told of a task's end are: a task of its own does that. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions

  constructor(options: WebhookSenderOptions) {
    this.#options = options
  }

  /**
   * Starts the telling for an ended task; it can be done again, since the task that tells is accepted once. The task as
   * it is then, which may be due still for others' sake.
   */
  async passDue(ended: TaskDocument): Promise<TaskDocument> {
    const { webhook, id, tenantId } = ended
    if (!isTaskEnded(ended.state) || !webhook || webhook.taskId !== null) return ended
    const { store, acceptance } = this.#options
    const payload = toPayload(ended)
    const input = { url: webhook.url, payload }
    const telling = await acceptance.acceptOnce(
      creatorOf(ended),
      { type: WEBHOOK, input },
      deriveId('task', WEBHOOK, id),
    )
    const { task } = await store.change({ tenantId }, id, (known) =>
      known.webhook?.taskId === null
        ? {
            next: {
              ...known,
              webhook: { ...known.webhook, taskId: telling.id },
              dueAt: known.graph ? known.dueAt : null,
            },
            queue: [],
          }
        : null,
    )
    return task
  }
}

const toPayload = ({ id, type, state, attempt, error, createdAt, endedAt, traceId }: TaskDocument) => ({
  type: 'task.ended',
  timestamp: new Date(endedAt ?? 0).toISOString(),
  data: {
    id,
    type,
    state,
    attempt,
    error: error && { code: error.code, message: error.message },
    createdAt: new Date(createdAt).toISOString(),
    endedAt: new Date(endedAt ?? 0).toISOString(),
    traceId,
  },
})

/** Who asked for the task asks for the telling too. */
const creatorOf = ({ tenantId, createdBy }: TaskDocument): Principal => ({
  subject: createdBy,
  tenantId,
  roles: [],
  expiresAtMs: null,
  method: 'LOCAL',
})
