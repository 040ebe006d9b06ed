import type { TaskProgress } from '../../domain/task.js'
import { LogLimit } from './log-limit.js'

const TOLD_EVERY_MS = 200

export interface Told {
  /** The latest; null when there is no news of it. */
  readonly progress: TaskProgress | null
  readonly lines: readonly string[]
}

/** Gathers what work tells of itself, and passes it on now and then. */
export class WorkTeller implements Disposable {
  readonly #pass: (told: Told) => Promise<unknown>
  readonly #onError: (error: unknown) => void
  #timer: NodeJS.Timeout | null = null
  #progress: TaskProgress | null = null
  #lines: string[] = []
  readonly #limit = new LogLimit()

  constructor(options: {
    readonly pass: (told: Told) => Promise<unknown>
    /** Told of what `pass` threw, unless it was within `flush`. */
    readonly onError: (error: unknown) => void
  }) {
    this.#pass = options.pass
    this.#onError = options.onError
  }

  readonly reportProgress = (progress: TaskProgress): void => {
    this.#progress = progress
    this.#arm()
  }

  readonly log = (line: string): void => {
    const kept = this.#limit.take(line)
    if (kept === null) return
    this.#lines.push(kept)
    this.#arm()
  }

  /** Passes on what was told since the last time. */
  async flush(): Promise<void> {
    const told = { progress: this.#progress, lines: this.#lines }
    this.#progress = null
    this.#lines = []
    if (!told.progress && told.lines.length === 0) return
    try {
      await this.#pass(told)
    } catch (error) {
      // It is told with what comes next.
      this.#progress ??= told.progress
      this.#lines = [...told.lines, ...this.#lines]
      throw error
    }
  }

  [Symbol.dispose](): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.flush().catch(this.#onError)
    }, TOLD_EVERY_MS)
  }
}
