import type { Logger } from 'pino'
import type { Json } from '../../kernel/json.js'
import type { EventListener, LoggedEvent } from '../../ports/event-log.js'
import type { EventRow, WriteOutcome, WriteRequest } from './writer-protocol.js'

/** Tells the listeners of each stream what was committed, in the order of commits. */
export class EventListeners {
  readonly #listeners = new Map<string, Set<EventListener>>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  add(stream: string, listener: EventListener): Disposable {
    // Each subscription is its own, also when one function is given twice.
    const own: EventListener = (events) => listener(events)
    const listeners = this.#listeners.get(stream) ?? new Set()
    this.#listeners.set(stream, listeners.add(own))
    return {
      [Symbol.dispose]: () => {
        listeners.delete(own)
        if (listeners.size === 0 && this.#listeners.get(stream) === listeners) this.#listeners.delete(stream)
      },
    }
  }

  has(stream: string): boolean {
    return this.#listeners.has(stream)
  }

  tell(request: WriteRequest, outcome: WriteOutcome): void {
    const rows = 'effects' in request ? request.effects.events : request.kind === 'append' ? request.events : []
    const groups = new Map<string, LoggedEvent[]>()
    rows.forEach((row, at) => {
      const sequence = outcome.sequences[at] ?? 0
      if (sequence === 0 || !this.#listeners.has(row.stream)) return
      const events = groups.get(row.stream) ?? []
      groups.set(row.stream, events)
      events.push(toLoggedEvent(row, { sequence, at: request.nowMs, revision: outcome.revision }))
    })
    for (const [stream, events] of groups) this.#tellStream(stream, events)
  }

  #tellStream(stream: string, events: readonly LoggedEvent[]): void {
    for (const listener of [...(this.#listeners.get(stream) ?? [])]) {
      try {
        listener(events)
      } catch (error) {
        this.#logger.error({ err: error, stream }, 'a listener of the event log failed')
      }
    }
  }
}

const toLoggedEvent = (
  { stream, type, data }: Pick<EventRow, 'stream' | 'type' | 'data'>,
  place: Pick<LoggedEvent, 'sequence' | 'at' | 'revision'>,
): LoggedEvent => ({ stream, type, data: JSON.parse(data) as Json, ...place })
