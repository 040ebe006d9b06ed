import type { RunOutcome } from './kinds/prediction-kind.js'
import type { TokensData } from './tokens-data.js'

/** An answer that somebody computed. */
export interface WholeAnswer {
  readonly outcome: RunOutcome
  readonly fingerprint: string | null
  /** When it was whole, Unix milliseconds. */
  readonly at: number
}

/** What becomes of one who wants an answer: it computes it, has it, or has to go on without the others. */
export type Turn = 'compute' | 'whole' | 'alone'

export interface SharedAnswerOptions {
  readonly key: string
  readonly versionId: string
  /** Of who asked first. */
  readonly priority: number
  readonly onEnd: (answer: SharedAnswer) => void
}

interface Waiting {
  readonly priority: number
  readonly give: (turn: Turn) => void
}

/**
 * One answer for all who ask the same question at once: one of them computes it, the others get its parts as they come.
 * When the one that computes leaves, the next goes on from the parts that there are.
 */
export class SharedAnswer {
  readonly key: string
  readonly versionId: string
  readonly #onEnd: (answer: SharedAnswer) => void
  readonly #parts: TokensData[] = []
  readonly #waiting = new Set<Waiting>()
  readonly #listeners = new Set<() => void>()
  #priority: number
  #isComputed = false
  #whole: WholeAnswer | null = null
  /** Whether it may be given again later. */
  isKept = true
  /** The predictions that get its text as it comes. */
  readonly readers = new Set<string>()

  constructor({ key, versionId, priority, onEnd }: SharedAnswerOptions) {
    this.key = key
    this.versionId = versionId
    this.#priority = priority
    this.#onEnd = onEnd
  }

  /** Of who computes it. */
  get priority(): number {
    return this.#priority
  }

  /** Its text so far. */
  get parts(): readonly TokensData[] {
    return this.#parts
  }

  get whole(): WholeAnswer | null {
    return this.#whole
  }

  /** Whether somebody is computing it. */
  get isComputed(): boolean {
    return this.#isComputed
  }

  /** Waits for the answer, or for the turn to compute it; who gets that calls `finish`, `passOn` or `fail`. */
  async turn(priority: number, signal: AbortSignal): Promise<Turn> {
    signal.throwIfAborted()
    if (this.#whole) return 'whole'
    if (!this.#isComputed) {
      this.#isComputed = true
      return 'compute'
    }
    const { promise, resolve, reject } = Promise.withResolvers<Turn>()
    const waiting: Waiting = { priority, give: resolve }
    const onAbort = (): void => {
      this.#waiting.delete(waiting)
      reject(signal.reason)
    }
    this.#waiting.add(waiting)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  push(...parts: readonly TokensData[]): void {
    this.#parts.push(...parts)
    for (const listener of this.#listeners) listener()
  }

  /** Calls the listener for new parts; call the result to stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  finish(whole: WholeAnswer): void {
    this.#whole = whole
    this.#onEnd(this)
    this.#giveAll('whole')
  }

  /** Who computed it leaves: the next goes on, of the highest priority. */
  passOn(): void {
    let next: Waiting | null = null
    for (const one of this.#waiting) if (!next || one.priority > next.priority) next = one
    if (!next) {
      this.#onEnd(this)
      return
    }
    this.#waiting.delete(next)
    this.#priority = next.priority
    next.give('compute')
  }

  /** It cannot be computed: the others find out for themselves why. */
  fail(): void {
    this.#onEnd(this)
    this.#giveAll('alone')
  }

  #giveAll(turn: Turn): void {
    for (const { give } of this.#waiting) give(turn)
    this.#waiting.clear()
  }
}
