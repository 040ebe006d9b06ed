import type { Logger } from 'pino'

const MAX_TIMER_MS = 0x7fff_ffff

interface QueueWatch {
  readonly listeners: Set<() => void>
  timer: NodeJS.Timeout | null
  /** When the timer fires, Unix milliseconds. */
  wakeAtMs: number
}

interface QueueListenersDeps {
  readonly logger: Logger
  readonly now: () => number
  /** The next time after `afterMs` at which something of the queue becomes claimable by itself. */
  readonly nextDueMs: (queue: string, afterMs: number) => number | null
}

/** Tells the listeners of each queue that something may be claimable: at once, or when its time has come. */
export class QueueListeners implements Disposable {
  readonly #deps: QueueListenersDeps
  readonly #queues = new Map<string, QueueWatch>()

  constructor(deps: QueueListenersDeps) {
    this.#deps = deps
  }

  add(queue: string, listener: () => void): Disposable {
    const watch = this.#queues.get(queue) ?? { listeners: new Set(), timer: null, wakeAtMs: Infinity }
    const own = (): void => listener()
    watch.listeners.add(own)
    if (!this.#queues.has(queue)) {
      this.#queues.set(queue, watch)
      this.#arm(queue, watch)
    }
    return {
      [Symbol.dispose]: () => {
        watch.listeners.delete(own)
        if (watch.listeners.size > 0) return
        this.#disarm(watch)
        if (this.#queues.get(queue) === watch) this.#queues.delete(queue)
      },
    }
  }

  /** Something in the queue is claimable from `atMs` on. */
  wake(queue: string, atMs: number): void {
    const watch = this.#queues.get(queue)
    if (!watch) return
    if (atMs <= this.#deps.now()) this.#tell(watch)
    else this.#armAt(queue, watch, atMs)
  }

  [Symbol.dispose](): void {
    for (const watch of this.#queues.values()) this.#disarm(watch)
    this.#queues.clear()
  }

  #tell(watch: QueueWatch): void {
    for (const listener of [...watch.listeners]) {
      try {
        listener()
      } catch (error) {
        this.#deps.logger.error({ err: error }, 'a listener of the task queue failed')
      }
    }
  }

  #arm(queue: string, watch: QueueWatch): void {
    try {
      const next = this.#deps.nextDueMs(queue, this.#deps.now())
      if (next !== null) this.#armAt(queue, watch, next)
    } catch (error) {
      this.#deps.logger.error({ err: error, queue }, 'the next time of the task queue cannot be read')
    }
  }

  #armAt(queue: string, watch: QueueWatch, atMs: number): void {
    if (atMs >= watch.wakeAtMs) return
    this.#disarm(watch)
    watch.wakeAtMs = atMs
    const waitMs = Math.min(Math.max(1, atMs - this.#deps.now()), MAX_TIMER_MS)
    watch.timer = setTimeout(() => this.#fire(queue, watch), waitMs).unref()
  }

  #fire(queue: string, watch: QueueWatch): void {
    const due = watch.wakeAtMs <= this.#deps.now()
    const wakeAtMs = watch.wakeAtMs
    this.#disarm(watch)
    if (due) this.#tell(watch)
    // A listener may have ended the subscription.
    if (this.#queues.get(queue) !== watch) return
    if (due) this.#arm(queue, watch)
    else this.#armAt(queue, watch, wakeAtMs)
  }

  #disarm(watch: QueueWatch): void {
    if (watch.timer) clearTimeout(watch.timer)
    watch.timer = null
    watch.wakeAtMs = Infinity
  }
}
