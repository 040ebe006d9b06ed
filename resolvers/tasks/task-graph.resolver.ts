import { Arg, Args, Ctx, Directive, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { TaskGraphDocument, TaskLinkDocument } from '../../src/domain/task-graph.js'
import type { TaskDocument } from '../../src/domain/task.js'
import { answer } from '../common/problem.interface.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import type { GraphContext } from '../context.js'
import { EnqueueTaskGraphArgs, RerunTaskGraphInput } from './task-graph.input.js'
import { TaskDependency, TaskDependencyConnection, TaskGraph, TaskStateCount } from './task-graph.type.js'
import { answerOrCycle, EnqueueTaskGraphResult, RerunTaskGraphResult } from './task-graph.union.js'
import { toGraphRequest } from './task-request.js'
import { Task, TaskConnection, type TaskRoot } from './task.type.js'

@Resolver(() => TaskGraph)
export class TaskGraphResolver {
  @Query(() => TaskGraph, { nullable: true, description: 'The graph of tasks with this id, or null.' })
  taskGraph(
    @Ctx() { loaders }: GraphContext,
    @Arg('id', () => ID, { description: 'Id of a graph of tasks.' }) id: string,
  ): Promise<TaskGraphDocument | null> {
    return loaders.taskGraphs.load(id)
  }

  @Directive('@rateLimit')
  @Mutation(() => EnqueueTaskGraphResult, {
    description:
      'Accepts tasks of which some wait for others, all of them or none, and answers when they are on disk. A task begins when all that it waits for have ended, and takes what it needs of their outputs.',
  })
  enqueueTaskGraph(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => EnqueueTaskGraphArgs) args: EnqueueTaskGraphArgs,
  ) {
    return answerOrCycle(() => services.taskGraphs.enqueue(principal, toGraphRequest(args)))
  }

  @Directive('@rateLimit')
  @Mutation(() => RerunTaskGraphResult, {
    description:
      'Does an ended task of a graph again, and all that comes after it, as new tasks in a graph of their own, once. They take the outputs of tasks that are not done again as they are.',
  })
  rerunTaskGraph(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => RerunTaskGraphInput, { description: 'From where.' }) { id, input }: RerunTaskGraphInput,
  ) {
    return answer(() => services.taskGraphs.rerun(principal, id, input ?? undefined))
  }

  @FieldResolver(() => TaskConnection, {
    description: 'Its tasks that are still kept, in the order in which they were given.',
  })
  async tasks(
    @Root() { id }: TaskGraphDocument,
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<TaskDocument>> {
    return toConnection(await services.taskGraphs.listTasks(principal, id, toPageRequest(page)))
  }

  @FieldResolver(() => [TaskStateCount], {
    description: 'How many of its tasks that are still kept are in which state; states without any are left out.',
  })
  async states(
    @Root() { id }: TaskGraphDocument,
    @Ctx() { services, principal }: GraphContext,
  ): Promise<TaskStateCount[]> {
    const counts = await services.taskGraphs.countStates(principal, id)
    return [...counts].map(([state, count]) => ({ state, count }))
  }

  @FieldResolver(() => Task, {
    nullable: true,
    description: 'The task that it does again, with all that came after it; null when it does none, or that is gone.',
  })
  rerunOf(@Root() { rerunOf }: TaskGraphDocument, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return rerunOf === null ? Promise.resolve(null) : loaders.tasks.load(rerunOf)
  }
}

@Resolver(() => TaskDependency)
export class TaskDependencyResolver {
  @FieldResolver(() => Task, { nullable: true, description: 'The parent; null when it is not kept any more.' })
  parent(@Root() { parentId }: TaskLinkDocument, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return loaders.tasks.load(parentId)
  }

  @FieldResolver(() => Task, { nullable: true, description: 'The child; null when it is not kept any more.' })
  child(@Root() { childId }: TaskLinkDocument, @Ctx() { loaders }: GraphContext): Promise<TaskDocument | null> {
    return loaders.tasks.load(childId)
  }
}

@Resolver(() => Task)
export class GraphTaskResolver {
  @FieldResolver(() => TaskGraph, { nullable: true, description: 'The graph that it belongs to; null when to none.' })
  graph(@Root() { graphId }: TaskRoot, @Ctx() { loaders }: GraphContext): Promise<TaskGraphDocument | null> {
    return graphId === null ? Promise.resolve(null) : loaders.taskGraphs.load(graphId)
  }

  @FieldResolver(() => String, { nullable: true, description: 'Its name in its graph; 1 to 64 characters.' })
  name(@Root() { graph }: TaskRoot): string | null {
    return graph?.name ?? null
  }

  @FieldResolver(() => Int, { description: 'Tasks that it waits for, or waited for; 0 to 10,000.' })
  parentCount(@Root() { graph }: TaskRoot): number {
    return graph?.parentCount ?? 0
  }

  @FieldResolver(() => Int, { description: 'Tasks of its graph that wait for it, or waited for it; 0 to 10,000.' })
  childCount(@Root() { graph }: TaskRoot): number {
    return graph?.childCount ?? 0
  }

  @FieldResolver(() => TaskDependencyConnection, { description: 'What it waits for, or waited for, in its order.' })
  async parents(
    @Root() { id }: TaskRoot,
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<TaskLinkDocument>> {
    return toConnection(await services.taskGraphs.listParents(principal, id, toPageRequest(page)))
  }

  @FieldResolver(() => TaskDependencyConnection, {
    description: 'What waits for it, or waited for it, tasks of later graphs that do some of its graph again included.',
  })
  async children(
    @Root() { id }: TaskRoot,
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<TaskLinkDocument>> {
    return toConnection(await services.taskGraphs.listChildren(principal, id, toPageRequest(page)))
  }
}
