import type { TaskConcurrency } from '../../src/domain/task.js'
import type { EnqueueRequest } from '../../src/services/tasks/enqueue-request.js'
import type { EnqueueGraphRequest, GraphTaskRequest } from '../../src/services/tasks/graph-request.js'
import type { DeadLetterFilter } from '../../src/services/tasks/task-retries.js'
import type { ScheduleSettings } from '../../src/services/tasks/schedule-input.js'
import type { TaskQueueChange } from '../../src/services/tasks/task-queues.service.js'
import type { TaskFilter } from '../../src/services/tasks/task-list.js'
import type { UpsertScheduleInput } from './schedule.input.js'
import type { UpdateTaskQueueInput } from './task-queue.input.js'
import type { TaskConcurrencyInput } from './task-settings.input.js'
import type { EnqueueTaskGraphArgs, GraphTaskInput } from './task-graph.input.js'
import type { EnqueueTaskArgs, RequeueDeadLettersInput, TaskFilterInput } from './task.input.js'

/** What is given of an input: null says no more than nothing does. */
function given<T extends object>(input: T | null | undefined): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(input ?? {}).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}

export function toEnqueueRequest({ input: asked, idempotencyKey }: EnqueueTaskArgs): EnqueueRequest {
  const { type, input, backoff, concurrency, dedupe, ...rest } = asked
  return {
    ...given({ ...rest, idempotencyKey }),
    type,
    input,
    ...(backoff && { backoff: given(backoff) }),
    ...(concurrency && { concurrency: toConcurrency(concurrency) }),
    ...(dedupe && { dedupe }),
  }
}

const toConcurrency = ({ key, limit, rate }: TaskConcurrencyInput): TaskConcurrency => ({
  key,
  limit,
  rate: rate ?? null,
})

/** What is left out stays; the bound of concurrency alone can be taken away. */
export const toQueueChange = ({ concurrency, maxLength, weights }: UpdateTaskQueueInput): TaskQueueChange => ({
  ...given({ maxLength, weights }),
  ...(concurrency !== undefined && { concurrency }),
})

/** A task as it is asked for within a graph. */
function toGraphTask({ type, input, name, after, backoff, concurrency, ...rest }: GraphTaskInput): GraphTaskRequest {
  return {
    ...given(rest),
    name,
    after: after ?? [],
    type,
    input,
    ...(backoff && { backoff: given(backoff) }),
    ...(concurrency && { concurrency: toConcurrency(concurrency) }),
  }
}

export const toGraphRequest = ({ input, idempotencyKey }: EnqueueTaskGraphArgs): EnqueueGraphRequest => ({
  tasks: input.tasks.map(toGraphTask),
  idempotencyKey: idempotencyKey ?? undefined,
})

export const toTaskFilter = (filter: TaskFilterInput | null): TaskFilter => given(filter)

export const toDeadLetterFilter = ({ first: _first, ...filter }: RequeueDeadLettersInput): DeadLetterFilter =>
  given(filter)

export function toScheduleSettings({ task, paused, ...settings }: UpsertScheduleInput): ScheduleSettings {
  const { type, input, backoff, concurrency, ...rest } = task
  return {
    ...settings,
    paused: paused ?? undefined,
    input,
    template: {
      ...given(rest),
      type,
      ...(backoff && { backoff: given(backoff) }),
      ...(concurrency && { concurrency: toConcurrency(concurrency) }),
    },
  }
}
