import { ArgsType, Field, Int, ObjectType } from 'type-graphql'
import type { TaskLogRequest } from '../../src/services/tasks/task-logs.js'
import { createConnectionType } from '../common/connection.type.js'
import { CursorScalar, DateTimeScalar } from '../common/scalars.js'

@ObjectType('TaskLogLine', { description: 'A line that an attempt wrote.' })
export class TaskLogLineType {
  @Field(() => Int, { description: 'Number of the attempt, from 1.' })
  readonly attempt!: number

  @Field(() => DateTimeScalar, { description: 'When it was stored, at most a second after it was written.' })
  readonly at!: number

  @Field(() => String, { description: 'The line, at most 2,000 characters.' })
  readonly text!: string
}

export const TaskLogConnection = createConnectionType(TaskLogLineType, 'TaskLog')

@ArgsType()
export class TaskLogArgs {
  @Field(() => Int, {
    defaultValue: 100,
    description: 'How many lines from the beginning or after `after`; 1 to 1,000.',
  })
  readonly first!: number

  @Field(() => CursorScalar, { nullable: true, description: 'Lines after this cursor.' })
  readonly after?: string | null
}

export const toLogRequest = ({ first, after }: TaskLogArgs): TaskLogRequest => ({ limit: first, cursor: after ?? null })
