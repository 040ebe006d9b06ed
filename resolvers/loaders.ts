import DataLoader from 'dataloader'
import type { Principal } from '../src/domain/principal.js'
import type { TaskDocument } from '../src/domain/task.js'
import type { AnswerAt } from '../src/services/knowledge/answers/answers.service.js'
import type { Services } from './services.js'

const MAX_BATCH = 500

type LoadedServices = Omit<Services, 'modelMetrics' | 'server' | 'taskClaims' | 'knowledgeSearch'>

/** A loader whose keys are ids, or what `cacheKeyFn` makes of them. */
const batched = <K, V, C = K>(
  load: DataLoader.BatchLoadFn<K, V>,
  options?: Pick<DataLoader.Options<K, V, C>, 'cacheKeyFn'>,
): DataLoader<K, V, C> => new DataLoader<K, V, C>(load, { ...options, maxBatchSize: MAX_BATCH })

type Ids = readonly string[]

const LOADERS = {
  predictions: ({ predictions }, principal) => batched((ids: Ids) => predictions.getMany(principal, ids)),
  models: ({ models }, principal) => batched((ids: Ids) => models.getModels(principal, ids)),
  modelVersions: ({ models }, principal) => batched((ids: Ids) => models.getVersions(principal, ids)),
  /** By the id of the model. */
  versionsOfModel: ({ models }, principal) =>
    batched(async (ids: Ids) => groupByModel(ids, await models.listVersions(principal, ids))),
  /** By the id of the model. */
  aliasesOfModel: ({ models }, principal) =>
    batched(async (ids: Ids) => groupByModel(ids, await models.listAliases(principal, ids))),
  tasks: ({ tasks }, principal) => batched((ids: Ids) => tasks.getMany(principal, ids)),
  taskForecasts: ({ tasks }) =>
    batched((all: readonly Pick<TaskDocument, 'id' | 'state' | 'queue' | 'type'>[]) => tasks.forecast(all), {
      cacheKeyFn: ({ id }): string => id,
    }),
  taskQueues: ({ taskQueues }, principal) => batched((ids: Ids) => Promise.resolve(taskQueues.getMany(principal, ids))),
  taskGraphs: ({ taskGraphs }, principal) => batched((ids: Ids) => taskGraphs.getMany(principal, ids)),
  schedules: ({ schedules }, principal) => batched((ids: Ids) => schedules.getMany(principal, ids)),
  knowledgeBases: ({ knowledgeBases }, principal) => batched((ids: Ids) => knowledgeBases.getMany(principal, ids)),
  /** By the id of the knowledge base. */
  knowledgeBaseFigures: ({ knowledgeBases }, principal) => batched((ids: Ids) => knowledgeBases.sumUp(principal, ids)),
  documents: ({ knowledgeDocuments }, principal) => batched((ids: Ids) => knowledgeDocuments.getMany(principal, ids)),
  documentVersions: ({ knowledgeDocuments }, principal) =>
    batched((ids: Ids) => knowledgeDocuments.getVersions(principal, ids)),
  evaluations: ({ evaluations }, principal) => batched((ids: Ids) => evaluations.getMany(principal, ids)),
  uploads: ({ uploads }, principal) => batched((ids: Ids) => uploads.getMany(principal, ids)),
  answers: ({ answers }, principal) => batched((ids: Ids) => answers.getMany(principal, ids)),
  /** By the answer itself, as of the place in its stream that it was taken from. */
  answerContents: ({ answers }, principal) =>
    batched((all: readonly AnswerAt[]) => Promise.all(all.map((one) => answers.readContent(principal, one)))),
  /** By the name of the queue. */
  queueFigures: ({ taskQueues }, principal) => batched((names: Ids) => taskQueues.figures(principal, names)),
  workers: ({ workers }, principal) => batched((ids: Ids) => workers.getMany(principal, ids)),
  /** By the id of the worker. */
  tasksOfWorker: ({ workers }, principal) => batched((ids: Ids) => workers.runningTasks(principal, ids)),
  /** By the name of the queue. */
  deadLetterCounts: ({ taskQueues }, principal) =>
    batched((names: Ids) => taskQueues.countDeadLetters(principal, names)),
} satisfies Record<string, (services: LoadedServices, principal: Principal) => unknown>

/** Reads of one operation, gathered: however many objects refer to a version, it is read once. */
export type Loaders = { readonly [K in keyof typeof LOADERS]: ReturnType<(typeof LOADERS)[K]> }

/** Each is made when it is first asked for: an operation uses few of them. */
class LoadersOfOperation {
  readonly #services: LoadedServices
  readonly #principal: Principal

  constructor(services: LoadedServices, principal: Principal) {
    this.#services = services
    this.#principal = principal
  }

  static {
    for (const [name, make] of Object.entries(LOADERS))
      Object.defineProperty(this.prototype, name, {
        get(this: LoadersOfOperation) {
          const value = make(this.#services, this.#principal)
          Object.defineProperty(this, name, { value })
          return value
        },
      })
  }
}

export const createLoaders = (services: LoadedServices, principal: Principal): Loaders =>
  new LoadersOfOperation(services, principal) as unknown as Loaders

function groupByModel<T extends { readonly modelId: string }>(ids: readonly string[], items: readonly T[]): T[][] {
  const groups = Map.groupBy(items, (item) => item.modelId)
  return ids.map((id) => groups.get(id) ?? [])
}
