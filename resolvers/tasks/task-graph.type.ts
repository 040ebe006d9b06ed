import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { ParentFailurePolicy } from '../../src/domain/task-graph.js'
import type { TaskState } from '../../src/domain/task.js'
import { createConnectionType } from '../common/connection.type.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import { ParentFailurePolicyEnum } from './task-graph.input.js'
import { TaskStateEnum } from './task.enum.js'

@ObjectType('TaskStateCount', { description: 'How many tasks are in a state.' })
export class TaskStateCount {
  @Field(() => TaskStateEnum, { description: 'The state.' })
  readonly state!: TaskState

  @Field(() => Int, { description: 'How many; 1 to 10,000.' })
  readonly count!: number
}

@ObjectType('TaskGraph', {
  implements: Node,
  description: 'Tasks that were accepted together, all or none, of which some wait for others.',
})
export class TaskGraph extends Node {
  @Field(() => Int, { description: 'Tasks that it had at its acceptance; 1 to 10,000.' })
  readonly taskCount!: number

  @Field(() => Int, { description: 'Entries in `after` of all its tasks; 0 to 40,000.' })
  readonly linkCount!: number

  @Field(() => String, { nullable: true, description: 'The key that it was asked for by; 1 to 256 characters.' })
  readonly idempotencyKey!: string | null

  @Field(() => String, { description: 'Subject of whoever asked.' })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was accepted.' })
  readonly createdAt!: number
}

@ObjectType('TaskDependency', { description: 'That a task, the child, waits for another, the parent.' })
export class TaskDependency {
  @Field(() => ID, { description: 'Id of the parent.' })
  readonly parentId!: string

  @Field(() => String, { description: 'Name of the parent in the graph.' })
  readonly parentName!: string

  @Field(() => ID, { description: 'Id of the child.' })
  readonly childId!: string

  @Field(() => ParentFailurePolicyEnum, {
    description: 'What becomes of the child when the parent ends otherwise than SUCCEEDED.',
  })
  readonly onFailure!: ParentFailurePolicy
}

export const TaskDependencyConnection = createConnectionType(TaskDependency, 'TaskDependency')
