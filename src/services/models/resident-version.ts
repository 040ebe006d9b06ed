import { abortable } from '../../kernel/abortable.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { Applicant } from '../../kernel/fair-queue.js'
import type { ModelSettings } from '../../domain/model.js'
import type { ModelRunner, ModelRuntime } from '../../ports/model-runtime.js'
import type { BreakerStatus } from './crash-breaker.js'
import { IdleTimer } from './idle-timer.js'
import type { MemoryBudget, MemoryHolder } from './memory-budget.js'
import type { RunnerStarterOptions } from './runner-starter.js'
import { Slots } from './slots.js'
import { LOAD_IF_FREE, LOAD_NOW, VersionRunner, type RunnerStatus } from './version-runner.js'
import { VersionStatus, type VersionStatusOptions } from './version-status.js'

/** What becomes of running work when a version is unloaded: it is waited for, or it is cancelled. */
export const UNLOAD_MODES = ['DRAIN', 'CANCEL'] as const
export type UnloadMode = (typeof UNLOAD_MODES)[number]

export interface ResidentVersionOptions extends RunnerStarterOptions, VersionStatusOptions {
  readonly runtime: ModelRuntime
  readonly memory: MemoryBudget
  /** Predictions of the version that were accepted and have not asked for a place yet. */
  readonly countAccepted: () => number
  readonly settings: ModelSettings
}

/** A place to work on a version. `release` it in any case. */
export interface ModelSlot {
  /** Aborts, with `CANCELLED`, when the version is unloaded without waiting for its work. */
  readonly unloaded: AbortSignal
  /** The version's runner, loaded if need be. Ask again after a crash. */
  runner(signal: AbortSignal): Promise<ModelRunner>
  /** A runner has done its work: what ended before is no sign that the version cannot run. */
  succeeded(): void
  release(): void
}

/** Predictions that a runner has at once; it orders and batches them itself. */
const IN_FLIGHT = 256

/** One model version: who has a place to work on it, and for how long it stays in memory. */
export class ResidentVersion implements MemoryHolder {
  readonly #options: ResidentVersionOptions
  readonly #slots = new Slots(IN_FLIGHT)
  readonly #status: VersionStatus
  readonly #runner: VersionRunner
  readonly #stopping = new AbortController()
  #settings: ModelSettings
  #settingsRevision: number
  #unloading: Promise<void> | null = null
  /** Ends the work that has places. */
  #cancelling = new AbortController()
  readonly #idleTimer = new IdleTimer(() => {
    if (this.#slots.taken === 0 && this.#slots.waiting === 0) void this.unload('DRAIN')
  })
  lastUsedAt: number

  constructor(options: ResidentVersionOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#settingsRevision = options.document.revision
    this.lastUsedAt = options.document.lastUsedAt ?? 0
    this.#status = new VersionStatus(options)
    this.#runner = new VersionRunner({
      ...options,
      holder: this,
      status: this.#status,
      settings: () => this.#settings,
      stopping: this.#stopping.signal,
      onReady: (at) => {
        this.lastUsedAt = at
        this.#startIdleTimer()
      },
      // Work waits while one takes the place of the other.
      onNoRoom: () => void this.unload('DRAIN').then(() => this.beginLoading().catch(() => undefined)),
    })
  }

  get name(): string {
    return `${this.#options.document.modelName}:${this.#options.document.version}`
  }

  get residentBytes(): number {
    return this.#runner.residentBytes
  }

  get isEvictable(): boolean {
    if (this.#slots.taken > 0 || this.#runner.isStarting) return false
    if (this.#unloading) return true
    return (
      this.#runner.current !== null &&
      !this.#settings.pinned &&
      this.#slots.waiting === 0 &&
      this.#options.countAccepted() === 0
    )
  }

  evict(): Promise<void> {
    this.#status.noteEviction()
    return this.unload('DRAIN')
  }

  get running(): number {
    return this.#slots.taken
  }

  get waiting(): number {
    return this.#slots.waiting
  }

  get breaker(): BreakerStatus {
    return this.#runner.breaker.status
  }

  get status(): RunnerStatus | null {
    return this.#runner.status
  }

  /** Waits for a place to work; see `Slots` for whose turn it is. */
  async acquire(applicant: Applicant, signal: AbortSignal): Promise<ModelSlot> {
    const leave = await this.#slots.acquire(applicant, signal)
    this.#idleTimer.stop()
    let leaveRunner = (): void => undefined
    return {
      unloaded: this.#cancelling.signal,
      runner: async (runnerSignal) => {
        leaveRunner()
        while (!this.#runner.current) await this.#runner.loadForWork(runnerSignal)
        leaveRunner = this.#runner.current.use()
        return this.#runner.current.runner
      },
      succeeded: () => this.#runner.breaker.noteSuccess(),
      release: () => {
        leaveRunner()
        leave()
        this.lastUsedAt = this.#options.clock.now()
        if (this.#slots.taken > 0) return
        this.#startIdleTimer()
        this.#options.memory.noteChange()
      },
    }
  }

  /**
   * Begins to start the process when there is none, and resolves when there is memory for it.
   * @throws GraphloomError `OUT_OF_MEMORY`.
   */
  async beginLoading(): Promise<void> {
    await this.#unloading
    if (this.#runner.current) return
    const { reserved } = this.#runner.load(LOAD_NOW)
    await reserved.finally(() => this.#status.written())
  }

  /** Starts the process when there is memory for it that nobody else has. It may fail. */
  preload(): void {
    if (!this.#runner.current) this.#runner.load(LOAD_IF_FREE)
  }

  /**
   * Starts the process when there is none, and resolves when there is one.
   * @throws GraphloomError `MODEL_LOAD_FAILED`, `OUT_OF_MEMORY`; or the signal's reason, while the loading goes on for
   * others.
   */
  async load(signal: AbortSignal): Promise<void> {
    if (this.#unloading) await abortable(this.#unloading, signal)
    if (!this.#runner.current) await abortable(this.#runner.load(LOAD_NOW).done, signal)
    await this.#status.written()
  }

  /** Whether it could be loaded now, if it is not. @throws GraphloomError `OUT_OF_MEMORY`. */
  checkMemory(): void {
    this.#runner.checkMemory()
  }

  /** Makes settings hold at once; a process that has other threads is replaced while it works. */
  configure(settings: ModelSettings, revision: number): void {
    // Of two changes at a time the earlier may be told last.
    if (revision < this.#settingsRevision) return
    this.#settingsRevision = revision
    this.#settings = settings
    this.#runner.applySettings()
    this.#startIdleTimer()
    this.#options.memory.noteChange()
  }

  /**
   * Waits for the work that has a place, or cancels it, ends the process and gives its memory back. Who asks for a place
   * meanwhile waits, and loads it again.
   */
  unload(mode: UnloadMode): Promise<void> {
    this.#unloading ??= this.#unload().finally(() => {
      this.#unloading = null
      this.#cancelling = new AbortController()
      this.#slots.reopen()
    })
    if (mode === 'CANCEL') this.#cancelling.abort(new GraphloomError('CANCELLED', 'The model version was unloaded.'))
    return this.#unloading
  }

  /** Ends the process at once; nothing is loaded any more. */
  async close(): Promise<void> {
    this.#stopping.abort(new GraphloomError('UNAVAILABLE', 'The server is stopping.'))
    this.#idleTimer.stop()
    await this.#runner.stop()
    await this.#status.written()
  }

  async #unload(): Promise<void> {
    this.#idleTimer.stop()
    const drained = this.#slots.closeAndDrain()
    this.#runner.beginEnding(this.#slots.taken > 0)
    if (this.#runner.current) this.#status.noteUnloading()
    await drained
    await this.#runner.end()
    this.#status.noteUnloaded(this.lastUsedAt)
    await this.#status.written()
  }

  /** When nothing uses it. */
  #startIdleTimer(): void {
    if (this.#slots.taken > 0) return
    const { idleTtlMs, pinned } = this.#settings
    const mayEnd = this.#runner.current && !this.#unloading && !this.#stopping.signal.aborted
    if (idleTtlMs === 0 || pinned || !mayEnd) this.#idleTimer.stop()
    else this.#idleTimer.start(idleTtlMs)
  }
}
