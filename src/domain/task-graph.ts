import type { StoredDocument } from './stored-document.js'

/**
 * What becomes of a task when one that it waits for ends otherwise than SUCCEEDED. FAIL: it fails. SKIP: it is
 * cancelled. CONTINUE: it runs, and what it takes of the other's output is null.
 */
export const PARENT_FAILURE_POLICIES = ['FAIL', 'SKIP', 'CONTINUE'] as const
export type ParentFailurePolicy = (typeof PARENT_FAILURE_POLICIES)[number]

/** Tasks that were accepted together, of which some wait for others. Written once: the tasks say how they stand. */
export interface TaskGraphDocument extends StoredDocument {
  readonly taskCount: number
  readonly linkCount: number
  readonly idempotencyKey: string | null
  /** SHA-256 of what was asked, where it has an idempotency key. */
  readonly inputHash: string | null
  /** The task that was done again, with all that comes after it, by this graph. */
  readonly rerunOf: string | null
  readonly createdBy: string
}

/** That a task, the child, waits for another, the parent. Written once. */
export interface TaskLinkDocument extends StoredDocument {
  readonly parentId: string
  readonly childId: string
  /** Name of the parent in the graph. */
  readonly parentName: string
  /** Place of the parent among those of the child, from 0. */
  readonly ordinal: number
  readonly onFailure: ParentFailurePolicy
}

/** A task's place in its graph. */
export interface TaskGraphPlace {
  /** Unique in the graph. */
  readonly name: string
  readonly parentCount: number
  readonly childCount: number
  /** While it is blocked: all parents behind this one are known to have ended. */
  readonly waitsFor: number
  /** What waits for it is cancelled, whatever it ends as. */
  readonly cancelsChildren: boolean
}
