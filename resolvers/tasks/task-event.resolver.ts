import { Args, ArgsType, Field, FieldResolver, Int, Resolver, Root, Subscription } from 'type-graphql'
import type { TaskDedupe } from '../../src/domain/task.js'
import type { TaskFollowItem } from '../../src/services/tasks/task-children.js'
import type { GraphContext } from '../context.js'
import { StreamArgs, toStreamRequest } from '../streams/stream.args.js'
import { TaskDedupeModeEnum } from './task.enum.js'
import { Task, type TaskRoot } from './task.type.js'
import { TaskStateCount } from './task-graph.type.js'
import { TaskChanged, TaskChildrenType, TaskDeduplicated, TaskEventUnion, TaskLogged } from './task.union.js'

@ArgsType()
class TaskEventsArgs extends StreamArgs {
  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Whether `TaskChildren` tells of what waits for the task directly too, when that has changed, at most once a second. Since it begins when the task has ended, the end of the stream then comes when they have ended too.',
  })
  readonly children!: boolean
}

@Resolver()
export class TaskEventResolver {
  @Subscription(() => TaskEventUnion, {
    description:
      'Follows a task: a snapshot first (or, with `after`, what came since), then each change, what its attempts log, who asked for it again and, while it waits for its turn, where it stands, then the end.',
    subscribe: ({ args, context }: { args: TaskEventsArgs; context: GraphContext }) =>
      context.services.tasks.follow(context.principal, {
        ...toStreamRequest(args, context),
        withChildren: args.children,
      }),
  })
  taskEvents(@Root() item: TaskFollowItem, @Args(() => TaskEventsArgs) _args: TaskEventsArgs): object {
    return item
  }
}

@Resolver(() => TaskChanged)
export class TaskChangedResolver {
  @FieldResolver(() => Task, { description: 'The task after the change.' })
  task(@Root() { event }: TaskChanged): TaskRoot {
    return event.status
  }
}

@Resolver(() => TaskLogged)
export class TaskLoggedResolver {
  @FieldResolver(() => Int, { description: 'Number of the attempt, from 1.' })
  attempt(@Root() { event }: TaskLogged): number {
    return event.attempt
  }

  @FieldResolver(() => [String], { description: 'The lines, at most 2,000 characters each.' })
  lines(@Root() { event }: TaskLogged): readonly string[] {
    return event.lines
  }
}

@Resolver(() => TaskDeduplicated)
export class TaskDeduplicatedResolver {
  @FieldResolver(() => TaskDedupeModeEnum, { description: 'How it was asked for again.' })
  mode(@Root() { event }: TaskDeduplicated): TaskDedupe['mode'] {
    return event.mode
  }
}

@Resolver(() => TaskChildrenType)
export class TaskChildrenResolver {
  @FieldResolver(() => [TaskStateCount], {
    description: 'How many of them that are still kept are in which state; states without any are left out.',
  })
  states(@Root() { states }: TaskChildrenType): TaskStateCount[] {
    return [...states].map(([state, count]) => ({ state, count }))
  }
}
