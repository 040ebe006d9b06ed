import type { NewEvent } from './event-log.js'
import type { QueueChange } from './task-queue.js'

/** What one write of a document caused, where the document itself lives in another store. */
export interface EffectDelivery {
  /** The document's id, unique over all collections. */
  readonly documentId: string
  /** The revision that the write gave the document; for a delete one above the last revision. */
  readonly revision: number
  /** Whether the write deleted the document. A later delivery of revision 1 then tells of a new document. */
  readonly deleted?: boolean
  readonly events?: readonly NewEvent[]
  readonly queue?: readonly QueueChange[]
  /** Streams of the event log that go with the document, after its events. */
  readonly deleteStreams?: readonly string[]
}

/**
 * Takes the effects of document writes from a store that does not share a transaction with event log and queue.
 *
 * A delivery takes place whole or not at all, and once: one with a revision at or below the last one delivered of its
 * document is without effect. Deliveries of one document must be made in the order of their revisions.
 *
 * The document is written already, so nothing in a delivery is refused for its state: an event for a stream that has
 * ended, or a `complete` whose attempt is not the current one, is passed over.
 */
export interface EffectSink {
  /**
   * Resolves when the effects are durable: true when they took place now, false when they had before. `UNAVAILABLE` or
   * `OVERLOADED` when they did not; the same delivery can be made again.
   */
  deliver(delivery: EffectDelivery): Promise<boolean>
}
