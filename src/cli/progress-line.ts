/** Where progress is shown: a terminal, or anything that takes lines. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface Progress {
  readonly done: number
  readonly total: number
  readonly text: string
}

const BAR_CHARACTERS = 24
const DEFAULT_COLUMNS = 80
const ERASE_LINE = '\r\u001b[K'
/** Without a terminal there is a line for each such part of the whole. */
const PLAIN_STEP_PERCENT = 10

/** How far something is: a bar that stays in its place on a terminal, otherwise a line now and then. */
export class ProgressLine {
  readonly #out: ProgressOutput
  #shown = ''
  #step = -1

  constructor(out: ProgressOutput) {
    this.#out = out
  }

  show({ done, total, text }: Progress): void {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
    const figures = `${String(percent).padStart(3)} %  ${done}/${total}  ${text}`
    if (this.#out.isTTY !== true) {
      const step = Math.floor(percent / PLAIN_STEP_PERCENT)
      if (step > this.#step) this.#out.write(`${figures.trimStart()}\n`)
      this.#step = Math.max(step, this.#step)
      return
    }
    const filled = Math.floor((BAR_CHARACTERS * percent) / 100)
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CHARACTERS - filled)
    const line = `${bar} ${figures}`.slice(0, (this.#out.columns ?? DEFAULT_COLUMNS) - 1)
    if (line === this.#shown) return
    this.#out.write(`${ERASE_LINE}${line}`)
    this.#shown = line
  }

  /** A line that stays, above the bar. */
  note(line: string): void {
    const shown = this.#shown
    this.#out.write(`${shown === '' ? '' : ERASE_LINE}${line}\n${shown}`)
  }

  /** Leaves the bar where it is. */
  end(): void {
    if (this.#shown !== '') this.#out.write('\n')
    this.#shown = ''
  }
}
