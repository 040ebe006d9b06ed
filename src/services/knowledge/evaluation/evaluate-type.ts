import type { Json } from '../../../kernel/json.js'
import type { EvaluationDocument } from '../../../domain/evaluation.js'
import type { TaskDocument } from '../../../domain/task.js'
import { principalOf } from '../../predictions/prediction-task.js'
import { DEFAULTS, type TaskContext, type TaskType } from '../../tasks/task-type.js'
import { toEvaluationId, type EvaluationAcceptance, type EvaluationAcceptanceOptions } from './evaluation-acceptance.js'
import { EVALUATION_SCHEMA, toEvaluationRequest } from './evaluation-input.js'
import { runEvaluation, type EvaluationRunOptions } from './evaluation-run.js'
import { MAX_QUERIES, readEvaluationSet } from './evaluation-set.js'

export const EVALUATE_TASK = 'knowledge.evaluate'
const EVALUATION_QUEUE = 'evaluations'
const BULK_PRIORITY = 4

export interface EvaluateTypeOptions extends EvaluationRunOptions, Pick<EvaluationAcceptanceOptions, 'uploads'> {
  readonly acceptance: EvaluationAcceptance
}

/** An evaluation as one task. */
export function createEvaluateType(options: EvaluateTypeOptions): TaskType {
  return {
    name: EVALUATE_TASK,
    description: 'Asks a knowledge base questions, and rates what it finds by judgements.',
    queue: EVALUATION_QUEUE,
    inputSchema: EVALUATION_SCHEMA,
    outputSchema: {
      type: 'object',
      properties: {
        evaluationId: { type: 'string' },
        queryCount: { type: 'integer', minimum: 1, maximum: MAX_QUERIES },
      },
      required: ['evaluationId', 'queryCount'],
      additionalProperties: false,
    },
    // An index that is being made again may take a while.
    defaults: { ...DEFAULTS, priority: BULK_PRIORITY, attemptLimit: 10 },
    admit: async (input, path, principal) => {
      await options.acceptance.check(toEvaluationRequest(input), path, principal)
      return EVALUATE_TASK
    },
    deleteData: (task) => deleteUnfinished(options, task),
    run: (input, context) => evaluate(options, input, context),
  }
}

async function evaluate(options: EvaluateTypeOptions, input: Json, context: TaskContext): Promise<Json> {
  const { local, signal, reportProgress, tenantId } = context
  await local!.markRunning()
  const { task } = local!
  const request = toEvaluationRequest(input)
  const evaluation = await options.acceptance.ensure(task, request)
  // An attempt that could not say so was through: an upload may be gone by now.
  if (evaluation.metrics) return toOutput(evaluation)
  const ended = await runEvaluation(options, {
    evaluation,
    request,
    set: await readEvaluationSet(request, { uploads: options.uploads, tenantId, path: 'input' }),
    principal: { ...principalOf(task), groups: request.groups },
    signal,
    reportProgress,
  })
  return toOutput(ended)
}

const toOutput = ({ id, queryCount }: EvaluationDocument): Json => ({ evaluationId: id, queryCount })

/** What was evaluated to the end stays; the rest is of no use without its task. */
async function deleteUnfinished({ evaluations }: EvaluateTypeOptions, { id, tenantId }: TaskDocument): Promise<void> {
  const evaluation = await evaluations.get({ tenantId }, toEvaluationId(id))
  if (evaluation && !evaluation.metrics) await evaluations.delete(evaluation)
}
