import { invalidInput } from '../../kernel/errors.js'
import type { WriteEffects } from '../../ports/document-store.js'
import type { NewEvent } from '../../ports/event-log.js'
import { requireChange } from './queue-checks.js'
import type { EffectRows, EventRow } from './writer-protocol.js'

const MAX_EVENT_BYTES = 1_048_576

/** `INVALID_INPUT` for an event whose data is larger than a document may be. */
export function toEventRow(event: NewEvent): EventRow {
  const data = JSON.stringify(event.data)
  if (data.length > MAX_EVENT_BYTES / 4 && Buffer.byteLength(data) > MAX_EVENT_BYTES)
    throw invalidInput(event.type, `the data of an event has more than ${MAX_EVENT_BYTES} bytes`)
  return { stream: event.stream, type: event.type, data, ends: event.ends === true }
}

/** `INVALID_INPUT` also for a change of the queue that cannot be made. */
export function toEffectRows({ events = [], queue = [], deleteStreams = [] }: WriteEffects = {}): EffectRows {
  queue.forEach(requireChange)
  return { events: events.map(toEventRow), queue, deleteStreams }
}
