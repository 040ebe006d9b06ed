import { Conflict, InvalidInput, NotFound } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { Task } from './task.type.js'
import { ClaimedTasks, TaskClaimStates } from './worker.type.js'

export const ClaimTasksResult = createUnion({
  name: 'ClaimTasksResult',
  description: 'What the worker is given, or why it is given nothing.',
  types: [ClaimedTasks, InvalidInput],
  typeName: problemOr('ClaimedTasks'),
})

export const HeartbeatTaskResult = createUnion({
  name: 'HeartbeatTaskResult',
  description: 'How the claims stand, or what was wrong with the question.',
  types: [TaskClaimStates, InvalidInput],
  typeName: problemOr('TaskClaimStates'),
})

export const WorkOnTaskResult = createUnion({
  name: 'WorkOnTaskResult',
  description: 'The task after what the worker told of it; Conflict when the claim is not current any more.',
  types: [Task, NotFound, Conflict, InvalidInput],
  typeName: problemOr('Task'),
})
