import { Field, Float, InputType, Int } from 'type-graphql'
import type { TaskDedupe } from '../../src/domain/task.js'
import { TaskDedupeModeEnum } from './task.enum.js'

@InputType('TaskBackoffInput', {
  description:
    'How long a task waits before it is tried again: `initialMs` × `factor` ^ (failures − 1), at most `maxMs`. What is unset is as the type’s defaults say.',
})
export class TaskBackoffInput {
  @Field(() => Float, {
    nullable: true,
    description: 'The wait after the first failure, milliseconds; 0 to 604,800,000.',
  })
  readonly initialMs?: number | null

  @Field(() => Float, { nullable: true, description: 'By how much each wait is longer than the one before; 1 to 10.' })
  readonly factor?: number | null

  @Field(() => Float, { nullable: true, description: 'The longest wait, milliseconds; 0 to 604,800,000.' })
  readonly maxMs?: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'The part of a wait that is left to chance, so that not all come at once; 0 to 1.',
  })
  readonly jitter?: number | null
}

@InputType('TaskRateInput', { description: 'How many tasks of a key begin in a time.' })
export class TaskRateInput {
  @Field(() => Int, { description: 'At most so many; 1 to 10,000.' })
  readonly count!: number

  @Field(() => Float, { description: 'In any time as long as this, whole milliseconds; 1 to 604,800,000.' })
  readonly perMs!: number
}

@InputType('TaskConcurrencyInput', {
  description:
    'How many of the tenant’s tasks with one key run at once and begin in a time, whatever their queues. Where tasks of one key say different bounds, those of the latest hold.',
})
export class TaskConcurrencyInput {
  @Field(() => String, { description: 'Name that the tasks share; 1 to 256 characters.' })
  readonly key!: string

  @Field(() => Int, { defaultValue: 1, description: 'The most that run at once; 1 to 10,000.' })
  readonly limit!: number

  @Field(() => TaskRateInput, { nullable: true, description: 'How many begin in a time; unset is no bound.' })
  readonly rate?: TaskRateInput | null
}

@InputType('TaskDedupeInput', { description: 'How a task that is asked for more than once is done once.' })
export class TaskDedupeInput {
  @Field(() => String, { description: 'Name of the work among the tenant’s tasks of its type; 1 to 256 characters.' })
  readonly key!: string

  @Field(() => TaskDedupeModeEnum, { description: 'Which of them is done.' })
  readonly mode!: TaskDedupe['mode']
}
