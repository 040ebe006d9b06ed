import type { FormattedExecutionResult } from 'graphql'

type Result = IteratorResult<FormattedExecutionResult, void>

export interface SubscriptionSource {
  readonly source: AsyncIterator<unknown>
  readonly execute: (item: unknown) => Promise<FormattedExecutionResult>
  readonly toErrorResult: (error: unknown) => FormattedExecutionResult
  /** Ends the results, and with them the source, when it aborts. */
  readonly signal: AbortSignal
}

const DONE: Result = { done: true, value: undefined }

/**
 * The results of a subscription, one for each item of its source. A reader that leaves, or the signal, ends it at once,
 * also while it waits for an item; the source is then returned, whether or not it looks at the signal.
 */
export class SubscriptionResults implements AsyncGenerator<FormattedExecutionResult, void, void> {
  readonly #options: SubscriptionSource
  #ended = false
  /** Ends the `next` that waits. */
  #release: (() => void) | null = null
  readonly #onAbort = (): void => this.#end()

  constructor(options: SubscriptionSource) {
    this.#options = options
    options.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal.aborted) this.#end()
  }

  next(): Promise<Result> {
    if (this.#ended) return Promise.resolve(DONE)
    return new Promise((resolve) => {
      this.#release = () => resolve(DONE)
      void this.#pull().then(resolve)
    })
  }

  return(): Promise<Result> {
    this.#end()
    return Promise.resolve(DONE)
  }

  throw(error: unknown): Promise<Result> {
    this.#end()
    return Promise.reject(error instanceof Error ? error : new Error(String(error)))
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  async #pull(): Promise<Result> {
    const { source, execute, toErrorResult } = this.#options
    try {
      const next: IteratorResult<unknown> = await source.next()
      if (next.done) this.#finish()
      if (this.#ended) return DONE
      const result = await execute(next.value)
      return this.#ended ? DONE : { done: false, value: result }
    } catch (error) {
      if (this.#ended) return DONE
      this.#release = null
      this.#end()
      return { done: false, value: toErrorResult(error) }
    }
  }

  #finish(): void {
    this.#ended = true
    this.#options.signal.removeEventListener('abort', this.#onAbort)
  }

  #end(): void {
    if (this.#ended) return
    this.#finish()
    this.#release?.()
    // A source that fails while it is given up has nobody left to tell.
    this.#options.source.return?.().catch(() => undefined)
  }
}
