import { InvalidInput, NotFound } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { TaskQueue } from './task-queue.type.js'

export const UpdateTaskQueueResult = createUnion({
  name: 'UpdateTaskQueueResult',
  description: 'The queue with its new settings, or why nothing was changed.',
  types: [TaskQueue, InvalidInput],
  typeName: problemOr('TaskQueue'),
})

export const TaskQueueResult = createUnion({
  name: 'TaskQueueResult',
  description: 'The queue as it is now, or why nothing was done.',
  types: [TaskQueue, NotFound],
  typeName: problemOr('TaskQueue'),
})
