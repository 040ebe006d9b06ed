import type { TaskDedupe, TaskState } from '../../src/domain/task.js'
import type { TaskOrder } from '../../src/services/tasks/task-list.js'
import { createEnum } from '../common/enums.js'

export const TaskStateEnum = createEnum<TaskState>({
  name: 'TaskState',
  description: 'Where a task stands.',
  values: {
    SCHEDULED: 'Accepted and on disk; waits for its time, `runAt`.',
    BLOCKED: 'Waits for tasks that must end before it.',
    QUEUED: 'May run; waits for its turn in the queue.',
    RUNNING: 'A worker has it.',
    RETRYING: 'Its last attempt failed; it is tried again at `runAt`.',
    SUCCEEDED: 'Done; `output` has what it gave.',
    FAILED: 'Ended without success; `error` says why.',
    CANCELLING: 'It is cancelled; its worker is told to stop, and has a few seconds for it.',
    CANCELLED:
      'Ended because a client cancelled it, a task before it in its graph did not succeed (SKIP), or the next run of its schedule took its place.',
    TIMED_OUT: 'Ended because its last attempt took longer than `timeoutMs`.',
    EXPIRED: 'Ended because it still waited at `expiresAt`.',
  },
})

export const TaskDedupeModeEnum = createEnum<TaskDedupe['mode']>({
  name: 'TaskDedupeMode',
  description: 'What becomes of a task that is asked for while another of the same type has its key.',
  values: {
    KEEP_FIRST: 'As long as the first has not ended, it is given in the place of a new one.',
    REPLACE_WAITING:
      'As long as nobody works on the first, it gets the input, priority, times and attempts that are asked for, and no new one is made.',
  },
})

export const TaskOrderEnum = createEnum<TaskOrder>({
  name: 'TaskOrder',
  description: 'Order of a list of tasks.',
  values: {
    CREATED_AT_DESC: 'The newest first.',
    CREATED_AT_ASC: 'The oldest first.',
    ENDED_AT_DESC: 'Those that have ended alone, the last one first.',
    ENDED_AT_ASC: 'Those that have ended alone, the one first that ended first.',
    RUN_AT_ASC: 'Those with a `runAt` alone, the earliest first.',
    RUN_AT_DESC: 'Those with a `runAt` alone, the latest first.',
  },
})
