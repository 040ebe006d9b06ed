import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { PredictionDocument } from '../../src/domain/prediction.js'
import { BATCH_TASK } from '../../src/services/predictions/batches/batch-type.js'
import { PREDICTION_TASK, toPredictionId } from '../../src/services/predictions/prediction-task.js'
import type { GraphContext } from '../context.js'
import type { BatchRoot } from '../predictions/prediction-batch.resolver.js'
import { PredictionBatchType } from '../predictions/prediction-batch.type.js'
import { Prediction } from '../predictions/prediction.type.js'
import { Task, type TaskRoot } from './task.type.js'

/** What tasks that ask models are about. */
@Resolver(() => Task)
export class TaskPredictionResolver {
  @FieldResolver(() => Prediction, {
    nullable: true,
    description:
      'For the type `prediction`: the prediction, once there is one: at once where `startPrediction` made the task, else when its turn comes. They end and are deleted together.',
  })
  prediction(@Root() { id, type }: TaskRoot, @Ctx() { loaders }: GraphContext): Promise<PredictionDocument | null> {
    return type === PREDICTION_TASK ? loaders.predictions.load(toPredictionId(id)) : Promise.resolve(null)
  }

  @FieldResolver(() => PredictionBatchType, {
    nullable: true,
    description: 'For the type `prediction.batch`: what there is of its results by now.',
  })
  async batch(@Root() { id, type, tenantId }: TaskRoot, @Ctx() { services }: GraphContext): Promise<BatchRoot | null> {
    if (type !== BATCH_TASK) return null
    const task = { id, tenantId }
    return { ...(await services.predictionBatches.getTotals(task)), task }
  }
}
