import type { GenerationDelta } from '../../ports/model-runtime.js'

/**
 * Sends deltas in order, each at once while the receiver keeps up. What comes while one is on its way is joined and
 * goes next, so that a slow receiver costs no more memory than the text.
 */
export class DeltaSender {
  readonly #send: (delta: GenerationDelta) => Promise<void>
  #waiting: GenerationDelta[] = []
  #sending: Promise<void> | null = null

  constructor(send: (delta: GenerationDelta) => Promise<void>) {
    this.#send = send
  }

  readonly add = (delta: GenerationDelta): void => {
    this.#waiting.push(delta)
    this.#sending ??= this.#sendWaiting()
  }

  /** Resolves when everything is sent. */
  async flush(): Promise<void> {
    await this.#sending
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const deltas = this.#waiting.splice(0)
      await this.#send({
        text: deltas.map((delta) => delta.text).join(''),
        tokens: deltas.flatMap((delta) => delta.tokens),
      })
    }
    this.#sending = null
  }
}
