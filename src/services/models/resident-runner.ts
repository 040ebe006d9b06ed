import { createId } from '../../kernel/ids.js'
import type { ModelRunner } from '../../ports/model-runtime.js'

/** A runner process and the pieces of work that use it. */
export class ResidentRunner {
  readonly id = createId('runner')
  readonly #unused = Promise.withResolvers<void>()
  #users = 0
  #isRetired = false

  constructor(
    readonly runner: ModelRunner,
    readonly startedAt: number,
    /** Threads of one run, which cannot be changed. */
    readonly threads: number,
  ) {}

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
