import { LRUCache } from 'lru-cache'
import type { Clock } from '../../kernel/clock.js'
import type { ErrorCode } from '../../kernel/error-catalogue.js'
import type { LogHistogram } from '../../kernel/log-histogram.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { RunReport } from '../../ports/model-runtime.js'
import { ModelTally, type PredictionSample } from './model-tally.js'
import { SlidingWindow } from './sliding-window.js'

/** How far back metrics look. */
export const METRICS_WINDOWS = { ONE_MINUTE: 60_000, FIVE_MINUTES: 300_000, ONE_HOUR: 3_600_000 } as const
export type MetricsWindow = keyof typeof METRICS_WINDOWS
const WINDOWS = Object.keys(METRICS_WINDOWS) as MetricsWindow[]

/** Of `count` values; the rest is null of none. See `LogHistogram` for how exact they are. */
export interface Percentiles {
  readonly count: number
  readonly mean: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** What versions did in a window. The schema says what each figure counts. */
export interface ModelFigures {
  /** Unix milliseconds. */
  readonly at: number
  readonly windowMs: number
  readonly requests: number
  readonly inferences: number
  readonly executions: number
  readonly cacheHits: number
  readonly refusals: number
  readonly failures: readonly { readonly code: ErrorCode; readonly count: number }[]
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
  readonly generatedTokens: number
  readonly computeMs: number
  readonly latencyMs: Percentiles
  readonly timeToFirstTokenMs: Percentiles
  readonly interTokenMs: Percentiles
  readonly tokensPerSecond: number | null
  readonly batchSize: Percentiles
}

export type MeasuredVersion = Pick<ModelVersionDocument, 'id' | 'modelId' | 'modelName' | 'version'>

type Windows = ReadonlyMap<MetricsWindow, SlidingWindow>

/** Tenants whose part in a version's figures is kept: those that used it last. */
const MAX_TENANTS = 50

const createWindows = (): Windows =>
  new Map(WINDOWS.map((window) => [window, new SlidingWindow(METRICS_WINDOWS[window])]))

/** What a version did since the server started, and lately, for all tenants and for each. */
class VersionRecord {
  readonly total = new ModelTally()
  readonly windows = createWindows()
  readonly tenants = new LRUCache<string, Windows>({ max: MAX_TENANTS })

  constructor(readonly version: MeasuredVersion) {}

  /** What is added to now; with a tenant, its part too. */
  *parts(now: number, tenantId?: string): Iterable<ModelTally> {
    yield this.total
    for (const window of this.windows.values()) yield window.partAt(now)
    if (tenantId !== undefined) for (const window of this.#windowsOf(tenantId).values()) yield window.partAt(now)
  }

  #windowsOf(tenantId: string): Windows {
    let windows = this.tenants.get(tenantId)
    if (!windows) this.tenants.set(tenantId, (windows = createWindows()))
    return windows
  }
}

/**
 * What the versions did: since the server started for Prometheus, and in windows for the graph. Both are added to in
 * one place, so that they agree. Kept for registered versions only: what another id did is not counted.
 */
export class ModelMetricsRecorder {
  readonly #clock: Clock
  readonly #records = new Map<string, VersionRecord>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins to count for a version. One that has the name of another takes its place. */
  register(version: MeasuredVersion): void {
    if (this.#records.has(version.id)) return
    for (const [id, { version: known }] of this.#records)
      if (known.modelName === version.modelName && known.version === version.version) this.#records.delete(id)
    this.#records.set(version.id, new VersionRecord(version))
  }

  /** Forgets a version that was deleted. */
  forget(versionId: string): void {
    this.#records.delete(versionId)
  }

  /** Counts an ended prediction of a tenant. */
  record(versionId: string, tenantId: string, sample: PredictionSample): void {
    for (const tally of this.#partsOf(versionId, tenantId)) tally.addPrediction(sample)
  }

  /** Counts a prediction that was not accepted because too many waited, or for want of memory. */
  recordRefusal(versionId: string, tenantId: string): void {
    for (const tally of this.#partsOf(versionId, tenantId)) tally.refusals++
  }

  /** Counts runs of a version's graph. */
  recordRuns(versionId: string, report: RunReport): void {
    for (const tally of this.#partsOf(versionId)) tally.addRuns(report)
  }

  /** What these versions did in the window, together; with a tenant, what they did for it. */
  read(versionIds: readonly string[], window: MetricsWindow, tenantId?: string): ModelFigures {
    const at = this.#clock.now()
    const tally = new ModelTally()
    for (const id of versionIds) {
      const record = this.#records.get(id)
      const windows = tenantId === undefined ? record?.windows : record?.tenants.get(tenantId)
      windows?.get(window)?.addTo(tally, at)
    }
    return toFigures(tally, at, METRICS_WINDOWS[window])
  }

  /** The versions of a model for which something may have been counted. */
  versionIdsOf(modelId: string): string[] {
    return [...this.#records.values()].flatMap(({ version }) => (version.modelId === modelId ? version.id : []))
  }

  /** What each version did since the server started. */
  totals(): { readonly version: MeasuredVersion; readonly total: ModelTally }[] {
    return [...this.#records.values()]
  }

  #partsOf(versionId: string, tenantId?: string): Iterable<ModelTally> {
    return this.#records.get(versionId)?.parts(this.#clock.now(), tenantId) ?? []
  }
}

function toFigures(tally: ModelTally, at: number, windowMs: number): ModelFigures {
  const { failures, latencyMs, timeToFirstTokenMs, interTokenMs, batchSize, ...counted } = tally
  const { generatedTokens, computeMs } = counted
  return {
    at,
    windowMs,
    ...counted,
    failures: [...failures].map(([code, count]) => ({ code, count })),
    latencyMs: toPercentiles(latencyMs),
    timeToFirstTokenMs: toPercentiles(timeToFirstTokenMs),
    interTokenMs: toPercentiles(interTokenMs),
    tokensPerSecond: generatedTokens > 0 && computeMs > 0 ? (1_000 * generatedTokens) / computeMs : null,
    // Whole numbers: rounded they are exact up to 45.
    batchSize: toPercentiles(batchSize, Math.round),
  }
}

function toPercentiles(histogram: LogHistogram, round = (value: number) => value): Percentiles {
  const at = (p: number): number | null => {
    const value = histogram.percentile(p)
    return value === null ? null : round(value)
  }
  const { count, sum, max } = histogram
  const isEmpty = count === 0
  return {
    count,
    mean: isEmpty ? null : sum / count,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: isEmpty ? null : max,
  }
}
