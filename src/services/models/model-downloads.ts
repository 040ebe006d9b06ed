import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { HubFile, HubSource, ModelVersionDocument } from '../../domain/model.js'
import { SERVER_TENANT_ID } from '../../domain/principal.js'
import type { ModelFolders } from '../../ports/model-folders.js'
import type { ModelHub } from '../../ports/model-hub.js'
import type { ModelRuntime } from '../../ports/model-runtime.js'
import type { ModelStore } from './model-store.js'
import { manifestHash } from './registry.js'
import { Slots } from './slots.js'

export interface ModelDownloadsOptions {
  readonly store: ModelStore
  readonly hub: ModelHub
  readonly runtime: Pick<ModelRuntime, 'inspect'>
  readonly folders: ModelFolders
  readonly clock: Clock
  readonly logger: Logger
}

interface Job {
  readonly done: Promise<void>
  readonly cancel: AbortController
}

/** Models whose files come at the same time. */
const PARALLEL = 2
const PROGRESS_EVERY_MS = 500
const APPLICANT = { tenantId: SERVER_TENANT_ID, priority: 5 }

export const isHubVersion = (version: ModelVersionDocument): version is ModelVersionDocument & { source: HubSource } =>
  version.source.kind === 'HUB'

/** Whether not all files of a version are here. */
export const isIncomplete = (version: ModelVersionDocument): boolean => version.sha256 === null

/** Brings the files of versions from the hub into the server's own folder, and goes on with what was interrupted. */
export class ModelDownloads implements AsyncDisposable {
  readonly #options: ModelDownloadsOptions
  readonly #slots = new Slots(PARALLEL)
  readonly #jobs = new Map<string, Job>()
  readonly #stopping = new AbortController()

  constructor(options: ModelDownloadsOptions) {
    this.#options = options
  }

  /**
   * Takes up what the last process was downloading, deletes folders that belong to no version, and notes versions whose
   * folder is gone, as in another data directory.
   */
  async start(versions: readonly ModelVersionDocument[]): Promise<void> {
    const { folders, store } = this.#options
    const known = new Set(versions.map(({ id }) => id))
    const own = new Set(await folders.listOwn())
    for (const id of own) if (!known.has(id)) await folders.removeOwn(id)
    const stateReason = 'Its files are not in the data directory; the next use downloads them again.'
    for (const version of versions)
      if (version.state === 'DOWNLOADING') this.begin(version)
      else if (isHubVersion(version) && !isIncomplete(version) && !own.has(version.id))
        await store.patchVersion(version.id, { state: 'FAILED', stateReason }, { sha256: null, checksums: {} })
  }

  /** Begins to download what is missing of a version, unless that is under way. */
  begin(version: ModelVersionDocument): void {
    if (!isHubVersion(version) || !isIncomplete(version) || this.#jobs.has(version.id)) return
    const cancel = new AbortController()
    const done = this.#run(version, AbortSignal.any([cancel.signal, this.#stopping.signal]))
      .catch((error: unknown) => this.#options.logger.error({ err: error, version: version.id }, 'download not stored'))
      .finally(() => this.#jobs.delete(version.id))
    this.#jobs.set(version.id, { done, cancel })
  }

  /** Resolves when a download that is under way has ended, whatever way. */
  async settled(versionId: string): Promise<void> {
    await this.#jobs.get(versionId)?.done
  }

  /** Stops a download and waits until nothing more is written; what is here stays. False when there is none. */
  async cancel(versionId: string): Promise<boolean> {
    const job = this.#jobs.get(versionId)
    if (!job) return false
    job.cancel.abort(new GraphloomError('CANCELLED', 'The download was stopped; the next use goes on with it.'))
    await job.done
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new GraphloomError('UNAVAILABLE', 'The server is stopping.'))
    await Promise.all(Array.from(this.#jobs.values(), ({ done }) => done))
  }

  async #run(version: ModelVersionDocument & { source: HubSource }, signal: AbortSignal): Promise<void> {
    const { store, logger } = this.#options
    const { id, modelName: model } = version
    try {
      const leave = await this.#slots.acquire(APPLICANT, signal)
      try {
        await this.#download(version, signal)
        await this.#complete(version, signal)
        logger.info({ model, version: version.version, bytes: totalOf(version.source.files) }, 'model downloaded')
      } finally {
        leave()
      }
    } catch (error) {
      // Goes on when the server starts again.
      if (this.#stopping.signal.aborted) return
      const reason = error instanceof GraphloomError ? error.message : 'The download failed unexpectedly.'
      if (!signal.aborted) logger.error({ err: error, model, version: version.version }, 'model not downloaded')
      const state = signal.aborted ? 'UNLOADED' : 'FAILED'
      await store.patchVersion(id, { state, stateReason: reason, loadProgress: null })
    }
  }

  async #download({ id, source }: ModelVersionDocument & { source: HubSource }, signal: AbortSignal): Promise<void> {
    const { store, hub, folders, clock } = this.#options
    const { repository, commit, files } = source
    const folder = folders.ownFolder(id)
    const totalBytes = totalOf(files)
    let before = 0
    let toldAt = 0
    let telling: Promise<unknown> = Promise.resolve()
    const tell = (doneBytes: number): void => {
      if (clock.now() - toldAt < PROGRESS_EVERY_MS && doneBytes < totalBytes) return
      toldAt = clock.now()
      const loadProgress = { phase: 'DOWNLOADING', doneBytes, totalBytes } as const
      telling = telling.then(() => store.patchVersion(id, { state: 'DOWNLOADING', stateReason: null, loadProgress }))
      // Whoever waits for it below gets its failure.
      telling.catch(() => undefined)
    }
    try {
      for (const file of files) {
        const onBytes = (doneBytes: number): void => tell(before + doneBytes)
        await hub.download({ repository, commit, file, target: `${folder}/${file.path}`, onBytes, signal })
        before += file.sizeBytes
      }
    } finally {
      await telling
    }
  }

  /** The files are here: they are looked at as those of a folder would be. */
  async #complete({ id, task }: ModelVersionDocument, signal: AbortSignal): Promise<void> {
    const { store, runtime, folders } = this.#options
    const folder = folders.ownFolder(id)
    const { description, checksums } = await runtime.inspect({ folder, root: folder, signal })
    const { task: found, ...known } = description
    if (found !== task) throw new GraphloomError('INVALID_INPUT', `The model does ${found}, and was taken for ${task}.`)
    const patch = { state: 'UNLOADED', stateReason: null, loadProgress: null } as const
    await store.patchVersion(id, patch, { ...known, checksums, sha256: manifestHash(checksums) })
  }
}

export const totalOf = (files: readonly HubFile[]): number =>
  files.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
