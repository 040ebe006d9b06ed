/** Tokens that decide where in the text so far to look for what comes next. */
const KEY_TOKENS = 3
const MOST_DRAFTED = 12
const FIRST_DRAFTED = 4
const LONGEST_REST_TOKENS = 64

/**
 * Guesses what a text goes on with: where its last three tokens stood before, in prompt or answer, the same follows as
 * then. It guesses more while its guesses hold, and rests, longer each time, while they do not. (Saxena, "Prompt Lookup
 * Decoding", 2023.)
 */
export class Draft {
  readonly #tokens: number[] = []
  /** Where the tokens after a key begin. */
  readonly #places = new Map<string, number>()
  #most = FIRST_DRAFTED
  #rest = 0
  #nextRest = 1

  constructor(prompt: readonly number[]) {
    for (const token of prompt) this.push(token)
  }

  push(token: number): void {
    const { length } = this.#tokens
    if (length >= KEY_TOKENS) this.#places.set(this.#keyAt(length), length)
    this.#tokens.push(token)
  }

  /** At most so many tokens that may come next; none while it rests or has no guess. */
  propose(most: number): readonly number[] {
    if (this.#rest > 0) {
      this.#rest--
      return []
    }
    const place = this.#places.get(this.#keyAt(this.#tokens.length))
    return place === undefined ? [] : this.#tokens.slice(place, place + Math.min(most, this.#most))
  }

  /** How many of the proposed tokens were right. */
  report(proposed: number, accepted: number): void {
    if (accepted === proposed) this.#most = Math.min(MOST_DRAFTED, 2 * this.#most)
    else this.#most = Math.max(2, accepted + 1)
    // A drafted token costs about a quarter of a step.
    if (4 * accepted >= proposed) {
      this.#nextRest = 1
      return
    }
    this.#rest = this.#nextRest
    this.#nextRest = Math.min(LONGEST_REST_TOKENS, 2 * this.#nextRest)
  }

  #keyAt(end: number): string {
    return this.#tokens.slice(end - KEY_TOKENS, end).join()
  }
}
