import type { Logger } from 'pino'
import { GraphloomError, notFound } from '../../kernel/errors.js'
import type { ModelAliasDocument, ModelDocument, ModelVersionDocument } from '../../domain/model.js'
import type { Principal } from '../../domain/principal.js'
import type { StreamItem } from '../../domain/stream.js'
import type { Access } from '../access/access.js'
import type { Streams } from '../streams/streams.js'
import type { ModelMetricsRecorder } from './model-metrics.js'
import { isIncomplete, type ModelDownloads } from './model-downloads.js'
import type { RegisterModelVersion } from './model-input.js'
import type { ModelRegistration } from './model-registration.js'
import type { ModelStore } from './model-store.js'
import { checkAliasName, type Registry } from './registry.js'
import { changeSettings, checkSettings, type ModelSettingsChange } from './model-settings.js'
import { createModelVersionSource } from './model-version-stream.js'
import type { Residency } from './residency.js'
import type { UnloadMode } from './resident-version.js'

export interface ModelsServiceOptions {
  readonly access: Access
  readonly store: ModelStore
  readonly registry: Registry
  readonly registration: ModelRegistration
  readonly downloads: ModelDownloads
  readonly residency: Residency
  readonly streams: Streams
  readonly metrics: ModelMetricsRecorder
  /** Answers of the version are not to be given again. */
  readonly onAnswersDropped: (versionId: string) => void
  readonly logger: Logger
}

export interface SetAlias {
  readonly name: string
  readonly modelVersionId: string
  /** Whether the version is loaded before the alias names it. */
  readonly warm: boolean
}

const DOWNLOAD_RETRY_MS = 1_000

/** Models, their versions and aliases, for whoever has the right to read or to change them. */
export class ModelsService {
  readonly #options: ModelsServiceOptions

  constructor(options: ModelsServiceOptions) {
    this.#options = options
  }

  /** Versions that were in memory when the last process ended are not any more; downloads go on. */
  async start(preload: readonly string[]): Promise<void> {
    const { store, registry, metrics, downloads, residency } = this.#options
    const versions = await this.#listAllVersions()
    for (const version of versions) {
      metrics.register(version)
      if (version.state !== 'UNLOADED' && !isIncomplete(version))
        await store.patchVersion(version.id, {
          state: 'UNLOADED',
          stateReason: null,
          loadProgress: null,
          residentBytes: null,
        })
    }
    await downloads.start(versions)
    for (const reference of preload) {
      const version = await registry.requireByReference(reference)
      if (isIncomplete(version)) this.#loadLater(version)
      else residency.of(version).preload()
    }
  }

  /** All models by name. @throws GraphloomError `FORBIDDEN`. */
  async listModels(principal: Principal): Promise<ModelDocument[]> {
    this.#options.access.require(principal, 'model.read')
    return this.#options.store.listModels()
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  async getModelByName(principal: Principal, name: string): Promise<ModelDocument | null> {
    this.#options.access.require(principal, 'model.read')
    return this.#options.store.getModelByName(name)
  }

  /** In the order of `ids`. @throws GraphloomError `FORBIDDEN`. */
  async getModels(principal: Principal, ids: readonly string[]): Promise<(ModelDocument | null)[]> {
    this.#options.access.require(principal, 'model.read')
    return this.#options.store.getModels(ids)
  }

  /** In the order of `ids`. @throws GraphloomError `FORBIDDEN`. */
  async getVersions(principal: Principal, ids: readonly string[]): Promise<(ModelVersionDocument | null)[]> {
    this.#options.access.require(principal, 'model.read')
    return this.#options.store.getVersions(ids)
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  async listVersions(principal: Principal, modelIds: readonly string[]): Promise<ModelVersionDocument[]> {
    this.#options.access.require(principal, 'model.read')
    return this.#options.store.listVersions(modelIds)
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  async listAliases(principal: Principal, modelIds: readonly string[]): Promise<ModelAliasDocument[]> {
    this.#options.access.require(principal, 'model.read')
    return this.#options.store.listAliases(modelIds)
  }

  /**
   * The version that a reference means, to be used. One whose files are not all here is downloaded, if that is not under
   * way.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT` with the path of the reference, `FORBIDDEN`; `UNAVAILABLE` while files are missing.
   */
  async requireByReference(principal: Principal, reference: string, path?: string): Promise<ModelVersionDocument> {
    this.#options.access.require(principal, 'model.read')
    const version = await this.#options.registry.requireByReference(reference, path)
    this.#options.metrics.register(version)
    if (!isIncomplete(version)) return version
    this.#beginDownload(version)
    const { doneBytes = 0, totalBytes = version.sizeBytes } = version.loadProgress ?? {}
    const reason = version.state === 'FAILED' ? ` Before: ${version.stateReason}` : ''
    throw new GraphloomError(
      'UNAVAILABLE',
      `The files of "${reference}" are being downloaded: ${doneBytes} of ${totalBytes} bytes are here.${reason}`,
      { details: { retryAfterMs: DOWNLOAD_RETRY_MS } },
    )
  }

  /**
   * Registers a version of what its files are; the signal cancels it while they are read.
   * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `CONFLICT`, `OVERLOADED`, `UNAVAILABLE`, `FORBIDDEN`.
   */
  async registerVersion(
    principal: Principal,
    input: RegisterModelVersion,
    signal: AbortSignal,
  ): Promise<ModelVersionDocument> {
    this.#options.access.require(principal, 'model.manage')
    const { registration, downloads } = this.#options
    const version = await registration.register(input, principal.subject, signal)
    downloads.begin(version)
    return version
  }

  /** Deletes a version that is not in memory; its download is stopped. @throws GraphloomError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`. */
  async deleteVersion(principal: Principal, id: string): Promise<ModelVersionDocument> {
    const { access, store, registration, downloads, residency, metrics, onAnswersDropped } = this.#options
    access.require(principal, 'model.manage', { id })
    const version = await store.requireVersion(id)
    return residency.whileDeleting(version, async () => {
      await registration.requireDeletable(id)
      await downloads.cancel(id)
      const deleted = await registration.delete(id)
      metrics.forget(id)
      onAnswersDropped(id)
      return deleted
    })
  }

  /**
   * Starts loading, after what is missing was downloaded, or finds it loaded or loading already.
   * @throws GraphloomError `OUT_OF_MEMORY`, `NOT_FOUND`, `FORBIDDEN`.
   */
  async loadVersion(principal: Principal, id: string): Promise<ModelVersionDocument> {
    const { access, store, residency } = this.#options
    access.require(principal, 'model.manage', { id })
    const version = await store.requireVersion(id)
    if (isIncomplete(version)) this.#loadLater(version)
    else await residency.of(version).beginLoading()
    return store.requireVersion(id)
  }

  /** Starts unloading, after the work that is running or by cancelling it. @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`. */
  async unloadVersion(principal: Principal, id: string, mode: UnloadMode): Promise<ModelVersionDocument> {
    const { access, store, downloads, residency, onAnswersDropped, logger } = this.#options
    access.require(principal, 'model.manage', { id })
    const version = await store.requireVersion(id)
    if (isIncomplete(version)) await downloads.cancel(id)
    else {
      const resident = residency.of(version)
      onAnswersDropped(id)
      void resident
        .unload(mode)
        .catch((error: unknown) => logger.error({ err: error, version: id }, 'model not unloaded'))
    }
    return store.requireVersion(id)
  }

  /** Changes settings, which hold at once and stay. @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `FORBIDDEN`. */
  async updateSettings(principal: Principal, id: string, change: ModelSettingsChange): Promise<ModelVersionDocument> {
    const { access, store, residency, onAnswersDropped } = this.#options
    access.require(principal, 'model.manage', { id })
    checkSettings(change)
    const version = await store.patchVersion(id, ({ settings = {} }) => ({
      settings: changeSettings(settings, change),
    }))
    residency.configure(version)
    if (!residency.settingsOf(version).cacheResponses) onAnswersDropped(id)
    return version
  }

  /**
   * Points an alias at a version; where asked, when that is loaded and warm: what the alias named serves until then.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `CONFLICT` while files are missing, `OUT_OF_MEMORY`, `MODEL_LOAD_FAILED`,
   * `FORBIDDEN`.
   */
  async setAlias(principal: Principal, request: SetAlias, signal: AbortSignal): Promise<ModelAliasDocument> {
    const { name, modelVersionId, warm } = request
    this.#options.access.require(principal, 'model.manage', { id: modelVersionId })
    const { registration, registry, residency, store } = this.#options
    checkAliasName(name)
    const version = await store.requireVersion(modelVersionId)
    if (isIncomplete(version))
      throw new GraphloomError('CONFLICT', 'The files of the version are not all here; set the alias when they are.')
    if (warm) await residency.of(version).load(signal)
    return registration.inTurn(() => registry.setAlias(name, version.id, principal.subject))
  }

  /** @throws GraphloomError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`. */
  async deleteAlias(principal: Principal, modelName: string, name: string): Promise<ModelAliasDocument> {
    this.#options.access.require(principal, 'model.manage')
    return this.#options.registry.deleteAlias(modelName, name)
  }

  /** What happens to a version, from now or from a cursor on. @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `FORBIDDEN`. */
  async followVersion(
    principal: Principal,
    request: { readonly id: string; readonly after: string | null; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<StreamItem<ModelVersionDocument, ModelVersionDocument>>> {
    this.#options.access.require(principal, 'model.read', { id: request.id })
    const [version] = await this.#options.store.getVersions([request.id])
    if (!version) throw notFound('model version', request.id)
    const source = createModelVersionSource(this.#options.store, version)
    return this.#options.streams.follow({ stream: request.id, source, after: request.after, signal: request.signal })
  }

  /** Every version by name, for operators: models belong to no tenant. */
  async describeAll(): Promise<{ name: string; version: string; task: string; state: string }[]> {
    const versions = await this.#listAllVersions()
    return versions
      .map(({ modelName, version, task, state }) => ({ name: modelName, version, task, state }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async #listAllVersions(): Promise<ModelVersionDocument[]> {
    const models = await this.#options.store.listModels()
    return this.#options.store.listVersions(models.map((model) => model.id))
  }

  /** Downloads what is missing, and loads the version then. */
  #loadLater(version: ModelVersionDocument): void {
    const { store, downloads, residency, logger } = this.#options
    const load = async (): Promise<void> => {
      this.#beginDownload(version)
      await downloads.settled(version.id)
      const current = await store.requireVersion(version.id)
      if (!isIncomplete(current)) await residency.of(current).beginLoading()
    }
    load().catch((error: unknown) => logger.warn({ err: error, version: version.id }, 'model not loaded'))
  }

  #beginDownload(version: ModelVersionDocument): void {
    this.#options.residency.requireKept(version)
    this.#options.downloads.begin(version)
  }
}
