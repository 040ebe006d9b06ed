import { Arg, Args, Ctx, FieldResolver, Float, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { TaskQueueDocument } from '../../src/domain/task-queue.js'
import type { TaskAttempt, TaskDocument } from '../../src/domain/task.js'
import type { WorkerDocument } from '../../src/domain/worker.js'
import type { TaskOrder } from '../../src/services/tasks/task-list.js'
import type { TaskLogLine } from '../../src/services/tasks/task-logs.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { JsonScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'
import { TaskLogArgs, TaskLogConnection, toLogRequest } from './task-log.type.js'
import { TaskQueue } from './task-queue.type.js'
import { toTaskFilter } from './task-request.js'
import { TaskOrderEnum } from './task.enum.js'
import { TaskFilterInput } from './task.input.js'
import { Worker } from './worker.type.js'
import { AttemptType, Task, TaskConnection, TaskTraceType, type TaskRoot } from './task.type.js'

@Resolver(() => Task)
export class TaskResolver {
  @Query(() => Task, { nullable: true, description: 'The task with this id, or null.' })
  task(
    @Ctx() { loaders }: GraphContext,
    @Arg('id', () => ID, { description: 'Id of a task.' }) id: string,
  ): Promise<TaskDocument | null> {
    return loaders.tasks.load(id)
  }

  @Query(() => TaskConnection, { description: 'The tenant’s tasks.' })
  async tasks(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => TaskFilterInput, { nullable: true, description: 'Which of them.' })
    filter: TaskFilterInput | null,
    @Arg('orderBy', () => TaskOrderEnum, { defaultValue: 'CREATED_AT_DESC', description: 'In which order.' })
    orderBy: TaskOrder,
  ): Promise<ConnectionRoot<TaskDocument>> {
    const request = { filter: toTaskFilter(filter), order: orderBy, page: toPageRequest(page) }
    return toConnection(await services.tasks.list(principal, request))
  }

  @FieldResolver(() => TaskQueue, { description: 'The queue that it waits in.' })
  queue(@Root() { queue }: TaskRoot, @Ctx() { services, principal }: GraphContext): TaskQueueDocument | null {
    return services.taskQueues.get(principal, queue)
  }

  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description: 'What the work is about; null when it is not kept any more, or is for who created the task alone.',
  })
  async input(@Root() task: TaskRoot, @Ctx() context: GraphContext): Promise<unknown> {
    const document = await toDocument(task, context)
    return document && context.services.tasks.readInput(context.principal, document)
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: 'What the work gave; null unless SUCCEEDED.' })
  async output(@Root() task: TaskRoot, @Ctx() context: GraphContext): Promise<unknown> {
    if (task.state !== 'SUCCEEDED') return null
    const document = await toDocument(task, context)
    return document && context.services.tasks.readOutput(document)
  }

  @FieldResolver(() => [AttemptType], {
    description: 'The times that a worker had it, in order: of more than 100 the first and the last ones.',
  })
  async attempts(@Root() task: TaskRoot, @Ctx() context: GraphContext): Promise<readonly TaskAttempt[]> {
    if (task.attempts) return task.attempts
    const { lastAttempt } = task
    if (!lastAttempt) return []
    const document = await toDocument(task, context)
    const before = document?.attempts.filter(({ number }) => number < lastAttempt.number) ?? []
    return [...before, lastAttempt]
  }

  @FieldResolver(() => TaskTraceType, { description: 'Where its time went.' })
  async trace(@Root() task: TaskRoot, @Ctx() context: GraphContext): Promise<TaskTraceType> {
    const attempts = await this.attempts(task, context)
    const spans = attempts.flatMap(({ number: attempt, spans: parts = [] }) =>
      parts.map((part) => ({ attempt, ...part })),
    )
    return { traceId: task.traceId, spans }
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'Tasks of its queue that are expected to begin before it, if nothing changes; 0 to 10,000. Null when it does not wait for its turn, its `concurrency` holds it back, or more are before it.',
  })
  async queuePosition(@Root() task: TaskRoot, @Ctx() { loaders }: GraphContext): Promise<number | null> {
    return (await loaders.taskForecasts.load(task)).position
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description:
      'When it is expected to begin, milliseconds from now, judging by its position and by how fast tasks of its queue ended lately; null when there is too little to judge by, or none of its type ended there in the last five minutes.',
  })
  async etaMs(@Root() task: TaskRoot, @Ctx() { loaders }: GraphContext): Promise<number | null> {
    return (await loaders.taskForecasts.load(task)).etaMs
  }

  @FieldResolver(() => TaskLogConnection, {
    description:
      'What its attempts wrote, in order, at most 1,000 lines of each; kept as long as its events are (`GRAPHLOOM_EVENT_RETENTION_MS`).',
  })
  async logs(
    @Root() { id }: TaskRoot,
    @Ctx() { services }: GraphContext,
    @Args(() => TaskLogArgs) args: TaskLogArgs,
  ): Promise<ConnectionRoot<TaskLogLine>> {
    return toConnection(await services.tasks.readLogs(id, toLogRequest(args)))
  }

  @FieldResolver(() => Task, {
    nullable: true,
    description: 'The task that it does again; null when it does none, or that is gone.',
  })
  retryOf(@Root() { retryOf }: TaskRoot, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return retryOf === null ? Promise.resolve(null) : loaders.tasks.load(retryOf)
  }

  @FieldResolver(() => Task, {
    nullable: true,
    description: 'The task that does it again; null when none does, or that is gone.',
  })
  retriedAs(@Root() { retriedAs }: TaskRoot, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return retriedAs === null ? Promise.resolve(null) : loaders.tasks.load(retriedAs)
  }
}

/** The whole of what an event tells of in part; null when it is gone. */
const toDocument = (task: TaskRoot, { loaders }: GraphContext): Promise<TaskDocument | null> =>
  task.input ? Promise.resolve(task as TaskDocument) : loaders.tasks.load(task.id)

@Resolver(() => AttemptType)
export class AttemptResolver {
  @FieldResolver(() => Worker, {
    nullable: true,
    description: 'The worker; null when it is not known any more, or not the tenant’s or the server’s.',
  })
  worker(@Root() { workerId }: TaskAttempt, @Ctx() { loaders }: GraphContext): Promise<WorkerDocument | null> {
    return loaders.workers.load(workerId)
  }
}
