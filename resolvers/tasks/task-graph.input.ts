import { ArgsType, Field, ID, InputType } from 'type-graphql'
import type { ParentFailurePolicy } from '../../src/domain/task-graph.js'
import type { Json } from '../../src/kernel/json.js'
import { createEnum } from '../common/enums.js'
import { JsonScalar } from '../common/scalars.js'
import { TaskWorkInput } from './task.input.js'

export const ParentFailurePolicyEnum = createEnum<ParentFailurePolicy>({
  name: 'ParentFailurePolicy',
  description: 'What becomes of a task when one that it waits for ends otherwise than SUCCEEDED.',
  values: {
    FAIL: 'It fails, with PARENT_FAILED.',
    SKIP: 'It is cancelled; its `stateReason` says that it was skipped.',
    CONTINUE: 'It runs once the others have ended; what its input takes of the other’s output is null.',
  },
})

@InputType('TaskDependencyInput', { description: 'A task that another waits for.' })
export class TaskDependencyInput {
  @Field(() => String, { description: 'Its `name` in the graph.' })
  readonly name!: string

  @Field(() => ParentFailurePolicyEnum, {
    defaultValue: 'FAIL',
    description: 'What becomes of the task that waits when this one ends otherwise than SUCCEEDED.',
  })
  readonly onFailure!: ParentFailurePolicy
}

@InputType('GraphTaskInput', {
  description:
    'A task of a graph. Where its input has an object `{ "$output": { "of": "name", "pointer": "/a/0" } }`, that is replaced by a part of the output of a task named in `after`, found by a JSON pointer (RFC 6901; "" is all of it), once the task becomes ready. Such an input, of at most 65,536 bytes, is checked by its type’s schema then.',
})
export class GraphTaskInput extends TaskWorkInput {
  @Field(() => String, { description: 'Unique in the graph; 1 to 64 characters.' })
  readonly name!: string

  @Field(() => [TaskDependencyInput], {
    nullable: true,
    description: 'Tasks of the graph that must have ended before it begins, each once; none when unset.',
  })
  readonly after?: TaskDependencyInput[] | null
}

@InputType('EnqueueTaskGraphInput', { description: 'Tasks that wait for each other.' })
export class EnqueueTaskGraphInput {
  @Field(() => [GraphTaskInput], {
    description:
      '1 to 10,000 tasks in any order, with at most 40,000 entries in `after` and inputs of at most 8,388,608 bytes of JSON together.',
  })
  readonly tasks!: GraphTaskInput[]
}

@ArgsType()
export class EnqueueTaskGraphArgs {
  @Field(() => EnqueueTaskGraphInput, { description: 'What is to be done.' })
  readonly input!: EnqueueTaskGraphInput

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same graph; with another input, IdempotencyConflict. 1 to 256 characters; keys of graphs and of tasks are apart.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('RerunTaskGraphInput', { description: 'From where a graph is done again.' })
export class RerunTaskGraphInput {
  @Field(() => ID, { description: 'Id of an ended task of a graph.' })
  readonly id!: string

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'Another input of the task, which may take outputs of the tasks that it waits for; the one that was asked for when unset or null.',
  })
  readonly input?: Json
}
