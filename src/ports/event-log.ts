import type { Json } from '../kernel/json.js'

/** What is appended. The log gives it its sequence number and time. */
export interface NewEvent {
  /** The stream's name: the id of the object that it tells of. */
  readonly stream: string
  /** Kind of event within the stream, e.g. `PredictionChanged`. */
  readonly type: string
  readonly data: Json
  /** No event can follow: later appends to the stream are a `CONFLICT`. */
  readonly ends?: boolean
}

export interface LoggedEvent {
  readonly stream: string
  /** 1 for the first event of a stream, then up by 1 without holes. */
  readonly sequence: number
  /** Unix milliseconds. */
  readonly at: number
  readonly type: string
  readonly data: Json
  /** Revision of the document that was written with it, or null for an event that no document write carried. */
  readonly revision: number | null
}

export interface StreamHead {
  /** The first event still kept; `lastSequence + 1` when none is. */
  readonly firstSequence: number
  /** 0 when nothing was ever appended. */
  readonly lastSequence: number
  /** Revision of the last document write among the events; 0 when there was none. */
  readonly revision: number
  readonly ended: boolean
}

export type EventListener = (events: readonly LoggedEvent[]) => void

/** Which events may go. Streams that did not end keep their last `openStreamMaxEvents`. */
export interface TrimPolicy {
  /** Events of streams that ended before this time (Unix milliseconds) go. */
  readonly endedBeforeMs: number
  readonly openStreamMaxEvents: number
  /** The most events deleted in one call, so that no call takes long. */
  readonly maxDeletedEvents: number
}

/**
 * Append-only streams of events. An append that has resolved survives the loss of power, and only then do readers and
 * listeners see it. The head of a stream outlives its trimmed events and goes with `deleteStream` only.
 */
export interface EventLog {
  /** Appends in order, all or none; resolves with the last sequence number. All of one call go to one stream. */
  append(stream: string, events: readonly Omit<NewEvent, 'stream'>[]): Promise<number>

  /** An unknown stream has `firstSequence` 1 and `lastSequence` 0. */
  head(stream: string): Promise<StreamHead>

  /** Events with a sequence above `after`, in order, at most `limit` (1 to 10,000). Trimmed ones are passed over. */
  read(stream: string, after: number, limit: number): Promise<LoggedEvent[]>

  /**
   * Calls `listener` with each group of committed events of a stream, in order, from now on, never from within
   * `subscribe` itself. An event that commits after `subscribe` returned is always told; listeners must not throw.
   */
  subscribe(stream: string, listener: EventListener): Disposable

  /** Whether anybody subscribes to the stream through this log at the moment. */
  isFollowed(stream: string): boolean

  /** Deletes what the policy lets go; resolves with the number of events deleted. */
  trim(policy: TrimPolicy): Promise<number>

  deleteStream(stream: string): Promise<void>
}
