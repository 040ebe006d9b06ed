import type { Json } from '../../kernel/json.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { Principal } from '../../domain/principal.js'
import type { TaskGraphDocument, TaskLinkDocument } from '../../domain/task-graph.js'
import type { TaskDocument } from '../../domain/task.js'
import type { Access } from '../access/access.js'
import type { GraphAcceptance } from './graph-acceptance.js'
import type { EnqueueGraphRequest } from './graph-request.js'
import type { GraphRerun } from './graph-rerun.js'
import type { TaskGraphStore } from './task-graph-store.js'
import type { TaskStore } from './task-store.js'

export interface TaskGraphsServiceOptions {
  readonly access: Access
  readonly store: TaskStore
  readonly graphs: TaskGraphStore
  readonly acceptance: GraphAcceptance
  readonly rerun: GraphRerun
}

/** Tasks that wait for each other. */
export class TaskGraphsService {
  readonly #options: TaskGraphsServiceOptions

  constructor(options: TaskGraphsServiceOptions) {
    this.#options = options
  }

  /** Accepts a graph, whole; it is on disk then. @throws GraphloomError as `GraphAcceptance.accept`, `FORBIDDEN`. */
  async enqueue(principal: Principal, request: EnqueueGraphRequest): Promise<TaskGraphDocument> {
    this.#options.access.require(principal, 'task.create')
    return this.#options.acceptance.accept(principal, request)
  }

  /** @throws GraphloomError as `GraphRerun.rerun`, `FORBIDDEN`. */
  async rerun(principal: Principal, id: string, input?: Json): Promise<TaskGraphDocument> {
    this.#options.access.require(principal, 'task.create', { id })
    return this.#options.rerun.rerun(principal, id, input)
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(TaskGraphDocument | null)[]> {
    this.#options.access.require(principal, 'task.read')
    return this.#options.graphs.getMany(scopeOf(principal), ids)
  }

  /** In the order of the request. @throws GraphloomError `INVALID_INPUT` for a cursor of another list, `FORBIDDEN`. */
  async listTasks(principal: Principal, graphId: string, page: PageRequest): Promise<Page<TaskDocument>> {
    this.#options.access.require(principal, 'task.read')
    return this.#options.store.list(scopeOf(principal), {
      filter: { graphId: { eq: graphId } },
      orderBy: [{ field: 'createdAt', direction: 'asc' }],
      page,
    })
  }

  /** Links to what a task waits for, in its order. @throws GraphloomError as `listTasks`. */
  async listParents(principal: Principal, taskId: string, page: PageRequest): Promise<Page<TaskLinkDocument>> {
    this.#options.access.require(principal, 'task.read')
    return this.#options.graphs.listParentLinks(scopeOf(principal), taskId, page)
  }

  /** Links to what waits for a task. @throws GraphloomError as `listTasks`. */
  async listChildren(principal: Principal, taskId: string, page: PageRequest): Promise<Page<TaskLinkDocument>> {
    this.#options.access.require(principal, 'task.read')
    return this.#options.graphs.listChildLinks(scopeOf(principal), taskId, page)
  }

  /** How many tasks of a graph are in which state. @throws GraphloomError `FORBIDDEN`. */
  async countStates(principal: Principal, graphId: string): Promise<ReadonlyMap<TaskDocument['state'], number>> {
    this.#options.access.require(principal, 'task.read')
    return this.#options.store.countStates(scopeOf(principal), graphId)
  }
}

const scopeOf = (principal: Principal) => ({ tenantId: principal.tenantId })
