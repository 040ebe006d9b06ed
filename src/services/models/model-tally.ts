import type { ErrorCode } from '../../kernel/error-catalogue.js'
import { LogHistogram } from '../../kernel/log-histogram.js'
import type { RunReport } from '../../ports/model-runtime.js'

/** One ended prediction. */
export interface PredictionSample {
  /** From acceptance to the end. */
  readonly latencyMs: number
  readonly timeToFirstTokenMs: number | null
  readonly inputTokens: number
  /** Those of `inputTokens` that were not computed: an earlier prompt had them, or the cache had the answer. */
  readonly cachedInputTokens: number
  readonly outputTokens: number
  /** Sequences that the model ran for it: texts embedded or classified, documents ranked, answers generated, tensors run. 0 where it failed, or a cache answered. */
  readonly inferences: number
  /** Whether the answer came from the response cache. */
  readonly isCacheHit: boolean
  /** Null for success. */
  readonly failure: ErrorCode | null
}

/** What happened in a length of time, in numbers. */
export class ModelTally {
  requests = 0
  inferences = 0
  cacheHits = 0
  /** Predictions that were not accepted because too many waited, or for want of memory. */
  refusals = 0
  inputTokens = 0
  cachedInputTokens = 0
  outputTokens = 0
  /** Runs of the graph. */
  executions = 0
  computeMs = 0
  generatedTokens = 0
  readonly failures = new Map<ErrorCode, number>()
  readonly latencyMs = new LogHistogram()
  readonly timeToFirstTokenMs = new LogHistogram()
  readonly interTokenMs = new LogHistogram()
  /** Sequences of a run. */
  readonly batchSize = new LogHistogram()

  addPrediction(sample: PredictionSample): void {
    this.requests++
    this.inferences += sample.inferences
    if (sample.isCacheHit) this.cacheHits++
    this.inputTokens += sample.inputTokens
    this.cachedInputTokens += sample.cachedInputTokens
    this.outputTokens += sample.outputTokens
    if (sample.failure) this.failures.set(sample.failure, (this.failures.get(sample.failure) ?? 0) + 1)
    this.latencyMs.add(sample.latencyMs)
    if (sample.timeToFirstTokenMs !== null) this.timeToFirstTokenMs.add(sample.timeToFirstTokenMs)
  }

  addRuns({ batchSizes, computeMs, generatedTokens, interTokenMs }: RunReport): void {
    this.executions += batchSizes.length
    this.computeMs += computeMs
    this.generatedTokens += generatedTokens
    for (const size of batchSizes) this.batchSize.add(size)
    for (const ms of interTokenMs) this.interTokenMs.add(ms)
  }

  addAll(other: ModelTally): void {
    this.requests += other.requests
    this.inferences += other.inferences
    this.cacheHits += other.cacheHits
    this.refusals += other.refusals
    this.inputTokens += other.inputTokens
    this.cachedInputTokens += other.cachedInputTokens
    this.outputTokens += other.outputTokens
    this.executions += other.executions
    this.computeMs += other.computeMs
    this.generatedTokens += other.generatedTokens
    for (const [code, count] of other.failures) this.failures.set(code, (this.failures.get(code) ?? 0) + count)
    this.latencyMs.addAll(other.latencyMs)
    this.timeToFirstTokenMs.addAll(other.timeToFirstTokenMs)
    this.interTokenMs.addAll(other.interTokenMs)
    this.batchSize.addAll(other.batchSize)
  }
}
