import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { TaskDocument } from '../../src/domain/task.js'
import type { GraphContext } from '../context.js'
import { Task, TaskWebhookType } from './task.type.js'

@Resolver(() => TaskWebhookType)
export class TaskWebhookResolver {
  @FieldResolver(() => Task, {
    nullable: true,
    description: 'The task that tells it: its `attempts` are the log of deliveries. Null until the end.',
  })
  delivery(@Root() { taskId }: TaskWebhookType, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return taskId === null ? Promise.resolve(null) : loaders.tasks.load(taskId)
  }
}
