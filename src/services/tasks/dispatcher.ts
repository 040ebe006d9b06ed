import { setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ClaimedTask, TaskQueue } from '../../ports/task-queue.js'
import { GraphloomError } from '../../kernel/errors.js'

export interface DispatcherOptions {
  readonly tasks: TaskQueue
  readonly queue: string
  /** Name of this process among those that claim. */
  readonly owner: string
  /** What it claims tasks of; all when left out. */
  readonly keys?: readonly string[]
  /** The most tasks claimed at once: what the handler admits. */
  readonly window: number
  /** The most of one key, so that there is room for others; no bound when left out. */
  readonly maxPerKey?: number
  readonly leaseMs: number
  /**
   * Does the work, ends the task itself (by the write that stores its result), and does not throw for work that failed.
   * Its signal aborts with `CONFLICT` when the claim is lost and with `UNAVAILABLE` when the process stops. It may tell
   * that the work is over and its end is about to be written: the next is claimed together with that.
   */
  readonly handle: (task: ClaimedTask, signal: AbortSignal, onEnding: () => void) => Promise<void>
  readonly logger: Logger
}

const CLAIM_BATCH = 64
/** Claims under way at once: while one is written, what ends meanwhile makes room for the next. */
const MOST_CLAIMS = 4
const RETRY_MS = 1_000
/** A full window is refilled when one of so many of its places are free: a look at all that waits costs some. */
const REFILL_PARTS = 64

/** Claims tasks of one queue, as many as the window allows, and sees to their leases. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #running = new Map<
    string,
    { readonly task: ClaimedTask; readonly controller: AbortController; done: Promise<void> }
  >()
  #subscription: Disposable | null = null
  #heartbeat: NodeJS.Timeout | null = null
  readonly #claiming = new Set<Promise<void>>()
  /** Tasks that the claims under way ask for. */
  #asked = 0
  /** Running tasks whose end is being written. */
  readonly #ending = new Set<ClaimedTask>()
  #isDue = false
  /** Counts what may have made something claimable. */
  #wakes = 0
  #isFull = false
  /** The last try to extend the leases failed: what runs here is not to be claimed anew before they are. */
  #areLeasesBehind = false
  #stopped = true

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /** Begins to claim. */
  start(): void {
    const { tasks, queue, leaseMs } = this.#options
    this.#stopped = false
    this.#subscription = tasks.subscribe(queue, () => this.#wake())
    this.#heartbeat = setInterval(() => void this.#beat(), leaseMs / 3)
    this.#wake()
  }

  get runningCount(): number {
    return this.#running.size
  }

  /** Claims nothing more. */
  async pause(): Promise<void> {
    this.#stopped = true
    this.#subscription?.[Symbol.dispose]()
    this.#subscription = null
    await Promise.all(this.#claiming)
  }

  /** Resolves when nothing runs any more or the signal aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    await this.pause()
    const aborted = Promise.withResolvers<void>()
    const onAbort = (): void => aborted.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    await Promise.race([Promise.all([...this.#running.values()].map((running) => running.done)), aborted.promise])
    signal.removeEventListener('abort', onAbort)
  }

  /** Interrupts what runs; the tasks stay in the queue for the next process. */
  async stop(): Promise<void> {
    await this.pause()
    if (this.#heartbeat) clearInterval(this.#heartbeat)
    const reason = new GraphloomError('UNAVAILABLE', 'The server is stopping; the work goes on when it starts again.')
    for (const { controller } of this.#running.values()) controller.abort(reason)
    await Promise.all([...this.#running.values()].map((running) => running.done))
  }

  /** Claims once all that happens at this moment has been done: the ends that are written go before the claim. */
  #wake(): void {
    this.#wakes++
    if (this.#isDue) return
    this.#isDue = true
    process.nextTick(() => {
      this.#isDue = false
      this.#fill()
    })
  }

  /** At most a half of the window is claimed at once, so that the one half is written while the other is worked on. */
  #fill(): void {
    const { window } = this.#options
    const least = this.#isFull ? Math.max(1, Math.floor(window / REFILL_PARTS)) : 1
    const places = this.#places
    if (this.#stopped || this.#claiming.size >= MOST_CLAIMS || places < least) return
    const limit = Math.min(CLAIM_BATCH, Math.ceil(window / 2), places)
    const claiming = this.#claim(limit, limit < places).finally(() => this.#claiming.delete(claiming))
    this.#claiming.add(claiming)
  }

  /** Also while nothing can be stored, no more than twice as many as the window has are in hand. */
  get #places(): number {
    const { window } = this.#options
    const occupied = Math.max(this.#running.size - this.#ending.size, this.#running.size - window)
    return window - occupied - this.#asked
  }

  async #claim(limit: number, leavesPlaces: boolean): Promise<void> {
    const { tasks, queue, owner, keys, window, maxPerKey, leaseMs, logger } = this.#options
    const wakes = this.#wakes
    this.#asked += limit
    let claimed: readonly ClaimedTask[] = []
    try {
      if (this.#areLeasesBehind) await this.#extendLeases()
      const bounds = { ...(maxPerKey !== undefined && { maxPerKey }), ...(keys && { keys }) }
      claimed = await tasks.claim({ queue, owner, limit, leaseMs, ...bounds })
    } catch (error) {
      logger.error({ err: error, queue }, 'tasks not claimed, trying again')
      setTimeout(() => this.#stopped || this.#wake(), RETRY_MS).unref()
      this.#asked -= limit
      return
    }
    if (leavesPlaces && claimed.length === limit) {
      this.#fill()
      await setImmediate()
    }
    this.#asked -= limit
    for (const task of claimed) this.#run(task)
    this.#isFull = this.#running.size - this.#ending.size >= window
    if (claimed.length === limit || this.#wakes !== wakes) this.#wake()
  }

  #run(task: ClaimedTask): void {
    const controller = new AbortController()
    const running = { task, controller, done: Promise.resolve() }
    const before = this.#running.get(task.taskId)
    before?.controller.abort(claimLost())
    if (before) this.#ending.delete(before.task)
    this.#running.set(task.taskId, running)
    const onEnding = (): void => {
      if (this.#running.get(task.taskId) !== running) return
      this.#ending.add(task)
      this.#wake()
    }
    running.done = this.#options
      .handle(task, controller.signal, onEnding)
      .catch((error: unknown) => {
        // The work could not even be stored as failed; its lease brings it back.
        this.#options.logger.error({ err: error, task: task.taskId }, 'task not handled')
      })
      .finally(() => {
        this.#ending.delete(task)
        if (this.#running.get(task.taskId) === running) this.#running.delete(task.taskId)
        this.#wake()
      })
  }

  async #beat(): Promise<void> {
    try {
      await this.#extendLeases()
    } catch (error) {
      this.#areLeasesBehind = true
      this.#options.logger.error({ err: error, queue: this.#options.queue }, 'leases not extended')
    }
  }

  async #extendLeases(): Promise<void> {
    const claims = [...this.#running.values()].map(({ task }) => ({ taskId: task.taskId, attempt: task.attempt }))
    const { tasks, leaseMs } = this.#options
    const lost = claims.length === 0 ? [] : await tasks.heartbeat(claims, leaseMs)
    this.#areLeasesBehind = false
    for (const taskId of lost) {
      const running = this.#running.get(taskId)
      const attempt = claims.find((claim) => claim.taskId === taskId)?.attempt
      if (running && running.task.attempt === attempt) running.controller.abort(claimLost())
    }
  }
}

const claimLost = (): GraphloomError => new GraphloomError('CONFLICT', 'Another worker has taken the task over.')
