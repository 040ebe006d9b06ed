import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { WriteEffects } from '../../ports/document-store.js'
import type { EffectDelivery } from '../../ports/effect-sink.js'

const MAX_EVENT_BYTES = 1_048_576
const MAX_EFFECTS_BYTES = 4 * 1_048_576

/** What one write caused, kept in its document until it is delivered. */
export interface OutboxEntry {
  /** Revision that the write gave the document. */
  readonly revision: number
  readonly deleted?: boolean
  /** The write's effects as JSON text. */
  readonly effects: string
}

/**
 * The text of a write's effects, null when there are none. `INVALID_INPUT` for what could never be delivered, because
 * nothing can be taken back once the document is written.
 */
export function toEffectsText(effects: WriteEffects | undefined): string | null {
  const { events = [], queue = [], deleteStreams = [] } = effects ?? {}
  if (events.length + queue.length + deleteStreams.length === 0) return null
  for (const { type, data } of events)
    if (Buffer.byteLength(JSON.stringify(data)) > MAX_EVENT_BYTES)
      throw invalidInput(type, `the data of an event has more than ${MAX_EVENT_BYTES} bytes`)
  const text = JSON.stringify({ events, queue, deleteStreams } satisfies WriteEffects)
  if (Buffer.byteLength(text) > MAX_EFFECTS_BYTES)
    throw invalidInput('effects', `what a write causes has more than ${MAX_EFFECTS_BYTES} bytes`)
  return text
}

export function toDelivery(documentId: string, { revision, deleted, effects }: OutboxEntry): EffectDelivery {
  let parsed: WriteEffects
  try {
    parsed = JSON.parse(effects) as WriteEffects
  } catch (error) {
    throw new GraphloomError('INTERNAL', 'A stored effect cannot be read.', { cause: error })
  }
  return { documentId, revision, deleted: deleted === true, ...parsed }
}
