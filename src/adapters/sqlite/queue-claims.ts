import type { ClaimedTask, ClaimRequest } from '../../ports/task-queue.js'
import { type Candidate, ClaimOrder } from './claim-order.js'
import type { Connection } from './connection.js'
import { wakeDue } from './queue-due.js'
import { countStart } from './queue-gates.js'
import { chargeTenant, leaveLane } from './queue-lanes.js'
import { claimTask } from './queue-moves.js'
import { getQueue, type QueueRow, type Wakeups } from './queue-rows.js'

/** Of so many claims one takes what has been ready longest. */
const OLDEST_EVERY = 4

export function claimTasks(
  database: Connection,
  request: ClaimRequest,
  nowMs: number,
  wakeups: Wakeups,
): ClaimedTask[] {
  wakeDue(database, request.queue, nowMs, wakeups)
  const queue = getQueue(database, request.queue)
  if (!queue || queue.paused === 1) return []
  const claimed = new Claims(database, request, queue).take(nowMs, wakeups)
  if (claimed.length > 0) wakeups.push({ queue: request.queue, atMs: nowMs + request.leaseMs })
  return claimed
}

const REMEMBER = 'UPDATE queues SET claims = ?, interactive_pass = ?, bulk_pass = ? WHERE queue = ?'
const WEIGHT = 'SELECT weight FROM weights WHERE queue = ? AND tenant = ?'

/** The claims of one request. */
class Claims {
  readonly #database: Connection
  readonly #request: ClaimRequest
  readonly #order: ClaimOrder
  readonly #limit: number
  readonly #weights = new Map<string, number>()
  /** From which pass the queue claimed last, of bulk and of interactive tasks. */
  readonly #passes: [number, number]
  /** A tenant that works on its own tasks takes nothing from the others. */
  readonly #isShared: boolean
  #count: number

  constructor(database: Connection, request: ClaimRequest, queue: QueueRow) {
    this.#database = database
    this.#request = request
    this.#order = new ClaimOrder(database, request, queue)
    this.#limit = Math.min(request.limit, (queue.concurrency ?? Infinity) - queue.claimed)
    this.#passes = [queue.bulk_pass, queue.interactive_pass]
    this.#isShared = request.tenantId === undefined
    this.#count = queue.claims
  }

  take(nowMs: number, wakeups: Wakeups): ClaimedTask[] {
    const claimed: ClaimedTask[] = []
    while (claimed.length < this.#limit) {
      const next = this.#next()
      if (!next) break
      claimed.push(this.#claim(next, nowMs, wakeups))
    }
    const [bulkPass, interactivePass] = this.#passes
    if (claimed.length > 0) this.#database.run(REMEMBER, [this.#count, interactivePass, bulkPass, this.#request.queue])
    return claimed
  }

  #next(): Candidate | null {
    if ((this.#count + 1) % OLDEST_EVERY === 0) return this.#order.oldest()
    const next = this.#order.next()
    if (!next || !this.#isShared) return next
    this.#passes[next.interactive] = Math.max(this.#passes[next.interactive], next.pass)
    return next
  }

  #claim({ accepted, pass }: Candidate, nowMs: number, wakeups: Wakeups): ClaimedTask {
    const database = this.#database
    const { owner, leaseMs } = this.#request
    const leaseUntilMs = nowMs + leaseMs
    const row = claimTask(database, { accepted, owner, leaseUntilMs })
    if (this.#isShared) chargeTenant(database, row, pass + 1 / this.#weightOf(row.tenant))
    else leaveLane(database, row)
    if (row.gate !== null) countStart(database, row.gate, nowMs, wakeups)
    this.#order.took(row)
    this.#count++
    const { task: taskId, queue, key, tenant: tenantId, priority, run_at: runAtMs, attempt } = row
    return { taskId, queue, key, tenantId, priority, runAtMs, attempt, leaseUntilMs }
  }

  #weightOf(tenant: string): number {
    let weight = this.#weights.get(tenant)
    if (weight === undefined) {
      weight = this.#database.get<{ weight: number }>(WEIGHT, [this.#request.queue, tenant])?.weight ?? 1
      this.#weights.set(tenant, weight)
    }
    return weight
  }
}
