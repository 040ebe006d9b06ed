/** Why a stream ended. A stopping server sends no end. */
export const STREAM_END_REASONS = ['FINISHED', 'CANCELLED', 'FAILED'] as const
export type StreamEndReason = (typeof STREAM_END_REASONS)[number]

/** Type of the event that ends every stream; its data is `{ reason }`. */
export const STREAM_ENDED = 'StreamEnded'

/** Which events of the log an item joins: all from `fromSequence` to `sequence`. */
export interface StreamRange {
  /** Opaque to clients: where to go on after this item. */
  readonly cursor: string
  readonly fromSequence: number
  readonly sequence: number
  /** When the last of its events was logged, Unix milliseconds. */
  readonly at: number
}

/** An item of a stream: `TSnapshot` is the whole object, `TEvent` what happened to it. */
export type StreamItem<TSnapshot, TEvent> =
  | (StreamRange & { readonly type: 'snapshot'; readonly snapshot: TSnapshot })
  | (StreamRange & { readonly type: 'event'; readonly event: TEvent })
  | (StreamRange & {
      readonly type: 'gap'
      /** How many events were passed over. */
      readonly missed: number
      /** The cursor before the first event that is still kept. */
      readonly firstAvailable: string
      readonly snapshot: TSnapshot
    })
  | (StreamRange & { readonly type: 'end'; readonly reason: StreamEndReason })
