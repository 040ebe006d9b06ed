import type { Clock } from '../../kernel/clock.js'
import { notFound } from '../../kernel/errors.js'
import { isAdmin, type Principal } from '../../domain/principal.js'
import type { Access } from '../access/access.js'
import { checkEveryMs, readEvery } from '../streams/read-every.js'
import type { MetricsWindow, ModelFigures, ModelMetricsRecorder } from './model-metrics.js'
import type { ModelStore } from './model-store.js'
import type { ModelTally } from './model-tally.js'
import type { Residency } from './residency.js'

export interface ModelMetricsServiceOptions {
  readonly access: Access
  readonly store: Pick<ModelStore, 'getModelByName' | 'listVersions'>
  readonly recorder: ModelMetricsRecorder
  readonly residency: Pick<Residency, 'runningCount'>
  /** Predictions of a version that were accepted and have not begun. */
  readonly waiting: (versionId: string) => number
  readonly clock: Clock
}

/** What runs do is shared by tenants, and shown to administrators alone. */
type RunFigure = 'executions' | 'generatedTokens' | 'computeMs' | 'interTokenMs' | 'batchSize'

/** What versions did in a window, and what they do at the moment, as far as the reader may see it. */
export type ModelMetrics = Omit<ModelFigures, RunFigure> & {
  readonly [K in RunFigure]: ModelFigures[K] | null
} & { readonly queueLength: number | null; readonly runningCount: number | null }

const OF_ALL_TENANTS = {
  executions: null,
  generatedTokens: null,
  computeMs: null,
  interTokenMs: null,
  batchSize: null,
  tokensPerSecond: null,
  queueLength: null,
  runningCount: null,
} as const

export interface FollowMetricsRequest {
  readonly name: string
  /** Only this version; all of the model for null. */
  readonly version: string | null
  readonly window: MetricsWindow
  readonly everyMs: number
  readonly signal: AbortSignal
}

/** A version with all that it did since the server started, and does at the moment. */
export interface ModelTotals {
  readonly model: string
  readonly version: string
  readonly total: ModelTally
  readonly queueLength: number
  readonly runningCount: number
}

/** The figures of models and versions. */
export class ModelMetricsService {
  readonly #options: ModelMetricsServiceOptions

  constructor(options: ModelMetricsServiceOptions) {
    this.#options = options
  }

  /**
   * What these versions did lately, together: an administrator sees all of it, others what they did for their tenant.
   * @throws GraphloomError `FORBIDDEN`.
   */
  read(principal: Principal, versionIds: readonly string[], window: MetricsWindow): ModelMetrics {
    this.#options.access.require(principal, 'model.read')
    return this.#read(principal, versionIds, window)
  }

  /**
   * A model's figures at once and then every so often, until it is deleted or the signal aborts.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `FORBIDDEN`.
   */
  async follow(principal: Principal, request: FollowMetricsRequest): Promise<AsyncIterable<ModelMetrics>> {
    const { access, store, recorder } = this.#options
    access.require(principal, 'model.read')
    const { name, version, everyMs } = request
    checkEveryMs(everyMs)
    const model = await store.getModelByName(name)
    if (!model) throw notFound('model', name)
    const versions = await store.listVersions([model.id])
    for (const known of versions) recorder.register(known)
    if (version === null) return this.#follow(principal, () => recorder.versionIdsOf(model.id), request)
    const one = versions.find((known) => known.version === version)
    if (!one) throw notFound('model version', `${name}:${version}`)
    return this.#follow(principal, () => recorder.versionIdsOf(model.id).filter((id) => id === one.id), request)
  }

  /** Every version's totals, for operators. */
  totals(): ModelTotals[] {
    const { recorder } = this.#options
    return recorder.totals().map(({ version: { id, modelName, version }, total }) => ({
      model: modelName,
      version,
      total,
      ...this.#present([id]),
    }))
  }

  #follow(
    principal: Principal,
    versionIds: () => readonly string[],
    request: FollowMetricsRequest,
  ): AsyncIterable<ModelMetrics> {
    const { everyMs, signal, window } = request
    const read = (): ModelMetrics | null => {
      const ids = versionIds()
      return ids.length > 0 ? this.#read(principal, ids, window) : null
    }
    return readEvery(read, { everyMs, signal, clock: this.#options.clock })
  }

  #read(principal: Principal, versionIds: readonly string[], window: MetricsWindow): ModelMetrics {
    const { recorder } = this.#options
    if (isAdmin(principal)) return { ...recorder.read(versionIds, window), ...this.#present(versionIds) }
    return { ...recorder.read(versionIds, window, principal.tenantId), ...OF_ALL_TENANTS }
  }

  #present(versionIds: readonly string[]): { readonly queueLength: number; readonly runningCount: number } {
    const { waiting, residency } = this.#options
    let queueLength = 0
    let runningCount = 0
    for (const id of versionIds) {
      queueLength += waiting(id)
      runningCount += residency.runningCount(id)
    }
    return { queueLength, runningCount }
  }
}
