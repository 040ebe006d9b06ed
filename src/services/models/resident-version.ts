import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { LoadProgress, ModelVersionDocument } from '../../domain/model.js'
import type { ModelFiles, ModelRunner, ModelRuntime } from '../../ports/model-runtime.js'
import { createId } from '../../kernel/ids.js'
import type { ModelStore, ModelVersionPatch } from './model-store.js'
import { Slots } from './slots.js'

export interface ResidencySettings {
  /** Threads of one run. */
  readonly threads: number
  /** Unload after so many milliseconds without work; 0 is never. */
  readonly idleTtlMs: number
}

export interface ResidentVersionOptions {
  readonly document: ModelVersionDocument
  /** @throws GraphloomError `MODEL_LOAD_FAILED` when they may not be read. */
  readonly files: () => ModelFiles
  readonly store: ModelStore
  readonly runtime: ModelRuntime
  readonly settings: ResidencySettings
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
}

/** A place to work on a version. `release` it in any case. */
export interface ModelSlot {
  /** The version's runner, loaded if need be. Ask again after a crash. */
  runner(signal: AbortSignal): Promise<ModelRunner>
  /** A runner has done its work: what ended before is no sign that the version cannot run. */
  succeeded(): void
  release(): void
}

/** So many unexpected ends within so long, with no work done between, and the version is left alone for a while. */
const BREAKER_CRASHES = 5
const BREAKER_WINDOW_MS = 30_000
const BREAKER_PAUSE_MS = 5_000
const PROGRESS_EVERY_MS = 100
/** Predictions that a runner has at once; it orders and batches them itself. */
const IN_FLIGHT = 256

/** Loading, running and unloading of one model version. All who want it loaded share one job. */
export class ResidentVersion {
  readonly #options: ResidentVersionOptions
  readonly #slots: Slots
  readonly #stopping = new AbortController()
  #runner: { readonly runner: ModelRunner; readonly id: string; readonly startedAt: number } | null = null
  #loading: { readonly done: Promise<ModelRunner>; readonly cancel: AbortController } | null = null
  #unloading: Promise<void> | null = null
  /** Status writes, one after the other. */
  #status: Promise<unknown> = Promise.resolve()
  #restarts = 0
  #crashes: number[] = []
  #idleTimer: NodeJS.Timeout | null = null

  constructor(options: ResidentVersionOptions) {
    this.#options = options
    this.#slots = new Slots(IN_FLIGHT)
  }

  get running(): number {
    return this.#slots.taken
  }

  get waiting(): number {
    return this.#slots.waiting
  }

  get status(): RunnerStatus | null {
    if (!this.#runner) return null
    const { runner, id, startedAt } = this.#runner
    return { id, pid: runner.pid, startedAt, restarts: this.#restarts, residentBytes: runner.residentBytes() }
  }

  /** Waits for a place to work, higher priority first. */
  async acquire(priority: number, signal: AbortSignal): Promise<ModelSlot> {
    const leave = await this.#slots.acquire(priority, signal)
    this.#clearIdleTimer()
    return {
      runner: (runnerSignal) => this.load(runnerSignal),
      succeeded: () => (this.#crashes = []),
      release: () => {
        leave()
        if (this.#slots.taken === 0) this.#startIdleTimer()
      },
    }
  }

  /**
   * The running process; starts it when there is none.
   * @throws GraphloomError `MODEL_LOAD_FAILED`; or the signal's reason, while the loading goes on for others.
   */
  async load(signal: AbortSignal): Promise<ModelRunner> {
    if (this.#unloading) await abortable(this.#unloading, signal)
    if (this.#runner) return this.#runner.runner
    this.#loading ??= this.#startLoading()
    return abortable(this.#loading.done, signal)
  }

  /** Waits for the work that is running, ends the process and gives its memory back. */
  unload(): Promise<void> {
    this.#unloading ??= this.#unload().finally(() => {
      this.#unloading = null
      this.#slots.reopen()
    })
    return this.#unloading
  }

  /** Ends the process at once; nothing is loaded any more. */
  async close(): Promise<void> {
    this.#stopping.abort(new GraphloomError('UNAVAILABLE', 'The server is stopping.'))
    this.#clearIdleTimer()
    await this.#loading?.done.catch(() => undefined)
    await this.#runner?.runner.stop()
    await this.#status
  }

  #startLoading(): { done: Promise<ModelRunner>; cancel: AbortController } {
    const cancel = new AbortController()
    const done = this.#load(AbortSignal.any([cancel.signal, this.#stopping.signal])).finally(() => {
      this.#loading = null
    })
    // Whoever waits gets the failure from `done`; nobody has to wait.
    done.catch(() => undefined)
    return { done, cancel }
  }

  async #load(signal: AbortSignal): Promise<ModelRunner> {
    const { document, files, runtime, settings, clock, logger } = this.#options
    signal.throwIfAborted()
    this.#checkBreaker()
    const startedAt = clock.now()
    let told: { readonly at: number; readonly phase: LoadProgress['phase'] } | null = null
    const onProgress = (progress: LoadProgress): void => {
      const whole = progress.doneBytes >= progress.totalBytes
      if (told?.phase === progress.phase && !whole && clock.now() - told.at < PROGRESS_EVERY_MS) return
      told = { at: clock.now(), phase: progress.phase }
      const state = progress.phase === 'WARMING' ? 'WARMING' : 'LOADING'
      this.#patch({ state, stateReason: null, loadProgress: progress })
    }
    try {
      const runner = await runtime.startRunner({
        versionId: document.id,
        files: files(),
        threads: settings.threads,
        onProgress,
        signal,
      })
      this.#runner = { runner, id: createId('runner'), startedAt: clock.now() }
      void runner.exited.then((exit) => this.#onExit(runner, exit.expected, exit.reason))
      const now = clock.now()
      const patch = { residentBytes: runner.residentBytes(), loadedAt: now, lastUsedAt: now }
      this.#patch({ state: 'READY', stateReason: null, loadProgress: null, ...patch })
      logger.info({ model: document.modelName, version: document.version, pid: runner.pid, ms: now - startedAt }, 'model loaded')
      return runner
    } catch (error) {
      const reason = error instanceof GraphloomError ? error.message : 'Loading failed unexpectedly.'
      logger.error({ err: error, model: document.modelName, version: document.version }, 'model not loaded')
      this.#patch({ state: signal.aborted ? 'UNLOADED' : 'FAILED', stateReason: reason, loadProgress: null, residentBytes: null })
      throw error instanceof GraphloomError ? error : new GraphloomError('MODEL_LOAD_FAILED', reason, { cause: error })
    }
  }

  async #unload(): Promise<void> {
    this.#clearIdleTimer()
    const drained = this.#slots.closeAndDrain()
    this.#loading?.cancel.abort(new GraphloomError('CANCELLED', 'The model version was unloaded while it was loading.'))
    if (this.#runner) this.#patch({ state: 'UNLOADING', stateReason: null })
    await drained
    await this.#loading?.done.catch(() => undefined)
    await this.#runner?.runner.stop()
    this.#runner = null
    this.#patch({ state: 'UNLOADED', stateReason: null, loadProgress: null, residentBytes: null })
    await this.#status
  }

  #onExit(runner: ModelRunner, expected: boolean, reason: string): void {
    if (this.#runner?.runner !== runner) return
    this.#runner = null
    const { document, logger, clock } = this.#options
    if (expected || this.#stopping.signal.aborted || this.#unloading) return
    logger.warn({ model: document.modelName, version: document.version, reason }, 'runner ended, starting another')
    this.#restarts++
    this.#crashes = [...this.#crashes.filter((at) => at > clock.now() - BREAKER_WINDOW_MS), clock.now()]
    this.#patch({ state: 'LOADING', stateReason: `The runner ended (${reason}); another is starting.`, residentBytes: null })
    this.#loading ??= this.#startLoading()
  }

  #checkBreaker(): void {
    const now = this.#options.clock.now()
    const recent = this.#crashes.filter((at) => at > now - BREAKER_WINDOW_MS)
    const last = recent.at(-1)
    if (recent.length < BREAKER_CRASHES || last === undefined || now - last >= BREAKER_PAUSE_MS) return
    const details = { retryAfterMs: last + BREAKER_PAUSE_MS - now }
    const message = `The runner ended ${recent.length} times within ${BREAKER_WINDOW_MS / 1_000} seconds; it is left alone for a while.`
    throw new GraphloomError('MODEL_LOAD_FAILED', message, { details })
  }

  #patch(patch: ModelVersionPatch): void {
    const { store, document, logger } = this.#options
    this.#status = this.#status
      .then(() => store.patchVersion(document.id, patch))
      .catch((error: unknown) => logger.error({ err: error, version: document.id }, 'model status not stored'))
  }

  #startIdleTimer(): void {
    const { idleTtlMs } = this.#options.settings
    if (idleTtlMs === 0 || !this.#runner || this.#unloading || this.#stopping.signal.aborted) return
    this.#clearIdleTimer()
    const timer = setTimeout(() => {
      if (this.#slots.taken === 0 && this.#slots.waiting === 0) void this.unload()
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
