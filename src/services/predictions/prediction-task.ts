import type { ErrorInfo } from '../../kernel/errors.js'
import { toIdOfKind } from '../../kernel/ids.js'
import type { Json } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import { isEnded, type PredictionDocument, type PredictionOutput } from '../../domain/prediction.js'
import type { TaskDocument } from '../../domain/task.js'
import { WorkEnded, type TaskEnd } from '../tasks/task-type.js'
import type { StartRequest } from './prediction-input.js'
import { toPredictionJson, toPredictionRequest, type PredictionJson } from './prediction-json.js'

/** Type of the tasks that do one prediction each. */
export const PREDICTION_TASK = 'prediction'

/** What such a task is asked for: the arguments of `startPrediction`. */
interface PredictionTaskInput {
  readonly input: PredictionJson
  readonly deadlineMs?: number
}

/** A prediction and its task have the same id, but for its kind. */
export const toPredictionId = (taskId: string): string => toIdOfKind('prediction', taskId)
export const toTaskId = (predictionId: string): string => toIdOfKind('task', predictionId)

export function toTaskInput({ input, deadlineMs }: Pick<StartRequest, 'input' | 'deadlineMs'>): Json {
  return { input: toPredictionJson(input), ...(deadlineMs !== null && { deadlineMs }) }
}

/** What an input asks for that fits the schema. */
export function toStartRequest(input: Json, priority: number | null = null): StartRequest {
  const { input: json, deadlineMs = null } = input as unknown as PredictionTaskInput
  return {
    input: toPredictionRequest(json),
    priority,
    deadlineMs,
    store: true,
    idempotencyKey: null,
  }
}

/** Whoever asked for a task, when it is done. */
export const principalOf = ({ tenantId, createdBy }: Pick<TaskDocument, 'tenantId' | 'createdBy'>): Principal => ({
  subject: createdBy,
  tenantId,
  roles: ['MEMBER'],
  expiresAtMs: null,
  method: 'JWT',
})

/** How the task of a prediction ends; null as long as that has not ended. */
export function toTaskEnd(prediction: PredictionDocument, output: PredictionOutput | null): TaskEnd | null {
  const { id: predictionId, state, kind, finishReason, usage, error } = prediction
  if (!isEnded(state)) return null
  if (state !== 'SUCCEEDED') return { state: state as 'FAILED' | 'CANCELLED', output: null, error }
  const text = output?.kind === 'TEXT' ? output.text : null
  return {
    state,
    output: { predictionId, kind, finishReason, usage: { ...usage }, ...(text !== null && { text }) },
    error,
  }
}

/** What becomes of a prediction whose task ends as given. */
export function toOutcome({ state, error }: Pick<TaskDocument, 'state' | 'error'>): {
  readonly state: 'FAILED' | 'CANCELLED'
  readonly error: ErrorInfo | null
  readonly finishReason: 'CANCELLED' | null
} {
  return state === 'CANCELLED'
    ? { state, error: null, finishReason: 'CANCELLED' }
    : { state: 'FAILED', error, finishReason: null }
}

/** The output of work that has ended well. @throws WorkEnded for other ends. */
export function outputOf(end: TaskEnd): Json {
  if (end.state !== 'SUCCEEDED') throw new WorkEnded(end)
  return end.output
}
