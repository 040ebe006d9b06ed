import type { TaskDedupe, TaskDocument } from '../../domain/task.js'
import type { StreamSource } from '../streams/streams.js'
import { TASK_CHANGED, TASK_DEDUPLICATED, toStreamEndReason, toTaskStatus, type TaskStatus } from './task-events.js'

export type TaskEvent =
  | { readonly type: 'changed'; readonly status: TaskStatus }
  | { readonly type: 'logged'; readonly taskId: string; readonly attempt: number; readonly lines: readonly string[] }
  | { readonly type: 'deduplicated'; readonly taskId: string; readonly mode: TaskDedupe['mode'] }

const EVENT_BYTES = 1_024

/** The stream of a task: what became of it, what its attempts logged, and who asked for it again. */
export function createTaskSource(options: {
  /** The task as it is now. @throws GraphloomError `NOT_FOUND`. */
  readonly require: () => Promise<TaskDocument>
  readonly id: string
  readonly maxJoinedBytes: number
}): StreamSource<TaskDocument, TaskDocument, TaskEvent> {
  const { require, id, maxJoinedBytes } = options
  return {
    requireDocument: async () => {
      const task = await require()
      return { ...task, revision: task.endedRevision ?? task.revision }
    },
    toSnapshot: (document) => Promise.resolve(document),
    toEndReason: toStreamEndReason,
    toEvent: ({ type, data, revision, at }) => {
      if (type === TASK_CHANGED) {
        const status = toTaskStatus(data)
        // The store gives the times of the first write.
        const createdAt = status.revision === 0 ? at : status.createdAt
        return { type: 'changed', status: { ...status, revision: revision ?? 0, createdAt, updatedAt: at } }
      }
      if (type === TASK_DEDUPLICATED)
        return { type: 'deduplicated', taskId: id, mode: (data as unknown as Pick<TaskDedupe, 'mode'>).mode }
      return { type: 'logged', taskId: id, ...(data as unknown as { attempt: number; lines: string[] }) }
    },
    join: (first, second) =>
      first.type === 'logged' && second.type === 'logged' && first.attempt === second.attempt
        ? { ...second, lines: [...first.lines, ...second.lines] }
        : null,
    maxJoinedBytes,
    sizeBytes: (event) =>
      event.type === 'logged' ? event.lines.reduce((size, line) => size + 2 * line.length, 0) : EVENT_BYTES,
  }
}
