import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { TaskDocument } from '../../src/domain/task.js'
import type { TaskChildren, TaskFollowItem } from '../../src/services/tasks/task-children.js'
import type { TaskEvent } from '../../src/services/tasks/task-stream.js'
import { Conflict, IdempotencyConflict, InvalidInput, NotFound, Overloaded } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { streamItemTypeName } from '../streams/stream-item.js'
import { StreamEnd, StreamGap, StreamItemType } from '../streams/stream.type.js'
import { Task } from './task.type.js'

@ObjectType('DeletedTask', { description: 'A task was deleted, with its stream.' })
export class DeletedTask {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly deletedId!: string
}

@ObjectType('RequeuedDeadLetters', { description: 'Dead letters are done again, each as a new task.' })
export class RequeuedDeadLettersType {
  @Field(() => [ID], {
    description:
      'Ids of the new tasks; `retryOf` of each is the dead letter. What was done again with them in their graphs is not among them.',
  })
  readonly taskIds!: readonly string[]

  @Field(() => Int, { description: 'How many; 0 to 1,000.' })
  readonly count!: number

  @Field(() => Boolean, {
    description: 'Whether dead letters of the filter are left, so that it is worth asking again.',
  })
  readonly hasMore!: boolean
}

export const EnqueueTaskResult = createUnion({
  name: 'EnqueueTaskResult',
  description: 'The accepted task, which is on disk, or the one in its place; or why there is none.',
  types: [Task, InvalidInput, Overloaded, IdempotencyConflict],
  typeName: problemOr('Task'),
})

export const CancelTaskResult = createUnion({
  name: 'CancelTaskResult',
  description: 'The task, ended or CANCELLING; or why it is not.',
  types: [Task, NotFound],
  typeName: problemOr('Task'),
})

export const RetryTaskResult = createUnion({
  name: 'RetryTaskResult',
  description: 'The new task, or why there is none.',
  types: [Task, NotFound, Conflict, InvalidInput, Overloaded, IdempotencyConflict],
  typeName: problemOr('Task'),
})

export const ChangeTaskResult = createUnion({
  name: 'ChangeTaskResult',
  description: 'The task after the change, or why it was not changed.',
  types: [Task, NotFound, Conflict, InvalidInput],
  typeName: problemOr('Task'),
})

export const DeleteTaskResult = createUnion({
  name: 'DeleteTaskResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedTask, NotFound, Conflict],
  typeName: problemOr('DeletedTask'),
})

export const RequeueDeadLettersResult = createUnion({
  name: 'RequeueDeadLettersResult',
  description: 'What is done again, or why nothing is.',
  types: [RequeuedDeadLettersType, InvalidInput, Overloaded],
  typeName: problemOr('RequeuedDeadLetters'),
})

@ObjectType('TaskSnapshot', { implements: StreamItemType, description: 'The whole task, as a stream begins with it.' })
export class TaskSnapshot extends StreamItemType {
  @Field(() => Task, { name: 'task', description: 'The task as of `sequence`.' })
  readonly snapshot!: TaskDocument
}

@ObjectType('TaskChanged', {
  implements: StreamItemType,
  description: 'The task changed: its state, its progress and what goes with them.',
})
export class TaskChanged extends StreamItemType {
  readonly event!: Extract<TaskEvent, { type: 'changed' }>
}

@ObjectType('TaskLogged', { implements: StreamItemType, description: 'An attempt wrote lines to its log.' })
export class TaskLogged extends StreamItemType {
  readonly event!: Extract<TaskEvent, { type: 'logged' }>
}

@ObjectType('TaskDeduplicated', {
  implements: StreamItemType,
  description: 'The task was asked for again, and no new one was made. What changed by it is told by `TaskChanged`.',
})
export class TaskDeduplicated extends StreamItemType {
  readonly event!: Extract<TaskEvent, { type: 'deduplicated' }>
}

@ObjectType('TaskPosition', {
  implements: StreamItemType,
  description:
    'Where the task stands in its queue at the moment: a figure of the present, given while it waits for its turn, when it has changed, at most once a second. It joins no event: its cursor and `sequence` are those of the item before it, and `fromSequence` is one more.',
})
export class TaskPositionType extends StreamItemType {
  @Field(() => Int, { nullable: true, description: 'As `queuePosition` of the task.' })
  readonly queuePosition!: number | null

  @Field(() => Float, { nullable: true, description: 'As `etaMs` of the task.' })
  readonly etaMs!: number | null
}

@ObjectType('TaskChildren', {
  implements: StreamItemType,
  description:
    'How the tasks that wait for the task directly stand at the moment, where that was asked for: a figure of the present. It joins no event: its cursor and `sequence` are those of the item before it, and `fromSequence` is one more.',
})
export class TaskChildrenType extends StreamItemType {
  readonly states!: TaskChildren['states']

  @Field(() => [Task], {
    description:
      'Those that have changed since the last such item, all of them in the first; of more than 100 the first.',
  })
  readonly changed!: readonly TaskDocument[]
}

const EVENT_NAMES = { changed: 'TaskChanged', logged: 'TaskLogged', deduplicated: 'TaskDeduplicated' } as const

const logged = streamItemTypeName<TaskEvent>('TaskSnapshot', ({ type }) => EVENT_NAMES[type])

export const TaskEventUnion = createUnion({
  name: 'TaskEvent',
  description: 'What `taskEvents` gives.',
  types: [
    TaskSnapshot,
    TaskChanged,
    TaskLogged,
    TaskDeduplicated,
    TaskPositionType,
    TaskChildrenType,
    StreamGap,
    StreamEnd,
  ],
  typeName: (item: TaskFollowItem) => {
    if (item.type === 'position') return 'TaskPosition'
    return item.type === 'children' ? 'TaskChildren' : logged(item)
  },
})
