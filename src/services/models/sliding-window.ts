import { ModelTally } from './model-tally.js'

/** Parts that a window is moved by. */
export const WINDOW_PARTS = 60

interface Part {
  /** Which of all such parts since 1970 it is. */
  readonly index: number
  readonly tally: ModelTally
}

/**
 * What happened in the last so many milliseconds. A window moves by sixtieths of its length: it reaches back at most
 * its length, and at least 59/60 of it. Memory goes with the parts, not with what happened.
 */
export class SlidingWindow {
  readonly #partMs: number
  readonly #parts: (Part | undefined)[] = new Array<Part | undefined>(WINDOW_PARTS)
  /** The parts before the one that is added to now, so that readers need not sum them up each time. */
  #past = { before: -1, tally: new ModelTally() }

  constructor(windowMs: number) {
    this.#partMs = windowMs / WINDOW_PARTS
  }

  /** Where to add what happens now. */
  partAt(now: number): ModelTally {
    const index = Math.floor(now / this.#partMs)
    const place = index % WINDOW_PARTS
    const part = this.#parts[place]
    if (part?.index === index) return part.tally
    const tally = new ModelTally()
    this.#parts[place] = { index, tally }
    return tally
  }

  /** Adds what happened in the window before `now`. */
  addTo(tally: ModelTally, now: number): void {
    const last = Math.floor(now / this.#partMs)
    if (this.#past.before !== last) this.#past = { before: last, tally: this.#sumBefore(last) }
    tally.addAll(this.#past.tally)
    const part = this.#parts[last % WINDOW_PARTS]
    if (part?.index === last) tally.addAll(part.tally)
  }

  /** Parts of the future, which a clock leaves that is set back, are none of the window. */
  #sumBefore(last: number): ModelTally {
    const sum = new ModelTally()
    for (const part of this.#parts)
      if (part && part.index < last && part.index > last - WINDOW_PARTS) sum.addAll(part.tally)
    return sum
  }
}
