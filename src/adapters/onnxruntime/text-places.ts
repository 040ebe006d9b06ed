import { isInteractive, type Applicant } from '../../kernel/fair-queue.js'

/** What a place for a text depends on. */
export interface Placed extends Applicant {
  /** The most tokens that it can come to have. */
  readonly mostTokens: number
  readonly freshRuns: number
  passedOver: number
}

/** Bulk work that got a row keeps it until it is so many runs further. */
const LEAST_RUNS = 16
/** Who was passed over so often because it did not fit is waited for. */
const MOST_PASSED_OVER = 32

/** The places that there are at one moment. */
export interface Places<T extends Placed> {
  /** Whether there is one for the text, taken from bulk texts where it is interactive. */
  has(text: T): boolean
  /** The bulk texts that give their places to it. */
  toSetAside(text: T): readonly T[]
  /** A place was given: who of the others does not fit any more is noted. */
  note(waiting: Iterable<T>): void
}

/**
 * How many texts may run together: as many as there are rows, and room for all that they may come to need, so that none
 * is dropped half way. A text that needs more than there is runs alone.
 */
export class TextPlaces {
  readonly #maxRows: number
  readonly #maxTokens: number

  constructor(options: { readonly maxRows: number; readonly maxTokens: number }) {
    this.#maxRows = options.maxRows
    this.#maxTokens = options.maxTokens
  }

  /** Null when there is none whoever asks. */
  survey<T extends Placed>(running: ReadonlySet<T>, waiting: Iterable<T>): Places<T> | null {
    const movable = [...running].filter((text) => !isInteractive(text) && text.freshRuns >= LEAST_RUNS).reverse()
    if (running.size >= this.#maxRows && movable.length === 0) return null
    const tokens = sumOf(running)
    const fits = (text: T, without: readonly T[]): boolean => {
      const count = running.size - without.length
      return count === 0 || (count < this.#maxRows && tokens - sumOf(without) + text.mostTokens <= this.#maxTokens)
    }
    const find = (text: T): readonly T[] | null => {
      for (let count = 0; count <= (isInteractive(text) ? movable.length : 0); count++) {
        const without = movable.slice(0, count)
        if (fits(text, without)) return without
      }
      return null
    }
    const awaited = [...waiting].find((text) => text.passedOver >= MOST_PASSED_OVER)
    return {
      has: (text) => (awaited === undefined || awaited === text) && find(text) !== null,
      toSetAside: (text) => find(text) ?? [],
      note: (others) => {
        for (const text of others) if (tokens + text.mostTokens > this.#maxTokens) text.passedOver++
      },
    }
  }
}

const sumOf = (texts: Iterable<Placed>): number => {
  let tokens = 0
  for (const text of texts) tokens += text.mostTokens
  return tokens
}
