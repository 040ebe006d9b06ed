import { Arg, Args, Ctx, Directive, Mutation, Resolver } from 'type-graphql'
import { answer } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import {
  DeleteScheduleInput,
  PauseScheduleInput,
  ResumeScheduleInput,
  RunScheduleNowArgs,
  UpsertScheduleInput,
} from './schedule.input.js'
import { DeleteScheduleResult, RunScheduleNowResult, ScheduleResult, UpsertScheduleResult } from './schedule.union.js'
import { toScheduleSettings } from './task-request.js'

@Resolver()
export class ScheduleMutationResolver {
  @Directive('@rateLimit')
  @Mutation(() => UpsertScheduleResult, {
    description:
      'Makes the schedule of this name, or changes it to what is given, at once. The task is checked as `enqueueTask` checks it. A tenant has at most 1,000 schedules.',
  })
  upsertSchedule(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => UpsertScheduleInput, { description: 'The schedule.' }) input: UpsertScheduleInput,
  ) {
    return answer(() => services.schedules.upsert(principal, toScheduleSettings(input)))
  }

  @Mutation(() => DeleteScheduleResult, { description: 'Deletes a schedule, at once. Its tasks stay, and go on.' })
  deleteSchedule(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeleteScheduleInput, { description: 'Which schedule.' }) input: DeleteScheduleInput,
  ) {
    return answer(async () => ({ deletedId: (await services.schedules.delete(principal, input.name)).id }))
  }

  @Mutation(() => ScheduleResult, {
    description: 'Lets a schedule make no tasks until it is resumed, from now on; those that are there go on.',
  })
  pauseSchedule(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => PauseScheduleInput, { description: 'Which schedule.' }) input: PauseScheduleInput,
  ) {
    return answer(() => services.schedules.setPaused(principal, input.name, true))
  }

  @Mutation(() => ScheduleResult, {
    description:
      'Lets a paused schedule make tasks again, from the next due time on; what was due before is not made up for.',
  })
  resumeSchedule(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => ResumeScheduleInput, { description: 'Which schedule.' }) input: ResumeScheduleInput,
  ) {
    return answer(() => services.schedules.setPaused(principal, input.name, false))
  }

  @Directive('@rateLimit')
  @Mutation(() => RunScheduleNowResult, {
    description:
      'Makes a task of a schedule beside its due times, also while it is paused. The overlap policy holds: with SKIP it is a Conflict while the run before has not ended.',
  })
  runScheduleNow(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => RunScheduleNowArgs) args: RunScheduleNowArgs,
  ) {
    return answer(() => services.schedules.runNow(principal, args.input.name, args.idempotencyKey ?? undefined))
  }
}
