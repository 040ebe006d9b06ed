import type { ErrorCode } from '../../kernel/error-catalogue.js'
import type { TrimPolicy } from '../../ports/event-log.js'
import type { ClaimedTask, ClaimRequest, QueueChange, QueueEntry, QueueSettings } from '../../ports/task-queue.js'
import type { CollectionLayout } from './collection-layout.js'
import type { DocumentRow } from './document-row.js'

/** An event on its way to the log, its data as JSON text. */
export interface EventRow {
  readonly stream: string
  readonly type: string
  readonly data: string
  readonly ends: boolean
}

export interface EffectRows {
  readonly events: readonly EventRow[]
  readonly queue: readonly QueueChange[]
  readonly deleteStreams: readonly string[]
}

export interface TaskClaim {
  readonly taskId: string
  readonly attempt: number
}

/** What a write does, by kind: what is asked, and what comes back. */
interface WriteKinds {
  insert: { ask: { collection: string; row: DocumentRow; effects: EffectRows }; answer: null }
  /** The effects of all are in their order. */
  insertAll: {
    ask: { documents: readonly { readonly collection: string; readonly row: DocumentRow }[]; effects: EffectRows }
    answer: null
  }
  update: {
    ask: {
      collection: string
      tenantId: string | null
      expectedRevision: number
      row: DocumentRow
      effects: EffectRows
    }
    answer: { readonly createdAt: number; readonly updatedAt: number }
  }
  delete: {
    ask: {
      collection: string
      tenantId: string | null
      id: string
      expectedRevision: number | null
      effects: EffectRows
    }
    answer: null
  }
  deliver: { ask: { documentId: string; revision: number; deleted: boolean; effects: EffectRows }; answer: boolean }
  append: { ask: { events: readonly EventRow[] }; answer: null }
  trim: { ask: { policy: TrimPolicy }; answer: number }
  deleteStream: { ask: { stream: string }; answer: null }
  enqueue: { ask: { entry: QueueEntry }; answer: null }
  configure: { ask: { queue: string; settings: QueueSettings }; answer: null }
  claim: { ask: { request: ClaimRequest }; answer: ClaimedTask[] }
  heartbeat: { ask: { claims: readonly TaskClaim[]; leaseMs: number }; answer: string[] }
  complete: { ask: TaskClaim; answer: boolean }
  release: { ask: TaskClaim & { readonly runAtMs: number }; answer: boolean }
  endLeasesOfOthers: { ask: { owner: string; prefix: string }; answer: number }
  remove: { ask: { taskId: string }; answer: null }
  /** Whether the log was emptied. */
  erase: { ask: object; answer: boolean }
  /** Something small, to see whether anything can be written. */
  probe: { ask: object; answer: null }
  forgetIdle: { ask: { after: number; limit: number }; answer: number | null }
}

export type WriteKind = keyof WriteKinds
export type WriteAsk<K extends WriteKind> = WriteKinds[K]['ask']
export type WriteAnswer<K extends WriteKind> = WriteKinds[K]['answer']

/** Every write carries its time, so that the thread needs no clock. */
export type WriteRequest = { [K in WriteKind]: { readonly kind: K; readonly nowMs: number } & WriteAsk<K> }[WriteKind]

/** What a write did beside its answer. */
export interface WriteOutcome {
  readonly answer: unknown
  /** Sequence numbers of the request's events in their order, 0 for one that was passed over. */
  readonly sequences: readonly number[]
  /** The document's new revision, which its events got. */
  readonly revision: number | null
}

/** A queue in which something became claimable, or will at this time. */
export interface Wakeup {
  readonly queue: string
  readonly atMs: number
  /** Nobody is to be woken where the queue is paused: there is nothing but what cannot be claimed. */
  readonly unlessPaused?: true
}

export interface NumberedRequest {
  readonly number: number
  readonly request: WriteRequest
}

export type NumberedOutcome =
  | { readonly number: number; readonly outcome: WriteOutcome }
  | { readonly number: number; readonly failure: WriteFailure }

/** An error as it crosses threads; without a code it is one that nobody foresaw. */
export interface WriteFailure {
  readonly code: ErrorCode | null
  readonly message: string
  /** Where in the input the mistake is. */
  readonly path?: string | undefined
}

export interface WriterSettings {
  readonly path: string
  readonly collections: readonly CollectionLayout[]
}

export type WriterMessage = { readonly requests: readonly NumberedRequest[] } | { readonly close: true }

export type WriterReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'cannotOpen'; readonly message: string }
  | {
      readonly kind: 'committed'
      readonly outcomes: readonly NumberedOutcome[]
      readonly wakeups: readonly Wakeup[]
      readonly commits: number
    }
