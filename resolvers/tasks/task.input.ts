import { ArgsType, Field, Float, ID, InputType, Int } from 'type-graphql'
import type { TaskState } from '../../src/domain/task.js'
import type { Json } from '../../src/kernel/json.js'
import { DateTimeScalar, JsonScalar } from '../common/scalars.js'
import { TaskBackoffInput, TaskConcurrencyInput, TaskDedupeInput } from './task-settings.input.js'
import { TaskStateEnum } from './task.enum.js'

/** What a task is about and how it is done, however it is asked for. */
@InputType('TaskWorkInput', { description: 'What a task is about and how it is done.' })
export abstract class TaskWorkInput {
  @Field(() => String, { description: 'Name of a type; see `taskTypes`.' })
  readonly type!: string

  @Field(() => JsonScalar, { description: 'What the work is about; it must fit the type’s `inputSchema`.' })
  readonly input!: Json

  @Field(() => String, { nullable: true, description: 'Name of a queue; its type’s queue when unset.' })
  readonly queue?: string | null

  @Field(() => Int, { nullable: true, description: '0 to 9, 9 first, 5 when unset; 5 and above count as interactive.' })
  readonly priority?: number | null

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Not before this time, at most ten years from now; as soon as it can be when unset or past.',
  })
  readonly runAt?: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Not before so many milliseconds from now; 0 to ten years. Not together with `runAt`.',
  })
  readonly delayMs?: number | null

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'Given up at this time if it still waits; never when unset. In the future, and after the time at which it is to run.',
  })
  readonly expiresAt?: number | null

  @Field(() => Float, {
    nullable: true,
    description:
      'The longest that one attempt may take, milliseconds: the work is told to stop then, and the attempt has failed. 1 to 604,800,000.',
  })
  readonly timeoutMs?: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Failures that it may have before it has failed for good; 1 to 100.',
  })
  readonly attemptLimit?: number | null

  @Field(() => TaskBackoffInput, { nullable: true, description: 'How long it waits before it is tried again.' })
  readonly backoff?: TaskBackoffInput | null

  @Field(() => TaskConcurrencyInput, {
    nullable: true,
    description: 'What bounds it together with others of the same key.',
  })
  readonly concurrency?: TaskConcurrencyInput | null

  @Field(() => String, {
    nullable: true,
    description:
      'An http or https address that is told of its end by a POST, signed as Standard Webhooks says, at least once; at most 2,048 characters.',
  })
  readonly webhookUrl?: string | null
}

@InputType('EnqueueTaskInput', { description: 'A piece of work. What is unset is as its type’s defaults say.' })
export class EnqueueTaskInput extends TaskWorkInput {
  @Field(() => TaskDedupeInput, { nullable: true, description: 'How it is kept from being done more than once.' })
  readonly dedupe?: TaskDedupeInput | null
}

@ArgsType()
export class EnqueueTaskArgs {
  @Field(() => EnqueueTaskInput, { description: 'What is to be done.' })
  readonly input!: EnqueueTaskInput

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same task, also where `dedupe` gave one that was there (a task remembers 100 of these); with another input, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('CancelTaskInput', { description: 'What to cancel.' })
export class CancelTaskInput {
  @Field(() => ID, { description: 'Id of a task.' })
  readonly id!: string

  @Field(() => Boolean, {
    defaultValue: true,
    description:
      'Whether all that waits for it in its graph, and for that, is cancelled too once it has ended; otherwise each ends, or runs, by its policy.',
  })
  readonly withChildren!: boolean
}

@InputType('RetryTaskInput', { description: 'What to do again.' })
export class RetryTaskInput {
  @Field(() => ID, { description: 'Id of an ended task.' })
  readonly id!: string

  @Field(() => JsonScalar, { nullable: true, description: 'Another input; the one that it had when unset or null.' })
  readonly input?: Json
}

@InputType('SetTaskPriorityInput', { description: 'Which task goes sooner or later.' })
export class SetTaskPriorityInput {
  @Field(() => ID, { description: 'Id of a task that waits.' })
  readonly id!: string

  @Field(() => Int, { description: '0 to 9, 9 first.' })
  readonly priority!: number
}

@InputType('RescheduleTaskInput', { description: 'Which task runs at another time.' })
export class RescheduleTaskInput {
  @Field(() => ID, { description: 'Id of a task that waits.' })
  readonly id!: string

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Not before this time, at most ten years from now; as soon as it can be when unset or null.',
  })
  readonly runAt?: number | null
}

@InputType('DeleteTaskInput', { description: 'What to delete.' })
export class DeleteTaskInput {
  @Field(() => ID, { description: 'Id of an ended task.' })
  readonly id!: string
}

@InputType('RequeueDeadLettersInput', {
  description: 'Which dead letters to do again; all conditions that are given must hold.',
})
export class RequeueDeadLettersInput {
  @Field(() => String, { nullable: true, description: 'Of this queue.' })
  readonly queue?: string | null

  @Field(() => String, { nullable: true, description: 'Of this type.' })
  readonly type?: string | null

  @Field(() => [ID], { nullable: true, description: 'Of these ids, at most 1,000; others are passed over.' })
  readonly ids?: string[] | null

  @Field(() => Int, { defaultValue: 100, description: 'How many at most, the oldest first; 1 to 1,000.' })
  readonly first!: number
}

@InputType('TaskFilterInput', { description: 'Which tasks; all conditions that are given must hold.' })
export class TaskFilterInput {
  @Field(() => [TaskStateEnum], { nullable: true, description: 'In one of these states.' })
  readonly state?: TaskState[] | null

  @Field(() => String, { nullable: true, description: 'Of the type with this name.' })
  readonly type?: string | null

  @Field(() => String, { nullable: true, description: 'In the queue with this name.' })
  readonly queue?: string | null

  @Field(() => String, { nullable: true, description: 'With this `concurrency.key`.' })
  readonly concurrencyKey?: string | null

  @Field(() => ID, { nullable: true, description: 'Of the graph with this id.' })
  readonly graphId?: string | null

  @Field(() => ID, { nullable: true, description: 'Made by the schedule with this id, which may be gone.' })
  readonly scheduleId?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Whether they are dead letters.' })
  readonly isDeadLetter?: boolean | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Accepted after this time.' })
  readonly createdAfter?: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Accepted before this time; after `createdAfter`.' })
  readonly createdBefore?: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Ended after this time.' })
  readonly endedAfter?: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Ended before this time; after `endedAfter`.' })
  readonly endedBefore?: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'With a `runAt` after this time.' })
  readonly runAfter?: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'With a `runAt` before this time; after `runAfter`.' })
  readonly runBefore?: number | null

  @Field(() => String, {
    nullable: true,
    description:
      'With this text in the code or message of their error (in the first 500 characters), whatever the case; 3 to 200 characters.',
  })
  readonly errorContains?: string | null
}
