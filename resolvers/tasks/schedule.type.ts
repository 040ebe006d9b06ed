import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { CatchUpPolicy, OverlapPolicy, SkipReason } from '../../src/domain/schedule.js'
import { createConnectionType } from '../common/connection.type.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import { CatchUpPolicyEnum, OverlapPolicyEnum, SkipReasonEnum } from './schedule.enum.js'
import { TaskBackoffType, TaskConcurrencyType } from './task-settings.type.js'

@ObjectType('TaskTemplate', {
  description: 'The task that a schedule makes. What is null is as its type’s defaults say when it is made.',
})
export class TaskTemplateType {
  @Field(() => String, { description: 'Name of its type; see `taskTypes`.' })
  readonly type!: string

  @Field(() => String, { nullable: true, description: 'Name of its queue; null is its type’s queue.' })
  readonly queue?: string | null

  @Field(() => Int, { nullable: true, description: '0 to 9, 9 first; null is 5.' })
  readonly priority?: number | null

  @Field(() => Float, { nullable: true, description: 'The longest that one attempt may take, milliseconds.' })
  readonly timeoutMs?: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Failures that it may have before it has failed for good; 1 to 100.',
  })
  readonly attemptLimit?: number | null

  @Field(() => TaskBackoffType, { nullable: true, description: 'How long it waits before it is tried again.' })
  readonly backoff?: TaskBackoffType | null

  @Field(() => TaskConcurrencyType, {
    nullable: true,
    description: 'What bounds it together with others of the same key.',
  })
  readonly concurrency?: TaskConcurrencyType | null

  @Field(() => Float, {
    nullable: true,
    description: 'Given up if it still waits so long after its time, milliseconds; null is never.',
  })
  readonly expiresAfterMs?: number | null
}

@ObjectType('PlannedRun', { description: 'A run of a schedule that is to come.' })
export class PlannedRunType {
  @Field(() => DateTimeScalar, { description: 'When it is due, by the cron expression.' })
  readonly dueAt!: number

  @Field(() => DateTimeScalar, { description: 'When its task is made: when it is due, and its jitter.' })
  readonly firesAt!: number
}

@ObjectType('SkippedFirings', { description: 'Due times of a schedule for which there is no task, for one reason.' })
export class SkippedFiringsType {
  @Field(() => SkipReasonEnum, { description: 'Why.' })
  readonly reason!: SkipReason

  @Field(() => Int, { description: 'How many, since the schedule was made; 1 or more.' })
  readonly count!: number

  @Field(() => DateTimeScalar, { description: 'The latest of them.' })
  readonly lastDueAt!: number

  @Field(() => String, {
    nullable: true,
    description: 'What was wrong with the latest, where the reason does not tell.',
  })
  readonly lastMessage!: string | null
}

@ObjectType('Schedule', {
  implements: Node,
  description:
    'Makes a task at each time at which its cron expression is due: one for each, however many servers run, and not again after a crash.',
})
export class Schedule extends Node {
  @Field(() => String, { description: 'The tenant that it belongs to.' })
  readonly tenantId!: string

  @Field(() => String, { description: 'Its name, unique within the tenant.' })
  readonly name!: string

  @Field(() => String, { description: 'When it is due, as in `UpsertScheduleInput.cron`.' })
  readonly cron!: string

  @Field(() => String, { description: 'The time zone of the cron expression, by its name in the IANA database.' })
  readonly timezone!: string

  @Field(() => Int, {
    description: 'How much later than it is due a task is made at most, milliseconds; 0 to 3,600,000.',
  })
  readonly jitterMs!: number

  @Field(() => Boolean, { description: 'Whether it makes no tasks at the moment.' })
  readonly paused!: boolean

  @Field(() => OverlapPolicyEnum, { description: 'What it does while the run before has not ended.' })
  readonly overlap!: OverlapPolicy

  @Field(() => CatchUpPolicyEnum, { description: 'What becomes of due times that were missed.' })
  readonly catchUp!: CatchUpPolicy

  @Field(() => Float, {
    description: 'Missed due times that are older than this are left out, milliseconds; 0 to 2,592,000,000.',
  })
  readonly catchUpWindowMs!: number

  @Field(() => TaskTemplateType, { name: 'task', description: 'The task that it makes.' })
  readonly template!: TaskTemplateType

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The latest due time that was fired or skipped; null before the first.',
  })
  readonly lastDueAt!: number | null

  @Field(() => [SkippedFiringsType], {
    description:
      'Due times for which there is no task, by reason. Those of a paused schedule are none, and do not count.',
  })
  readonly skipped!: readonly SkippedFiringsType[]

  @Field(() => String, { description: 'Who made it; its tasks are made in the same name.' })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { description: 'When it was changed or fired last.' })
  readonly updatedAt!: number
}

@ObjectType('DeletedSchedule', { description: 'A schedule was deleted. Its tasks stay.' })
export class DeletedSchedule {
  @Field(() => ID, { description: 'The id that it had; `scheduleId` of its tasks.' })
  readonly deletedId!: string
}

export const ScheduleConnection = createConnectionType(Schedule, 'Schedule')
