import { withoutUsual, type Json } from '../../kernel/json.js'
import { STREAM_ENDED, type StreamEndReason } from '../../domain/stream.js'
import { isTaskEnded, type TaskAttempt, type TaskDocument, UNTOUCHED } from '../../domain/task.js'
import type { NewEvent } from '../../ports/event-log.js'

export const TASK_CHANGED = 'TaskChanged'
export const TASK_LOGGED = 'TaskLogged'
export const TASK_DEDUPLICATED = 'TaskDeduplicated'

/** A task as an event tells of it: without what was asked and answered, and with its last attempt alone. */
export type TaskStatus = Omit<
  TaskDocument,
  | 'input'
  | 'output'
  | 'inputHash'
  | 'joined'
  | 'inputBlobId'
  | 'outputBlobId'
  | 'claimToken'
  | 'attempts'
  | 'inputTemplate'
  | 'errorText'
> & { readonly lastAttempt: TaskAttempt | null }

/** What tells that a task came into these states one after the other. */
export function toEvents(states: readonly TaskDocument[]): NewEvent[] {
  const events = states.map(changed)
  const last = states.at(-1)!
  if (isTaskEnded(last.state))
    events.push({ stream: last.id, type: STREAM_ENDED, data: { reason: toStreamEndReason(last) }, ends: true })
  return events
}

const UNTOLD = {
  input: undefined,
  output: undefined,
  inputHash: undefined,
  joined: undefined,
  claimToken: undefined,
  inputTemplate: undefined,
  errorText: undefined,
  attempts: undefined,
} satisfies Partial<Record<keyof TaskDocument, undefined>>

function changed(task: TaskDocument): NewEvent {
  const told = { ...task, lastAttempt: task.attempts.at(-1) ?? null, ...UNTOLD }
  return { stream: task.id, type: TASK_CHANGED, data: withoutUsual(told, UNTOUCHED) as Json }
}

/** What `changed` told. */
export const toTaskStatus = (data: Json): TaskStatus => ({ ...UNTOUCHED, ...(data as object) }) as unknown as TaskStatus

export function toStreamEndReason({ state }: Pick<TaskDocument, 'state'>): StreamEndReason {
  if (state === 'CANCELLED') return 'CANCELLED'
  return state === 'SUCCEEDED' ? 'FINISHED' : 'FAILED'
}
