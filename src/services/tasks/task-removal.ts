import { GraphloomError } from '../../kernel/errors.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { Payloads } from '../payloads.js'
import type { TaskGraphStore } from './task-graph-store.js'
import type { TaskStore } from './task-store.js'
import type { TaskTypes } from './task-types.js'

export interface TaskRemovalOptions {
  readonly store: Pick<TaskStore, 'delete' | 'joined'>
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
    if (!(await this.#remove(task))) throw new GraphloomError('CONFLICT', 'The task was changed meanwhile; try again.')
  }

  /** False when it stays. */
  async remove(task: TaskDocument): Promise<boolean> {
    if ((await this.#whyKept(task)) !== null) return false
    return this.#remove(task)
  }

  async #whyKept(task: TaskDocument): Promise<string | null> {
    if (!isTaskEnded(task.state)) return 'The task has not ended; cancel it first.'
    if (task.dueAt !== null) return 'What waits for the task is being told of its end; try again.'
    if (!(await this.#options.graphs.isAwaited(task))) return null
    return 'Tasks that have not begun may need its output; cancel them, or try again when they have.'
  }

  /** False when it was changed or deleted meanwhile. */
  async #remove(task: TaskDocument): Promise<boolean> {
    const { store, graphs, types, payloads } = this.#options
    if (task.graphId !== null) await graphs.removeWith(task)
    await types.get(task.type)?.deleteData?.(task)
    if (!(await store.delete(task))) return false
    await payloads.delete(task.input, task.output)
    if (task.dedupe) await store.joined.forget(task)
    return true
  }
}
