import type { ErrorInfo } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import type { Backoff, TaskDocument, TaskProgress } from '../../domain/task.js'

/** What a handler is told of the task that it does, and how it tells of it. */
export interface TaskContext {
  readonly taskId: string
  readonly tenantId: string
  /** Number of this attempt; rises with each. */
  readonly attempt: number
  /**
   * Aborts with `CANCELLED` when the task is cancelled, `DEADLINE_EXCEEDED` when the attempt takes too long, `CONFLICT`
   * when another worker has it, `UNAVAILABLE` when the process stops. Work that goes on after it is abandoned.
   */
  readonly signal: AbortSignal
  /** Stored after a while, the latest alone. */
  readonly reportProgress: (progress: TaskProgress) => void
  /** A line of the attempt's log; long ones are cut, too many left out. */
  readonly log: (line: string) => void
  /** Does a part of the work, which the attempt's trace then tells of; it throws what the part throws. */
  readonly span: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Missing in workers that are processes of their own. */
  readonly local?: LocalWork
}

/** What work has that is done in the server. */
export interface LocalWork {
  /** The task as it was claimed. */
  readonly task: TaskDocument
  /** Stores that the task runs, unless that is stored: what the work stores afterwards is not seen before. */
  readonly markRunning: () => Promise<void>
}

export interface TaskDefaults {
  /** 0 to 9; 5 when left out. */
  readonly priority?: number
  /** Times that it is tried before it has failed, 1 or more. */
  readonly attemptLimit: number
  readonly backoff: Backoff
  /** Milliseconds of one attempt; null is no bound. */
  readonly timeoutMs: number | null
}

/** How a task ends, as the object says that it is about. */
export interface TaskEnd {
  readonly state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT'
  readonly output: Json
  readonly error: ErrorInfo | null
}

/** Thrown by work that has ended otherwise than well, and is not to be tried again. */
export class WorkEnded extends Error {
  constructor(readonly end: TaskEnd) {
    super(end.error?.message ?? `The work ended as ${end.state}.`)
    this.name = 'WorkEnded'
  }
}

/** An object that is stored beside each task of a type and tells the same story: it ends, and the task right after it. */
export interface TaskCompanion {
  /** In the order of `tasks`: how each ends whose object has ended; null for the others. */
  findEnds(tasks: readonly TaskDocument[]): Promise<readonly (TaskEnd | null)[]>
  /** Ends the object of a task that is about to end as given, if it has not ended. */
  end(task: TaskDocument): Promise<void>
}

/** A kind of work. */
export interface TaskType {
  /** Words with dots between, e.g. `http.request`. */
  readonly name: string
  readonly description: string
  /** Where its tasks wait, unless another queue is asked for. */
  readonly queue: string
  /** Its queue is for its tasks alone, and they wait in no other. */
  readonly ownsQueue?: boolean
  /** JSON Schemas (draft 2020-12) that each input and output is checked by. */
  readonly inputSchema: object
  readonly outputSchema: object
  readonly defaults: TaskDefaults
  /**
   * Checks of an input at `path` what the schema cannot; gives the key that the work queue counts its task under. Left
   * out, that is the type's name.
   * @throws GraphloomError with the path.
   */
  readonly admit?: (input: Json, path: string, principal: Principal) => Promise<string>
  readonly companion?: TaskCompanion
  /** Deletes what is kept for a task beside it. */
  readonly deleteData?: (task: TaskDocument) => Promise<void>
  /** Its input may have what only those may read whom it names: it is shown to, and done again for, who created the task. */
  readonly hasPrivateInput?: boolean
  /** The work reads its input itself, and is given null. */
  readonly readsInput?: boolean
  /**
   * Does the work in this process; null where workers outside do it. Its errors: a `GraphloomError` is told as it is,
   * and tried again when it is retryable, not before `details.retryAfterMs`; any other is `INTERNAL`, and tried again.
   */
  readonly run: ((input: Json, context: TaskContext) => Promise<Json>) | null
}

export const DEFAULT_QUEUE = 'default'

export const DEFAULTS: TaskDefaults = {
  attemptLimit: 3,
  backoff: { initialMs: 1_000, factor: 2, maxMs: 3_600_000, jitter: 0.2 },
  timeoutMs: null,
}
