import { GraphloomError } from '../../kernel/errors.js'
import type { ClaimedTask, ClaimRequest, QueueChange, QueueEntry } from '../../ports/task-queue.js'
import type { Connection } from './connection.js'
import type { TaskClaim, WriteOutcome } from './writer-protocol.js'

export type Wakeups = { -readonly [K in keyof WriteOutcome['wakeups'][number]]: WriteOutcome['wakeups'][number][K] }[]

const READY = 0
const WAITING = 1
const CLAIMED = 2

interface TaskRow {
  readonly task: string
  readonly queue: string
  readonly key: string
  readonly tenant: string
  readonly priority: number
  readonly run_at: number
  readonly attempt: number
}

/** Enqueues; a task that waits already takes the new entry's place and time, one that is claimed stays as it is. */
export function enqueueTask(database: Connection, entry: QueueEntry, nowMs: number, wakeups: Wakeups): void {
  const state = entry.runAtMs <= nowMs ? READY : WAITING
  const sql =
    'INSERT INTO tasks (task, queue, key, tenant, priority, run_at, state, due_at, attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ' +
    'ON CONFLICT (task) DO UPDATE SET queue = excluded.queue, key = excluded.key, tenant = excluded.tenant, ' +
    'priority = excluded.priority, run_at = excluded.run_at, state = excluded.state, due_at = excluded.due_at, owner = NULL ' +
    `WHERE state < ${CLAIMED}`
  const { taskId, queue, key, tenantId, priority, runAtMs } = entry
  database.run(sql, [taskId, queue, key, tenantId, priority, runAtMs, state, runAtMs])
  wakeups.push({ queue, atMs: runAtMs })
}

const TASK_COLUMNS = 'task, queue, key, tenant, priority, run_at, attempt'
const IN_TURNS = 'priority >= 5 DESC, turn, priority DESC, accepted'

const REFILL_PARTS = 64

function countClaimed(database: Connection, queue: string): ReadonlyMap<string, number> {
  const sql = `SELECT key, COUNT(*) AS count FROM tasks WHERE state > 0 AND state = ${CLAIMED} AND queue = ? GROUP BY key`
  return new Map(
    database.all<{ key: string; count: number }>(sql, [queue]).map(({ key, count }) => [key, count] as const),
  )
}

/** Who takes turns, and how much of each key, matters only where not all can be taken: that looks at all there is. */
function listReady(database: Connection, request: Omit<ClaimRequest, 'leaseMs' | 'owner'>): TaskRow[] {
  const { queue, oldestFirst = false } = request
  const limit = Math.max(0, request.limit)
  const maxPerKey = request.maxPerKey ?? Number.MAX_SAFE_INTEGER
  const all = `SELECT ${TASK_COLUMNS} FROM tasks WHERE state = ${READY} AND queue = ? ORDER BY priority DESC, accepted LIMIT ?`
  const ready = database.all<TaskRow>(all, [queue, limit + 1])
  const held = countClaimed(database, queue)
  const heldCount = [...held.values()].reduce((total, count) => total + count, 0)
  if (ready.length === 0 || (ready.length <= limit && ready.length + heldCount <= maxPerKey)) return ready
  // A key that is full is looked at again when some of its places are free, not at each.
  const most = maxPerKey - Math.max(1, Math.floor(maxPerKey / REFILL_PARTS))
  const keys = database.all<{ key: string }>('SELECT DISTINCT key FROM tasks WHERE state < 2 AND queue = ?', [queue])
  if (keys.every(({ key }) => (held.get(key) ?? 0) > most)) return []
  const order = oldestFirst ? 'accepted' : IN_TURNS
  const some =
    `WITH held AS (SELECT tenant, key, COUNT(*) AS count FROM tasks WHERE state > 0 AND state = ${CLAIMED} AND queue = ?1 ` +
    'GROUP BY tenant, key), ' +
    'waiting AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY tenant, key, priority >= 5 ORDER BY priority DESC, accepted) ' +
    '+ IFNULL((SELECT count FROM held WHERE held.tenant = tasks.tenant AND held.key = tasks.key), 0) AS turn ' +
    `FROM tasks WHERE state = ${READY} AND queue = ?1), ` +
    `placed AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY key ORDER BY ${order}) ` +
    '+ IFNULL((SELECT SUM(count) FROM held WHERE held.key = waiting.key), 0) AS place FROM waiting) ' +
    `SELECT ${TASK_COLUMNS} FROM placed WHERE place <= ?3 ORDER BY ${order} LIMIT ?2`
  return database.all<TaskRow>(some, [queue, limit, maxPerKey])
}

export function claimTasks(
  database: Connection,
  request: ClaimRequest,
  nowMs: number,
  wakeups: Wakeups,
): ClaimedTask[] {
  const { queue, owner, leaseMs } = request
  database.run(`UPDATE tasks SET state = ${READY} WHERE state > 0 AND queue = ? AND due_at <= ?`, [queue, nowMs])
  const leaseUntilMs = nowMs + leaseMs
  const claim = `UPDATE tasks SET state = ${CLAIMED}, due_at = ?, attempt = ?, owner = ? WHERE task = ?`
  const claimed = listReady(database, request).map((row): ClaimedTask => {
    const attempt = row.attempt + 1
    database.run(claim, [leaseUntilMs, attempt, owner, row.task])
    const { task: taskId, key, tenant: tenantId, priority, run_at: runAtMs } = row
    return { taskId, queue, key, tenantId, priority, runAtMs, attempt, leaseUntilMs }
  })
  if (claimed.length > 0) wakeups.push({ queue, atMs: leaseUntilMs })
  return claimed
}

/** The owner is set as long as the latest claim stands, also when its lease passed and nobody else claimed the task. */
const IS_CURRENT = 'task = ? AND attempt = ? AND owner IS NOT NULL'

/** Resolves with the ids of the tasks whose claim is lost. */
export const extendLeases = (database: Connection, claims: readonly TaskClaim[], leaseUntilMs: number): string[] =>
  claims
    .filter(({ taskId, attempt }) => {
      const sql = `UPDATE tasks SET state = ${CLAIMED}, due_at = ? WHERE ${IS_CURRENT}`
      return database.run(sql, [leaseUntilMs, taskId, attempt]) === 0
    })
    .map(({ taskId }) => taskId)

export const completeTask = (database: Connection, { taskId, attempt }: TaskClaim): boolean =>
  database.run(`DELETE FROM tasks WHERE ${IS_CURRENT}`, [taskId, attempt]) === 1

interface Release extends TaskClaim {
  readonly runAtMs: number
  readonly nowMs: number
}

export function releaseTask(database: Connection, release: Release, wakeups: Wakeups): boolean {
  const { taskId, attempt, runAtMs, nowMs } = release
  const state = runAtMs <= nowMs ? READY : WAITING
  const sql = `UPDATE tasks SET state = ?, run_at = ?, due_at = ?, owner = NULL WHERE ${IS_CURRENT} RETURNING queue`
  const row = database.get<{ queue: string }>(sql, [state, runAtMs, runAtMs, taskId, attempt])
  if (row) wakeups.push({ queue: row.queue, atMs: runAtMs })
  return row !== undefined
}

export function releaseOthers(database: Connection, owner: string, nowMs: number, wakeups: Wakeups): number {
  const sql = `UPDATE tasks SET state = ${READY}, due_at = ?, owner = NULL WHERE owner IS NOT NULL AND owner <> ? RETURNING queue`
  const rows = database.all<{ queue: string }>(sql, [nowMs, owner])
  for (const queue of new Set(rows.map((row) => row.queue))) wakeups.push({ queue, atMs: nowMs })
  return rows.length
}

export const removeTask = (database: Connection, taskId: string): void => {
  database.run('DELETE FROM tasks WHERE task = ?', [taskId])
}

interface QueueChangeOptions {
  readonly nowMs: number
  /** What becomes of a completion whose attempt is not the current one. */
  readonly lateCompletion: 'conflict' | 'pass-over'
}

export function applyQueueChanges(
  database: Connection,
  changes: readonly QueueChange[],
  { nowMs, lateCompletion }: QueueChangeOptions,
): Wakeups {
  const wakeups: Wakeups = []
  for (const change of changes) {
    switch (change.kind) {
      case 'enqueue':
        enqueueTask(database, change.entry, nowMs, wakeups)
        break
      case 'complete':
        if (!completeTask(database, change) && lateCompletion === 'conflict')
          throw new GraphloomError('CONFLICT', `Attempt ${change.attempt} of task "${change.taskId}" is not current.`)
        break
      case 'remove':
        removeTask(database, change.taskId)
        break
    }
  }
  return wakeups
}
