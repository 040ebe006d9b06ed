import { invalidInput } from '../../kernel/errors.js'
import type { ClaimedTask, ClaimRequest, QueueEntry, TaskQueue } from '../../ports/task-queue.js'
import type { Connection } from './connection.js'
import type { QueueListeners } from './queue-listeners.js'
import { toStoreError } from './sqlite-error.js'
import type { TaskClaim } from './writer-protocol.js'
import type { Writer } from './writer.js'

const MAX_CLAIM = 1_000

interface SqliteTaskQueueDeps {
  readonly reader: Connection
  readonly writer: Writer
  readonly listeners: QueueListeners
  readonly now: () => number
}

export class SqliteTaskQueue implements TaskQueue {
  readonly #deps: SqliteTaskQueueDeps

  constructor(deps: SqliteTaskQueueDeps) {
    this.#deps = deps
  }

  async enqueue(entry: QueueEntry): Promise<void> {
    await this.#deps.writer.write('enqueue', { entry }, this.#deps.now())
  }

  async claim(request: ClaimRequest): Promise<ClaimedTask[]> {
    const { limit } = request
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_CLAIM)
      throw invalidInput('limit', `must be 1 to ${MAX_CLAIM}`)
    return (await this.#deps.writer.write('claim', { request }, this.#deps.now())).answer
  }

  async heartbeat(claims: readonly TaskClaim[], leaseMs: number): Promise<string[]> {
    if (claims.length === 0) return []
    return (await this.#deps.writer.write('heartbeat', { claims, leaseMs }, this.#deps.now())).answer
  }

  async complete(taskId: string, attempt: number): Promise<boolean> {
    return (await this.#deps.writer.write('complete', { taskId, attempt }, this.#deps.now())).answer
  }

  async release(taskId: string, attempt: number, runAtMs: number): Promise<boolean> {
    return (await this.#deps.writer.write('release', { taskId, attempt, runAtMs }, this.#deps.now())).answer
  }

  async releaseOthers(owner: string): Promise<number> {
    return (await this.#deps.writer.write('releaseOthers', { owner }, this.#deps.now())).answer
  }

  async remove(taskId: string): Promise<void> {
    await this.#deps.writer.write('remove', { taskId }, this.#deps.now())
  }

  async waitingByKey(queue: string): Promise<ReadonlyMap<string, number>> {
    const waiting = 'SELECT key, count(*) AS count FROM tasks WHERE state < 2 AND queue = ? GROUP BY key'
    const lapsed =
      'SELECT key, count(*) AS count FROM tasks WHERE state > 0 AND state = 2 AND queue = ? AND due_at <= ? GROUP BY key'
    const counts = new Map<string, number>()
    try {
      const { reader, now } = this.#deps
      const rows = [
        ...reader.all<{ key: string; count: number }>(waiting, [queue]),
        ...reader.all<{ key: string; count: number }>(lapsed, [queue, now()]),
      ]
      for (const { key, count } of rows) counts.set(key, (counts.get(key) ?? 0) + count)
    } catch (error) {
      throw toStoreError(error)
    }
    return counts
  }

  subscribe(queue: string, listener: () => void): Disposable {
    return this.#deps.listeners.add(queue, listener)
  }
}
