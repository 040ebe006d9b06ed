import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { TaskDocument, TaskState } from '../../src/domain/task.js'
import type { TaskStatus } from '../../src/services/tasks/task-events.js'
import { createConnectionType } from '../common/connection.type.js'
import { ErrorInfoType } from '../common/error-info.type.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import { TaskBackoffType, TaskConcurrencyType, TaskDedupeType } from './task-settings.type.js'
import { TaskStateEnum } from './task.enum.js'

/** What resolvers of a task get: its document, or its status as an event told it. */
export type TaskRoot = Omit<TaskStatus, 'lastAttempt'> &
  Partial<Pick<TaskStatus, 'lastAttempt'>> &
  Partial<Pick<TaskDocument, 'input' | 'output' | 'attempts'>>

@ObjectType('Progress', { description: 'How far a piece of work has come.' })
export class ProgressType {
  @Field(() => Float, { description: 'How much is done, in the unit of its type; never less within an attempt.' })
  readonly done!: number

  @Field(() => Float, { nullable: true, description: 'How much there is to do; null when that is not known.' })
  readonly total!: number | null

  @Field(() => String, { nullable: true, description: 'What is being done, for people.' })
  readonly message!: string | null
}

@ObjectType('TaskWebhook', { description: 'An address that is told of a task’s end.' })
export class TaskWebhookType {
  @Field(() => String, { description: 'The address.' })
  readonly url!: string

  readonly taskId!: string | null
}

@ObjectType('TaskSpan', { description: 'A part of an attempt, and how long it took.' })
export class TaskSpanType {
  @Field(() => Int, { description: 'Number of the attempt.' })
  readonly attempt!: number

  @Field(() => String, {
    description: '`wait` is the time in the queue before it, `work` the whole of the work, others are parts of that.',
  })
  readonly name!: string

  @Field(() => DateTimeScalar, { description: 'When it began.' })
  readonly startedAt!: number

  @Field(() => Float, { description: 'How long it took, milliseconds.' })
  readonly durationMs!: number

  @Field(() => Boolean, { description: 'Whether it ended with an error.' })
  readonly failed!: boolean
}

@ObjectType('TaskTrace', { description: 'Where a task’s time went.' })
export class TaskTraceType {
  @Field(() => String, { description: 'Trace that the task was accepted in, 32 hexadecimal digits.' })
  readonly traceId!: string

  @Field(() => [TaskSpanType], {
    description:
      'The parts of its attempts, in the order of their ends; at most 50 of each. Of one elsewhere, `wait` and `work` as the server saw them.',
  })
  readonly spans!: readonly TaskSpanType[]
}

@ObjectType('Attempt', { description: 'One time that a worker had a task.' })
export class AttemptType {
  @Field(() => Int, {
    description: 'Number of the claim, from 1. Claims that ended before anything was seen of them leave holes.',
  })
  readonly number!: number

  @Field(() => ID, { description: 'Id of the worker.' })
  readonly workerId!: string

  @Field(() => DateTimeScalar, { description: 'When it began.' })
  readonly startedAt!: number

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended; null while it runs.' })
  readonly endedAt!: number | null

  @Field(() => ErrorInfoType, { nullable: true, description: 'Why it failed; null when it runs or succeeded.' })
  readonly error!: ErrorInfoType | null

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the next attempt begins at the earliest, where this one’s failure leads to one.',
  })
  readonly nextAttemptAt!: number | null
}

@ObjectType('Task', {
  implements: Node,
  description:
    'A durable piece of work: never lost, never done twice in effect. It is on disk from its acceptance on, and followed by `taskEvents`.',
})
export class Task extends Node {
  @Field(() => String, { description: 'The tenant that it belongs to.' })
  readonly tenantId!: string

  @Field(() => String, { description: 'Name of its type; see `taskTypes`.' })
  readonly type!: string

  @Field(() => TaskStateEnum, { description: 'Where it stands.' })
  readonly state!: TaskState

  @Field(() => String, { nullable: true, description: 'More about the state, in words, where there is more.' })
  readonly stateReason!: string | null

  @Field(() => Int, { description: '0 to 9, 9 first.' })
  readonly priority!: number

  @Field(() => ErrorInfoType, {
    nullable: true,
    description: 'Why it ended without success, or why its last attempt that ended did not succeed; null otherwise.',
  })
  readonly error!: ErrorInfoType | null

  @Field(() => ProgressType, {
    nullable: true,
    description: 'How far its latest attempt has come; null until that has told something.',
  })
  readonly progress!: ProgressType | null

  @Field(() => Int, { description: 'Number of the latest attempt that was seen; 0 before the first.' })
  readonly attempt!: number

  @Field(() => Int, { description: 'Failures that it may have before it has failed for good; 1 to 100.' })
  readonly attemptLimit!: number

  @Field(() => Int, { description: 'Failures that it has had, lost workers aside; 0 or more.' })
  readonly failures!: number

  @Field(() => TaskBackoffType, { description: 'How long it waits before it is tried again.' })
  readonly backoff!: TaskBackoffType

  @Field(() => DateTimeScalar, { nullable: true, description: 'Not before this time; null is as soon as it can be.' })
  readonly runAt!: number | null

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'While it waits it is given up at this time; null is never.',
  })
  readonly expiresAt!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'The longest that one attempt may take, milliseconds; null is no bound.',
  })
  readonly timeoutMs!: number | null

  @Field(() => TaskConcurrencyType, {
    nullable: true,
    description: 'What bounds it together with others of the same key; null when nothing does.',
  })
  readonly concurrency!: TaskConcurrencyType | null

  @Field(() => TaskDedupeType, {
    nullable: true,
    description: 'How it is kept from being done more than once; null when it is not.',
  })
  readonly dedupe!: TaskDedupeType | null

  @Field(() => String, { nullable: true, description: 'The key that it was asked for by; 1 to 256 characters.' })
  readonly idempotencyKey!: string | null

  @Field(() => Boolean, {
    description:
      'Whether it has failed for good and nobody has looked after it yet: `requeueDeadLetters` does it again.',
  })
  readonly isDeadLetter!: boolean

  @Field(() => TaskWebhookType, { nullable: true, description: 'Who is told of its end; null for nobody.' })
  readonly webhook!: TaskWebhookType | null

  @Field(() => String, {
    description: 'Subject of whoever asked for it, or gave it the input that it was done again with.',
  })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was accepted.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  readonly updatedAt!: number

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it last began to wait for its turn.' })
  readonly queuedAt!: number | null

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The due time of `schedule` that it was made for; null when it is no run of one, or was asked for.',
  })
  readonly scheduleDueAt!: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its first attempt began.' })
  readonly startedAt!: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended.' })
  readonly endedAt!: number | null

  @Field(() => String, { description: 'Trace that it was accepted in, 32 hexadecimal digits.' })
  readonly traceId!: string
}

export const TaskConnection = createConnectionType(Task, 'Task')
