import type { StoredDocument } from './stored-document.js'

/** A process that works on tasks: this server's own belong to the server, others to the tenant that they claim for. */
export interface WorkerDocument extends StoredDocument {
  /** Unique in the tenant. */
  readonly name: string
  readonly host: string
  readonly pid: number
  /** Types of tasks that it claims. */
  readonly types: readonly string[]
  readonly lastHeartbeatAt: number
  /** Milliseconds after which it is held to be gone without a sign of life. */
  readonly leaseMs: number
  readonly stoppedAt: number | null
}

export const WORKER_STATES = ['ONLINE', 'SILENT', 'STOPPED'] as const
export type WorkerState = (typeof WORKER_STATES)[number]

export function workerStateOf(worker: WorkerDocument, nowMs: number): WorkerState {
  if (worker.stoppedAt !== null) return 'STOPPED'
  return nowMs - worker.lastHeartbeatAt > worker.leaseMs ? 'SILENT' : 'ONLINE'
}
