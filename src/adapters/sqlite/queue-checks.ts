import { invalidInput } from '../../kernel/errors.js'
import type { ClaimRequest, QueueChange, QueueEntry, QueueSettings } from '../../ports/task-queue.js'

const MAX_CLAIM = 1_000
const MAX_KEYS = 100
const MAX_RATE_COUNT = 10_000
const MAX_PRIORITY = 9

const isWhole = (value: number, least: number, most = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most

export function requireClaim({ limit, keys }: ClaimRequest): void {
  if (!isWhole(limit, 1, MAX_CLAIM)) throw invalidInput('limit', `must be 1 to ${MAX_CLAIM}`)
  if (keys && keys.length > MAX_KEYS) throw invalidInput('keys', `must be ${MAX_KEYS} at most`)
}

export function requireEntry({ priority, runAtMs, claimsBefore = 0, gate }: QueueEntry): void {
  if (!isWhole(priority, 0, MAX_PRIORITY)) throw invalidInput('priority', `must be 0 to ${MAX_PRIORITY}`)
  if (!isWhole(runAtMs, 0)) throw invalidInput('runAtMs', 'must be a whole number of milliseconds')
  if (!isWhole(claimsBefore, 0)) throw invalidInput('claimsBefore', 'must be a whole number, 0 or more')
  if (!gate) return
  if (!isWhole(gate.maxClaimed, 1)) throw invalidInput('gate.maxClaimed', 'must be a whole number, 1 or more')
  if (!gate.rate) return
  const { count, perMs } = gate.rate
  if (!isWhole(count, 1, MAX_RATE_COUNT)) throw invalidInput('gate.rate.count', `must be 1 to ${MAX_RATE_COUNT}`)
  if (!isWhole(perMs, 1)) throw invalidInput('gate.rate.perMs', 'must be a whole number, 1 or more')
}

export function requireSettings({ concurrency, weights }: QueueSettings): void {
  if (concurrency !== null && !isWhole(concurrency, 0))
    throw invalidInput('concurrency', 'must be a whole number, 0 or more')
  for (const weight of Object.values(weights))
    if (!Number.isFinite(weight) || weight <= 0) throw invalidInput('weights', 'must be numbers above 0')
}

export function requireChange(change: QueueChange): void {
  if (change.kind === 'enqueue') requireEntry(change.entry)
  if (change.kind === 'configure') requireSettings(change.settings)
}
