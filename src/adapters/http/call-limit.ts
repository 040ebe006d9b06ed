import { GraphloomError } from '../../kernel/errors.js'

/** One signal for everything that ends a call early: its caller, its time, and the end of the client. */
export class CallLimit implements Disposable {
  readonly #controller = new AbortController()
  readonly #caller: AbortSignal
  readonly #timer: NodeJS.Timeout
  readonly #onAbort = (): void => this.abort(this.#caller.reason)

  constructor(caller: AbortSignal, timeoutMs: number) {
    this.#caller = caller
    this.#timer = setTimeout(() => this.abort(outOfTime(timeoutMs)), timeoutMs)
    caller.addEventListener('abort', this.#onAbort, { once: true })
    if (caller.aborted) this.#onAbort()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#caller.removeEventListener('abort', this.#onAbort)
  }
}

const outOfTime = (timeoutMs: number): GraphloomError =>
  new GraphloomError('DEADLINE_EXCEEDED', `The call was not done within ${timeoutMs} ms.`)
