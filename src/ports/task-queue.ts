/** A piece of work that may run. What it is about stands in its document; the queue only says what may run now. */
export interface QueueEntry {
  readonly taskId: string
  readonly queue: string
  /** What the work is for, so that waiting work can be counted, e.g. a model version's id. */
  readonly key: string
  readonly tenantId: string
  /** 0 to 9, 9 first. */
  readonly priority: number
  /** Not before this time, Unix milliseconds. */
  readonly runAtMs: number
}

/** What a document's write does to the queue. */
export type QueueChange =
  /** A task that waits already takes the new entry's place and time; one that is claimed stays as it is. */
  | { readonly kind: 'enqueue'; readonly entry: QueueEntry }
  /** Ends the task if `attempt` is still its current one. */
  | { readonly kind: 'complete'; readonly taskId: string; readonly attempt: number }
  /** Takes the task out, whoever works on it. */
  | { readonly kind: 'remove'; readonly taskId: string }

export interface ClaimedTask extends QueueEntry {
  /** 1 for the first claim; a completion is accepted with the number of the latest claim only. */
  readonly attempt: number
  readonly leaseUntilMs: number
}

export interface ClaimRequest {
  readonly queue: string
  readonly owner: string
  readonly limit: number
  readonly leaseMs: number
  /** Those that were accepted first, whatever their priority and tenant. */
  readonly oldestFirst?: boolean
  /**
   * The most tasks of one key that are claimed at once, those of earlier claims among them; no bound when left out. Of a
   * key that is full more are given when a part of its places is free, not at each.
   */
  readonly maxPerKey?: number
}

/**
 * The durable work queue. Where more may run than is claimed, interactive tasks (priority 5 and above) go before bulk
 * ones, among them those of the tenant that has fewest of their key claimed, then by priority (9 first), then by order of acceptance.
 * A claimed task whose lease passed without a heartbeat can be claimed again.
 */
export interface TaskQueue {
  /** As the change `enqueue`. */
  enqueue(entry: QueueEntry): Promise<void>
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
  /** Ends the leases of every owner but `owner`: those of a process that is known to be gone. */
  releaseOthers(owner: string): Promise<number>
  remove(taskId: string): Promise<void>
  /** Tasks not claimed at the moment, per key. */
  waitingByKey(queue: string): Promise<ReadonlyMap<string, number>>
  /** Calls `listener` after something may have become claimable. */
  subscribe(queue: string, listener: () => void): Disposable
}
