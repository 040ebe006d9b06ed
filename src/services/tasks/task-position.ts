import type { Clock } from '../../kernel/clock.js'
import type { StreamItem, StreamRange } from '../../domain/stream.js'
import type { TaskDocument, TaskState } from '../../domain/task.js'
import { parseCursor } from '../streams/cursor.js'
import { askNext } from '../streams/soonest.js'
import type { TaskEvent } from './task-stream.js'

/** Where a task that waits for its turn stands. */
export interface TaskForecast {
  /** Tasks that are expected to begin before it; null when it does not wait for its turn, or many are before it. */
  readonly position: number | null
  /** Null where there is nothing to judge by. */
  readonly etaMs: number | null
}

/**
 * Where the task stands in its queue: a figure of the present, beside its stream. It joins no event, so its range is
 * empty: it begins after the last event before it, and ends with that.
 */
export interface TaskPosition extends StreamRange {
  readonly type: 'position'
  readonly queuePosition: number | null
  readonly etaMs: number | null
}

type LoggedItem = StreamItem<TaskDocument, TaskEvent>

const EVERY_MS = 1_000
/** Looks of all followers together that take place in a second, at most. */
const LOOKS_PER_SECOND = 100

/** How often each of those looks who follow a task that waits: of many each less often, so that all cost no more than some. */
export class LookTimes {
  readonly #waiting = new Set<object>()

  get everyMs(): number {
    return Math.max(EVERY_MS, (this.#waiting.size * 1_000) / LOOKS_PER_SECOND)
  }

  /** Whether this follower's task waits now. */
  note(follower: object, waits: boolean): void {
    if (waits) this.#waiting.add(follower)
    else this.#waiting.delete(follower)
  }
}

export interface FollowPositionOptions {
  readonly task: Pick<TaskDocument, 'id' | 'state'>
  /** The client's cursor. */
  readonly after: string | null
  readonly forecast: () => Promise<TaskForecast>
  readonly times: LookTimes
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * The items of a task's stream, and between them, while it waits for its turn, where it stands: when that has changed, at
 * most once a second, for the first time when it has waited for a second.
 */
export async function* followWithPosition(
  items: AsyncIterable<LoggedItem>,
  { task, after, forecast, times, clock, signal }: FollowPositionOptions,
): AsyncGenerator<LoggedItem | TaskPosition, void, void> {
  const iterator = items[Symbol.asyncIterator]()
  let place = after === null ? null : { cursor: after, sequence: parseCursor(task.id, after) }
  let next = askNext(iterator)
  let state = task.state
  let told: TaskForecast = UNKNOWN
  let lookAtMs = clock.now() + times.everyMs
  try {
    while (!signal.aborted) {
      const waits = state === 'QUEUED' && place !== null
      times.note(iterator, waits)
      const item = await (waits ? next.within(lookAtMs - clock.now(), clock) : next.answer)
      if (item?.done) return
      if (item) {
        const { cursor, sequence } = item.value
        place = { cursor, sequence }
        yield item.value
        const current = stateOf(item.value) ?? state
        if (current === 'QUEUED' && current !== state) lookAtMs = clock.now() + times.everyMs
        if (current !== state) told = UNKNOWN
        state = current
        next = askNext(iterator)
      } else if (place !== null && clock.now() >= lookAtMs) {
        const { position, etaMs } = await forecast()
        if (position !== told.position || etaMs !== told.etaMs)
          yield {
            type: 'position',
            ...place,
            fromSequence: place.sequence + 1,
            at: clock.now(),
            queuePosition: position,
            etaMs,
          }
        told = { position, etaMs }
        lookAtMs = clock.now() + times.everyMs
      }
    }
  } finally {
    times.note(iterator, false)
    await iterator.return?.()
  }
}

const UNKNOWN: TaskForecast = { position: null, etaMs: null }

function stateOf(item: LoggedItem): TaskState | null {
  if (item.type === 'snapshot' || item.type === 'gap') return item.snapshot.state
  return item.type === 'event' && item.event.type === 'changed' ? item.event.status.state : null
}
