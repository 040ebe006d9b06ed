import { createId } from '../../kernel/ids.js'
import type { ModelSettings } from '../../domain/model.js'
import type { ModelRunner } from '../../ports/model-runtime.js'

/** What of a version's settings its process has to know. */
export type ProcessSettings = Pick<ModelSettings, 'threads' | 'maxBatchTokens'>

/** A runner process and the pieces of work that use it. */
export class ResidentRunner {
  readonly id = createId('runner')
  /** Threads of one run, which cannot be changed. */
  readonly threads: number
  readonly #unused = Promise.withResolvers<void>()
  #maxBatchTokens: number
  #users = 0
  #isRetired = false

  constructor(
    readonly runner: ModelRunner,
    readonly startedAt: number,
    startedWith: ProcessSettings,
  ) {
    this.threads = startedWith.threads
    this.#maxBatchTokens = startedWith.maxBatchTokens
  }

  /** Tells the process what has changed since it was told last, and can be changed while it runs. */
  configure({ maxBatchTokens }: ProcessSettings): void {
    if (maxBatchTokens === this.#maxBatchTokens) return
    this.#maxBatchTokens = maxBatchTokens
    // A process that ends meanwhile is followed by one that is started with the settings.
    void this.runner.configure({ maxBatchTokens }).catch(() => undefined)
  }

  /** For a piece of work; call the result when it no longer uses the process. */
  use(): () => void {
    this.#users++
    let using = true
    return () => {
      if (!using) return
      using = false
      this.#users--
      this.#settle()
    }
  }

  /** Ends the process when what uses it is done. Nothing may begin to use it afterwards. */
  async retire(): Promise<void> {
    this.#isRetired = true
    this.#settle()
    await Promise.race([this.#unused.promise, this.runner.exited])
    await this.runner.stop()
  }

  #settle(): void {
    if (this.#isRetired && this.#users === 0) this.#unused.resolve()
  }
}
