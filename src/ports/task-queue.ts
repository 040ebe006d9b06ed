/** A piece of work that may run. What it is about stands in its document; the queue only says what may run now. */
export interface QueueEntry {
  readonly taskId: string
  readonly queue: string
  /** What the work is for, so that waiting work can be counted and chosen: a model version's id, a task's type. */
  readonly key: string
  readonly tenantId: string
  /** 0 to 9, 9 first; 5 and above is interactive. */
  readonly priority: number
  /** Not before this time, Unix milliseconds; `NOT_YET_MS` waits, and counts, until another entry takes its place. */
  readonly runAtMs: number
  /** Claims that it had before it was taken out; its next claim has the number after them. 0 when left out. */
  readonly claimsBefore?: number
  /** Bounds it together with the tenant's other tasks of the same gate. */
  readonly gate?: TaskGate | null
}

/**
 * How many of a tenant's tasks with one key run at once, and how many begin in a time, whatever their queues. Where
 * tasks of one gate say different bounds, those of the latest entry hold.
 */
export interface TaskGate {
  readonly key: string
  /** 1 or more. */
  readonly maxClaimed: number
  /** At most `count` claims, 1 to 10,000, in any `perMs` milliseconds; null is no bound. */
  readonly rate: { readonly count: number; readonly perMs: number } | null
}

/** What a document's write does to the queue. */
export type QueueChange =
  /**
   * A task that waits already takes the new entry's place and time; one that is claimed stays as it is, and with `ifWaits`
   * the document that it is written with does too: `CONFLICT`.
   */
  | { readonly kind: 'enqueue'; readonly entry: QueueEntry; readonly ifWaits?: boolean }
  /** Ends the task if `attempt` is still its current one. */
  | { readonly kind: 'complete'; readonly taskId: string; readonly attempt: number }
  /** The claim is over, and its task waits, if the lease has passed and nobody else has claimed it. */
  | { readonly kind: 'lapse'; readonly taskId: string; readonly attempt: number }
  /** Takes the task out, whoever works on it. */
  | { readonly kind: 'remove'; readonly taskId: string }
  | { readonly kind: 'configure'; readonly queue: string; readonly settings: QueueSettings }

/** A queue that was never configured is not paused and has no bound. */
export interface QueueSettings {
  /** Nothing of it is claimed; what is claimed goes on. */
  readonly paused: boolean
  /** The most of its tasks that are claimed at once, over all processes; null is no bound. */
  readonly concurrency: number | null
  /** Shares of tenants, 1 for those not named; above 0. A tenant with 2 gets twice as many claims as one with 1. */
  readonly weights: Readonly<Record<string, number>>
}

export interface ClaimedTask extends Omit<QueueEntry, 'claimsBefore' | 'gate'> {
  /** 1 for the first claim; a completion is accepted with the number of the latest claim only. */
  readonly attempt: number
  readonly leaseUntilMs: number
}

export interface LapsedClaim extends Pick<ClaimedTask, 'taskId' | 'tenantId' | 'attempt'> {
  readonly owner: string
}

export interface LapsedRequest {
  /** Unix milliseconds. */
  readonly untilMs: number
  readonly limit: number
}

export interface ClaimRequest {
  readonly queue: string
  readonly owner: string
  readonly limit: number
  readonly leaseMs: number
  /** Only tasks of these keys; all when left out. At most 100. */
  readonly keys?: readonly string[]
  /** Only tasks of this tenant, whose share stays as it is: it works on them itself. All when left out. */
  readonly tenantId?: string
  /**
   * The most tasks of one key that are claimed at once, those of earlier claims among them; no bound when left out. Of a
   * key that is full more are given when a part of its places is free, not at each.
   */
  readonly maxPerKey?: number
}

export interface IdleStep {
  /** How much is looked at. */
  readonly limit: number
  /** Of the step before; null begins. */
  readonly cursor: string | null
}

export interface QueueFigures {
  readonly queue: string
  /** May run now, held back by a full gate or by the queue's own bounds. */
  readonly readyCount: number
  /** Wait for their time. */
  readonly scheduledCount: number
  readonly claimedCount: number
  /** Since when the task that has been ready longest is, Unix milliseconds; null when none is. */
  readonly oldestReadySinceMs: number | null
}

/**
 * The durable work queue. Of what may run, interactive tasks (priority 5 and above) go before bulk ones; among them the
 * tenant goes first whose share (its claims divided by its weight) is least, a tenant that had nothing to do before
 * beginning with the share of the others; then priority (9 first), then order of acceptance. Of each four claims of a
 * queue one takes the task that has been ready longest of those that are asked for, whatever its priority and tenant:
 * where all claims ask for it, a task with `n` older ones that may run is claimed by the 4 × (n + 1)th at the latest.
 *
 * A claimed task whose lease passed without a heartbeat can be claimed again. A task of a gate that is full, or whose
 * rate is used up, is ready and not given; which of a gate's tasks is next follows the same order of priority and
 * acceptance, those of paused queues last, also where nobody asks for its key. Bounds of gates and queues hold exactly,
 * over all processes, and no call's time grows with the number of tasks.
 */
export interface TaskQueue {
  /** As the change `enqueue`. */
  enqueue(entry: QueueEntry): Promise<void>
  /** As the change `configure`. */
  configure(queue: string, settings: QueueSettings): Promise<void>
  claim(request: ClaimRequest): Promise<ClaimedTask[]>
  /** Extends the lease of the claims that are still current; resolves with the task ids whose claim is lost. */
  heartbeat(
    claims: readonly { readonly taskId: string; readonly attempt: number }[],
    leaseMs: number,
  ): Promise<string[]>
  /** False when the attempt is not the current one any more; nothing changes then. */
  complete(taskId: string, attempt: number): Promise<boolean>
  /** Gives a claim back, to run again from `runAtMs` on; false when the attempt is not the current one. */
  release(taskId: string, attempt: number, runAtMs: number): Promise<boolean>
  /** Ends the leases of every owner whose name begins with `prefix` but `owner`: those of processes that are known to be gone. */
  endLeasesOfOthers(owner: string, prefix: string): Promise<number>
  /** Claims whose lease had passed by then and that are nobody else's yet. */
  listLapsed(request: LapsedRequest): Promise<LapsedClaim[]>
  remove(taskId: string): Promise<void>
  /**
   * Forgets keys, and what tenants had of their shares, of which no task is there any more; who comes back begins as a new
   * tenant does. What would give a tenant an advantage over those that wait is kept. One step; gives the cursor of the
   * next, null at the end.
   */
  forgetIdle(step: IdleStep): Promise<string | null>
  /** Tasks not claimed at the moment, per key. */
  waitingByKey(queue: string): Promise<ReadonlyMap<string, number>>
  /** How many tasks of the queue are not claimed; those whose lease has passed count once a claim has seen it. */
  length(queue: string): Promise<number>
  /** Of every queue that has, or had, a task or settings; with a tenant, only its tasks are counted. */
  figures(tenantId?: string): Promise<QueueFigures[]>
  /**
   * How many tasks of its queue are expected to be claimed before this one if nothing changes, by tenants' shares and
   * priorities, exactly where one tenant has all of them; null when it is not ready, its gate holds it back, or more than `MAX_POSITION` are before it.
   */
  position(taskId: string): Promise<number | null>
  /** Calls `listener` after something may have become claimable. */
  subscribe(queue: string, listener: () => void): Disposable
}

/** A time that does not come. */
export const NOT_YET_MS = Number.MAX_SAFE_INTEGER

/** Positions are counted up to here. */
export const MAX_POSITION = 10_000
