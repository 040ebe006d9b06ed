import { createHash } from 'node:crypto'
import { GraphloomError, isErrorWithCode, type ErrorInfo } from '../../../kernel/errors.js'
import type { ModelVersionDocument } from '../../../domain/model.js'
import { isTextKind, type PredictionDocument, type PredictionInput } from '../../../domain/prediction.js'
import type { Stored } from '../../../domain/stored-document.js'
import type { TaskDocument } from '../../../domain/task.js'
import type { ModelMetricsRecorder } from '../../models/model-metrics.js'
import type { Residency } from '../../models/residency.js'
import { parseSeed, withVersionSettings } from '../generation-settings.js'
import type { PredictionRequest } from '../prediction-input.js'
import { parseInput } from '../prediction-kinds.js'
import { toPredictionSample } from '../prediction-sample.js'
import { toPredictionId } from '../prediction-task.js'
import { NO_USAGE, PredictionWork, type Outcome, type PredictionWorkOptions } from '../prediction-work.js'
import type { BatchResult } from './batch-item.js'

export interface BatchItemOptions extends Omit<PredictionWorkOptions, 'store'> {
  readonly residency: Pick<Residency, 'settingsOf' | 'acquire'>
  readonly metrics: Pick<ModelMetricsRecorder, 'record'>
}

export interface BatchItem {
  readonly index: number
  readonly request: PredictionRequest
  readonly version: ModelVersionDocument
}

const SEED_BYTES = 6

/** Items are stored with their batch only: nobody can follow one. */
const UNSTORED: PredictionWorkOptions['store'] = {
  update: (prediction) => Promise.resolve(prediction),
  isFollowed: () => false,
  appendTokens: () => Promise.resolve(),
  readTokens: () => Promise.resolve([]),
  readFirstTokenAt: () => Promise.resolve(null),
}

/** Does one item of a batch; what fails is its result. @throws the signal's reason when that aborts. */
export async function runItem(
  options: BatchItemOptions,
  task: TaskDocument,
  item: BatchItem,
  signal: AbortSignal,
): Promise<BatchResult> {
  const prediction = toPrediction(options, task, item)
  const work = new PredictionWork({ ...options, store: UNSTORED }, prediction, { attempt: 1 })
  const outcome = await work.run(signal)
  signal.throwIfAborted()
  const { output, error, finishReason, usage } = outcome
  options.metrics.record(item.version.id, task.tenantId, toSample(options, work.current, outcome))
  const stored = output && error === null ? await options.payloads.put(output).catch(toUnstorable) : null
  const failure = stored && 'code' in stored ? stored : error
  return {
    index: item.index,
    kind: item.request.kind,
    output: stored && !('code' in stored) ? stored : null,
    error: failure && toErrorAt(item.index, failure),
    finishReason,
    seed: prediction.seed,
    usage,
  }
}

/** The result of an item that could not even be tried. @throws what is no fault of the item. */
export function toFailedResult({ index, request }: Omit<BatchItem, 'version'>, error: unknown): BatchResult {
  if (!(error instanceof GraphloomError) || error.code === 'INTERNAL' || error.code === 'UNAVAILABLE') throw error
  const { code, message, retryable, details } = error
  const failure = toErrorAt(index, { code, message, retryable, details })
  return { index, kind: request.kind, output: null, error: failure, finishReason: null, seed: null, usage: NO_USAGE }
}

/** The prediction that the item would be by itself. */
function toPrediction(
  { clock, residency }: BatchItemOptions,
  task: TaskDocument,
  { index, request, version }: BatchItem,
): PredictionDocument {
  const input = withVersionSettings(parseInput(request), request, residency.settingsOf(version))
  const now = clock.now()
  const stored: Stored<PredictionInput> = { inline: input }
  const { tenantId, priority, createdBy, traceId, traceparent } = task
  return {
    id: `${toPredictionId(task.id)}.${index}`,
    tenantId,
    priority,
    createdBy,
    traceId,
    traceparent,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    state: 'QUEUED',
    kind: request.kind,
    requestedModel: request.model,
    modelVersionId: version.id,
    input: stored,
    output: null,
    inputBlobId: null,
    outputBlobId: null,
    error: null,
    finishReason: null,
    usage: NO_USAGE,
    timings: NO_TIMINGS,
    seed: isTextKind(request.kind) ? (parseSeed(request) ?? seedOf(task.id, index)) : null,
    deadlineAt: null,
    store: true,
    idempotencyKey: null,
    inputHash: '',
    startedAt: null,
    endedAt: null,
    attempt: 0,
    fingerprint: null,
    replayDiverged: false,
    cache: null,
  }
}

const NO_TIMINGS = {
  queueMs: null,
  loadMs: null,
  prefillMs: null,
  timeToFirstTokenMs: null,
  computeMs: null,
  totalMs: null,
  tokensPerSecond: null,
}

/** Done again after a crash, an item has the same seed. */
const seedOf = (taskId: string, index: number): number =>
  createHash('sha256').update(`${taskId}/${index}`).digest().readUIntBE(0, SEED_BYTES)

function toSample({ clock }: BatchItemOptions, current: PredictionDocument, outcome: Outcome) {
  const { state, error, usage, output } = outcome
  const timings = { ...current.timings, ...outcome.timings, totalMs: clock.now() - current.createdAt }
  return toPredictionSample({ ...current, state, error, usage, timings }, output)
}

function toUnstorable(error: unknown): ErrorInfo {
  if (!isErrorWithCode(error, 'PAYLOAD_TOO_LARGE')) throw error
  const { code, message, retryable, details } = error
  return { code, message: `The output cannot be stored: ${message}`, retryable, details }
}

/** A mistake in the item's input is told by its place in the batch. */
function toErrorAt(index: number, error: ErrorInfo): ErrorInfo {
  const { details } = error
  const path = details?.path
  if (path === undefined) return error
  return {
    ...error,
    message: error.message.replace(path, toPathAt(index, path)),
    details: { ...details, path: toPathAt(index, path) },
  }
}

const toPathAt = (index: number, path: string): string => path.replace(/^input/, `inputs.${index}`)
