import { Field, ObjectType } from 'type-graphql'
import { GraphloomError } from '../../src/kernel/errors.js'
import {
  answer,
  Conflict,
  IdempotencyConflict,
  InvalidInput,
  NotFound,
  Overloaded,
  Problem,
} from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { TaskGraph } from './task-graph.type.js'

@ObjectType('TaskGraphCycle', {
  implements: Problem,
  description: 'Tasks of the graph wait for each other in a circle. Nothing was stored.',
})
export class TaskGraphCycle extends Problem {
  @Field(() => String, {
    nullable: true,
    description: 'Where in the input the first of them waits, e.g. `input.tasks.0.after`.',
  })
  readonly path!: string | null

  @Field(() => [String], {
    description: 'Names of the tasks, each of which waits for the next, and the last for the first.',
  })
  readonly names!: readonly string[]
}

export const EnqueueTaskGraphResult = createUnion({
  name: 'EnqueueTaskGraphResult',
  description: 'The accepted graph, which is on disk as a whole; or why nothing of it was stored.',
  types: [TaskGraph, InvalidInput, TaskGraphCycle, Overloaded, IdempotencyConflict],
  typeName: problemOr('TaskGraph'),
})

export const RerunTaskGraphResult = createUnion({
  name: 'RerunTaskGraphResult',
  description: 'The graph of the new tasks, or why there is none.',
  types: [TaskGraph, NotFound, Conflict, InvalidInput, Overloaded],
  typeName: problemOr('TaskGraph'),
})

/** As `answer`; a cycle is a problem of its own. */
export function answerOrCycle<T extends object>(work: () => Promise<T>): Promise<object> {
  return answer<object>(async () => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof GraphloomError) || !error.details.cycle) throw error
      const { code, message, retryable, details } = error
      return {
        __typename: 'TaskGraphCycle',
        code,
        message,
        retryable,
        path: details.path ?? null,
        names: details.cycle,
      }
    }
  })
}
