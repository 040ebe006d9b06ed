import type { Page, PageRequest } from '../../kernel/pages.js'
import { SERVER_TENANT_ID, type Principal } from '../../domain/principal.js'
import type { TaskDocument } from '../../domain/task.js'
import type { WorkerDocument } from '../../domain/worker.js'
import type { Access } from '../access/access.js'
import type { TaskStore } from './task-store.js'
import type { WorkerStore } from './worker-store.js'

/** Tasks of one worker that are told. */
const MAX_RUNNING = 100

/** Who works on tasks, as clients see it: the tenant's own workers, and the server's. */
export class WorkersService {
  readonly #options: { readonly access: Access; readonly workers: WorkerStore; readonly store: TaskStore }

  constructor(options: { readonly access: Access; readonly workers: WorkerStore; readonly store: TaskStore }) {
    this.#options = options
  }

  /** @throws GraphloomError `INVALID_INPUT` for a cursor of another list, `FORBIDDEN`. */
  async list(principal: Principal, page: PageRequest): Promise<Page<WorkerDocument>> {
    const { access, workers } = this.#options
    access.require(principal, 'task.read')
    return workers.list([principal.tenantId, SERVER_TENANT_ID], page)
  }

  /** In the order of `ids`; null for those of other tenants. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(WorkerDocument | null)[]> {
    const { access, workers } = this.#options
    access.require(principal, 'task.read')
    const found = await workers.getMany(ids)
    const isSeen = ({ tenantId }: WorkerDocument): boolean =>
      tenantId === principal.tenantId || tenantId === SERVER_TENANT_ID
    return found.map((worker) => (worker && isSeen(worker) ? worker : null))
  }

  /** What they work on of the principal's tenant, in the order of `ids`. */
  async runningTasks(principal: Principal, ids: readonly string[]): Promise<TaskDocument[][]> {
    const { access, store } = this.#options
    access.require(principal, 'task.read')
    const tasks = Map.groupBy(await store.listOfWorkers(principal.tenantId, ids), (task) => task.workerId)
    return ids.map((id) => (tasks.get(id) ?? []).slice(0, MAX_RUNNING))
  }
}
