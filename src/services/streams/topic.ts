import type { StreamItem } from '../../domain/stream.js'
import { STREAM_ENDED, type StreamEndReason } from '../../domain/stream.js'
import type { EventLog, LoggedEvent } from '../../ports/event-log.js'
import { encodeCursor } from './cursor.js'

/** How a kind of stream turns logged events into what its readers get. */
export interface StreamEvents<TEvent> {
  /** What a logged event (never the end) means. */
  toEvent(event: LoggedEvent): TEvent
  /** Two adjacent events as one for a reader that is behind, or null when they stay apart. */
  join(first: TEvent, second: TEvent): TEvent | null
  /** About how many bytes a reader's item may grow to by joining. */
  readonly maxJoinedBytes: number
  sizeBytes(event: TEvent): number
}

export type TopicItem<TEvent> = Exclude<StreamItem<never, TEvent>, { type: 'snapshot' | 'gap' }>

const KEPT_ITEMS = 256
const KEPT_BYTES = 1 << 20

/**
 * One stream while somebody reads it: the newest items, mapped once and shared by all readers, who are woken when more
 * come. Older items come from the log.
 */
export class Topic<TEvent> {
  #items: TopicItem<TEvent>[] = []
  #bytes = 0
  readonly #readers = new Set<() => void>()
  readonly #subscription: Disposable
  /** The last sequence number that was told here; null until the first. */
  lastSequence: number | null = null

  constructor(
    readonly stream: string,
    readonly events: StreamEvents<TEvent>,
    log: EventLog,
  ) {
    this.#subscription = log.subscribe(stream, (logged) => this.#append(logged))
  }

  get readerCount(): number {
    return this.#readers.size
  }

  /** `wake` is called after each append. */
  join(wake: () => void): void {
    this.#readers.add(wake)
  }

  leave(wake: () => void): void {
    this.#readers.delete(wake)
  }

  /** Items from `after + 1` on, or null when the first of them is only in the log. */
  itemsAfter(after: number): readonly TopicItem<TEvent>[] | null {
    const first = this.#items[0]
    if (!first || first.sequence > after + 1) return null
    return this.#items.slice(after + 1 - first.sequence)
  }

  close(): void {
    this.#subscription[Symbol.dispose]()
  }

  #append(logged: readonly LoggedEvent[]): void {
    for (const event of logged) {
      const item = toTopicItem(event, this.events)
      this.#items.push(item)
      this.#bytes += this.#sizeOf(item)
      this.lastSequence = event.sequence
    }
    while (this.#items.length > 1 && (this.#items.length > KEPT_ITEMS || this.#bytes > KEPT_BYTES))
      this.#bytes -= this.#sizeOf(this.#items.shift()!)
    for (const wake of this.#readers) wake()
  }

  #sizeOf(item: TopicItem<TEvent>): number {
    return item.type === 'event' ? this.events.sizeBytes(item.event) : 0
  }
}

export function toTopicItem<TEvent>(logged: LoggedEvent, events: StreamEvents<TEvent>): TopicItem<TEvent> {
  const range = {
    cursor: encodeCursor(logged.stream, logged.sequence),
    fromSequence: logged.sequence,
    sequence: logged.sequence,
    at: logged.at,
  }
  if (logged.type === STREAM_ENDED)
    return { type: 'end', ...range, reason: (logged.data as { reason: StreamEndReason }).reason }
  return { type: 'event', ...range, event: events.toEvent(logged) }
}

/** Joins adjacent items of a reader that is behind, as far as their kind and size allow. */
export function joinItems<TEvent>(
  items: readonly TopicItem<TEvent>[],
  events: StreamEvents<TEvent>,
): TopicItem<TEvent>[] {
  const joined: TopicItem<TEvent>[] = []
  for (const item of items) {
    const last = joined.at(-1)
    if (last?.type === 'event' && item.type === 'event') {
      const small = events.sizeBytes(last.event) + events.sizeBytes(item.event) <= events.maxJoinedBytes
      const event = small ? events.join(last.event, item.event) : null
      if (event !== null) {
        joined[joined.length - 1] = { ...item, fromSequence: last.fromSequence, event }
        continue
      }
    }
    joined.push(item)
  }
  return joined
}
