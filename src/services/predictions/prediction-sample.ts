import type { PredictionDocument, PredictionOutput } from '../../domain/prediction.js'
import type { PredictionSample } from '../models/model-tally.js'
import { kindOf } from './prediction-kinds.js'

/** What an ended prediction counts for in its version's metrics. */
export function toPredictionSample(document: PredictionDocument, output: PredictionOutput | null): PredictionSample {
  const { kind, state, error, timings, usage } = document
  const isCacheHit = document.cache?.hit === true
  const isComputed = state === 'SUCCEEDED' && !isCacheHit
  return {
    latencyMs: timings.totalMs ?? 0,
    timeToFirstTokenMs: timings.timeToFirstTokenMs,
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.cachedInputTokens,
    outputTokens: usage.outputTokens,
    inferences: isComputed && output ? kindOf(kind).countInferences(output) : 0,
    isCacheHit,
    failure: error?.code ?? (state === 'CANCELLED' ? 'CANCELLED' : null),
  }
}
