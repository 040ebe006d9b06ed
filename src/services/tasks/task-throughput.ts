import { LRUCache } from 'lru-cache'
import type { Clock } from '../../kernel/clock.js'
import type { TaskDocument } from '../../domain/task.js'

const PART_MS = 5_000
/** Parts of the window: it looks back five minutes. */
const PARTS = 60
/** Of fewer ends nothing can be foretold. */
const LEAST_ENDS = 20
/** Queues, and tenants and types in them, that are kept. */
const MAX_WINDOWS = 10_000

interface Part {
  readonly index: number
  readonly firstAt: number
  count: number
}

/** How fast this process has seen tasks end lately: of a queue, and of a tenant or a type in it. */
export class TaskThroughput {
  readonly #clock: Clock
  readonly #windows = new LRUCache<string, Part[]>({ max: MAX_WINDOWS })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What was never begun says nothing of how fast the work goes. */
  note({ queue, type, tenantId, attempt }: Pick<TaskDocument, 'queue' | 'type' | 'tenantId' | 'attempt'>): void {
    if (attempt === 0) return
    this.#add(keyOf(queue))
    this.#add(keyOf(queue, tenantId))
    this.#add(keyOfType(queue, type))
  }

  /** Tasks that ended in a second; null when fewer than 20 did within five minutes. */
  perSecond(queue: string, tenantId?: string): number | null {
    const now = this.#clock.now()
    const parts = this.#partsOf(keyOf(queue, tenantId))
    const count = parts.reduce((sum, part) => sum + part.count, 0)
    if (count < LEAST_ENDS) return null
    const sinceMs = now - Math.min(...parts.map(({ firstAt }) => firstAt))
    return (count / Math.max(1, sinceMs)) * 1_000
  }

  /** Whether tasks of the type ended there within five minutes: the queue's speed says nothing of one that nobody works on. */
  endsType(queue: string, type: string): boolean {
    return this.#partsOf(keyOfType(queue, type)).length > 0
  }

  #partsOf(key: string): Part[] {
    const last = Math.floor(this.#clock.now() / PART_MS)
    return (this.#windows.get(key) ?? []).filter(({ index }) => index > last - PARTS && index <= last)
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
const keyOfType = (queue: string, type: string): string => `${queue}/${type}`
