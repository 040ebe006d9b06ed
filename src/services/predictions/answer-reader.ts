import { joinByChoice, type TokensData } from './tokens-data.js'
import type { SharedAnswer } from './shared-answer.js'

/** Gives the text of a shared answer on as it comes, what came meanwhile together. */
export class AnswerReader {
  readonly #answer: SharedAnswer
  readonly #give: (parts: readonly TokensData[]) => Promise<void>
  readonly #stopListening: () => void
  #position = 0
  #isStopping = false
  #wake = (): void => undefined

  constructor(answer: SharedAnswer, give: (parts: readonly TokensData[]) => Promise<void>) {
    this.#answer = answer
    this.#give = give
    this.#stopListening = answer.listen(() => this.#wake())
  }

  /** Whether a part of the text was given on. */
  get hasGiven(): boolean {
    return this.#position > 0
  }

  /** Reads until `stop`. @throws whatever giving it on throws. */
  async read(): Promise<void> {
    for (;;) {
      const parts = this.#answer.parts.slice(this.#position)
      if (parts.length > 0) {
        await this.#give(joinByChoice(parts))
        this.#position += parts.length
      } else if (this.#isStopping) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** What there is by now is the last that `read` gives on. */
  stop(): void {
    this.#isStopping = true
    this.#stopListening()
    this.#wake()
  }
}
