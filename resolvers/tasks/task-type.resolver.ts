import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { TaskQueueDocument } from '../../src/domain/task-queue.js'
import type { TaskType } from '../../src/services/tasks/task-type.js'
import type { GraphContext } from '../context.js'
import { TaskQueue } from './task-queue.type.js'
import { TaskTypeType } from './task-type.type.js'

@Resolver(() => TaskTypeType)
export class TaskTypeResolver {
  @Query(() => [TaskTypeType], { description: 'The kinds of work that the server knows.' })
  taskTypes(@Ctx() { services, principal }: GraphContext): readonly TaskType[] {
    return services.tasks.listTypes(principal)
  }

  @FieldResolver(() => TaskQueue, { description: 'The queue of its tasks, unless another is asked for.' })
  queue(@Root() { queue }: TaskType, @Ctx() { services, principal }: GraphContext): TaskQueueDocument | null {
    return services.taskQueues.get(principal, queue)
  }
}
