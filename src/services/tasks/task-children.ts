import type { Clock } from '../../kernel/clock.js'
import type { StreamItem, StreamRange } from '../../domain/stream.js'
import { isTaskEnded, type TaskDocument, type TaskState } from '../../domain/task.js'
import { parseCursor } from '../streams/cursor.js'
import { askNext, pause } from '../streams/soonest.js'
import type { TaskGraphStore } from './task-graph-store.js'
import type { TaskPosition } from './task-position.js'
import type { TaskEvent } from './task-stream.js'
import type { TaskStore } from './task-store.js'

/**
 * How the tasks that wait for one directly stand: a figure of the present, beside its stream. It joins no event, so its
 * range is empty: it begins after the last event before it, and ends with that.
 */
export interface TaskChildren extends StreamRange {
  readonly type: 'children'
  readonly states: ReadonlyMap<TaskState, number>
  /** Those that changed since the last such item, the first ones of many. */
  readonly changed: readonly TaskDocument[]
}

type OwnItem = StreamItem<TaskDocument, TaskEvent> | TaskPosition
export type TaskFollowItem = OwnItem | TaskChildren

export const MAX_CHANGED_CHILDREN = 100
const EVERY_MS = 1_000
const STEP = 500

/** The direct children of a task; those that have ended are not read again. */
class Children {
  readonly #revisions = new Map<string, number>()
  readonly #ended = new Map<TaskState, number>()
  readonly #open = new Set<string>()
  #isListed = false

  constructor(
    readonly task: TaskDocument,
    readonly store: TaskStore,
    readonly graphs: TaskGraphStore,
  ) {}

  get haveEnded(): boolean {
    return this.#isListed && this.#open.size === 0
  }

  /** How they stand now, and which have changed since the last look. */
  async look(): Promise<Pick<TaskChildren, 'states' | 'changed'>> {
    if (!this.#isListed)
      for await (const links of this.graphs.childLinks(this.task))
        for (const { childId } of links) this.#open.add(childId)
    this.#isListed = true
    const states = new Map<TaskState, number>()
    const changed: TaskDocument[] = []
    const open = [...this.#open]
    for (let at = 0; at < open.length; at += STEP) {
      const ids = open.slice(at, at + STEP)
      const found = await this.store.getMany({ tenantId: this.task.tenantId }, ids)
      for (const [place, child] of found.entries()) {
        if (child && child.revision !== this.#revisions.get(child.id)) {
          this.#revisions.set(child.id, child.revision)
          if (changed.length < MAX_CHANGED_CHILDREN) changed.push(child)
        }
        if (!child || isTaskEnded(child.state)) this.#open.delete(ids[place]!)
        if (child) count(isTaskEnded(child.state) ? this.#ended : states, child.state)
      }
    }
    for (const [state, number] of this.#ended) states.set(state, number)
    return { states, changed }
  }
}

function count(counts: Map<TaskState, number>, state: TaskState): void {
  counts.set(state, (counts.get(state) ?? 0) + 1)
}

export interface FollowChildrenOptions {
  readonly task: TaskDocument
  readonly store: TaskStore
  readonly graphs: TaskGraphStore
  /** The client's cursor. */
  readonly after: string | null
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * The items of a task's stream, and between them, at most once a second, how its children stand. Most of what becomes
 * of them comes after the end of the task: the end of the stream is held back until they have ended too.
 */
export async function* followWithChildren(
  items: AsyncIterable<OwnItem>,
  { task, store, graphs, after, clock, signal }: FollowChildrenOptions,
): AsyncGenerator<TaskFollowItem, void, void> {
  const children = new Children(task, store, graphs)
  const iterator = items[Symbol.asyncIterator]()
  let next = askNext(iterator)
  let end: Extract<TaskFollowItem, { type: 'end' }> | null = null
  let place: Pick<StreamRange, 'cursor' | 'sequence'> | null =
    after === null ? null : { cursor: after, sequence: parseCursor(task.id, after) }
  let lookAtMs = clock.now()
  try {
    while (!signal.aborted) {
      const item: IteratorResult<OwnItem> | null = end
        ? await pause(lookAtMs - clock.now(), clock, signal)
        : await (place === null ? next.answer : next.within(lookAtMs - clock.now(), clock))
      if (item) {
        if (item.done) return
        if (item.value.type === 'end') {
          end = item.value
          place ??= { cursor: after ?? end.cursor, sequence: end.sequence - 1 }
        } else {
          const { cursor, sequence } = item.value
          place = { cursor, sequence }
          yield item.value
          next = askNext(iterator)
        }
      }
      if (clock.now() < lookAtMs || place === null) continue
      const looked = await children.look()
      lookAtMs = clock.now() + EVERY_MS
      if (looked.changed.length > 0)
        yield { type: 'children', ...place, fromSequence: place.sequence + 1, at: clock.now(), ...looked }
      if (!end || !children.haveEnded) continue
      yield end
      return
    }
  } finally {
    await iterator.return?.()
  }
}
