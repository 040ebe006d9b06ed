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
  /** How long its leases are, milliseconds. */
  readonly leaseMs: number
  readonly stoppedAt: number | null
}

export const WORKER_STATES = ['ONLINE', 'SILENT', 'STOPPED'] as const
export type WorkerState = (typeof WORKER_STATES)[number]

/** A claim may wait for 30 seconds, and a sign of life is stored every five seconds at most. */
const LEAST_SILENCE_MS = 35_000

export function workerStateOf(worker: WorkerDocument, nowMs: number): WorkerState {
  if (worker.stoppedAt !== null) return 'STOPPED'
  return nowMs - worker.lastHeartbeatAt > Math.max(worker.leaseMs, LEAST_SILENCE_MS) ? 'SILENT' : 'ONLINE'
}
