import { GraphloomError } from '../../kernel/errors.js'
import type { QueueChange, QueueEntry, QueueSettings } from '../../ports/task-queue.js'
import type { Connection } from './connection.js'
import { makeReady } from './queue-due.js'
import { arrivalState, openGate, recheckGates, settleGate } from './queue-gates.js'
import { addTask, deleteTask, moveTask, type NewTask } from './queue-moves.js'
import { CLAIMED, getCurrent, getQueue, getTask, READY, SCHEDULED, type TaskRow, type Wakeups } from './queue-rows.js'
import type { TaskClaim } from './writer-protocol.js'

/** Enqueues; a task that waits already takes the new entry's place and time, one that is claimed stays as it is: false. */
export function enqueueTask(database: Connection, entry: QueueEntry, nowMs: number, wakeups: Wakeups): boolean {
  const { taskId, queue, runAtMs, claimsBefore = 0 } = entry
  // Nearly all are new.
  if (!entry.gate) {
    const state = runAtMs > nowMs ? SCHEDULED : READY
    const place = { state, at: Math.max(runAtMs, nowMs), attempt: claimsBefore } as const
    if (addTask(database, toRow(entry, null, place), null)) {
      wakeups.push({ queue, atMs: runAtMs, unlessPaused: true })
      return true
    }
  }
  const before = getTask(database, taskId)
  if (before?.state === CLAIMED) return false
  const gate = entry.gate ? openGate(database, entry.tenantId, entry.gate) : null
  if (before) {
    deleteTask(database, before)
    if (before.gate !== null && before.gate !== gate) settleGate(database, before.gate, nowMs, wakeups)
  }
  const state = runAtMs > nowMs ? SCHEDULED : arrivalState(database, gate, nowMs)
  const readySince = before && before.state < SCHEDULED ? before.at : nowMs
  const at = state === SCHEDULED ? runAtMs : readySince
  const attempt = Math.max(before?.attempt ?? 0, claimsBefore)
  addTask(database, toRow(entry, gate, { state, at, attempt }), before?.accepted ?? null)
  if (gate !== null) settleGate(database, gate, nowMs, wakeups)
  wakeups.push({ queue, atMs: runAtMs })
  return true
}

const toRow = (
  { taskId: task, queue, key, tenantId: tenant, priority, runAtMs }: QueueEntry,
  gate: number | null,
  place: Pick<NewTask, 'state' | 'at' | 'attempt'>,
): NewTask => ({ task, queue, key, tenant, priority, run_at: runAtMs, gate, owner: null, ...place })

/** Resolves with the ids of the tasks whose claim is lost. */
export const extendLeases = (database: Connection, claims: readonly TaskClaim[], leaseUntilMs: number): string[] =>
  claims
    .filter((claim) => {
      const row = getCurrent(database, claim)
      if (!row || (row.state !== CLAIMED && !mayGoOn(database, row))) return true
      moveTask(database, row, CLAIMED, { at: leaseUntilMs })
      return false
    })
    .map(({ taskId }) => taskId)

/** A claim whose lease passed is taken up again only where it could be given: its place may be another's by now. */
function mayGoOn(database: Connection, row: TaskRow): boolean {
  const queue = getQueue(database, row.queue)
  return row.state === READY && queue !== undefined && queue.claimed < (queue.concurrency ?? Infinity)
}

const CONCURRENCY = 'SELECT concurrency FROM queues WHERE queue = ?'

/** What may become claimable when a task has left the place that it had. */
function freePlace(database: Connection, row: TaskRow, nowMs: number, wakeups: Wakeups): void {
  if (row.gate !== null) settleGate(database, row.gate, nowMs, wakeups)
  if (row.state !== CLAIMED) return
  const bounds = database.get<{ concurrency: number | null }>(CONCURRENCY, [row.queue])
  if (bounds && bounds.concurrency !== null) wakeups.push({ queue: row.queue, atMs: nowMs })
}

export function completeTask(database: Connection, claim: TaskClaim, nowMs: number, wakeups: Wakeups): boolean {
  const row = getCurrent(database, claim)
  if (!row) return false
  deleteTask(database, row)
  freePlace(database, row, nowMs, wakeups)
  return true
}

export function removeTask(database: Connection, taskId: string, nowMs: number, wakeups: Wakeups): void {
  const row = getTask(database, taskId)
  if (!row) return
  deleteTask(database, row)
  freePlace(database, row, nowMs, wakeups)
}

interface Release extends TaskClaim {
  readonly runAtMs: number
  readonly nowMs: number
}

export function releaseTask(database: Connection, release: Release, wakeups: Wakeups): boolean {
  const row = getCurrent(database, release)
  if (!row) return false
  const { runAtMs, nowMs } = release
  const readyState = row.state === CLAIMED ? arrivalState(database, row.gate, nowMs) : row.state
  const state = runAtMs > nowMs ? SCHEDULED : readyState
  moveTask(database, row, state, { at: Math.max(runAtMs, nowMs), run_at: runAtMs, owner: null })
  freePlace(database, row, nowMs, wakeups)
  wakeups.push({ queue: row.queue, atMs: runAtMs })
  return true
}

const CLAIMED_BY_OTHERS =
  'SELECT * FROM tasks WHERE owner IS NOT NULL AND owner >= ? AND owner < ? AND owner <> ? ' +
  `AND state = ${CLAIMED} ORDER BY accepted`
const LAST_CHARACTER = '\u{10ffff}'

interface EndLeases {
  readonly owner: string
  readonly prefix: string
  readonly nowMs: number
}

export function endLeasesOfOthers(database: Connection, request: EndLeases, wakeups: Wakeups): number {
  const { owner, prefix, nowMs } = request
  const rows = database.all<TaskRow>(CLAIMED_BY_OTHERS, [prefix, prefix + LAST_CHARACTER, owner])
  for (const row of rows) {
    makeReady(database, { ...row, at: nowMs }, nowMs, wakeups)
    wakeups.push({ queue: row.queue, atMs: nowMs })
  }
  return rows.length
}

/** See the change `lapse`; false where it does not hold. */
function lapseClaim(database: Connection, claim: TaskClaim, nowMs: number, wakeups: Wakeups): boolean {
  const row = getCurrent(database, claim)
  if (!row || (row.state === CLAIMED && row.at > nowMs)) return false
  const isReady = row.state !== CLAIMED
  moveTask(database, row, isReady ? row.state : arrivalState(database, row.gate, nowMs), { owner: null })
  freePlace(database, row, nowMs, wakeups)
  wakeups.push({ queue: row.queue, atMs: nowMs })
  return true
}

const CONFIGURE =
  'INSERT INTO queues (queue, paused, concurrency) VALUES (?, ?, ?) ' +
  'ON CONFLICT DO UPDATE SET paused = excluded.paused, concurrency = excluded.concurrency'

export function configureQueue(
  database: Connection,
  { queue, settings }: { readonly queue: string; readonly settings: QueueSettings },
  nowMs: number,
  wakeups: Wakeups,
): void {
  const paused = settings.paused ? 1 : 0
  if ((getQueue(database, queue)?.paused ?? 0) !== paused) recheckGates(database, nowMs)
  database.run(CONFIGURE, [queue, paused, settings.concurrency])
  database.run('DELETE FROM weights WHERE queue = ?', [queue])
  for (const [tenantId, weight] of Object.entries(settings.weights))
    database.run('INSERT INTO weights (queue, tenant, weight) VALUES (?, ?, ?)', [queue, tenantId, weight])
  wakeups.push({ queue, atMs: nowMs })
}

const notCurrent = ({ taskId, attempt }: TaskClaim): GraphloomError =>
  new GraphloomError('CONFLICT', `Attempt ${attempt} of task "${taskId}" is not current.`)

const justClaimed = ({ taskId }: QueueEntry): GraphloomError =>
  new GraphloomError('CONFLICT', `A worker has just got task "${taskId}"; only one that waits can be changed.`)

interface QueueChangeOptions {
  readonly nowMs: number
  /** What becomes of a completion whose attempt is not the current one. */
  readonly lateCompletion: 'conflict' | 'pass-over'
  readonly wakeups: Wakeups
}

export function applyQueueChanges(
  database: Connection,
  changes: readonly QueueChange[],
  { nowMs, lateCompletion, wakeups }: QueueChangeOptions,
): void {
  for (const change of changes) {
    switch (change.kind) {
      case 'enqueue':
        if (!enqueueTask(database, change.entry, nowMs, wakeups) && change.ifWaits && lateCompletion === 'conflict')
          throw justClaimed(change.entry)
        break
      case 'complete':
        if (!completeTask(database, change, nowMs, wakeups) && lateCompletion === 'conflict') throw notCurrent(change)
        break
      case 'lapse':
        if (!lapseClaim(database, change, nowMs, wakeups) && lateCompletion === 'conflict') throw notCurrent(change)
        break
      case 'remove':
        removeTask(database, change.taskId, nowMs, wakeups)
        break
      case 'configure':
        configureQueue(database, change, nowMs, wakeups)
        break
    }
  }
}
