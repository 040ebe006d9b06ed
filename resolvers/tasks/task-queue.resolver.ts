import { Arg, Args, Ctx, FieldResolver, Float, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { TaskQueueDocument } from '../../src/domain/task-queue.js'
import { answer } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import { PauseTaskQueueInput, ResumeTaskQueueInput, UpdateTaskQueueInput } from './task-queue.input.js'
import { TaskQueue, TaskQueueEventsArgs, TenantWeightType, toFollowRequest } from './task-queue.type.js'
import { toQueueChange } from './task-request.js'
import { TaskQueueResult, UpdateTaskQueueResult } from './task-queue.union.js'

@Resolver(() => TaskQueue)
export class TaskQueueResolver {
  @Query(() => TaskQueue, { nullable: true, description: 'The queue with this name, or null.' })
  taskQueue(
    @Ctx() { services, principal }: GraphContext,
    @Arg('name', () => String, { description: 'Name of a queue.' }) name: string,
  ): TaskQueueDocument | null {
    return services.taskQueues.get(principal, name)
  }

  @Query(() => [TaskQueue], { description: 'The queues of the server by name, at most 1,000.' })
  taskQueues(@Ctx() { services, principal }: GraphContext): readonly TaskQueueDocument[] {
    return services.taskQueues.list(principal)
  }

  @FieldResolver(() => [TenantWeightType], {
    nullable: true,
    description: 'Shares of tenants, 1 for those not named; null for callers that are no administrators.',
  })
  weights(@Root() queue: TaskQueueDocument, @Ctx() { services, principal }: GraphContext): object[] | null {
    const weights = services.taskQueues.weights(principal, queue)
    return weights && Object.entries(weights).map(([tenantId, weight]) => ({ tenantId, weight }))
  }

  @FieldResolver(() => Int, {
    description:
      'Tasks that wait in it: for a worker, for their time, for their next attempt or for other tasks; 0 or more. `maxLength` bounds them.',
  })
  async length(@Root() { name }: TaskQueueDocument, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.queueFigures.load(name)).length
  }

  @FieldResolver(() => Int, { description: 'Those of them that may run and wait for a worker; 0 or more.' })
  async readyCount(@Root() { name }: TaskQueueDocument, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.queueFigures.load(name)).readyCount
  }

  @FieldResolver(() => Int, { description: 'Tasks that workers have; 0 or more.' })
  async runningCount(@Root() { name }: TaskQueueDocument, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.queueFigures.load(name)).runningCount
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: 'How long the task has waited for a worker that has longest, milliseconds; null when none waits.',
  })
  async oldestWaitMs(@Root() { name }: TaskQueueDocument, @Ctx() { loaders }: GraphContext): Promise<number | null> {
    return (await loaders.queueFigures.load(name)).oldestWaitMs
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: 'Tasks that ended in a second, over the last five minutes; null when fewer than 20 did.',
  })
  async throughputPerSecond(
    @Root() { name }: TaskQueueDocument,
    @Ctx() { loaders }: GraphContext,
  ): Promise<number | null> {
    return (await loaders.queueFigures.load(name)).throughputPerSecond
  }

  @FieldResolver(() => Int, {
    description: 'Tasks that have failed for good and that nobody has looked after yet; 0 or more.',
  })
  deadLetters(@Root() { name }: TaskQueueDocument, @Ctx() { loaders }: GraphContext): Promise<number> {
    return loaders.deadLetterCounts.load(name)
  }

  @Mutation(() => UpdateTaskQueueResult, {
    description:
      'Makes a queue, or changes settings of one. They hold at once and stay over restarts. For administrators.',
  })
  updateTaskQueue(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => UpdateTaskQueueInput, { description: 'Which queue, and what to change.' })
    input: UpdateTaskQueueInput,
  ) {
    return answer(() => services.taskQueues.update(principal, input.name, toQueueChange(input)))
  }

  @Mutation(() => TaskQueueResult, {
    description: 'Begins nothing more of a queue; what runs goes on, and tasks are still accepted. For administrators.',
  })
  pauseTaskQueue(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => PauseTaskQueueInput, { description: 'Which queue.' }) input: PauseTaskQueueInput,
  ) {
    return answer(() => services.taskQueues.setPaused(principal, input.name, true))
  }

  @Mutation(() => TaskQueueResult, { description: 'Lets a paused queue go on. For administrators.' })
  resumeTaskQueue(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => ResumeTaskQueueInput, { description: 'Which queue.' }) input: ResumeTaskQueueInput,
  ) {
    return answer(() => services.taskQueues.setPaused(principal, input.name, false))
  }

  @Subscription(() => TaskQueue, {
    description:
      'Follows a queue: its settings and figures at once, then every `everyMs`. Each item is whole, so there is no cursor: who reads slowly gets fewer, and the newest.',
    subscribe: ({ args, context }: { args: TaskQueueEventsArgs; context: GraphContext }) =>
      context.services.taskQueues.follow(context.principal, toFollowRequest(args, context)),
  })
  taskQueueEvents(
    @Root() queue: TaskQueueDocument,
    @Args(() => TaskQueueEventsArgs) _args: TaskQueueEventsArgs,
  ): TaskQueueDocument {
    return queue
  }
}
