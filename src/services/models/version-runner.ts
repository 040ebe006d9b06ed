import { abortable } from '../../kernel/abortable.js'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { ModelSettings } from '../../domain/model.js'
import type { ModelRuntime } from '../../ports/model-runtime.js'
import { CrashBreaker } from './crash-breaker.js'
import { createProgressTeller } from './load-progress-teller.js'
import type { MemoryBudget, MemoryHolder, MemoryReservation, MemoryWish } from './memory-budget.js'
import { requiredBytes } from './model-memory.js'
import type { ResidentRunner } from './resident-runner.js'
import { RunnerStarter, type RunnerStarterOptions } from './runner-starter.js'
import type { VersionStatus } from './version-status.js'

export interface VersionRunnerOptions extends RunnerStarterOptions {
  readonly runtime: Pick<ModelRuntime, 'startRunner' | 'workingBytes'>
  readonly memory: MemoryBudget
  /** Whose memory it is. */
  readonly holder: MemoryHolder
  readonly status: VersionStatus
  /** What holds at the moment. */
  readonly settings: () => ModelSettings
  /** Nothing is started any more once it aborts. */
  readonly stopping: AbortSignal
  /** A process was started; told with the time. */
  readonly onReady: (at: number) => void
  /** There is no memory for two processes, one of which is to take the place of the other. */
  readonly onNoRoom: () => void
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

/** What a mutation that loads a version may do for its memory. */
export const LOAD_NOW: MemoryWish = { mayEvict: true, waitMs: 0 }
/** Preloaded versions do not push one another out. */
export const LOAD_IF_FREE: MemoryWish = { mayEvict: false, waitMs: 0 }
/** A prediction that was accepted waits for work of other versions to end. */
const LOAD_FOR_WORK: MemoryWish = { mayEvict: true, waitMs: 30_000 }

interface Job {
  readonly done: Promise<void>
  readonly cancel: AbortController
}

interface Loading extends Job {
  readonly wish: MemoryWish
  /** Resolves when there is memory for it. */
  readonly reserved: Promise<void>
}

/**
 * The process that runs a version, with its memory: all who want it share one start; another follows when it crashes,
 * and takes its place while it works when it is to have other threads.
 */
export class VersionRunner {
  readonly breaker: CrashBreaker
  readonly #options: VersionRunnerOptions
  readonly #starter: RunnerStarter
  #current: ResidentRunner | null = null
  #loading: Loading | null = null
  #replacing: Job | null = null
  /** Processes that were replaced and finish their work. */
  readonly #retiring = new Set<Promise<void>>()
  #isEnding = false
  #restarts = 0
  /** Kept while another process takes the place of one that ended: it needs the same. */
  #memory: MemoryReservation | null = null
  #loadBytes: number | undefined

  constructor(options: VersionRunnerOptions) {
    this.#options = options
    this.#loadBytes = options.document.loadBytes
    this.breaker = new CrashBreaker(options.clock)
    this.#starter = new RunnerStarter(options, this.breaker)
  }

  get current(): ResidentRunner | null {
    return this.#current
  }

  /** Whether a process is starting. */
  get isStarting(): boolean {
    return this.#loading !== null || this.#replacing !== null
  }

  get residentBytes(): number {
    return this.#current?.runner.residentBytes() ?? 0
  }

  get status(): RunnerStatus | null {
    if (!this.#current) return null
    const { runner, id, startedAt } = this.#current
    const isBeingReplaced = this.#replacing !== null
    const residentBytes = runner.residentBytes()
    return { id, pid: runner.pid, startedAt, restarts: this.#restarts, residentBytes, isBeingReplaced }
  }

  /** Whether it could be started now, if it is not. @throws GraphloomError `OUT_OF_MEMORY`. */
  checkMemory(): void {
    const { memory, holder } = this.#options
    if (!this.#memory && !this.#loading) memory.check(holder, this.#requiredBytes)
  }

  /** Starts a process, unless that is under way. There is none yet. */
  load(wish: MemoryWish): Loading {
    return (this.#loading ??= this.#startLoading(wish))
  }

  /**
   * Starts a process for work that was accepted, also while the version is ending: work that has a place is waited for,
   * and may need another one. There may be none yet when it resolves.
   */
  async loadForWork(signal: AbortSignal): Promise<void> {
    const loading = this.load(LOAD_FOR_WORK)
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

  /** Makes the settings of the moment hold for the process. */
  applySettings(): void {
    if (!this.#current) return
    const settings = this.#options.settings()
    this.#current.configure(settings)
    if (settings.threads !== this.#current.threads) this.#replacing ??= this.#startReplacing()
  }

  /** No process is started by itself any more, until it has ended. What is starting goes on only where work waits for it. */
  beginEnding(isWanted: boolean): void {
    this.#isEnding = true
    if (!isWanted) this.#loading?.cancel.abort(unloaded())
    this.#replacing?.cancel.abort(unloaded())
  }

  /** Ends the process and gives its memory back. */
  async end(): Promise<void> {
    this.#loading?.cancel.abort(unloaded())
    await this.stop()
    await Promise.all(this.#retiring)
    this.#current = null
    this.#releaseMemory()
    this.#isEnding = false
  }

  /** Waits for what is starting, which was told to stop, and ends the process. */
  async stop(): Promise<void> {
    await this.#loading?.done.catch(() => undefined)
    await this.#replacing?.done
    await this.#current?.runner.stop()
  }

  /** Memory that starting it reserves, bytes. */
  get #requiredBytes(): number {
    const { document, runtime } = this.#options
    return requiredBytes(document, { loadBytes: this.#loadBytes, workingBytes: runtime.workingBytes(document) })
  }

  #reserve(wish: MemoryWish, signal: AbortSignal): Promise<MemoryReservation> {
    const { memory, holder } = this.#options
    return memory.reserve({ holder, bytes: this.#requiredBytes, wish, signal })
  }

  #releaseMemory(): void {
    this.#memory?.release()
    this.#memory = null
  }

  #startLoading(wish: MemoryWish): Loading {
    const { stopping, memory } = this.#options
    const cancel = new AbortController()
    const reserved = Promise.withResolvers<void>()
    const done = this.#loadNow(wish, AbortSignal.any([cancel.signal, stopping]), reserved.resolve).finally(() => {
      this.#loading = null
      memory.noteChange()
    })
    // Whoever waits gets the failure; nobody has to wait.
    done.then(reserved.resolve, (error: unknown) =>
      isErrorWithCode(error, 'OUT_OF_MEMORY') ? reserved.reject(error) : reserved.resolve(),
    )
    reserved.promise.catch(() => undefined)
    return { wish, reserved: reserved.promise, done, cancel }
  }

  async #loadNow(wish: MemoryWish, signal: AbortSignal, onReserved: () => void): Promise<void> {
    const { clock, status, onReady } = this.#options
    const startedAt = clock.now()
    try {
      signal.throwIfAborted()
      this.breaker.check()
      this.#memory ??= await this.#reserve(wish, signal)
      onReserved()
      const tell = createProgressTeller(clock, (progress) => status.noteProgress(progress))
      const resident = await this.#starter.start(this.#options.settings(), tell, signal)
      this.#become(resident, this.#memory)
      const readyAt = clock.now()
      status.noteReady(resident.runner, readyAt, readyAt - startedAt)
      this.applySettings()
      onReady(readyAt)
    } catch (error) {
      this.#releaseMemory()
      throw status.noteFailure(error, signal.aborted)
    }
  }

  #become(resident: ResidentRunner, memory: MemoryReservation): void {
    this.#current = resident
    this.#memory = memory
    this.#loadBytes = resident.runner.loadBytes
    void resident.runner.exited.then((exit) => this.#onExit(resident, exit.expected, exit.reason))
  }

  #onExit(resident: ResidentRunner, expected: boolean, reason: string): void {
    if (this.#current !== resident) return
    this.#current = null
    if (expected || this.#options.stopping.aborted || this.#isEnding) return
    this.#restarts++
    this.breaker.noteCrash()
    this.#options.status.noteCrash(reason)
    this.load(LOAD_FOR_WORK)
  }

  #startReplacing(): Job {
    const { stopping, status, onNoRoom } = this.#options
    const cancel = new AbortController()
    const replaced = this.#replace(AbortSignal.any([cancel.signal, stopping])).finally(() => {
      this.#replacing = null
    })
    const done = replaced.catch((error: unknown) => {
      status.noteNotReplaced(error)
      if (isErrorWithCode(error, 'OUT_OF_MEMORY') && !stopping.aborted) onNoRoom()
    })
    return { done, cancel }
  }

  /** New work goes to the new process as soon as that is warm; the old one ends when its work is done. */
  async #replace(signal: AbortSignal): Promise<void> {
    const { settings, status } = this.#options
    while (this.#current && this.#current.threads !== settings().threads) {
      const reservation = await this.#reserve(LOAD_NOW, signal)
      const next = await this.#starter
        .start(settings(), () => undefined, signal)
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
      this.applySettings()
      const retired = old.retire().finally(() => {
        oldMemory?.release()
        this.#retiring.delete(retired)
      })
      this.#retiring.add(retired)
      status.noteReplaced(next.runner)
    }
  }
}

const unloaded = (): GraphloomError =>
  new GraphloomError('CANCELLED', 'The model version was unloaded while it was loading.')
