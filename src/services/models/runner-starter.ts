import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { LoadProgress, ModelVersionDocument } from '../../domain/model.js'
import type { ModelFiles, ModelRuntime } from '../../ports/model-runtime.js'
import type { CrashBreaker } from './crash-breaker.js'
import type { ModelMetricsRecorder } from './model-metrics.js'
import { ResidentRunner, type ProcessSettings } from './resident-runner.js'

export interface RunnerStarterOptions {
  readonly document: ModelVersionDocument
  /** @throws GraphloomError `MODEL_LOAD_FAILED` when they may not be read. */
  readonly files: () => ModelFiles
  readonly runtime: Pick<ModelRuntime, 'startRunner'>
  readonly metrics: Pick<ModelMetricsRecorder, 'recordRuns'>
  readonly clock: Clock
}

/** A process that ends while it loads is started again so often: what ended it may have had nothing to do with it. */
const TRIES = 3

/** Starts processes for one version. */
export class RunnerStarter {
  readonly #options: RunnerStarterOptions
  readonly #breaker: CrashBreaker

  constructor(options: RunnerStarterOptions, breaker: CrashBreaker) {
    this.#options = options
    this.#breaker = breaker
  }

  /** @throws GraphloomError `MODEL_LOAD_FAILED`, also while the version is left alone; or the signal's reason. */
  async start(
    settings: ProcessSettings,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<ResidentRunner> {
    this.#breaker.check()
    for (let tries = 1; ; tries++)
      try {
        return await this.#start(settings, onProgress, signal)
      } catch (error) {
        const crashed = error instanceof GraphloomError && isErrorWithCode(error.cause, 'RUNNER_CRASHED')
        if (crashed) this.#breaker.noteCrash()
        // Whoever waited for it is told that it cannot be loaded, not that it is to be tried later.
        if (!crashed || tries === TRIES || this.#breaker.status.state === 'OPEN') throw error
      }
  }

  async #start(
    settings: ProcessSettings,
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
    return new ResidentRunner(runner, clock.now(), settings)
  }
}
