import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, notFound } from '../../kernel/errors.js'
import type { Applicant } from '../../kernel/fair-queue.js'
import type {
  ModelAliasDocument,
  ModelDocument,
  ModelSettings,
  ModelVersionDocument,
  ModelVersionState,
} from '../../domain/model.js'
import type { Principal } from '../../domain/principal.js'
import type { StreamItem } from '../../domain/stream.js'
import type { ModelRuntime } from '../../ports/model-runtime.js'
import type { Access } from '../access/access.js'
import type { Streams } from '../streams/streams.js'
import type { MemoryBudget } from './memory-budget.js'
import { requiredBytes } from './model-memory.js'
import type { ModelMetricsRecorder } from './model-metrics.js'
import { isIncomplete, type ModelDownloads } from './model-downloads.js'
import type { RegisterModelVersion } from './model-input.js'
import type { ModelRegistration } from './model-registration.js'
import type { ModelStore } from './model-store.js'
import { checkAliasName, type Registry } from './registry.js'
import type { BreakerStatus } from './crash-breaker.js'
import { changeSettings, checkSettings, settingsOf, type ModelSettingsChange } from './model-settings.js'
import { ResidentVersion, type ModelSlot, type UnloadMode } from './resident-version.js'
import type { RunnerStatus } from './version-runner.js'
import { createModelVersionSource } from './model-version-stream.js'

export interface ModelsServiceOptions {
  readonly access: Access
  readonly store: ModelStore
  readonly registry: Registry
  readonly registration: ModelRegistration
  readonly downloads: ModelDownloads
  readonly runtime: ModelRuntime
  readonly memory: MemoryBudget
  /** Predictions of a version that were accepted and have not asked for a place yet. */
  readonly countAccepted: (versionId: string) => number
  readonly streams: Streams
  readonly metrics: ModelMetricsRecorder
  readonly defaults: ModelSettings
  /** Answers of the version are not to be given again. */
  readonly onAnswersDropped: (versionId: string) => void
  readonly clock: Clock
  readonly logger: Logger
}

export interface SetAlias {
  readonly name: string
  readonly modelVersionId: string
  /** Whether the version is loaded before the alias names it. */
  readonly warm: boolean
}

const KEPT_DELETIONS = 10_000
const DOWNLOAD_RETRY_MS = 1_000
const DELETABLE_STATES: ReadonlySet<ModelVersionState> = new Set(['DOWNLOADING', 'UNLOADED', 'FAILED'])

/** Models, their versions and aliases, and which of them are in memory. */
export class ModelsService implements AsyncDisposable {
  readonly #options: ModelsServiceOptions
  readonly #resident = new Map<string, ResidentVersion>()
  /** Versions that are gone, for who still holds them. */
  readonly #deleted = new LRUCache<string, true>({ max: KEPT_DELETIONS })

  constructor(options: ModelsServiceOptions) {
    this.#options = options
  }

  /** Versions that were in memory when the last process ended are not any more; downloads go on. */
  async start(preload: readonly string[]): Promise<void> {
    const { store, registry, metrics, downloads } = this.#options
    const models = await store.listModels()
    const versions = await store.listVersions(models.map((model) => model.id))
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
      else this.#residentOf(version).preload()
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
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `FORBIDDEN`; `UNAVAILABLE` while files are missing.
   */
  async requireByReference(principal: Principal, reference: string): Promise<ModelVersionDocument> {
    this.#options.access.require(principal, 'model.read')
    const version = await this.#options.registry.requireByReference(reference)
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
    this.#options.access.require(principal, 'model.manage', { id })
    const version = await this.#options.store.requireVersion(id)
    const resident = this.#resident.get(id)
    const isUsed = resident !== undefined && (resident.status !== null || resident.running > 0 || resident.waiting > 0)
    if (isUsed || !DELETABLE_STATES.has(version.state))
      throw new GraphloomError('CONFLICT', 'The version is in memory or in use; unload it first.')
    // Whoever read it before finds it gone from here on.
    this.#deleted.set(id, true)
    try {
      await this.#options.registration.requireDeletable(id)
      await this.#options.downloads.cancel(id)
      const deleted = await this.#options.registration.delete(id)
      this.#resident.delete(id)
      this.#options.metrics.forget(id)
      this.#options.onAnswersDropped(id)
      return deleted
    } catch (error) {
      this.#deleted.delete(id)
      throw error
    }
  }

  /**
   * Starts loading, after what is missing was downloaded, or finds it loaded or loading already.
   * @throws GraphloomError `OUT_OF_MEMORY`, `NOT_FOUND`, `FORBIDDEN`.
   */
  async loadVersion(principal: Principal, id: string): Promise<ModelVersionDocument> {
    this.#options.access.require(principal, 'model.manage', { id })
    const version = await this.#options.store.requireVersion(id)
    if (isIncomplete(version)) this.#loadLater(version)
    else await this.#residentOf(version).beginLoading()
    return this.#options.store.requireVersion(id)
  }

  /** Starts unloading, after the work that is running or by cancelling it. @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`. */
  async unloadVersion(principal: Principal, id: string, mode: UnloadMode): Promise<ModelVersionDocument> {
    this.#options.access.require(principal, 'model.manage', { id })
    const version = await this.#options.store.requireVersion(id)
    if (isIncomplete(version)) {
      await this.#options.downloads.cancel(id)
      return this.#options.store.requireVersion(id)
    }
    const resident = this.#residentOf(version)
    this.#options.onAnswersDropped(id)
    void resident
      .unload(mode)
      .catch((error: unknown) => this.#options.logger.error({ err: error, version: id }, 'model not unloaded'))
    return this.#options.store.requireVersion(id)
  }

  /** Changes settings, which hold at once and stay. @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `FORBIDDEN`. */
  async updateSettings(principal: Principal, id: string, change: ModelSettingsChange): Promise<ModelVersionDocument> {
    this.#options.access.require(principal, 'model.manage', { id })
    checkSettings(change)
    const version = await this.#options.store.patchVersion(id, ({ settings = {} }) => ({
      settings: changeSettings(settings, change),
    }))
    const settings = this.settingsOf(version)
    this.#resident.get(id)?.configure(settings, version.revision)
    if (!settings.cacheResponses) this.#options.onAnswersDropped(id)
    return version
  }

  /** What holds for a version, for a document that was read before. */
  settingsOf(version: ModelVersionDocument): ModelSettings {
    return settingsOf(this.#options.defaults, version)
  }

  /**
   * Points an alias at a version; where asked, when that is loaded and warm: what the alias named serves until then.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `CONFLICT` while files are missing, `OUT_OF_MEMORY`, `MODEL_LOAD_FAILED`,
   * `FORBIDDEN`.
   */
  async setAlias(principal: Principal, request: SetAlias, signal: AbortSignal): Promise<ModelAliasDocument> {
    const { name, modelVersionId, warm } = request
    this.#options.access.require(principal, 'model.manage', { id: modelVersionId })
    const { registration, registry, store } = this.#options
    checkAliasName(name)
    const version = await store.requireVersion(modelVersionId)
    if (isIncomplete(version))
      throw new GraphloomError('CONFLICT', 'The files of the version are not all here; set the alias when they are.')
    if (warm) await this.#residentOf(version).load(signal)
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

  /** The process that runs a version, with what it is doing; null when it is not in memory. */
  getRunner(
    versionId: string,
  ): (RunnerStatus & { queueLength: number; runningCount: number; breaker: BreakerStatus }) | null {
    const resident = this.#resident.get(versionId)
    const status = resident?.status
    if (!resident || !status) return null
    return { ...status, queueLength: resident.waiting, runningCount: resident.running, breaker: resident.breaker }
  }

  getBreaker(versionId: string): BreakerStatus {
    return this.#resident.get(versionId)?.breaker ?? { state: 'CLOSED', recentFailures: 0, retryAt: null }
  }

  /** Every version by name, for operators: models belong to no tenant. */
  async describeAll(): Promise<{ name: string; version: string; task: string; state: string }[]> {
    const models = await this.#options.store.listModels()
    const versions = await this.#options.store.listVersions(models.map((model) => model.id))
    return versions
      .map(({ modelName, version, task, state }) => ({ name: modelName, version, task, state }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Versions that are in memory at the moment. */
  residentVersionIds(): string[] {
    return [...this.#resident].filter(([, resident]) => resident.status !== null).map(([id]) => id)
  }

  /** Whether a version could be loaded now, if it is not. @throws GraphloomError `OUT_OF_MEMORY`. */
  checkMemory(version: ModelVersionDocument): void {
    this.#residentOf(version).checkMemory()
  }

  /** Memory of all model processes together, and of it what is promised or taken, bytes. */
  get memoryBytes(): { readonly total: number; readonly used: number } {
    const { totalBytes, usedBytes } = this.#options.memory
    return { total: totalBytes, used: usedBytes }
  }

  /** Memory that loading it reserves, bytes. */
  requiredBytes(version: ModelVersionDocument): number {
    const { loadBytes } = version
    return requiredBytes(version, { loadBytes, workingBytes: this.#options.runtime.workingBytes(version) })
  }

  /** When work on it ended last, Unix milliseconds; null when it was never in memory. */
  lastUsedAt(version: ModelVersionDocument): number | null {
    return this.#resident.get(version.id)?.lastUsedAt || version.lastUsedAt
  }

  /** A place to work on a version, for services that have checked the right to. */
  async acquire(version: ModelVersionDocument, applicant: Applicant, signal: AbortSignal): Promise<ModelSlot> {
    return this.#residentOf(version).acquire(applicant, signal)
  }

  folderOf(version: ModelVersionDocument): string {
    return this.#options.registry.folderOf(version)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#resident.values()].map((resident) => resident.close()))
  }

  /** Downloads what is missing, and loads the version then. */
  #loadLater(version: ModelVersionDocument): void {
    const { store, downloads, logger } = this.#options
    const load = async (): Promise<void> => {
      this.#beginDownload(version)
      await downloads.settled(version.id)
      const current = await store.requireVersion(version.id)
      if (!isIncomplete(current)) await this.#residentOf(current).beginLoading()
    }
    load().catch((error: unknown) => logger.warn({ err: error, version: version.id }, 'model not loaded'))
  }

  #beginDownload(version: ModelVersionDocument): void {
    if (this.#deleted.has(version.id)) throw notFound('model version', version.id)
    this.#options.downloads.begin(version)
  }

  #residentOf(document: ModelVersionDocument): ResidentVersion {
    if (isIncomplete(document)) throw new GraphloomError('UNAVAILABLE', 'The files of the version are not all here.')
    if (this.#deleted.has(document.id)) throw notFound('model version', document.id)
    let resident = this.#resident.get(document.id)
    if (!resident) {
      const { registry, countAccepted } = this.#options
      resident = new ResidentVersion({
        ...this.#options,
        document,
        files: () => registry.filesOf(document),
        settings: this.settingsOf(document),
        countAccepted: () => countAccepted(document.id),
      })
      this.#resident.set(document.id, resident)
    }
    return resident
  }
}
