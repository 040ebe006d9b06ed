import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { Payloads } from '../payloads.js'
import { endLike } from './task-rules.js'
import type { TaskStore } from './task-store.js'
import type { TaskEnd, TaskType } from './task-type.js'
import type { TaskTypes } from './task-types.js'
import type { TaskWorker } from './task-worker.js'

export interface TaskSettlingOptions {
  readonly store: TaskStore
  readonly types: TaskTypes
  readonly payloads: Payloads
  readonly worker: Pick<TaskWorker, 'settled'>
  readonly clock: Clock
}

/**
 * Ends tasks whose object has ended, so that nobody who reads one sees that it is still to be done: their own end is
 * being stored, or a crash came between the two.
 */
export class TaskSettling {
  readonly #options: TaskSettlingOptions

  constructor(options: TaskSettlingOptions) {
    this.#options = options
  }

  /** In the order of `tasks`, as they are now; null for those that are gone. */
  async settle(tasks: readonly (TaskDocument | null)[]): Promise<(TaskDocument | null)[]> {
    const settled = new Map<string, TaskDocument | null>()
    const open = tasks.filter((task) => task !== null && !isTaskEnded(task.state)) as TaskDocument[]
    for (const [type, ofType] of Map.groupBy(open, (task) => this.#options.types.get(task.type)))
      for (const [task, end] of await this.#findEnds(type, ofType)) settled.set(task.id, await this.#end(task, end))
    return tasks.map((task) => (task && settled.has(task.id) ? settled.get(task.id)! : task))
  }

  async #findEnds(type: TaskType | null, tasks: readonly TaskDocument[]): Promise<[TaskDocument, TaskEnd][]> {
    if (!type?.companion) return []
    const ends = await type.companion.findEnds(tasks)
    return tasks.flatMap((task, at) => (ends[at] ? [[task, ends[at]] as [TaskDocument, TaskEnd]] : []))
  }

  async #end(known: TaskDocument, end: TaskEnd): Promise<TaskDocument | null> {
    const { store, payloads, worker, clock } = this.#options
    const scope = { tenantId: known.tenantId }
    await worker.settled(known.id)
    const current = await store.get(scope, known.id)
    if (!current || isTaskEnded(current.state)) return current
    const output = end.output === null ? null : await payloads.put(end.output)
    try {
      return (await store.change(scope, known.id, (task) => endLike(task, end, output, clock.now()))).task
    } catch (error) {
      // It was claimed meanwhile, and whoever has it ends it.
      if (isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')) return store.get(scope, known.id)
      throw error
    }
  }
}
