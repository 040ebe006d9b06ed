/** Calls once when nothing has happened for so long. */
export class IdleTimer {
  readonly #onIdle: () => void
  #timer: NodeJS.Timeout | null = null

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle
  }

  /** Begins anew. */
  start(ms: number): void {
    this.stop()
    this.#timer = setTimeout(this.#onIdle, ms)
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}
