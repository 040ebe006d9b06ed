import type { Logger } from 'pino'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { LoadProgress, ModelVersionDocument } from '../../domain/model.js'
import type { ModelRunner } from '../../ports/model-runtime.js'
import type { ModelStore, ModelVersionPatch } from './model-store.js'

export interface VersionStatusOptions {
  readonly document: ModelVersionDocument
  readonly store: Pick<ModelStore, 'patchVersion'>
  readonly logger: Logger
}

/** Stores and logs what becomes of a version, one after the other. */
export class VersionStatus {
  readonly #options: VersionStatusOptions
  readonly #names: { readonly model: string; readonly version: string }
  #written: Promise<unknown> = Promise.resolve()

  constructor(options: VersionStatusOptions) {
    this.#options = options
    this.#names = { model: options.document.modelName, version: options.document.version }
  }

  /** Resolves when what was told until now is stored. */
  async written(): Promise<void> {
    await this.#written
  }

  noteProgress(progress: LoadProgress): void {
    const state = progress.phase === 'WARMING' ? 'WARMING' : 'LOADING'
    this.#patch({ state, stateReason: null, loadProgress: progress })
  }

  noteReady(runner: ModelRunner, loadedAt: number, ms: number): void {
    const { pid, loadBytes } = runner
    const residentBytes = runner.residentBytes()
    const loaded = { residentBytes, loadBytes, loadedAt, lastUsedAt: loadedAt }
    this.#patch({ state: 'READY', stateReason: null, loadProgress: null, ...loaded })
    this.#options.logger.info({ ...this.#names, pid, residentBytes, ms }, 'model loaded')
  }

  /** `isUntouched`: nothing is wrong with the version. Gives the error for whoever waits. */
  noteFailure(error: unknown, isUntouched: boolean): GraphloomError {
    const reason = error instanceof GraphloomError ? error.message : 'Loading failed unexpectedly.'
    this.#options.logger.error({ err: error, ...this.#names }, 'model not loaded')
    const state = isUntouched || isErrorWithCode(error, 'OUT_OF_MEMORY') ? 'UNLOADED' : 'FAILED'
    this.#patch({ state, stateReason: reason, loadProgress: null, residentBytes: null })
    return error instanceof GraphloomError ? error : new GraphloomError('MODEL_LOAD_FAILED', reason, { cause: error })
  }

  noteCrash(reason: string): void {
    this.#options.logger.warn({ ...this.#names, reason }, 'runner ended, starting another')
    const stateReason = `The runner ended (${reason}); another is starting.`
    this.#patch({ state: 'LOADING', stateReason, residentBytes: null })
  }

  noteReplaced(runner: ModelRunner): void {
    this.#patch({ residentBytes: runner.residentBytes() })
  }

  noteNotReplaced(error: unknown): void {
    this.#options.logger.warn({ err: error, ...this.#names }, 'runner not replaced while it works')
  }

  noteEviction(): void {
    this.#options.logger.info(this.#names, 'model makes room for another')
  }

  noteUnloading(): void {
    this.#patch({ state: 'UNLOADING', stateReason: null })
  }

  noteUnloaded(lastUsedAt: number): void {
    this.#patch({ state: 'UNLOADED', stateReason: null, loadProgress: null, residentBytes: null, lastUsedAt })
  }

  #patch(patch: ModelVersionPatch): void {
    const { store, document, logger } = this.#options
    this.#written = this.#written
      .then(() => store.patchVersion(document.id, patch))
      .catch((error: unknown) => logger.error({ err: error, ...this.#names }, 'model status not stored'))
  }
}
