import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, notFound } from '../../kernel/errors.js'
import type { Applicant } from '../../kernel/fair-queue.js'
import type { ModelSettings, ModelVersionDocument, ModelVersionState } from '../../domain/model.js'
import type { ModelRuntime } from '../../ports/model-runtime.js'
import type { BreakerStatus } from './crash-breaker.js'
import type { MemoryBudget } from './memory-budget.js'
import { isIncomplete } from './model-downloads.js'
import { requiredBytes } from './model-memory.js'
import type { ModelMetricsRecorder } from './model-metrics.js'
import { settingsOf } from './model-settings.js'
import type { ModelStore } from './model-store.js'
import type { Registry } from './registry.js'
import { ResidentVersion, type ModelSlot } from './resident-version.js'
import type { RunnerStatus } from './version-runner.js'

export interface ResidencyOptions {
  readonly store: Pick<ModelStore, 'patchVersion'>
  readonly registry: Pick<Registry, 'filesOf'>
  readonly runtime: ModelRuntime
  readonly memory: MemoryBudget
  /** Predictions of a version that were accepted and have not asked for a place yet. */
  readonly countAccepted: (versionId: string) => number
  readonly metrics: Pick<ModelMetricsRecorder, 'recordRuns'>
  readonly defaults: ModelSettings
  readonly clock: Clock
  readonly logger: Logger
}

/** The process that runs a version, with what it is doing. */
export interface RunnerActivity extends RunnerStatus {
  readonly queueLength: number
  readonly runningCount: number
  readonly breaker: BreakerStatus
}

const KEPT_DELETIONS = 10_000
const DELETABLE_STATES: ReadonlySet<ModelVersionState> = new Set(['DOWNLOADING', 'UNLOADED', 'FAILED'])

/** Which versions are in memory, and what holds for them there. */
export class Residency implements AsyncDisposable {
  readonly #options: ResidencyOptions
  readonly #resident = new Map<string, ResidentVersion>()
  /** Versions that are gone, for who still holds them. */
  readonly #deleted = new LRUCache<string, true>({ max: KEPT_DELETIONS })

  constructor(options: ResidencyOptions) {
    this.#options = options
  }

  /** A version to be loaded, used or unloaded. @throws GraphloomError `NOT_FOUND`; `UNAVAILABLE` while files are missing. */
  of(document: ModelVersionDocument): ResidentVersion {
    if (isIncomplete(document)) throw new GraphloomError('UNAVAILABLE', 'The files of the version are not all here.')
    this.requireKept(document)
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

  /** @throws GraphloomError `NOT_FOUND` when the version was deleted since its document was read. */
  requireKept({ id }: ModelVersionDocument): void {
    if (this.#deleted.has(id)) throw notFound('model version', id)
  }

  /** A place to work on a version, for services that have checked the right to. @throws GraphloomError as `of`. */
  async acquire(version: ModelVersionDocument, applicant: Applicant, signal: AbortSignal): Promise<ModelSlot> {
    return this.of(version).acquire(applicant, signal)
  }

  /** Whether a version could be loaded now, if it is not. @throws GraphloomError `OUT_OF_MEMORY`, and as `of`. */
  checkMemory(version: ModelVersionDocument): void {
    this.of(version).checkMemory()
  }

  /** What holds for a version, for a document that was read before. */
  settingsOf(version: ModelVersionDocument): ModelSettings {
    return settingsOf(this.#options.defaults, version)
  }

  /** Makes the settings of a version that was changed hold at once. */
  configure(version: ModelVersionDocument): void {
    this.#resident.get(version.id)?.configure(this.settingsOf(version), version.revision)
  }

  /**
   * Keeps a version out of memory while it is deleted, and from then on.
   * @throws GraphloomError `CONFLICT` when it is in memory or in use; or what deleting it throws.
   */
  async whileDeleting<T>({ id, state }: ModelVersionDocument, work: () => Promise<T>): Promise<T> {
    const resident = this.#resident.get(id)
    const isUsed = resident !== undefined && (resident.status !== null || resident.running > 0 || resident.waiting > 0)
    if (isUsed || !DELETABLE_STATES.has(state))
      throw new GraphloomError('CONFLICT', 'The version is in memory or in use; unload it first.')
    // Whoever read it before finds it gone from here on.
    this.#deleted.set(id, true)
    try {
      const done = await work()
      this.#resident.delete(id)
      return done
    } catch (error) {
      this.#deleted.delete(id)
      throw error
    }
  }

  /** Null when the version is not in memory. */
  getRunner(versionId: string): RunnerActivity | null {
    const resident = this.#resident.get(versionId)
    const status = resident?.status
    if (!resident || !status) return null
    return { ...status, queueLength: resident.waiting, runningCount: resident.running, breaker: resident.breaker }
  }

  /** Pieces of work that use the version at the moment. */
  runningCount(versionId: string): number {
    return this.#resident.get(versionId)?.running ?? 0
  }

  getBreaker(versionId: string): BreakerStatus {
    return this.#resident.get(versionId)?.breaker ?? { state: 'CLOSED', recentFailures: 0, retryAt: null }
  }

  /** Versions that are in memory at the moment. */
  get size(): number {
    return Array.from(this.#resident.values()).filter(({ status }) => status !== null).length
  }

  /** Memory that loading a version reserves, bytes. */
  requiredBytes(version: ModelVersionDocument): number {
    const { loadBytes } = version
    return requiredBytes(version, { loadBytes, workingBytes: this.#options.runtime.workingBytes(version) })
  }

  /** When work on a version ended last, Unix milliseconds; null when it was never in memory. */
  lastUsedAt(version: ModelVersionDocument): number | null {
    return this.#resident.get(version.id)?.lastUsedAt || version.lastUsedAt
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#resident.values()].map((resident) => resident.close()))
  }
}
