import { GraphloomError } from '../../kernel/errors.js'
import type { TaskGraphPlace, ParentFailurePolicy } from '../../domain/task-graph.js'
import { isTaskEnded, type TaskDocument, type TaskState } from '../../domain/task.js'
import { admit, endTask, requestCancel, toErrorInfo, withDue, type TaskChange } from './task-rules.js'

/** A parent that has ended, as the task that waits for it sees it. */
export interface EndedParent {
  readonly name: string
  readonly state: TaskState
  readonly onFailure: ParentFailurePolicy
}

const MAX_TOLD_NAMES = 3

/** Whether the task can still run after this parent's end. */
export const letsChildRun = ({ state, onFailure }: EndedParent): boolean =>
  state === 'SUCCEEDED' || onFailure === 'CONTINUE'

/** A task of a graph that waits for others. */
export function blockTask(task: TaskDocument, parentNames: readonly string[]): TaskDocument {
  const names = parentNames.slice(0, MAX_TOLD_NAMES).map((name) => `"${name}"`)
  const more = parentNames.length > names.length ? ` and ${parentNames.length - names.length} more` : ''
  return { ...task, state: 'BLOCKED', stateReason: `It begins after the end of ${names.join(', ')}${more}.` }
}

/** A parent ended so that the task cannot run. */
export function endForParent(task: TaskDocument, parent: EndedParent, nowMs: number): TaskChange | null {
  if (task.state !== 'BLOCKED' || letsChildRun(parent)) return null
  const cause = `"${parent.name}", which it waits for, ended as ${parent.state}.`
  if (parent.onFailure === 'SKIP') return endTask(task, 'CANCELLED', nowMs, { reason: `It was skipped: ${cause}` })
  const error = toErrorInfo(new GraphloomError('PARENT_FAILED', cause))
  return endTask(task, 'FAILED', nowMs, { error, reason: cause })
}

/** It waits for another parent now; those behind it have ended. */
export function watchParent(task: TaskDocument, ordinal: number): TaskChange | null {
  const { graph } = task
  if (task.state !== 'BLOCKED' || graph === null) return null
  const next = withDue({ ...task, graph: { ...graph, waitsFor: Math.min(graph.waitsFor, ordinal) } })
  return next.graph!.waitsFor === graph.waitsFor && next.dueAt === task.dueAt ? null : { next, queue: [] }
}

/** All that it waited for is there; `whole` is what changes where its input takes outputs of parents. */
export function releaseTask(
  task: TaskDocument,
  whole: Partial<Pick<TaskDocument, 'input' | 'queueKey'>> | null,
  nowMs: number,
): TaskChange | null {
  if (task.state !== 'BLOCKED' || task.graph === null) return null
  const graph = { ...task.graph, waitsFor: -1 }
  return admit({ ...task, ...whole, graph }, nowMs)
}

/** Its input cannot be made of what its parents gave. */
export function failInput(task: TaskDocument, cause: GraphloomError, nowMs: number): TaskChange | null {
  if (task.state !== 'BLOCKED') return null
  const reason = `Its input cannot be made: ${cause.message}`.slice(0, 500)
  return endTask(task, 'FAILED', nowMs, { error: toErrorInfo(cause), reason, isDead: true })
}

/** Cancels it, as far as it has not ended, and has what waits for it cancelled too, whatever it ends as. */
export function cancelWithChildren(task: TaskDocument, nowMs: number): TaskChange | null {
  const marked = markCancelling(task.graph)
  if (marked === null) return requestCancel(task, nowMs)
  const next = { ...task, graph: marked }
  if (isTaskEnded(task.state)) return { next: { ...next, dueAt: nowMs }, queue: [] }
  return requestCancel(next, nowMs) ?? { next, queue: [] }
}

const markCancelling = (graph: TaskGraphPlace | null): TaskGraphPlace | null =>
  graph === null || graph.childCount === 0 || graph.cancelsChildren ? null : { ...graph, cancelsChildren: true }

/** All that waited for it know of its end, as it was `told`. */
export const endTelling = (task: TaskDocument, told: TaskDocument): TaskChange | null =>
  task.dueAt !== null && task.graph?.cancelsChildren === told.graph?.cancelsChildren
    ? { next: { ...task, dueAt: null }, queue: [] }
    : null
