import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { Applicant } from '../../kernel/fair-queue.js'
import type { LoadProgress, ModelSettings, ModelVersionDocument } from '../../domain/model.js'
import type { ModelFiles, ModelRunner, ModelRuntime } from '../../ports/model-runtime.js'
import { CrashBreaker, type BreakerStatus } from './crash-breaker.js'
import type { ModelMetricsRecorder } from './model-metrics.js'
import type { ModelStore, ModelVersionPatch } from './model-store.js'
import { ResidentRunner } from './resident-runner.js'
import { Slots } from './slots.js'

/** What becomes of running work when a version is unloaded: it is waited for, or it is cancelled. */
export const UNLOAD_MODES = ['DRAIN', 'CANCEL'] as const
export type UnloadMode = (typeof UNLOAD_MODES)[number]

export interface ResidentVersionOptions {
  readonly document: ModelVersionDocument
  /** @throws GraphloomError `MODEL_LOAD_FAILED` when they may not be read. */
  readonly files: () => ModelFiles
  readonly store: ModelStore
  readonly runtime: ModelRuntime
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

const PROGRESS_EVERY_MS = 100
/** Predictions that a runner has at once; it orders and batches them itself. */
const IN_FLIGHT = 256

/** Loading, running and unloading of one model version. All who want it loaded share one job. */
export class ResidentVersion {
  readonly #options: ResidentVersionOptions
  readonly #slots: Slots
  readonly #breaker: CrashBreaker
  readonly #stopping = new AbortController()
  #settings: ModelSettings
  #settingsRevision: number
  #current: ResidentRunner | null = null
  #loading: { readonly done: Promise<void>; readonly cancel: AbortController } | null = null
  #replacing: { readonly done: Promise<void>; readonly cancel: AbortController } | null = null
  /** Processes that were replaced and finish their work. */
  readonly #retiring = new Set<Promise<void>>()
  #unloading: Promise<void> | null = null
  /** Ends the work that has places. */
  #cancelling = new AbortController()
  /** Status writes, one after the other. */
  #status: Promise<unknown> = Promise.resolve()
  #restarts = 0
  #idleTimer: NodeJS.Timeout | null = null

  constructor(options: ResidentVersionOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#settingsRevision = options.document.revision
    this.#slots = new Slots(IN_FLIGHT)
    this.#breaker = new CrashBreaker(options.clock)
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
    this.#clearIdleTimer()
    let leaveRunner = (): void => undefined
    return {
      unloaded: this.#cancelling.signal,
      runner: async (runnerSignal) => {
        leaveRunner()
        while (!this.#current) await this.#load(runnerSignal)
        leaveRunner = this.#current.use()
        return this.#current.runner
      },
      succeeded: () => this.#breaker.noteSuccess(),
      release: () => {
        leaveRunner()
        leave()
        if (this.#slots.taken === 0) this.#startIdleTimer()
      },
    }
  }

  /**
   * Starts the process when there is none, and resolves when there is one.
   * @throws GraphloomError `MODEL_LOAD_FAILED`; or the signal's reason, while the loading goes on for others.
   */
  async load(signal: AbortSignal): Promise<void> {
    if (this.#unloading) await abortable(this.#unloading, signal)
    await this.#load(signal)
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
    this.#clearIdleTimer()
    await this.#loading?.done.catch(() => undefined)
    await this.#replacing?.done
    await this.#current?.runner.stop()
    await this.#status
  }

  /** Also while it is unloading: work that has a place is waited for, and may need another process. */
  async #load(signal: AbortSignal): Promise<void> {
    if (this.#current) return
    this.#loading ??= this.#startLoading()
    await abortable(this.#loading.done, signal)
  }

  #startLoading(): { done: Promise<void>; cancel: AbortController } {
    const cancel = new AbortController()
    const done = this.#loadNow(AbortSignal.any([cancel.signal, this.#stopping.signal])).finally(() => {
      this.#loading = null
    })
    // Whoever waits gets the failure from `done`; nobody has to wait.
    done.catch(() => undefined)
    return { done, cancel }
  }

  async #loadNow(signal: AbortSignal): Promise<void> {
    const { document, clock, logger } = this.#options
    const settings = this.#settings
    const startedAt = clock.now()
    try {
      signal.throwIfAborted()
      this.#breaker.check()
      const resident = await this.#startRunner(settings, this.#createProgressTeller(), signal)
      this.#become(resident)
      const now = clock.now()
      const patch = { residentBytes: resident.runner.residentBytes(), loadedAt: now, lastUsedAt: now }
      this.#patch({ state: 'READY', stateReason: null, loadProgress: null, ...patch })
      const { pid } = resident.runner
      logger.info({ model: document.modelName, version: document.version, pid, ms: now - startedAt }, 'model loaded')
      this.#applySettings(settings)
      if (this.#slots.taken === 0) this.#startIdleTimer()
    } catch (error) {
      const reason = error instanceof GraphloomError ? error.message : 'Loading failed unexpectedly.'
      logger.error({ err: error, model: document.modelName, version: document.version }, 'model not loaded')
      const state = signal.aborted ? 'UNLOADED' : 'FAILED'
      this.#patch({ state, stateReason: reason, loadProgress: null, residentBytes: null })
      throw error instanceof GraphloomError ? error : new GraphloomError('MODEL_LOAD_FAILED', reason, { cause: error })
    }
  }

  async #startRunner(
    settings: ModelSettings,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<ResidentRunner> {
    const { document, files, runtime, metrics, clock } = this.#options
    const { threads, maxBatchTokens } = settings
    const runner = await runtime.startRunner({
      versionId: document.id,
      files: files(),
      threads,
      settings: { maxBatchTokens },
      onProgress,
      onRuns: (report) => metrics.recordRuns(document.id, report),
      signal,
    })
    return new ResidentRunner(runner, clock.now(), threads)
  }

  #createProgressTeller(): (progress: LoadProgress) => void {
    const { clock } = this.#options
    let told: { readonly at: number; readonly phase: LoadProgress['phase'] } | null = null
    return (progress) => {
      const whole = progress.doneBytes >= progress.totalBytes
      if (told?.phase === progress.phase && !whole && clock.now() - told.at < PROGRESS_EVERY_MS) return
      told = { at: clock.now(), phase: progress.phase }
      const state = progress.phase === 'WARMING' ? 'WARMING' : 'LOADING'
      this.#patch({ state, stateReason: null, loadProgress: progress })
    }
  }

  #become(resident: ResidentRunner): void {
    this.#current = resident
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
    const { logger, document } = this.#options
    const cancel = new AbortController()
    const done = this.#replace(AbortSignal.any([cancel.signal, this.#stopping.signal]))
      .catch((error: unknown) => logger.error({ err: error, version: document.id }, 'runner not replaced'))
      .finally(() => {
        this.#replacing = null
      })
    return { done, cancel }
  }

  /** New work goes to the new process as soon as that is warm; the old one ends when its work is done. */
  async #replace(signal: AbortSignal): Promise<void> {
    while (this.#current && this.#current.threads !== this.#settings.threads) {
      const settings = this.#settings
      const next = await this.#startRunner(settings, () => undefined, signal)
      const old = this.#current
      if (!old || signal.aborted) {
        await next.runner.stop()
        return
      }
      this.#become(next)
      this.#applySettings(settings)
      const retired = old.retire().finally(() => this.#retiring.delete(retired))
      this.#retiring.add(retired)
      this.#patch({ residentBytes: next.runner.residentBytes() })
    }
  }

  async #unload(): Promise<void> {
    this.#clearIdleTimer()
    const drained = this.#slots.closeAndDrain()
    const reason = new GraphloomError('CANCELLED', 'The model version was unloaded while it was loading.')
    if (this.#slots.taken === 0) this.#loading?.cancel.abort(reason)
    this.#replacing?.cancel.abort(reason)
    if (this.#current) this.#patch({ state: 'UNLOADING', stateReason: null })
    await drained
    this.#loading?.cancel.abort(reason)
    await this.#loading?.done.catch(() => undefined)
    await this.#replacing?.done
    await this.#current?.runner.stop()
    await Promise.all(this.#retiring)
    this.#current = null
    this.#patch({ state: 'UNLOADED', stateReason: null, loadProgress: null, residentBytes: null })
    await this.#status
  }

  #onExit(resident: ResidentRunner, expected: boolean, reason: string): void {
    if (this.#current !== resident) return
    this.#current = null
    const { document, logger } = this.#options
    if (expected || this.#stopping.signal.aborted || this.#unloading) return
    logger.warn({ model: document.modelName, version: document.version, reason }, 'runner ended, starting another')
    this.#restarts++
    this.#breaker.noteCrash()
    const stateReason = `The runner ended (${reason}); another is starting.`
    this.#patch({ state: 'LOADING', stateReason, residentBytes: null })
    this.#loading ??= this.#startLoading()
  }

  #patch(patch: ModelVersionPatch): void {
    const { store, document, logger } = this.#options
    this.#status = this.#status
      .then(() => store.patchVersion(document.id, patch))
      .catch((error: unknown) => logger.error({ err: error, version: document.id }, 'model status not stored'))
  }

  #startIdleTimer(): void {
    this.#clearIdleTimer()
    const { idleTtlMs, pinned } = this.#settings
    if (idleTtlMs === 0 || pinned || !this.#current || this.#unloading || this.#stopping.signal.aborted) return
    const timer = setTimeout(() => {
      if (this.#slots.taken === 0 && this.#slots.waiting === 0) void this.unload('DRAIN')
    }, idleTtlMs)
    timer.unref()
    this.#idleTimer = timer
  }

  #clearIdleTimer(): void {
    if (this.#idleTimer) clearTimeout(this.#idleTimer)
    this.#idleTimer = null
  }
}

/** The promise's outcome, or the signal's reason as soon as it aborts. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
