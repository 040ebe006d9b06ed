import type { CatchUpPolicy, OverlapPolicy, SkipReason } from '../../src/domain/schedule.js'
import { createEnum } from '../common/enums.js'

export const OverlapPolicyEnum = createEnum<OverlapPolicy>({
  name: 'OverlapPolicy',
  description: 'What a due time of a schedule does while the task of the run before has not ended.',
  values: {
    SKIP: 'There is no task for this due time; it is counted as skipped.',
    QUEUE: 'The new task waits while the one before runs. While that waits for its next attempt, the new one may run.',
    CANCEL_PREVIOUS:
      'The one before is cancelled, and the new task begins when it has ended: at once, or when its worker has stopped, five seconds later at the latest.',
  },
})

export const CatchUpPolicyEnum = createEnum<CatchUpPolicy>({
  name: 'CatchUpPolicy',
  description:
    'What becomes of due times of a schedule that were missed: nobody had fired them 10 seconds after their time, because no server ran.',
  values: {
    NONE: 'They are left out.',
    LATEST: 'The latest of them is fired, once.',
    ALL: 'Each of them is fired, in order; of more than 1,000 the latest 1,000.',
  },
})

export const SkipReasonEnum = createEnum<SkipReason>({
  name: 'SkipReason',
  description: 'Why there is no task for a due time of a schedule.',
  values: {
    MISSED: 'No server ran, and the catch-up policy or its window left it out. Of one downtime 1,000 are counted.',
    OVERLAP: 'The task of the run before had not ended.',
    REFUSED: 'The task was not accepted, as when its queue was full; `lastMessage` says why.',
  },
})
