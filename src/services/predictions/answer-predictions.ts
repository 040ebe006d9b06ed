import type { ModelVersionDocument } from '../../domain/model.js'
import type { PredictionDocument } from '../../domain/prediction.js'
import type { Principal } from '../../domain/principal.js'
import type { StreamItem } from '../../domain/stream.js'
import type { AnswerPart } from './prediction-acceptance.js'
import type { ChatRequest } from './prediction-input.js'
import type { PredictionEvent, PredictionSnapshot } from './prediction-stream.js'

/** Predictions that are parts of answers. They are durable for themselves: they go on while nobody follows them. */
export interface AnswerPredictions {
  /** The version that would do it. @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`. */
  check(principal: Principal, request: ChatRequest): Promise<ModelVersionDocument>
  /** Accepts it, unless it was before. @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `OVERLOADED`, `OUT_OF_MEMORY`. */
  ensure(principal: Principal, request: ChatRequest, part: AnswerPart): Promise<PredictionDocument>
  follow(
    prediction: Pick<PredictionDocument, 'id' | 'tenantId'>,
    signal: AbortSignal,
  ): AsyncIterable<StreamItem<PredictionSnapshot, PredictionEvent>>
  get(tenantId: string, id: string): Promise<PredictionDocument | null>
  /** What one that has succeeded wrote. */
  readText(prediction: PredictionDocument): Promise<string>
  /** Cancels it, unless it has ended. */
  end(tenantId: string, id: string): Promise<void>
  remove(tenantId: string, id: string): Promise<void>
}

/** Those that are there by the time of a call. */
export const whenThereAre = (get: () => AnswerPredictions): AnswerPredictions => ({
  check: (...asked) => get().check(...asked),
  ensure: (...asked) => get().ensure(...asked),
  follow: (...asked) => get().follow(...asked),
  get: (...asked) => get().get(...asked),
  readText: (...asked) => get().readText(...asked),
  end: (...asked) => get().end(...asked),
  remove: (...asked) => get().remove(...asked),
})
