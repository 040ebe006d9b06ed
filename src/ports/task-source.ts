import type { ErrorInfo } from '../kernel/errors.js'
import type { Json } from '../kernel/json.js'
import type { TaskProgress } from '../domain/task.js'

/** A task that a worker has, until its lease passes. */
export interface WorkItem {
  readonly id: string
  readonly type: string
  readonly tenantId: string
  readonly input: Json
  readonly attempt: number
  /** Milliseconds of the attempt; null is no bound. */
  readonly timeoutMs: number | null
  /** Names the claim in all that the worker tells of it. */
  readonly token: string
}

export interface ClaimStanding {
  readonly id: string
  /** The task is not this worker's any more. */
  readonly isLost: boolean
  /** It is to be stopped. */
  readonly isCancelled: boolean
}

/**
 * Where a worker in a process of its own gets its tasks from. Each call may reject with `UNAVAILABLE` when the server
 * cannot be reached; what tells of a claim rejects with `CONFLICT` when that is not current any more.
 */
export interface TaskSource {
  /** Waits for up to `waitMs` for the first task; gives at most `count`, none when there is none. */
  claim(
    request: {
      readonly types: readonly string[]
      readonly count: number
      readonly leaseMs: number
      readonly waitMs: number
    },
    signal: AbortSignal,
  ): Promise<WorkItem[]>
  heartbeat(items: readonly Pick<WorkItem, 'id' | 'token'>[], leaseMs: number): Promise<ClaimStanding[]>
  report(
    item: WorkItem,
    told: { readonly progress: TaskProgress | null; readonly lines: readonly string[] },
  ): Promise<void>
  complete(item: WorkItem, output: Json): Promise<void>
  fail(item: WorkItem, error: ErrorInfo): Promise<void>
  /** Gives it back, for another worker. */
  release(item: WorkItem): Promise<void>
}
