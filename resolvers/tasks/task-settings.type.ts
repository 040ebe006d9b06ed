import { Field, Float, Int, ObjectType } from 'type-graphql'
import type { TaskDedupe } from '../../src/domain/task.js'
import { TaskDedupeModeEnum } from './task.enum.js'

@ObjectType('TaskBackoff', {
  description:
    'How long a task waits before it is tried again: `initialMs` × `factor` ^ (failures − 1), at most `maxMs`, less the part that is left to chance.',
})
export class TaskBackoffType {
  @Field(() => Float, { description: 'The wait after the first failure, milliseconds; 0 or more.' })
  readonly initialMs!: number

  @Field(() => Float, { description: 'By how much each wait is longer than the one before; 1 to 10.' })
  readonly factor!: number

  @Field(() => Float, { description: 'The longest wait, milliseconds; 0 or more.' })
  readonly maxMs!: number

  @Field(() => Float, {
    description: 'The part of a wait that is left to chance, so that not all come at once; 0 to 1.',
  })
  readonly jitter!: number
}

@ObjectType('TaskRate', { description: 'How many tasks of a key begin in a time.' })
export class TaskRateType {
  @Field(() => Int, { description: 'At most so many; 1 or more.' })
  readonly count!: number

  @Field(() => Float, { description: 'In any time as long as this, milliseconds; 1 or more.' })
  readonly perMs!: number
}

@ObjectType('TaskConcurrency', {
  description:
    'How many of the tenant’s tasks with one key run at once and begin in a time, whatever their queues. Where tasks of one key say different bounds, those of the latest hold.',
})
export class TaskConcurrencyType {
  @Field(() => String, { description: 'Name that the tasks share; 1 to 256 characters.' })
  readonly key!: string

  @Field(() => Int, { description: 'The most that run at once; 1 or more.' })
  readonly limit!: number

  @Field(() => TaskRateType, { nullable: true, description: 'How many begin in a time; null is no bound.' })
  readonly rate!: TaskRateType | null
}

@ObjectType('TaskDedupe', { description: 'How a task that is asked for more than once is done once.' })
export class TaskDedupeType {
  @Field(() => String, {
    description: 'Name of the work among the tenant’s tasks of its type; 1 to 256 characters.',
  })
  readonly key!: string

  @Field(() => TaskDedupeModeEnum, { description: 'Which of them is done.' })
  readonly mode!: TaskDedupe['mode']
}
