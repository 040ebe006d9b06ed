import type { StoredDocument } from './stored-document.js'

/** A queue of tasks. It belongs to the server; tenants share it. */
export interface TaskQueueDocument extends StoredDocument {
  readonly name: string
  readonly paused: boolean
  /** The most tasks of it that run at once, over all workers; null is no bound. */
  readonly concurrency: number | null
  /** The most tasks that wait in it. */
  readonly maxLength: number
  /** Shares of tenants, above 0; 1 for those not named. */
  readonly weights: Readonly<Record<string, number>>
}
