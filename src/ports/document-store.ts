import type { StoredDocument } from '../domain/stored-document.js'
import type { Json } from '../kernel/json.js'
import type { Page, PageRequest } from '../kernel/pages.js'
import type { NewEvent } from './event-log.js'
import type { QueueChange } from './task-queue.js'

/** What a caller gives of a document; the store adds the rest. */
export type DocumentBody<T extends StoredDocument> = Omit<T, 'revision' | 'createdAt' | 'updatedAt'>

/**
 * The kind of the values in an indexed field. Every field may also hold null (a missing field counts as null); a value
 * of another kind is `INVALID_INPUT`.
 */
export type FieldKind = 'string' | 'number' | 'boolean'

/**
 * An index over top-level fields. The tenant is always its first column, so an index is only ever read within a
 * tenant (or across all by the system scope). A unique index allows one document per tenant and combination of values;
 * combinations with a null are not constrained, and are not in it: it serves reads whose filter has all its fields, a
 * range that every value is in being enough.
 */
export interface IndexDefinition {
  readonly name: string
  readonly fields: readonly string[]
  readonly unique?: boolean
  /** For reads by the system scope: the tenant is not its first column. Never unique. */
  readonly acrossTenants?: boolean
  /**
   * Serves `contains` on its first field, which is text; the fields after it are the order in which documents are given
   * of which many have the text. Only documents whose field is not null are in it. Never unique, never across tenants.
   */
  readonly text?: boolean
  /**
   * Documents in which one of its fields is null or false are not in it, so that they do not pay for it. It serves reads
   * whose filter leaves those out too: by `eq`, `in` or a range of each of the fields that may be null.
   */
  readonly sparse?: boolean
}

/**
 * A typed collection. Every field that is filtered, ordered or grouped by is declared in `fields` (`id`, `createdAt`,
 * `updatedAt` and `revision` are declared already). `version` is the version of the stored form; `migrations[n]` takes
 * a document of version n to n + 1 and runs once, at start, for every document of that version.
 */
export interface CollectionDefinition<T extends StoredDocument> {
  readonly name: string
  readonly version: number
  readonly fields: Readonly<Record<string, FieldKind>>
  readonly indexes: readonly IndexDefinition[]
  /** What most documents have in these fields; a store need not write it. It stays the same for the life of a version. */
  readonly defaults?: Readonly<Record<string, null | string | number | boolean>>
  /** What is replaced or deleted of it is overwritten on the disk, where the store can do that; see `erase`. */
  readonly overwritesDeleted?: true
  readonly migrations?: Readonly<Record<number, (document: Record<string, Json>) => Record<string, Json>>>
  /** Never set; carries the document's type. */
  readonly documentType?: T
}

/** Whose documents: those of one tenant, or, for work across tenants, all. */
export type Scope = { readonly tenantId: string } | { readonly system: true }

export const SYSTEM_SCOPE: Scope = { system: true }

export type FieldValue = string | number | boolean | null

/** All conditions must hold. `eq: null` finds missing values too. Ranges never match null. */
export interface FieldCondition {
  readonly eq?: FieldValue
  readonly ne?: FieldValue
  readonly in?: readonly FieldValue[]
  readonly lt?: string | number
  readonly lte?: string | number
  readonly gt?: string | number
  readonly gte?: string | number
  /** The value has this text in it, in the same case; 3 to 200 characters. Only on the first field of a text index. */
  readonly contains?: string
}

export type Filter = Readonly<Record<string, FieldCondition>>

/** Whether no document fulfils the condition whose value is null. */
export const leavesOutNull = ({ eq, in: among, lt, lte, gt, gte, contains }: FieldCondition = {}): boolean =>
  (eq !== undefined && eq !== null) ||
  (among !== undefined && !among.includes(null)) ||
  [lt, lte, gt, gte, contains].some((bound) => bound !== undefined)

/**
 * Order by declared fields; ties are broken by id, in the direction of the last order. Null sorts before everything,
 * false before true, numbers by value, strings by their UTF-8 bytes; `desc` turns all of it around.
 */
export interface Order {
  readonly field: string
  readonly direction: 'asc' | 'desc'
}

export interface FindRequest {
  readonly filter?: Filter
  readonly orderBy?: readonly Order[]
  /** At most 1,000 per call. */
  readonly page: PageRequest
}

export interface GroupSum {
  readonly key: readonly FieldValue[]
  readonly count: number
  readonly sum: number
}

/**
 * What a write causes: events that tell of it, entries of the work queue. They change together with the document or
 * not at all. Events get the document's new revision.
 */
export interface WriteEffects {
  readonly events?: readonly NewEvent[]
  readonly queue?: readonly QueueChange[]
  /** Streams of the event log that go with the document (only on delete). */
  readonly deleteStreams?: readonly string[]
}

/** One of several documents that are inserted together. */
export interface InsertRequest<T extends StoredDocument = StoredDocument> {
  readonly collection: CollectionDefinition<T>
  readonly document: DocumentBody<T>
  readonly effects?: WriteEffects
}

/** The most documents that are inserted together. */
export const MAX_INSERTED_TOGETHER = 100_000

export interface CallOptions {
  /** A call whose signal has aborted rejects with its reason; a write that was handed over may still take place. */
  readonly signal?: AbortSignal
}

/**
 * A small typed store of JSON documents, at most 1 MiB each as JSON text.
 *
 * A write that has resolved survives the loss of power. Reads see every write that resolved before they began. A
 * document outside the scope behaves exactly as one that does not exist.
 *
 * Errors: `CONFLICT` (revision is another, unique key or id is taken; the message names the index), `NOT_FOUND`
 * (update or delete of what is not there), `INVALID_INPUT` (too large, undeclared field, cursor of another order),
 * `UNAVAILABLE` (the store cannot be reached or cannot write; nothing was changed unless the message says that it is
 * unknown).
 */
export interface DocumentStore {
  get<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    id: string,
    options?: CallOptions,
  ): Promise<T | null>

  /** In the order of `ids`, null for each that is not there. At most 1,000 ids. */
  getMany<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<(T | null)[]>

  insert<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    document: DocumentBody<T>,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<T>

  /**
   * Inserts documents, of one collection or of several, with what each causes: all or none, also at a crash. What they
   * cause takes place in their order. Only the first may have values in a unique index (`INVALID_INPUT`); a conflict of
   * it, or of any id, is one of all. Where there is no shared transaction, a read before the call resolves may see the
   * first without the others, or some of them. At most `MAX_INSERTED_TOGETHER`; many hold other writes up for a while.
   */
  insertAll(requests: readonly InsertRequest[], options?: CallOptions): Promise<void>

  /**
   * Compare and set: replaces the document if it still has `expectedRevision`. The id and tenant stay. A `complete`
   * among the queue changes whose attempt is no longer the current one makes the whole write a `CONFLICT` where queue
   * and document share a transaction, and is without effect elsewhere.
   */
  update<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    expectedRevision: number,
    document: DocumentBody<T>,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<T>

  /** Deletes it, if it still has the revision where one is given. */
  delete<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    id: string,
    expectedRevision?: number,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<void>

  find<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    request: FindRequest,
    options?: CallOptions,
  ): Promise<Page<T>>

  count<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    filter?: Filter,
    options?: CallOptions,
  ): Promise<number>

  /** Counts, and sums of `sum` (0 when null) where it is given, per combination of `by`; at most 1,000 groups. */
  groupSum<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    request: { readonly by: readonly string[]; readonly sum?: string; readonly filter?: Filter },
    options?: CallOptions,
  ): Promise<GroupSum[]>

  /**
   * Clears away copies that were made for durability, so that nothing is left of what was deleted before from collections
   * that overwrite it. False when somebody was reading them: then it is asked again later. A store whose files are
   * another's does nothing.
   */
  erase(): Promise<boolean>

  /** Rejects with `UNAVAILABLE` when the store does not answer. */
  check(options?: CallOptions): Promise<void>

  /** How it is called in the log and on the status page, without credentials. */
  readonly description: string
}
