import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { isEnded, isTextKind, type PredictionDocument } from '../../domain/prediction.js'
import type { TaskDocument } from '../../domain/task.js'
import { SYSTEM_SCOPE } from '../../ports/document-store.js'
import type { Payloads } from '../payloads.js'
import { DEFAULTS, type LocalWork, type TaskContext, type TaskEnd, type TaskType } from '../tasks/task-type.js'
import type { PredictionAcceptance } from './prediction-acceptance.js'
import type { PredictionExecutor } from './prediction-executor.js'
import { PREDICTION_SCHEMA, USAGE_SCHEMA } from './prediction-schema.js'
import { PREDICTION_QUEUE, type PredictionStore } from './prediction-store.js'
import { whenThereIsRoom } from './when-there-is-room.js'
import { outputOf, PREDICTION_TASK, toOutcome, toPredictionId, toStartRequest, toTaskEnd } from './prediction-task.js'
import { toMistakeAt } from './prediction-json.js'

export interface PredictionTypeOptions {
  readonly store: PredictionStore
  readonly payloads: Payloads
  readonly executor: PredictionExecutor
  readonly acceptance: Pick<PredictionAcceptance, 'checkVersion' | 'ensureForTask'>
  readonly clock: Clock
}

const MAX_DEADLINE_MS = 86_400_000
/** A text's progress is stored so often at most. */
const TOLD_EVERY_MS = 1_000

const INPUT_SCHEMA = {
  type: 'object',
  properties: {
    input: PREDICTION_SCHEMA,
    deadlineMs: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: MAX_DEADLINE_MS,
      description: 'Milliseconds from when it begins, after which it is not worth doing.',
    },
  },
  required: ['input'],
  additionalProperties: false,
}

const OUTPUT_SCHEMA = {
  type: 'object',
  properties: {
    predictionId: { type: 'string', description: 'The prediction, which has the whole output.' },
    kind: { type: 'string' },
    finishReason: { description: 'Why the text ends where it does; null for other kinds.' },
    usage: USAGE_SCHEMA,
    text: { type: 'string', description: 'The text, the first of several; missing for other kinds.' },
  },
  required: ['predictionId', 'kind', 'finishReason', 'usage'],
  additionalProperties: false,
}

/** One prediction as a task. */
export function createPredictionType(options: PredictionTypeOptions): TaskType {
  return {
    name: PREDICTION_TASK,
    description: 'Asks a model: the task of a prediction that was started, or a prediction as a step of other work.',
    queue: PREDICTION_QUEUE,
    ownsQueue: true,
    inputSchema: INPUT_SCHEMA,
    outputSchema: OUTPUT_SCHEMA,
    defaults: { ...DEFAULTS, attemptLimit: 1 },
    admit: async (input, path, principal) => {
      try {
        const request = toStartRequest(input)
        return (await options.acceptance.checkVersion(principal, request.input)).id
      } catch (error) {
        throw toMistakeAt(`${path}.input`, error)
      }
    },
    companion: {
      findEnds: (tasks) => findEnds(options, tasks),
      end: (task) => endPrediction(options, task),
    },
    deleteData: async (task) => {
      const prediction = await options.store.get(SYSTEM_SCOPE, toPredictionId(task.id))
      if (prediction && (await options.store.delete(prediction)))
        await options.payloads.delete(prediction.input, prediction.output)
    },
    run: (input, context) => runPrediction(options, input, context as TaskContext & { readonly local: LocalWork }),
  }
}

async function runPrediction(
  options: PredictionTypeOptions,
  input: Json,
  context: TaskContext & { readonly local: LocalWork },
): Promise<Json> {
  const { executor } = options
  const { task, markRunning } = context.local
  const prediction = await ensurePrediction(options, { task, input, signal: context.signal })
  const isText = isTextKind(prediction.kind)
  const { attempt, signal } = context
  const begun = isText ? markRunning() : null
  begun?.catch(() => undefined)
  const ended = await executor.run(
    prediction,
    {
      attempt,
      begin: () => begun ?? markRunning(),
      ...(isText && { onTokens: createTokenTeller(options.clock, maxTokensOf(input), context) }),
    },
    signal,
  )
  return outputOf((await endOf(options, ended))!)
}

/** The task's prediction: made now, unless whoever started it has. Waits while too many wait already. */
const ensurePrediction = (
  { acceptance, clock }: PredictionTypeOptions,
  { task, input, signal }: { readonly task: TaskDocument; readonly input: Json; readonly signal: AbortSignal },
): Promise<PredictionDocument> => whenThereIsRoom(() => acceptance.ensureForTask(task, input), { clock, signal })

function createTokenTeller(
  clock: Clock,
  total: number | null,
  { reportProgress }: Pick<TaskContext, 'reportProgress'>,
): (count: number) => void {
  let done = 0
  let toldAt = -Infinity
  return (count) => {
    done += count
    if (clock.now() - toldAt < TOLD_EVERY_MS) return
    toldAt = clock.now()
    reportProgress({ done, total: total === null ? null : Math.max(done, total), message: null })
  }
}

function maxTokensOf(input: Json): number | null {
  const { input: request } = toStartRequest(input)
  if (!('generation' in request)) return null
  const { n, maxTokens } = request.generation
  return typeof maxTokens === 'number' ? (n ?? 1) * maxTokens : null
}

async function findEnds(
  options: PredictionTypeOptions,
  tasks: readonly TaskDocument[],
): Promise<readonly (TaskEnd | null)[]> {
  const ids = tasks.map(({ id }) => toPredictionId(id))
  const predictions = await options.store.getMany(SYSTEM_SCOPE, ids)
  return Promise.all(predictions.map(async (prediction) => prediction && (await endOf(options, prediction))))
}

async function endOf({ payloads }: PredictionTypeOptions, prediction: PredictionDocument): Promise<TaskEnd | null> {
  const { state, kind, output } = prediction
  const hasText = state === 'SUCCEEDED' && isTextKind(kind) && output !== null
  return toTaskEnd(prediction, hasText ? await payloads.get(output) : null)
}

async function endPrediction({ store, executor }: PredictionTypeOptions, task: TaskDocument): Promise<void> {
  for (;;) {
    const prediction = await store.get(SYSTEM_SCOPE, toPredictionId(task.id))
    if (!prediction || isEnded(prediction.state)) return
    try {
      await executor.end(prediction, toOutcome(task), [])
    } catch (error) {
      if (!isErrorWithCode(error, 'CONFLICT') && !isErrorWithCode(error, 'NOT_FOUND')) throw error
    }
  }
}
