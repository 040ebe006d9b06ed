import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { TaskDocument } from '../../src/domain/task.js'
import type { GraphContext } from '../context.js'
import { Task } from '../tasks/task.type.js'
import { Prediction, type PredictionRoot } from './prediction.type.js'

@Resolver(() => Prediction)
export class PredictionTaskResolver {
  @FieldResolver(() => Task, {
    nullable: true,
    description:
      'The task that does it, where it can be cancelled too: they end and are deleted together. Null for one that was waited for (`predict`) or of which nothing is kept.',
  })
  task(@Root() { taskId }: PredictionRoot, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return taskId ? loaders.tasks.load(taskId) : Promise.resolve(null)
  }
}
