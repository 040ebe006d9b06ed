import { Arg, Args, Ctx, Directive, Mutation, Resolver } from 'type-graphql'
import { answer } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import { toDeadLetterFilter, toEnqueueRequest } from './task-request.js'
import {
  CancelTaskInput,
  DeleteTaskInput,
  EnqueueTaskArgs,
  RequeueDeadLettersInput,
  RescheduleTaskInput,
  RetryTaskInput,
  SetTaskPriorityInput,
} from './task.input.js'
import {
  CancelTaskResult,
  ChangeTaskResult,
  DeleteTaskResult,
  EnqueueTaskResult,
  RequeueDeadLettersResult,
  RetryTaskResult,
} from './task.union.js'

@Resolver()
export class TaskMutationResolver {
  @Directive('@rateLimit')
  @Mutation(() => EnqueueTaskResult, {
    description:
      'Accepts a piece of work and answers when it is on disk; it goes on by itself then, also after a crash. Follow it by `taskEvents`.',
  })
  enqueueTask(@Ctx() { services, principal }: GraphContext, @Args(() => EnqueueTaskArgs) args: EnqueueTaskArgs) {
    return answer(() => services.tasks.enqueue(principal, toEnqueueRequest(args)))
  }

  @Mutation(() => CancelTaskResult, {
    description:
      'Cancels a task, whoever asked for it: one that waits at once, one that runs by telling its worker, which has five seconds to stop. One that had ended stays as it is. What waits for it is cancelled too, unless `withChildren` is false.',
  })
  cancelTask(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => CancelTaskInput, { description: 'Which task.' }) input: CancelTaskInput,
  ) {
    return answer(() => services.tasks.cancel(principal, input.id, input.withChildren))
  }

  @Directive('@rateLimit')
  @Mutation(() => RetryTaskResult, {
    description:
      'Does an ended task again, once, as a new task with the same settings but `dedupe`, and the same input or another. Conflict for one that others of its graph wait for: `rerunTaskGraph` does those again too.',
  })
  retryTask(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => RetryTaskInput, { description: 'Which task.' }) { id, input }: RetryTaskInput,
  ) {
    return answer(() => services.tasks.retry(principal, id, input))
  }

  @Mutation(() => ChangeTaskResult, {
    description:
      'Lets a task that waits go sooner or later; Conflict for any other, also one that a worker is just getting.',
  })
  setTaskPriority(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => SetTaskPriorityInput, { description: 'Which task.' }) { id, priority }: SetTaskPriorityInput,
  ) {
    return answer(() => services.tasks.setPriority(principal, id, priority))
  }

  @Mutation(() => ChangeTaskResult, {
    description:
      'Lets a task that waits, for its time, its turn or its next attempt, run at another time; Conflict as with `setTaskPriority`.',
  })
  rescheduleTask(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => RescheduleTaskInput, { description: 'Which task.' }) { id, runAt }: RescheduleTaskInput,
  ) {
    return answer(() => services.tasks.reschedule(principal, id, runAt ?? null))
  }

  @Mutation(() => DeleteTaskResult, { description: 'Deletes an ended task, its input, output, log and stream.' })
  deleteTask(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeleteTaskInput, { description: 'Which task.' }) input: DeleteTaskInput,
  ) {
    return answer(async () => {
      await services.tasks.delete(principal, input.id)
      return { deletedId: input.id }
    })
  }

  @Directive('@rateLimit')
  @Mutation(() => RequeueDeadLettersResult, {
    description:
      'Does dead letters of the tenant again: as `retryTask` does, and as `rerunTaskGraph` those that others of their graph wait for. A full queue stops it before all are done; what it did so far is answered.',
  })
  requeueDeadLetters(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => RequeueDeadLettersInput, { description: 'Which of them.' }) input: RequeueDeadLettersInput,
  ) {
    return answer(async () => {
      const requeued = await services.tasks.requeueDeadLetters(principal, toDeadLetterFilter(input), input.first)
      return { ...requeued, count: requeued.taskIds.length }
    })
  }
}
