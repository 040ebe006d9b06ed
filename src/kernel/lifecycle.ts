export const LIFECYCLE_PHASES = ['STARTING', 'READY', 'DRAINING', 'STOPPED'] as const
export type LifecyclePhase = (typeof LIFECYCLE_PHASES)[number]

/** The part of a process that a lifecycle needs. */
export interface ProcessPort {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): void
  exit(code: number): void
}

export interface LifecycleOptions {
  /** Opens everything, handing each resource to the stack as soon as it is open. Resolves when the process serves. */
  readonly start: (stack: AsyncDisposableStack) => Promise<void>
  /** Finishes what runs; the signal aborts when its time is over. */
  readonly drain: (signal: AbortSignal) => Promise<void>
  readonly drainLimitMs: () => number
  /** Time for closing everything after the drain; then the process ends as it is. */
  readonly closeLimitMs: number
  /** One line for people. */
  readonly onFailure: (error: unknown) => void
  readonly process: ProcessPort
}

/** Where a process stands, from its start to its end. */
export class Lifecycle {
  readonly #options: LifecycleOptions
  readonly #stack = new AsyncDisposableStack()
  #phase: LifecyclePhase = 'STARTING'
  #starting: Promise<void> | null = null
  #stopping: Promise<void> | null = null
  #exitCode = 0

  constructor(options: LifecycleOptions) {
    this.#options = options
  }

  get phase(): LifecyclePhase {
    return this.#phase
  }

  /**
   * Starts, and stops on SIGTERM or SIGINT: drains, closes everything in turn and exits 0. A second signal exits 1 at
   * once. A start that fails closes what it had opened and exits 1. Resolves when the process serves or has stopped.
   */
  async run(): Promise<void> {
    const onSignal = (): void => {
      if (this.#stopping) this.#options.process.exit(1)
      else void this.stop()
    }
    this.#options.process.on('SIGTERM', onSignal)
    this.#options.process.on('SIGINT', onSignal)
    this.#starting = this.#start()
    await this.#starting
    await this.#stopping
  }

  /** Stops because the process cannot go on: exits 1. */
  fail(error: unknown): void {
    this.#options.onFailure(error)
    this.#exitCode = 1
    void this.stop()
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #start(): Promise<void> {
    try {
      await this.#options.start(this.#stack)
      if (!this.#stopping) this.#phase = 'READY'
    } catch (error) {
      this.fail(error)
    }
  }

  async #stop(): Promise<void> {
    const { drain, drainLimitMs, closeLimitMs, onFailure, process } = this.#options
    const limitMs = drainLimitMs() + closeLimitMs
    const timer = setTimeout(() => {
      onFailure(new Error(`Could not close everything within ${limitMs} ms.`))
      process.exit(1)
    }, limitMs)
    if (this.#phase === 'READY') {
      this.#phase = 'DRAINING'
      await this.#attempt(() => drain(AbortSignal.timeout(drainLimitMs())))
    } else {
      // What is half open hands itself to the stack, or closes itself, before the stack is emptied.
      await this.#starting
    }
    await this.#attempt(() => this.#stack.disposeAsync())
    clearTimeout(timer)
    this.#phase = 'STOPPED'
    process.exit(this.#exitCode)
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#options.onFailure(error)
      this.#exitCode = 1
    }
  }
}
