import { invalidInput, type ErrorInfo } from '../../kernel/errors.js'
import type { TaskProgress } from '../../domain/task.js'
import type { WorkerDocument } from '../../domain/worker.js'
import { MAX_LOG_LINES } from './log-limit.js'
import { checkKey, checkNumber, MAX_DURATION_MS } from './enqueue-request.js'

export interface ClaimTasksRequest {
  readonly types: readonly string[]
  readonly count: number
  readonly leaseMs: number
  /** How long to wait for the first task, milliseconds. */
  readonly waitMs: number
  readonly worker: Pick<WorkerDocument, 'name' | 'host' | 'pid'>
  /** Tasks of all tenants, for administrators; else those of the caller's. */
  readonly allTenants: boolean
}

const MAX_CLAIM = 100
const MAX_TYPES = 100
const MAX_WAIT_MS = 30_000
const MAX_LEASE_MS = 3_600_000
const MAX_BEATS = 1_000
const MAX_PROGRESS_CHARACTERS = 500
const MAX_ERROR_CHARACTERS = 2_000

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkClaimRequest({ types, count, leaseMs, waitMs, worker }: ClaimTasksRequest): void {
  if (types.length === 0 || types.length > MAX_TYPES)
    throw invalidInput('input.types', `must name 1 to ${MAX_TYPES} types of tasks.`)
  checkNumber('input.count', count, { least: 1, most: MAX_CLAIM, isWhole: true })
  checkNumber('input.leaseMs', leaseMs, { least: 1_000, most: MAX_LEASE_MS })
  checkNumber('input.waitMs', waitMs, { least: 0, most: MAX_WAIT_MS })
  checkNumber('input.worker.pid', worker.pid, { least: 0, most: 2 ** 31, isWhole: true })
  checkKey('input.worker.name', worker.name)
  checkKey('input.worker.host', worker.host)
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkHeartbeat(claims: readonly unknown[], leaseMs: number): void {
  checkNumber('input.leaseMs', leaseMs, { least: 1_000, most: MAX_LEASE_MS })
  if (claims.length > MAX_BEATS) throw invalidInput('input.claims', `at most ${MAX_BEATS} are taken at once.`)
}

/** As it is kept. @throws GraphloomError `INVALID_INPUT`. */
export function toProgress({ done, total, message }: TaskProgress): TaskProgress {
  const range = { least: 0, most: Number.MAX_SAFE_INTEGER }
  checkNumber('input.progress.done', done, range)
  checkNumber('input.progress.total', total ?? undefined, range)
  return { done, total, message: message?.slice(0, MAX_PROGRESS_CHARACTERS) ?? null }
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkLog(lines: readonly string[]): void {
  if (lines.length > MAX_LOG_LINES) throw invalidInput('input.log', `at most ${MAX_LOG_LINES} lines are taken at once.`)
}

/** As it is kept. @throws GraphloomError `INVALID_INPUT`. */
export function toFailure(error: ErrorInfo): ErrorInfo {
  checkNumber('input.error.retryAfterMs', error.details?.retryAfterMs, { least: 0, most: MAX_DURATION_MS })
  return { ...error, message: error.message.slice(0, MAX_ERROR_CHARACTERS) }
}
