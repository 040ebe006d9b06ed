import { systemClock, type Clock } from '../../kernel/clock.js'
import type { GenerationDelta } from '../../ports/model-runtime.js'

/**
 * From one message of a text to the next. Each takes time of the cores from the model, in the server, its store and its
 * client: with one each 40 ms a stream of 128 tokens a second on two cores lost about 8 % of its pace.
 */
const PAUSE_MS = 80
/** A text may come to a halt with tokens that were held back. */
const MOST_HELD_MS = 120

/**
 * Sends deltas in order, the first at once. What comes soon after a message, or while one is on its way, is joined and
 * goes with the next: so many tokens a second cost the receiver few messages, and a slow receiver costs no more memory
 * than the text.
 */
export class DeltaSender {
  readonly #send: (delta: GenerationDelta) => Promise<void>
  readonly #clock: Clock
  #waiting: GenerationDelta[] = []
  #sending: Promise<void> | null = null
  #sentAt = -Infinity
  /** Ends the wait for a further token. */
  #holding: AbortController | null = null

  constructor(send: (delta: GenerationDelta) => Promise<void>, clock = systemClock) {
    this.#send = send
    this.#clock = clock
  }

  readonly add = (delta: GenerationDelta): void => {
    this.#waiting.push(delta)
    this.#proceed()
  }

  /** Resolves when everything is sent. */
  async flush(): Promise<void> {
    while (this.#sending !== null || this.#waiting.length > 0) await (this.#sending ?? this.#sendWaiting())
  }

  #proceed(): void {
    if (this.#sending) return
    if (this.#clock.now() - this.#sentAt >= PAUSE_MS) void this.#sendWaiting()
    else if (!this.#holding) this.#hold()
  }

  #hold(): void {
    const holding = (this.#holding = new AbortController())
    this.#clock.sleep(MOST_HELD_MS, holding.signal).then(
      () => this.#sendWaiting(),
      () => undefined,
    )
  }

  #sendWaiting(): Promise<void> {
    this.#holding?.abort()
    this.#holding = null
    this.#sentAt = this.#clock.now()
    const deltas = this.#waiting.splice(0)
    const text = deltas.map((delta) => delta.text).join('')
    const tokens = deltas.flatMap((delta) => delta.tokens)
    this.#sending = this.#send({ text, tokens }).finally(() => {
      this.#sending = null
      if (this.#waiting.length > 0) this.#proceed()
    })
    return this.#sending
  }
}
