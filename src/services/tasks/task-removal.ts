import { GraphloomError } from '../../kernel/errors.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { Payloads } from '../payloads.js'
import type { TaskGraphStore } from './task-graph-store.js'
import type { TaskStore } from './task-store.js'
import type { TaskTypes } from './task-types.js'

export interface TaskRemovalOptions {
  readonly store: Pick<TaskStore, 'delete'>
  readonly graphs: Pick<TaskGraphStore, 'isAwaited' | 'removeWith'>
  readonly types: TaskTypes
  readonly payloads: Payloads
}

/** Deletes ended tasks with all that is kept for them; those that others still need stay until later. */
export class TaskRemoval {
  readonly #options: TaskRemovalOptions

  constructor(options: TaskRemovalOptions) {
    this.#options = options
  }

  /** @throws GraphloomError `CONFLICT` when it stays. */
  async require(task: TaskDocument): Promise<void> {
    const reason = await this.#whyKept(task)
    if (reason !== null) throw new GraphloomError('CONFLICT', reason)
    await this.#remove(task)
  }

  /** False when it stays. */
  async remove(task: TaskDocument): Promise<boolean> {
    if ((await this.#whyKept(task)) !== null) return false
    await this.#remove(task)
    return true
  }

  async #whyKept(task: TaskDocument): Promise<string | null> {
    if (!isTaskEnded(task.state)) return 'The task has not ended; cancel it first.'
    if (task.dueAt !== null) return 'What waits for the task is being told of its end; try again.'
    if (!(await this.#options.graphs.isAwaited(task))) return null
    return 'Tasks that have not begun may need its output; cancel them, or try again when they have.'
  }

  async #remove(task: TaskDocument): Promise<void> {
    const { store, graphs, types, payloads } = this.#options
    if (task.graphId !== null) await graphs.removeWith(task)
    await types.get(task.type)?.deleteData?.(task)
    if (await store.delete(task)) await payloads.delete(task.input, task.output)
  }
}
