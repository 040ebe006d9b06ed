import type { Clock } from '../../kernel/clock.js'
import type { ErrorCode } from '../../kernel/error-catalogue.js'

/** How far back metrics look. */
export const METRICS_WINDOWS = { ONE_MINUTE: 60_000, FIVE_MINUTES: 300_000, ONE_HOUR: 3_600_000 } as const
export type MetricsWindow = keyof typeof METRICS_WINDOWS

/** One finished prediction. Milliseconds. */
export interface PredictionSample {
  readonly latencyMs: number
  readonly timeToFirstTokenMs: number | null
  readonly computeMs: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  /** Sequences that the model ran: texts embedded, answers generated. */
  readonly inferences: number
  readonly failure: ErrorCode | null
}

/** By the nearest-rank method; null of no samples. */
export interface Percentiles {
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

export interface ModelMetrics {
  readonly windowMs: number
  readonly requests: number
  readonly inferences: number
  readonly failures: readonly { readonly code: ErrorCode; readonly count: number }[]
  readonly inputTokens: number
  readonly outputTokens: number
  readonly latencyMs: Percentiles
  readonly timeToFirstTokenMs: Percentiles
  /** Tokens generated in the window per second of computing them; null when none were. */
  readonly tokensPerSecond: number | null
}

interface TimedSample extends PredictionSample {
  readonly at: number
}

const MAX_SAMPLES = 10_000
const LONGEST_WINDOW_MS = METRICS_WINDOWS.ONE_HOUR

/** What the versions did lately: at most the newest 10,000 predictions of each within an hour. */
export class ModelMetricsRecorder {
  readonly #clock: Clock
  readonly #samples = new Map<string, TimedSample[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  record(versionId: string, sample: PredictionSample): void {
    let samples = this.#samples.get(versionId)
    if (!samples) this.#samples.set(versionId, (samples = []))
    samples.push({ ...sample, at: this.#clock.now() })
    const oldest = this.#clock.now() - LONGEST_WINDOW_MS
    if (samples.length > 2 * MAX_SAMPLES || samples[0]!.at < oldest - LONGEST_WINDOW_MS)
      this.#samples.set(versionId, samples.filter((kept) => kept.at >= oldest).slice(-MAX_SAMPLES))
  }

  /** The metrics of these versions together. */
  read(versionIds: readonly string[], window: MetricsWindow): ModelMetrics {
    const windowMs = METRICS_WINDOWS[window]
    const from = this.#clock.now() - windowMs
    const samples = versionIds.flatMap((id) => (this.#samples.get(id) ?? []).slice(-MAX_SAMPLES)).filter((s) => s.at >= from)
    const failures = new Map<ErrorCode, number>()
    for (const { failure } of samples) if (failure) failures.set(failure, (failures.get(failure) ?? 0) + 1)
    const generated = samples.filter((sample) => sample.computeMs !== null && sample.outputTokens > 0)
    const computeMs = sumOf(generated, (sample) => sample.computeMs ?? 0)
    return {
      windowMs,
      requests: samples.length,
      inferences: sumOf(samples, (sample) => sample.inferences),
      failures: [...failures].map(([code, count]) => ({ code, count })),
      inputTokens: sumOf(samples, (sample) => sample.inputTokens),
      outputTokens: sumOf(samples, (sample) => sample.outputTokens),
      latencyMs: toPercentiles(samples.map((sample) => sample.latencyMs)),
      timeToFirstTokenMs: toPercentiles(samples.flatMap((sample) => sample.timeToFirstTokenMs ?? [])),
      tokensPerSecond: computeMs > 0 ? (1_000 * sumOf(generated, (sample) => sample.outputTokens)) / computeMs : null,
    }
  }
}

const sumOf = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0)

export function toPercentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (p: number): number | null => sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? null
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) ?? null }
}
