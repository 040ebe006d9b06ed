import type { Clock } from '../../kernel/clock.js'
import type { TaskSpan } from '../../domain/task.js'

const MAX_SPANS = 50
const MAX_NAME_CHARACTERS = 100

export const toSpan = (name: string, startedAt: number, endedAt: number, failed = false): TaskSpan => ({
  name,
  startedAt,
  durationMs: Math.max(0, endedAt - startedAt),
  failed,
})

/** Measures the parts of an attempt; of many, the first ones are kept. */
export class SpanRecorder {
  readonly #clock: Clock
  readonly #spans: TaskSpan[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get spans(): readonly TaskSpan[] {
    return [...this.#spans]
  }

  /** A part that began at a time and has ended now. */
  add(name: string, startedAt: number, failed = false): void {
    if (this.#spans.length >= MAX_SPANS) return
    this.#spans.push(toSpan(name.slice(0, MAX_NAME_CHARACTERS), startedAt, this.#clock.now(), failed))
  }

  readonly span = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = this.#clock.now()
    try {
      const result = await work()
      this.add(name, startedAt)
      return result
    } catch (error) {
      this.add(name, startedAt, true)
      throw error
    }
  }
}
