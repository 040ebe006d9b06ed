import type {
  ClaimedTask,
  ClaimRequest,
  IdleStep,
  LapsedClaim,
  LapsedRequest,
  QueueEntry,
  QueueFigures,
  QueueSettings,
  TaskQueue,
} from '../../ports/task-queue.js'
import type { Connection } from './connection.js'
import { requireClaim, requireEntry, requireSettings } from './queue-checks.js'
import type { QueueListeners } from './queue-listeners.js'
import { readFigures, readLapsed, readLength, readWaitingByKey } from './queue-reads.js'
import { readPosition } from './queue-position.js'
import { toStoreError } from './sqlite-error.js'
import type { TaskClaim } from './writer-protocol.js'
import type { Writer } from './writer.js'

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
    requireEntry(entry)
    await this.#deps.writer.write('enqueue', { entry }, this.#deps.now())
  }

  async configure(queue: string, settings: QueueSettings): Promise<void> {
    requireSettings(settings)
    await this.#deps.writer.write('configure', { queue, settings }, this.#deps.now())
  }

  async claim(request: ClaimRequest): Promise<ClaimedTask[]> {
    requireClaim(request)
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

  async endLeasesOfOthers(owner: string, prefix: string): Promise<number> {
    return (await this.#deps.writer.write('endLeasesOfOthers', { owner, prefix }, this.#deps.now())).answer
  }

  async listLapsed(request: LapsedRequest): Promise<LapsedClaim[]> {
    return this.#read((reader) => readLapsed(reader, request))
  }

  async remove(taskId: string): Promise<void> {
    await this.#deps.writer.write('remove', { taskId }, this.#deps.now())
  }

  async forgetIdle({ limit, cursor }: IdleStep): Promise<string | null> {
    const after = cursor === null ? 0 : Number(cursor)
    const { answer } = await this.#deps.writer.write('forgetIdle', { after, limit }, this.#deps.now())
    return answer === null ? null : String(answer)
  }

  async waitingByKey(queue: string): Promise<ReadonlyMap<string, number>> {
    return this.#read((reader, nowMs) => readWaitingByKey(reader, queue, nowMs))
  }

  /** One statement, which needs no transaction around it. */
  async length(queue: string): Promise<number> {
    try {
      return readLength(this.#deps.reader, queue)
    } catch (error) {
      throw toStoreError(error)
    }
  }

  async figures(tenantId?: string): Promise<QueueFigures[]> {
    return this.#read((reader, nowMs) => readFigures(reader, tenantId ?? null, nowMs))
  }

  async position(taskId: string): Promise<number | null> {
    return this.#read((reader) => readPosition(reader, taskId))
  }

  subscribe(queue: string, listener: () => void): Disposable {
    return this.#deps.listeners.add(queue, listener)
  }

  /** What is read in one transaction belongs together. */
  #read<T>(read: (reader: Connection, nowMs: number) => T): T {
    const { reader, now } = this.#deps
    try {
      return reader.snapshot(() => read(reader, now()))
    } catch (error) {
      throw toStoreError(error)
    }
  }
}
