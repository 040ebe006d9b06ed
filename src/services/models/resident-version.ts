import type { Logger } from 'pino'
import { abortable } from '../../kernel/abortable.js'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { Applicant } from '../../kernel/fair-queue.js'
import type { ModelSettings, ModelVersionDocument } from '../../domain/model.js'
import type { ModelFiles, ModelRunner, ModelRuntime } from '../../ports/model-runtime.js'
import { CrashBreaker, type BreakerStatus } from './crash-breaker.js'
import { IdleTimer } from './idle-timer.js'
import { createProgressTeller } from './load-progress-teller.js'
import { requiredBytes } from './model-memory.js'
import type { MemoryBudget, MemoryHolder, MemoryReservation, MemoryWish } from './memory-budget.js'
import type { ModelMetricsRecorder } from './model-metrics.js'
import type { ModelStore } from './model-store.js'
import type { ResidentRunner } from './resident-runner.js'
import { RunnerStarter } from './runner-starter.js'
import { Slots } from './slots.js'
import { VersionStatus } from './version-status.js'

/** What becomes of running work when a version is unloaded: it is waited for, or it is cancelled. */
export const UNLOAD_MODES = ['DRAIN', 'CANCEL'] as const
export type UnloadMode = (typeof UNLOAD_MODES)[number]

export interface ResidentVersionOptions {
  readonly document: ModelVersionDocument
  /** @throws GraphloomError `MODEL_LOAD_FAILED` when they may not be read. */
  readonly files: () => ModelFiles
  readonly store: ModelStore
  readonly runtime: ModelRuntime
  readonly memory: MemoryBudget
  /** Predictions of the version that were accepted and have not asked for a place yet. */
  readonly countAccepted: () => number
  readonly settings: ModelSettings
  readonly metrics: Pick<ModelMetricsRecorder, 'recordRuns'>
  readonly clock: Clock
  readonly logger: Logger
}

/** A runner process as clients see it. */
export interface RunnerStatus {
  readonly id: string
  readonly pid: number
  readonly startedAt: number
  readonly restarts: number
  readonly residentBytes: number | null
  /** Whether another process, with other settings, is starting to take its place. */
  readonly isBeingReplaced: boolean
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

/** What a mutation that loads a version may do for its memory. */
const LOAD_NOW: MemoryWish = { mayEvict: true, waitMs: 0 }
/** Preloaded versions do not push one another out. */
const LOAD_IF_FREE: MemoryWish = { mayEvict: false, waitMs: 0 }
/** A prediction that was accepted waits for work of other versions to end. */
const LOAD_FOR_WORK: MemoryWish = { mayEvict: true, waitMs: 30_000 }
/** Predictions that a runner has at once; it orders and batches them itself. */
const IN_FLIGHT = 256

interface Loading {
  readonly wish: MemoryWish
  /** Resolves when there is memory for it. */
  readonly reserved: Promise<void>
  readonly done: Promise<void>
  readonly cancel: AbortController
}

/** Loading, running and unloading of one model version. All who want it loaded share one job. */
export class ResidentVersion implements MemoryHolder {
  readonly #options: ResidentVersionOptions
  readonly #slots: Slots
  readonly #breaker: CrashBreaker
  readonly #starter: RunnerStarter
  readonly #status: VersionStatus
  readonly #stopping = new AbortController()
  #settings: ModelSettings
  #settingsRevision: number
  #current: ResidentRunner | null = null
  #loading: Loading | null = null
  #replacing: { readonly done: Promise<void>; readonly cancel: AbortController } | null = null
  /** Processes that were replaced and finish their work. */
  readonly #retiring = new Set<Promise<void>>()
  #unloading: Promise<void> | null = null
  /** Ends the work that has places. */
  #cancelling = new AbortController()
  #restarts = 0
  /** Kept while another process takes the place of one that ended: it needs the same. */
  #memory: MemoryReservation | null = null
  #loadBytes: number | undefined
  readonly #idleTimer = new IdleTimer(() => {
    if (this.#slots.taken === 0 && this.#slots.waiting === 0) void this.unload('DRAIN')
  })
  lastUsedAt: number

  constructor(options: ResidentVersionOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#settingsRevision = options.document.revision
    this.#loadBytes = options.document.loadBytes
    this.lastUsedAt = options.document.lastUsedAt ?? 0
    this.#slots = new Slots(IN_FLIGHT)
    this.#breaker = new CrashBreaker(options.clock)
    this.#starter = new RunnerStarter(options, this.#breaker)
    this.#status = new VersionStatus(options)
  }

  get name(): string {
    return `${this.#options.document.modelName}:${this.#options.document.version}`
  }

  get residentBytes(): number {
    return this.#current?.runner.residentBytes() ?? 0
  }

  /** Memory that loading it reserves, bytes. */
  get requiredBytes(): number {
    const { document, runtime } = this.#options
    return requiredBytes(document, { loadBytes: this.#loadBytes, workingBytes: runtime.workingBytes(document) })
  }

  get isEvictable(): boolean {
    if (this.#slots.taken > 0 || this.#loading || this.#replacing) return false
    if (this.#unloading) return true
    return (
      this.#current !== null &&
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
    return this.#breaker.status
  }

  get status(): RunnerStatus | null {
    if (!this.#current) return null
    const { runner, id, startedAt } = this.#current
    const isBeingReplaced = this.#replacing !== null
    const residentBytes = runner.residentBytes()
    return { id, pid: runner.pid, startedAt, restarts: this.#restarts, residentBytes, isBeingReplaced }
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
        while (!this.#current) await this.#loadForWork(runnerSignal)
        leaveRunner = this.#current.use()
        return this.#current.runner
      },
      succeeded: () => this.#breaker.noteSuccess(),
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
    if (this.#current) return
    const { reserved } = (this.#loading ??= this.#startLoading(LOAD_NOW))
    await reserved.finally(() => this.#status.written())
  }

  /** Starts the process when there is memory for it that nobody else has. It may fail. */
  preload(): void {
    if (!this.#current) this.#loading ??= this.#startLoading(LOAD_IF_FREE)
  }

  /**
   * Starts the process when there is none, and resolves when there is one.
   * @throws GraphloomError `MODEL_LOAD_FAILED`, `OUT_OF_MEMORY`; or the signal's reason, while the loading goes on for
   * others.
   */
  async load(signal: AbortSignal): Promise<void> {
    if (this.#unloading) await abortable(this.#unloading, signal)
    if (!this.#current) await abortable((this.#loading ??= this.#startLoading(LOAD_NOW)).done, signal)
    await this.#status.written()
  }

  /** Whether it could be loaded now, if it is not. @throws GraphloomError `OUT_OF_MEMORY`. */
  checkMemory(): void {
    if (!this.#memory && !this.#loading) this.#options.memory.check(this, this.requiredBytes)
  }

  /** Makes settings hold at once; a process that has other threads is replaced while it works. */
  configure(settings: ModelSettings, revision: number): void {
    // Of two changes at a time the earlier may be told last.
    if (revision < this.#settingsRevision) return
    this.#settingsRevision = revision
    const before = this.#settings
    this.#settings = settings
    this.#applySettings(before)
    if (this.#slots.taken === 0) this.#startIdleTimer()
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
    await this.#loading?.done.catch(() => undefined)
    await this.#replacing?.done
    await this.#current?.runner.stop()
    await this.#status.written()
  }

  /** Also while it is unloading: work that has a place is waited for, and may need another process. */
  async #loadForWork(signal: AbortSignal): Promise<void> {
    const loading = (this.#loading ??= this.#startLoading(LOAD_FOR_WORK))
    try {
      await abortable(loading.done, signal)
    } catch (error) {
      // Who began to load it would not wait for memory; work does.
      if (isErrorWithCode(error, 'OUT_OF_MEMORY') && loading.wish !== LOAD_FOR_WORK) return
      // Work that was accepted waits until a version that is left alone for a while is tried again.
      const pauseMs = isErrorWithCode(error, 'MODEL_LOAD_FAILED') ? error.details.retryAfterMs : undefined
      if (pauseMs === undefined) throw error
      await this.#options.clock.sleep(pauseMs, signal)
    }
  }

  #startLoading(wish: MemoryWish): Loading {
    const cancel = new AbortController()
    const reserved = Promise.withResolvers<void>()
    const done = this.#loadNow(wish, AbortSignal.any([cancel.signal, this.#stopping.signal]), reserved.resolve)
    const settled = done.finally(() => {
      this.#loading = null
      this.#options.memory.noteChange()
    })
    // Whoever waits gets the failure; nobody has to wait.
    settled.then(reserved.resolve, (error: unknown) =>
      isErrorWithCode(error, 'OUT_OF_MEMORY') ? reserved.reject(error) : reserved.resolve(),
    )
    reserved.promise.catch(() => undefined)
    return { wish, reserved: reserved.promise, done: settled, cancel }
  }

  async #loadNow(wish: MemoryWish, signal: AbortSignal, onReserved: () => void): Promise<void> {
    const { clock, memory } = this.#options
    const startedAt = clock.now()
    try {
      signal.throwIfAborted()
      this.#breaker.check()
      this.#memory ??= await memory.reserve({ holder: this, bytes: this.requiredBytes, wish, signal })
      onReserved()
      const settings = this.#settings
      const tell = createProgressTeller(clock, (progress) => this.#status.noteProgress(progress))
      const resident = await this.#starter.start(settings, tell, signal)
      this.#become(resident, this.#memory)
      this.lastUsedAt = clock.now()
      this.#status.noteReady(resident.runner, this.lastUsedAt, this.lastUsedAt - startedAt)
      this.#applySettings(settings)
      if (this.#slots.taken === 0) this.#startIdleTimer()
    } catch (error) {
      this.#memory?.release()
      this.#memory = null
      throw this.#status.noteFailure(error, signal.aborted)
    }
  }

  #become(resident: ResidentRunner, memory: MemoryReservation): void {
    this.#current = resident
    this.#memory = memory
    this.#loadBytes = resident.runner.loadBytes
    void resident.runner.exited.then((exit) => this.#onExit(resident, exit.expected, exit.reason))
  }

  /** Tells the running process what changed since `before`. */
  #applySettings(before: ModelSettings): void {
    const { maxBatchTokens, threads } = this.#settings
    if (!this.#current) return
    if (maxBatchTokens !== before.maxBatchTokens)
      // A process that ends meanwhile is followed by one that is started with the settings.
      void this.#current.runner.configure({ maxBatchTokens }).catch(() => undefined)
    if (threads !== this.#current.threads) this.#replacing ??= this.#startReplacing()
  }

  #startReplacing(): { done: Promise<void>; cancel: AbortController } {
    const cancel = new AbortController()
    const done = this.#replace(AbortSignal.any([cancel.signal, this.#stopping.signal])).then(
      () => {
        this.#replacing = null
      },
      (error: unknown) => {
        this.#replacing = null
        this.#onNotReplaced(error)
      },
    )
    return { done, cancel }
  }

  /** New work goes to the new process as soon as that is warm; the old one ends when its work is done. */
  async #replace(signal: AbortSignal): Promise<void> {
    const { memory } = this.#options
    while (this.#current && this.#current.threads !== this.#settings.threads) {
      const settings = this.#settings
      const reservation = await memory.reserve({ holder: this, bytes: this.requiredBytes, wish: LOAD_NOW, signal })
      const next = await this.#starter
        .start(settings, () => undefined, signal)
        .catch((error: unknown) => {
          reservation.release()
          throw error
        })
      const [old, oldMemory] = [this.#current, this.#memory]
      if (!old || signal.aborted) {
        await next.runner.stop()
        reservation.release()
        return
      }
      this.#become(next, reservation)
      this.#applySettings(settings)
      const retired = old.retire().finally(() => {
        oldMemory?.release()
        this.#retiring.delete(retired)
      })
      this.#retiring.add(retired)
      this.#status.noteReplaced(next.runner)
    }
  }

  /** Where two processes do not fit into the memory, work waits while one takes the place of the other. */
  #onNotReplaced(error: unknown): void {
    this.#status.noteNotReplaced(error)
    if (!isErrorWithCode(error, 'OUT_OF_MEMORY') || this.#stopping.signal.aborted) return
    void this.unload('DRAIN').then(() => this.beginLoading().catch(() => undefined))
  }

  async #unload(): Promise<void> {
    this.#idleTimer.stop()
    const drained = this.#slots.closeAndDrain()
    const reason = new GraphloomError('CANCELLED', 'The model version was unloaded while it was loading.')
    if (this.#slots.taken === 0) this.#loading?.cancel.abort(reason)
    this.#replacing?.cancel.abort(reason)
    if (this.#current) this.#status.noteUnloading()
    await drained
    this.#loading?.cancel.abort(reason)
    await this.#loading?.done.catch(() => undefined)
    await this.#replacing?.done
    await this.#current?.runner.stop()
    await Promise.all(this.#retiring)
    this.#current = null
    this.#memory?.release()
    this.#memory = null
    this.#status.noteUnloaded(this.lastUsedAt)
    await this.#status.written()
  }

  #onExit(resident: ResidentRunner, expected: boolean, reason: string): void {
    if (this.#current !== resident) return
    this.#current = null
    if (expected || this.#stopping.signal.aborted || this.#unloading) return
    this.#restarts++
    this.#breaker.noteCrash()
    this.#status.noteCrash(reason)
    this.#loading ??= this.#startLoading(LOAD_FOR_WORK)
  }

  #startIdleTimer(): void {
    const { idleTtlMs, pinned } = this.#settings
    const mayEnd = this.#current && !this.#unloading && !this.#stopping.signal.aborted
    if (idleTtlMs === 0 || pinned || !mayEnd) this.#idleTimer.stop()
    else this.#idleTimer.start(idleTtlMs)
  }
}
