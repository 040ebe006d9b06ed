import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { TaskDocument } from '../../src/domain/task.js'
import { workerStateOf, type WorkerDocument, type WorkerState } from '../../src/domain/worker.js'
import { ERROR_CATALOGUE } from '../../src/kernel/error-catalogue.js'
import type { Json } from '../../src/kernel/json.js'
import { PageArgs, toConnection, toPageRequest, type ConnectionRoot } from '../common/connection.type.js'
import { answer } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import { Task } from './task.type.js'
import {
  ClaimTasksInput,
  CompleteTaskInput,
  FailTaskInput,
  HeartbeatTaskInput,
  ReleaseTaskInput,
  ReportTaskProgressInput,
} from './worker.input.js'
import { Worker, WorkerConnection, WorkerStateEnum } from './worker.type.js'
import { ClaimTasksResult, HeartbeatTaskResult, WorkOnTaskResult } from './worker.union.js'

@Resolver(() => Worker)
export class WorkerResolver {
  @Query(() => WorkerConnection, { description: 'The tenant’s workers, and those of the server; the newest first.' })
  async workers(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<ConnectionRoot<WorkerDocument>> {
    return toConnection(await services.workers.list(principal, toPageRequest(page)))
  }

  @FieldResolver(() => WorkerStateEnum, { description: 'Whether it is there.' })
  state(@Root() worker: WorkerDocument): WorkerState {
    return workerStateOf(worker, Date.now())
  }

  @FieldResolver(() => [Task], {
    description:
      'Tasks of the caller’s tenant that it works on; at most 100, and 1,000 of all workers that are asked for together.',
  })
  running(@Root() worker: WorkerDocument, @Ctx() { loaders }: GraphContext): Promise<readonly TaskDocument[]> {
    return loaders.tasksOfWorker.load(worker.id)
  }

  @Mutation(() => ClaimTasksResult, {
    description: 'Gives tasks to a worker: RUNNING, with a lease that it extends by `heartbeatTask`.',
  })
  claimTasks(
    @Ctx() { services, principal, signal }: GraphContext,
    @Arg('input', () => ClaimTasksInput, { description: 'Which tasks.' }) input: ClaimTasksInput,
  ) {
    return answer(async () => ({ tasks: await services.taskClaims.claim(principal, input, signal) }))
  }

  @Mutation(() => HeartbeatTaskResult, {
    description:
      'Extends the leases of tasks that a worker works on, and tells which it is to stop: it has five seconds for that, so it asks at least every two.',
  })
  heartbeatTask(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => HeartbeatTaskInput, { description: 'Which.' }) { claims, leaseMs }: HeartbeatTaskInput,
  ) {
    return answer(async () => ({ claims: await services.taskClaims.heartbeat(principal, claims, leaseMs) }))
  }

  @Mutation(() => WorkOnTaskResult, { description: 'How far a worker is with a task, and lines of its log.' })
  reportTaskProgress(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => ReportTaskProgressInput, { description: 'What it tells.' }) input: ReportTaskProgressInput,
  ) {
    const { progress, log } = input
    const told = progress && {
      done: progress.done,
      total: progress.total ?? null,
      message: progress.message ?? null,
    }
    return answer(() => services.taskClaims.report(principal, input, { progress: told ?? null, lines: log }))
  }

  @Mutation(() => WorkOnTaskResult, {
    description:
      'Ends a task as SUCCEEDED with what the work gave, also one that is CANCELLING: the work was done before it was told to stop.',
  })
  completeTask(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => CompleteTaskInput, { description: 'What it gave.' }) input: CompleteTaskInput,
  ) {
    return answer(() => services.taskClaims.complete(principal, input, (input.output ?? null) as Json))
  }

  @Mutation(() => WorkOnTaskResult, {
    description: 'Ends an attempt that failed, or one that was stopped because the task was cancelled.',
  })
  failTask(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => FailTaskInput, { description: 'Why.' }) input: FailTaskInput,
  ) {
    const { code, message, retryAfterMs } = input.error
    const retryable = input.error.retryable ?? (code === 'INTERNAL' || ERROR_CATALOGUE[code].retryable)
    const details = typeof retryAfterMs === 'number' ? { details: { retryAfterMs } } : {}
    return answer(() => services.taskClaims.fail(principal, input, { code, message, retryable, ...details }))
  }

  @Mutation(() => WorkOnTaskResult, {
    description: 'Gives a task back that is not done, for another worker; that is no failure of it.',
  })
  releaseTask(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => ReleaseTaskInput, { description: 'Which.' }) input: ReleaseTaskInput,
  ) {
    return answer(() => services.taskClaims.release(principal, input))
  }
}
