import { LRUCache } from 'lru-cache'
import type { Clock } from '../../kernel/clock.js'
import type { TaskDocument } from '../../domain/task.js'

const PART_MS = 5_000
/** Parts of the window: it looks back five minutes. */
const PARTS = 60
/** Of fewer ends nothing can be foretold. */
const LEAST_ENDS = 20
/** Queues, and tenants in them, that are kept. */
const MAX_WINDOWS = 10_000

interface Part {
  readonly index: number
  readonly firstAt: number
  count: number
}

/** How fast this process has seen tasks end lately: of a queue, and of a tenant in it. */
export class TaskThroughput {
  readonly #clock: Clock
  readonly #windows = new LRUCache<string, Part[]>({ max: MAX_WINDOWS })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What was never begun says nothing of how fast the work goes. */
  note({ queue, tenantId, attempt }: Pick<TaskDocument, 'queue' | 'tenantId' | 'attempt'>): void {
    if (attempt === 0) return
    this.#add(keyOf(queue))
    this.#add(keyOf(queue, tenantId))
  }

  /** Tasks that ended in a second; null when fewer than 20 did within five minutes. */
  perSecond(queue: string, tenantId?: string): number | null {
    const now = this.#clock.now()
    const last = Math.floor(now / PART_MS)
    const parts = (this.#windows.get(keyOf(queue, tenantId)) ?? []).filter(
      ({ index }) => index > last - PARTS && index <= last,
    )
    const count = parts.reduce((sum, part) => sum + part.count, 0)
    if (count < LEAST_ENDS) return null
    const sinceMs = now - Math.min(...parts.map(({ firstAt }) => firstAt))
    return (count / Math.max(1, sinceMs)) * 1_000
  }

  #add(key: string): void {
    const now = this.#clock.now()
    const index = Math.floor(now / PART_MS)
    let parts = this.#windows.get(key)
    if (!parts) this.#windows.set(key, (parts = []))
    const part = parts[index % PARTS]
    if (part?.index === index) part.count++
    else parts[index % PARTS] = { index, firstAt: now, count: 1 }
  }
}

const keyOf = (queue: string, tenantId?: string): string => (tenantId === undefined ? queue : `${queue} ${tenantId}`)
