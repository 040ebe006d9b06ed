import DataLoader from 'dataloader'
import type { AnswerDocument } from '../src/domain/answer.js'
import type { EvaluationDocument } from '../src/domain/evaluation.js'
import type { DocumentVersion, KnowledgeBaseDocument, KnowledgeDocument } from '../src/domain/knowledge.js'
import type { ModelAliasDocument, ModelDocument, ModelVersionDocument } from '../src/domain/model.js'
import type { PredictionDocument } from '../src/domain/prediction.js'
import type { Principal } from '../src/domain/principal.js'
import type { ScheduleDocument } from '../src/domain/schedule.js'
import type { TaskGraphDocument } from '../src/domain/task-graph.js'
import type { TaskQueueDocument } from '../src/domain/task-queue.js'
import type { TaskDocument } from '../src/domain/task.js'
import type { UploadDocument } from '../src/domain/upload.js'
import type { WorkerDocument } from '../src/domain/worker.js'
import type { AnswerAt, ReadableContent } from '../src/services/knowledge/answers/answers.service.js'
import type { BaseFigures } from '../src/services/knowledge/document-records.js'
import type { TaskQueueFigures } from '../src/services/tasks/task-queues.service.js'
import type { TaskForecast } from '../src/services/tasks/task-position.js'
import type { Services } from './services.js'

export interface Loaders {
  readonly predictions: DataLoader<string, PredictionDocument | null>
  readonly models: DataLoader<string, ModelDocument | null>
  readonly modelVersions: DataLoader<string, ModelVersionDocument | null>
  /** By the id of the model. */
  readonly versionsOfModel: DataLoader<string, readonly ModelVersionDocument[]>
  /** By the id of the model. */
  readonly aliasesOfModel: DataLoader<string, readonly ModelAliasDocument[]>
  readonly tasks: DataLoader<string, TaskDocument | null>
  readonly taskForecasts: DataLoader<Pick<TaskDocument, 'id' | 'state' | 'queue' | 'type'>, TaskForecast, string>
  readonly taskQueues: DataLoader<string, TaskQueueDocument | null>
  readonly taskGraphs: DataLoader<string, TaskGraphDocument | null>
  readonly schedules: DataLoader<string, ScheduleDocument | null>
  readonly knowledgeBases: DataLoader<string, KnowledgeBaseDocument | null>
  /** By the id of the knowledge base. */
  readonly knowledgeBaseFigures: DataLoader<string, BaseFigures>
  readonly documents: DataLoader<string, KnowledgeDocument | null>
  readonly documentVersions: DataLoader<string, DocumentVersion | null>
  readonly evaluations: DataLoader<string, EvaluationDocument | null>
  readonly uploads: DataLoader<string, UploadDocument | null>
  readonly answers: DataLoader<string, AnswerDocument | null>
  /** By the answer itself, as of the place in its stream that it was taken from. */
  readonly answerContents: DataLoader<AnswerAt, ReadableContent>
  /** By the name of the queue. */
  readonly queueFigures: DataLoader<string, TaskQueueFigures>
  readonly workers: DataLoader<string, WorkerDocument | null>
  /** By the id of the worker. */
  readonly tasksOfWorker: DataLoader<string, readonly TaskDocument[]>
  /** By the name of the queue. */
  readonly deadLetterCounts: DataLoader<string, number>
}

const MAX_BATCH = 500

/** Reads of one operation, gathered: however many objects refer to a version, it is read once. */
export function createLoaders(
  services: Omit<Services, 'modelMetrics' | 'server' | 'taskClaims' | 'knowledgeSearch'>,
  principal: Principal,
): Loaders {
  const { models, predictions, tasks, taskQueues, workers, taskGraphs, schedules } = services
  const { knowledgeBases, knowledgeDocuments, evaluations, uploads, answers } = services
  const options = { maxBatchSize: MAX_BATCH }
  return {
    predictions: new DataLoader((ids) => predictions.getMany(principal, ids), options),
    models: new DataLoader((ids) => models.getModels(principal, ids), options),
    modelVersions: new DataLoader((ids) => models.getVersions(principal, ids), options),
    versionsOfModel: new DataLoader(
      async (ids) => groupByModel(ids, await models.listVersions(principal, ids)),
      options,
    ),
    aliasesOfModel: new DataLoader(async (ids) => groupByModel(ids, await models.listAliases(principal, ids)), options),
    tasks: new DataLoader((ids) => tasks.getMany(principal, ids), options),
    taskForecasts: new DataLoader((all) => tasks.forecast(all), { ...options, cacheKeyFn: ({ id }) => id }),
    taskQueues: new DataLoader((ids) => Promise.resolve(taskQueues.getMany(principal, ids)), options),
    workers: new DataLoader((ids) => workers.getMany(principal, ids), options),
    tasksOfWorker: new DataLoader((ids) => workers.runningTasks(principal, ids), options),
    taskGraphs: new DataLoader((ids) => taskGraphs.getMany(principal, ids), options),
    knowledgeBases: new DataLoader((ids) => knowledgeBases.getMany(principal, ids), options),
    knowledgeBaseFigures: new DataLoader((ids) => knowledgeBases.sumUp(principal, ids), options),
    documents: new DataLoader((ids) => knowledgeDocuments.getMany(principal, ids), options),
    documentVersions: new DataLoader((ids) => knowledgeDocuments.getVersions(principal, ids), options),
    evaluations: new DataLoader((ids) => evaluations.getMany(principal, ids), options),
    schedules: new DataLoader((ids) => schedules.getMany(principal, ids), options),
    answers: new DataLoader((ids) => answers.getMany(principal, ids), options),
    answerContents: new DataLoader(
      (all) => Promise.all(all.map((one) => answers.readContent(principal, one))),
      options,
    ),
    uploads: new DataLoader((ids) => uploads.getMany(principal, ids), options),
    queueFigures: new DataLoader((names) => taskQueues.figures(principal, names), options),
    deadLetterCounts: new DataLoader((names) => taskQueues.countDeadLetters(principal, names), options),
  }
}

function groupByModel<T extends { readonly modelId: string }>(ids: readonly string[], items: readonly T[]): T[][] {
  const groups = Map.groupBy(items, (item) => item.modelId)
  return ids.map((id) => groups.get(id) ?? [])
}
