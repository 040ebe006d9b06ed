import { setImmediate as nextTurn } from 'node:timers/promises'
import { invalidInput, isErrorWithCode } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { Principal } from '../../../domain/principal.js'
import type { TaskDocument } from '../../../domain/task.js'
import type { Access } from '../../access/access.js'
import { DEFAULTS, type TaskContext, type TaskType } from '../../tasks/task-type.js'
import type { PredictionAcceptance } from '../prediction-acceptance.js'
import { toMistakeAt, toPredictionRequest, type PredictionJson } from '../prediction-json.js'
import { PREDICTION_SCHEMA, USAGE_SCHEMA } from '../prediction-schema.js'
import { MAX_BATCH_ITEMS, type BatchTotals } from './batch-item.js'
import { BatchRun, type BatchRunOptions } from './batch-run.js'

export interface BatchTypeOptions extends BatchRunOptions {
  readonly access: Pick<Access, 'admit'>
  readonly acceptance: Pick<PredictionAcceptance, 'checkVersion'>
}

export const BATCH_TASK = 'prediction.batch'
/** Batches wait apart from other tasks, which are short. */
const BATCH_QUEUE = 'batches'
/** Just below interactive work. */
const BULK_PRIORITY = 4
/** Inputs that are checked in a row before others have a turn. */
const CHECKED_AT_ONCE = 100

const COUNT = { type: 'integer', minimum: 0, maximum: MAX_BATCH_ITEMS }

const INPUT_SCHEMA = {
  type: 'object',
  properties: {
    inputs: {
      type: 'array',
      items: PREDICTION_SCHEMA,
      minItems: 1,
      maxItems: MAX_BATCH_ITEMS,
      description: 'Requests as `predict` takes them.',
    },
  },
  required: ['inputs'],
  additionalProperties: false,
}

const OUTPUT_SCHEMA = {
  type: 'object',
  properties: {
    itemCount: COUNT,
    succeededCount: COUNT,
    failedCount: COUNT,
    usage: USAGE_SCHEMA,
  },
  required: ['itemCount', 'succeededCount', 'failedCount', 'usage'],
  additionalProperties: false,
}

/** Many predictions as one task. */
export function createBatchType(options: BatchTypeOptions): TaskType {
  return {
    name: BATCH_TASK,
    description:
      'Asks models many times: results are there one by one, an input that fails does not keep the others from being done.',
    queue: BATCH_QUEUE,
    inputSchema: INPUT_SCHEMA,
    outputSchema: OUTPUT_SCHEMA,
    defaults: { ...DEFAULTS, priority: BULK_PRIORITY },
    readsInput: true,
    admit: (input, path, principal) => checkInputs(options, input, path, principal),
    deleteData: (task) => deleteResults(options, task),
    run: (_input, context) => runBatch(options, context),
  }
}

/** Checks all that can be known before a model is asked. */
async function checkInputs(
  { acceptance }: Pick<BatchTypeOptions, 'acceptance'>,
  input: Json,
  path: string,
  principal: Principal,
): Promise<string> {
  const { inputs } = input as unknown as { readonly inputs: readonly PredictionJson[] }
  for (const [at, json] of inputs.entries()) {
    if (at % CHECKED_AT_ONCE === CHECKED_AT_ONCE - 1) await nextTurn()
    const itemPath = `${path}.inputs.${at}`
    try {
      await acceptance.checkVersion(principal, toPredictionRequest(json))
    } catch (error) {
      if (isErrorWithCode(error, 'NOT_FOUND')) throw invalidInput(itemPath, error.message)
      throw toMistakeAt(itemPath, error)
    }
  }
  return BATCH_TASK
}

async function runBatch(options: BatchTypeOptions, { signal, reportProgress, local }: TaskContext): Promise<Json> {
  const { task, markRunning } = local!
  await markRunning()
  const { tenantId, createdBy: subject } = task
  const before = await options.results.getTotals(tenantId, task.id)
  const sizeBytes = 'inline' in task.input ? JSON.stringify(task.input.inline).length : task.input.sizeBytes
  const admission = options.access.admit({ kind: 'prediction', tenantId, subject, maxTokens: sizeBytes })
  try {
    const totals = await new BatchRun(options, { task, signal, reportProgress }).run()
    return toOutput(totals)
  } finally {
    const { usage } = await options.results.getTotals(tenantId, task.id).catch(() => before)
    admission.settle({
      inputTokens: usage.inputTokens - before.usage.inputTokens,
      outputTokens: usage.outputTokens - before.usage.outputTokens,
    })
  }
}

const toOutput = ({ succeeded, failed, usage }: BatchTotals): Json => ({
  itemCount: succeeded + failed,
  succeededCount: succeeded,
  failedCount: failed,
  usage: { ...usage },
})

async function deleteResults({ results, payloads }: BatchTypeOptions, task: TaskDocument): Promise<void> {
  const large = await results.deleteAll(task.tenantId, task.id)
  await payloads.delete(...large.map(({ output }) => output))
}
