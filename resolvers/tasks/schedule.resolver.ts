import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql'
import type { ScheduleDocument } from '../../src/domain/schedule.js'
import type { TaskDocument } from '../../src/domain/task.js'
import { MAX_NEXT_RUNS, type PlannedRun } from '../../src/services/tasks/schedules.service.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { JsonScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'
import { PlannedRunType, Schedule, ScheduleConnection } from './schedule.type.js'
import { Task, TaskConnection, type TaskRoot } from './task.type.js'

@Resolver(() => Schedule)
export class ScheduleResolver {
  @Query(() => Schedule, { nullable: true, description: 'The tenant’s schedule of this name, or null.' })
  schedule(
    @Ctx() { services, principal }: GraphContext,
    @Arg('name', () => String, { description: 'Name of a schedule.' }) name: string,
  ): Promise<ScheduleDocument | null> {
    return services.schedules.get(principal, name)
  }

  @Query(() => ScheduleConnection, { description: 'The tenant’s schedules, at most 1,000, by name.' })
  async schedules(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<ScheduleDocument>> {
    return toConnection(await services.schedules.list(principal, toPageRequest(page)))
  }

  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description: 'What the work of each task is about; null where its type keeps that for who made the schedule.',
  })
  input(@Root() schedule: ScheduleDocument, @Ctx() { services, principal }: GraphContext): Promise<unknown> {
    return services.schedules.readInput(principal, schedule)
  }

  @FieldResolver(() => [PlannedRunType], {
    description: 'What it fires next, in order; nothing while it is paused.',
  })
  nextRuns(
    @Root() schedule: ScheduleDocument,
    @Ctx() { services }: GraphContext,
    @Arg('first', () => Int, { defaultValue: 5, description: `How many; 1 to ${MAX_NEXT_RUNS}.` }) first: number,
  ): PlannedRun[] {
    return services.schedules.nextRuns(schedule, first)
  }

  @FieldResolver(() => Task, {
    nullable: true,
    description: 'Its latest task, also one that was asked for; null before the first, or when that is gone.',
  })
  lastRun(@Root() { lastTaskId }: ScheduleDocument, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return lastTaskId === null ? Promise.resolve(null) : loaders.tasks.load(lastTaskId)
  }

  @FieldResolver(() => TaskConnection, { description: 'The tasks that it made and that are kept, the latest first.' })
  async runs(
    @Root() { id }: ScheduleDocument,
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<TaskDocument>> {
    return toConnection(
      await services.tasks.list(principal, {
        filter: { scheduleId: id },
        order: 'CREATED_AT_DESC',
        page: toPageRequest(page),
      }),
    )
  }
}

@Resolver(() => Task)
export class TaskScheduleResolver {
  @FieldResolver(() => Schedule, {
    nullable: true,
    description: 'The schedule that made it; null when none did, or that is gone.',
  })
  schedule(@Root() { scheduleId }: TaskRoot, @Ctx() { loaders }: GraphContext): Promise<ScheduleDocument | null> {
    return scheduleId === null ? Promise.resolve(null) : loaders.schedules.load(scheduleId)
  }
}
