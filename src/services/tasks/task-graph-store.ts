import { isErrorWithCode } from '../../kernel/errors.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { TaskGraphDocument, TaskLinkDocument } from '../../domain/task-graph.js'
import type { TaskDocument } from '../../domain/task.js'
import type { CollectionDefinition, DocumentBody, DocumentStore, Filter, Scope } from '../../ports/document-store.js'
import { findFirst, requireDocument } from '../document-reads.js'
import type { TaskChange } from './task-rules.js'
import type { TaskStore } from './task-store.js'

export const TASK_GRAPHS: CollectionDefinition<TaskGraphDocument> = {
  name: 'task_graphs',
  version: 1,
  fields: { idempotencyKey: 'string' },
  indexes: [{ name: 'task_graphs_idempotency_key', fields: ['idempotencyKey'], unique: true }],
}

export const TASK_LINKS: CollectionDefinition<TaskLinkDocument> = {
  name: 'task_links',
  version: 1,
  fields: { parentId: 'string', childId: 'string', ordinal: 'number' },
  indexes: [
    { name: 'task_links_parent', fields: ['parentId'] },
    { name: 'task_links_child', fields: ['childId', 'ordinal'] },
  ],
}

const STEP = 500

/** Graphs of tasks, and which of their tasks wait for which, in the document store. */
export class TaskGraphStore {
  readonly #documents: DocumentStore
  readonly #tasks: TaskStore

  constructor(documents: DocumentStore, tasks: TaskStore) {
    this.#documents = documents
    this.#tasks = tasks
  }

  /** All of it or nothing. @throws GraphloomError `CONFLICT` when its idempotency key is taken. */
  insert(
    graph: DocumentBody<TaskGraphDocument>,
    changes: readonly TaskChange[],
    links: readonly DocumentBody<TaskLinkDocument>[],
  ): Promise<void> {
    return this.#tasks.insertAll(changes, [
      { collection: TASK_GRAPHS, document: graph },
      ...links.map((document) => ({ collection: TASK_LINKS, document })),
    ])
  }

  getMany(scope: Scope, ids: readonly string[]): Promise<(TaskGraphDocument | null)[]> {
    return this.#documents.getMany(TASK_GRAPHS, scope, ids)
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  require(scope: Scope, id: string): Promise<TaskGraphDocument> {
    return requireDocument(this.#documents, { collection: TASK_GRAPHS, scope, id, what: 'task graph' })
  }

  getByKey(tenantId: string, idempotencyKey: string): Promise<TaskGraphDocument | null> {
    const filter = { idempotencyKey: { eq: idempotencyKey } }
    return findFirst(this.#documents, { collection: TASK_GRAPHS, scope: { tenantId }, filter })
  }

  /** Links to what waits for the task, by the order of the graph. */
  listChildLinks(scope: Scope, parentId: string, page: PageRequest): Promise<Page<TaskLinkDocument>> {
    return this.#documents.find(TASK_LINKS, scope, { filter: { parentId: { eq: parentId } }, page })
  }

  /** Links to what the task waits for, in its order. */
  listParentLinks(scope: Scope, childId: string, page: PageRequest): Promise<Page<TaskLinkDocument>> {
    return this.#findParentLinks(scope, { childId: { eq: childId } }, 'asc', page)
  }

  /** From the parent of this place backwards. */
  async listParentLinksBefore(child: TaskDocument, ordinal: number, limit: number): Promise<TaskLinkDocument[]> {
    const filter = { childId: { eq: child.id }, ordinal: { lte: ordinal } }
    const found = await this.#findParentLinks({ tenantId: child.tenantId }, filter, 'desc', firstPage(limit))
    return found.items.map(({ node }) => node)
  }

  #findParentLinks(scope: Scope, filter: Filter, direction: 'asc' | 'desc', page: PageRequest) {
    return this.#documents.find(TASK_LINKS, scope, { filter, orderBy: [{ field: 'ordinal', direction }], page })
  }

  /** All links to children, in steps. */
  async *childLinks({ tenantId, id }: TaskDocument): AsyncGenerator<readonly TaskLinkDocument[]> {
    yield* inSteps((page) => this.listChildLinks({ tenantId }, id, page))
  }

  /** All links to parents, in steps. */
  async *parentLinks({ tenantId, id }: TaskDocument): AsyncGenerator<readonly TaskLinkDocument[]> {
    yield* inSteps((page) => this.listParentLinks({ tenantId }, id, page))
  }

  /** Whether a task that has not begun waits for it, or for others beside it: its input may need the output. */
  async isAwaited(task: TaskDocument): Promise<boolean> {
    if ((task.graph?.childCount ?? 0) === 0) return false
    const scope = { tenantId: task.tenantId }
    for await (const links of this.childLinks(task)) {
      const ids = links.map(({ childId }) => childId)
      const children = await this.#tasks.getMany(scope, ids)
      if (children.some((child) => child?.state === 'BLOCKED')) return true
    }
    return false
  }

  /** What goes with a task that is deleted: its links to parents, and its graph with its last task. */
  async removeWith(task: TaskDocument): Promise<void> {
    const scope = { tenantId: task.tenantId }
    for await (const links of this.parentLinks(task))
      await Promise.all(links.map(({ id }) => this.#documents.delete(TASK_LINKS, scope, id).catch(ignoreMissing)))
    const { graphId } = task
    if (graphId === null) return
    const others = await this.#tasks.list(scope, {
      filter: { graphId: { eq: graphId }, id: { ne: task.id } },
      orderBy: [{ field: 'createdAt', direction: 'asc' }],
      page: firstPage(1),
    })
    if (others.items.length === 0) await this.#documents.delete(TASK_GRAPHS, scope, graphId).catch(ignoreMissing)
  }
}

const firstPage = (limit: number): PageRequest => ({ limit, cursor: null, backward: false })

async function* inSteps<T>(read: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<readonly T[]> {
  for (let cursor: string | null = null; ;) {
    const page: Page<T> = await read({ limit: STEP, cursor, backward: false })
    yield page.items.map(({ node }) => node)
    if (!page.hasNextPage) return
    cursor = page.items.at(-1)!.cursor
  }
}

function ignoreMissing(error: unknown): void {
  if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
}
