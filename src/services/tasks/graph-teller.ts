import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { TaskLinkDocument } from '../../domain/task-graph.js'
import { isTaskEnded, type TaskDocument } from '../../domain/task.js'
import type { GraphInputs } from './graph-inputs.js'
import {
  cancelWithChildren,
  endForParent,
  endTelling,
  failInput,
  letsChildRun,
  releaseTask,
  watchParent,
  type EndedParent,
} from './task-graph-rules.js'
import type { TaskGraphStore } from './task-graph-store.js'
import type { TaskChange } from './task-rules.js'
import type { TaskStore } from './task-store.js'

export interface GraphTellerOptions {
  readonly store: TaskStore
  readonly graphs: TaskGraphStore
  readonly inputs: GraphInputs
  /** Told of each task that is to stop because one before it was cancelled. */
  readonly onCancelled: (task: TaskDocument) => void
  readonly clock: Clock
}

const TOLD_TOGETHER = 250
const LARGEST_STEP = 500

/**
 * Brings the end of tasks to those that wait for them. All of it can be done again: an ended task stands as due until
 * its children know, and each step depends only on how the tasks stand.
 *
 * Of its parents a blocked task watches one, the last that is not known to have ended; only that one's end has it look
 * for another to watch. So a task with many parents is written a few times, not once for each of them.
 */
export class GraphTeller {
  readonly #options: GraphTellerOptions

  constructor(options: GraphTellerOptions) {
    this.#options = options
  }

  /** Sees to a task that is due for its graph's sake; false when it is not. */
  async passDue(task: TaskDocument, nowMs: number): Promise<boolean> {
    if (task.graph === null) return false
    if (isTaskEnded(task.state)) {
      await this.#tellChildren(task)
      return true
    }
    if (task.state !== 'BLOCKED' || (task.expiresAt !== null && task.expiresAt <= nowMs)) return false
    await this.#lookForParent(task)
    return true
  }

  async #tellChildren(parent: TaskDocument): Promise<void> {
    const { store, graphs } = this.#options
    const scope = { tenantId: parent.tenantId }
    for await (const links of graphs.childLinks(parent)) {
      const children = await store.getMany(
        scope,
        links.map(({ childId }) => childId),
      )
      const known = links.flatMap((link, at) => (children[at] ? [{ link, child: children[at] }] : []))
      for (let at = 0; at < known.length; at += TOLD_TOGETHER)
        await Promise.all(known.slice(at, at + TOLD_TOGETHER).map(({ link, child }) => this.#tell(parent, link, child)))
    }
    await store.change(scope, parent.id, (task) => endTelling(task, parent), { known: parent })
  }

  async #tell(parent: TaskDocument, link: TaskLinkDocument, child: TaskDocument): Promise<void> {
    if (!(await this.#letsRun(parent, link, child))) return
    if (child.state === 'BLOCKED' && child.graph?.waitsFor === link.ordinal) await this.#lookForParent(child)
  }

  /** Whether the task can still run after this parent's end; otherwise it is ended, or told to stop. */
  async #letsRun(parent: TaskDocument, link: TaskLinkDocument, child: TaskDocument): Promise<boolean> {
    if (parent.graph?.cancelsChildren) {
      await this.#cancel(child)
      return false
    }
    const ended = toEndedParent(parent, link)
    if (letsChildRun(ended)) return true
    await this.#change(child, (task) => endForParent(task, ended, this.#now()))
    return false
  }

  async #cancel(child: TaskDocument): Promise<void> {
    const task = await this.#change(child, (current) => cancelWithChildren(current, this.#now()))
    if (task?.state === 'CANCELLING' || task?.state === 'CANCELLED') this.#options.onCancelled(task)
  }

  /**
   * Finds the last parent that has not ended, and watches it. One that ends in the meantime has looked at the task
   * before it was watched, so it is looked at once more after that.
   */
  async #lookForParent(child: TaskDocument): Promise<void> {
    const { store, graphs } = this.#options
    let step = 1
    for (let ordinal = child.graph!.waitsFor; ordinal >= 0; step = Math.min(step * 4, LARGEST_STEP)) {
      const links = await graphs.listParentLinksBefore(child, ordinal, step)
      const parents = await store.getMany(
        { tenantId: child.tenantId },
        links.map(({ parentId }) => parentId),
      )
      for (const [at, link] of links.entries()) {
        const parent = parents[at]
        // What is gone had ended, and told of it before.
        if (!parent) continue
        const isPassed = isTaskEnded(parent.state)
          ? await this.#letsRun(parent, link, child)
          : await this.#watch(child, link)
        if (!isPassed) return
      }
      ordinal = (links.at(-1)?.ordinal ?? 0) - 1
    }
    await this.#release(child)
  }

  /** Whether the parent has ended meanwhile, so that the task can run as far as it goes. */
  async #watch(child: TaskDocument, link: TaskLinkDocument): Promise<boolean> {
    await this.#change(child, (task) => watchParent(task, link.ordinal))
    const parent = await this.#options.store.get({ tenantId: child.tenantId }, link.parentId)
    if (!parent) return true
    return isTaskEnded(parent.state) && this.#letsRun(parent, link, child)
  }

  async #release(child: TaskDocument): Promise<void> {
    try {
      const whole = await this.#options.inputs.make(child)
      await this.#change(child, (task) => releaseTask(task, whole, this.#now()))
    } catch (error) {
      if (!(error instanceof GraphloomError) || error.retryable || isErrorWithCode(error, 'INTERNAL')) throw error
      await this.#change(child, (task) => failInput(task, error, this.#now()))
    }
  }

  /** Null when it is gone. */
  async #change(known: TaskDocument, rule: (task: TaskDocument) => TaskChange | null): Promise<TaskDocument | null> {
    try {
      return (await this.#options.store.change({ tenantId: known.tenantId }, known.id, rule, { known })).task
    } catch (error) {
      if (isErrorWithCode(error, 'NOT_FOUND')) return null
      throw error
    }
  }

  #now(): number {
    return this.#options.clock.now()
  }
}

const toEndedParent = ({ state }: TaskDocument, { parentName, onFailure }: TaskLinkDocument): EndedParent => ({
  name: parentName,
  state,
  onFailure,
})
