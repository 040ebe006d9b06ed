/** Lines of one attempt that are kept. */
export const MAX_LOG_LINES = 1_000
const MAX_LINE_CHARACTERS = 2_000
const LEFT_OUT = '(more lines are left out)'

/** How much one attempt may still say. */
export class LogLimit {
  #count = 0

  /** The line as it is kept; null when there is no room for it. The last one that has room says that there is no more. */
  take(line: string): string | null {
    if (++this.#count > MAX_LOG_LINES) return null
    return this.#count === MAX_LOG_LINES ? LEFT_OUT : line.slice(0, MAX_LINE_CHARACTERS)
  }
}
