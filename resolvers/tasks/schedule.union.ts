import { Conflict, InvalidInput, NotFound, Overloaded } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { DeletedSchedule, Schedule } from './schedule.type.js'
import { Task } from './task.type.js'

export const UpsertScheduleResult = createUnion({
  name: 'UpsertScheduleResult',
  description: 'The schedule as it is now, or why nothing was changed.',
  types: [Schedule, InvalidInput],
  typeName: problemOr('Schedule'),
})

export const ScheduleResult = createUnion({
  name: 'ScheduleResult',
  description: 'The schedule as it is now, or why nothing was done.',
  types: [Schedule, NotFound],
  typeName: problemOr('Schedule'),
})

export const DeleteScheduleResult = createUnion({
  name: 'DeleteScheduleResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedSchedule, NotFound],
  typeName: problemOr('DeletedSchedule'),
})

export const RunScheduleNowResult = createUnion({
  name: 'RunScheduleNowResult',
  description: 'The task, which is on disk, or why there is none.',
  types: [Task, NotFound, Conflict, InvalidInput, Overloaded],
  typeName: problemOr('Task'),
})
