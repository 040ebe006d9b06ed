import { integer, type Variable } from '../variables.js'
import { DAY_MS } from './common.js'

const YEAR_MS = 366 * DAY_MS

export const retention: readonly Variable[] = [
  integer('Retention', 'GRAPHLOOM_PREDICTION_RETENTION_MS', [0, 100 * YEAR_MS], {
    description: 'How long ended predictions are kept, milliseconds.',
    example: '2592000000',
    fallback: `${30 * DAY_MS}`,
  }),
  integer('Retention', 'GRAPHLOOM_TASK_RETENTION_MS', [0, 100 * YEAR_MS], {
    description: 'How long tasks are kept that succeeded, were cancelled or expired, milliseconds.',
    example: '2592000000',
    fallback: `${30 * DAY_MS}`,
  }),
  integer('Retention', 'GRAPHLOOM_FAILED_TASK_RETENTION_MS', [0, 100 * YEAR_MS], {
    description: 'How long tasks are kept that failed for good or timed out, milliseconds.',
    example: '7776000000',
    fallback: `${90 * DAY_MS}`,
  }),
  integer('Retention', 'GRAPHLOOM_TASK_RETENTION_COUNT', [0, 1_000_000_000], {
    description: 'The most ended tasks that are kept of each state; of more the oldest go.',
    example: '10000000',
    fallback: '10000000',
  }),
  integer('Retention', 'GRAPHLOOM_EVENT_RETENTION_MS', [0, 100 * YEAR_MS], {
    description: 'How long events are kept after their stream’s end, milliseconds.',
    example: '86400000',
    fallback: `${DAY_MS}`,
  }),
  integer('Retention', 'GRAPHLOOM_EVENT_OPEN_STREAM_MAX_EVENTS', [20_000, 100_000_000], {
    description: 'Events kept of a stream that has not ended.',
    example: '100000',
    fallback: '100000',
  }),
  integer('Retention', 'GRAPHLOOM_ERASE_AFTER_MS', [100, DAY_MS], {
    description:
      'Time from the deletion of a document until its bytes are taken off the disk, milliseconds; it takes twice that at most, and what the work takes. Searches that began before are over by then.',
    example: '60000',
    fallback: '60000',
  }),
  integer('Retention', 'GRAPHLOOM_RETENTION_INTERVAL_MS', [100, DAY_MS], {
    description: 'Time between two rounds of deleting, milliseconds.',
    example: '60000',
    fallback: '60000',
  }),
]
