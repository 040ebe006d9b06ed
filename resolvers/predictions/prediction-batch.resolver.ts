import { Args, Ctx, Directive, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { PredictionOutput } from '../../src/domain/prediction.js'
import type { TaskDocument } from '../../src/domain/task.js'
import type { BatchResult, BatchTotals } from '../../src/services/predictions/batches/batch-item.js'
import { toPredictionRequest } from '../../src/services/predictions/prediction-json.js'
import { toPredictionId } from '../../src/services/predictions/prediction-task.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { answer, IdempotencyConflict, InvalidInput, NotFound, Overloaded } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import type { GraphContext } from '../context.js'
import { Task } from '../tasks/task.type.js'
import { PredictBatchArgs } from './prediction-batch.args.js'
import { BatchResultConnection, BatchResultType, PredictionBatchType } from './prediction-batch.type.js'
import { PredictionOutputUnion } from './prediction-output.union.js'

type Owner = Pick<TaskDocument, 'id' | 'tenantId'>
/** What resolvers of a batch get: what there is of it, and whose it is. */
export type BatchRoot = BatchTotals & { readonly task: Owner }
type ResultRoot = BatchResult & { readonly task: Owner }

const PredictBatchResult = createUnion({
  name: 'PredictBatchResult',
  description: 'The task that does all of it, which is on disk, or why there is none.',
  types: [Task, InvalidInput, NotFound, Overloaded, IdempotencyConflict],
  typeName: problemOr('Task'),
})

@Resolver(() => PredictionBatchType)
export class PredictionBatchResolver {
  @Directive('@rateLimit')
  @Mutation(() => PredictBatchResult, {
    description:
      'Asks models many times in one task, behind interactive work. Results are there one by one, in `Task.batch`; an input that fails does not keep the others from being done. What is done is not done again after a crash, and stays when the task is cancelled.',
  })
  predictBatch(@Ctx() { services, principal }: GraphContext, @Args(() => PredictBatchArgs) args: PredictBatchArgs) {
    const { inputs, priority = null, idempotencyKey = null } = args
    return answer(() =>
      services.predictionBatches.start(principal, {
        inputs: inputs.map(toPredictionRequest),
        priority,
        idempotencyKey,
      }),
    )
  }

  @FieldResolver()
  succeededCount(@Root() { succeeded }: BatchRoot): number {
    return succeeded
  }

  @FieldResolver()
  failedCount(@Root() { failed }: BatchRoot): number {
    return failed
  }

  @FieldResolver(() => BatchResultConnection, {
    description:
      'The results in the order in which they came: after the last cursor come those that are new. They are there as soon as they are counted.',
  })
  async results(
    @Root() { task }: BatchRoot,
    @Ctx() { services }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<ResultRoot>> {
    const { items, ...where } = await services.predictionBatches.listResults(task, toPageRequest(page))
    return toConnection({ ...where, items: items.map(({ node, cursor }) => ({ node: { ...node, task }, cursor })) })
  }
}

@Resolver(() => BatchResultType)
export class BatchResultResolver {
  @FieldResolver(() => PredictionOutputUnion, {
    nullable: true,
    description: 'What the model gave; null when it failed.',
  })
  async output(@Root() result: ResultRoot, @Ctx() { services }: GraphContext): Promise<object | null> {
    if (result.output === null) return null
    const output: PredictionOutput = await services.predictionBatches.readOutput(result.output)
    const { index, seed, finishReason, task } = result
    return { ...output, prediction: { id: `${toPredictionId(task.id)}.${index}`, seed, finishReason } }
  }
}
