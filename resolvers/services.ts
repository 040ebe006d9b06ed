import type { AnswersService } from '../src/services/knowledge/answers/answers.service.js'
import type { SnapshotsService } from '../src/services/knowledge/snapshots/snapshots.service.js'
import type { GenerationsService } from '../src/services/knowledge/generations.service.js'
import type { DocumentChangesService } from '../src/services/knowledge/document-changes.service.js'
import type { EvaluationsService } from '../src/services/knowledge/evaluation/evaluations.service.js'
import type { IngestionWatchService } from '../src/services/knowledge/progress/ingestion-watch.service.js'
import type { KnowledgeBasesService } from '../src/services/knowledge/knowledge-bases.service.js'
import type { KnowledgeDocumentsService } from '../src/services/knowledge/knowledge-documents.service.js'
import type { SearchService } from '../src/services/knowledge/search.service.js'
import type { ModelMetricsService } from '../src/services/models/model-metrics.service.js'
import type { ModelsService } from '../src/services/models/models.service.js'
import type { Residency } from '../src/services/models/residency.js'
import type { PredictionBatchesService } from '../src/services/predictions/batches/prediction-batches.service.js'
import type { PredictionsService } from '../src/services/predictions/predictions.service.js'
import type { SchedulesService } from '../src/services/tasks/schedules.service.js'
import type { SigningSecretsService } from '../src/services/tasks/signing-secrets.service.js'
import type { TaskGraphsService } from '../src/services/tasks/task-graphs.service.js'
import type { TaskQueuesService } from '../src/services/tasks/task-queues.service.js'
import type { TaskClaims } from '../src/services/tasks/task-claims.js'
import type { WorkersService } from '../src/services/tasks/workers.service.js'
import type { TasksService } from '../src/services/tasks/tasks.service.js'
import type { UploadsService } from '../src/services/knowledge/uploads/uploads.service.js'
import type { ServerService } from '../src/services/server/server.service.js'

/** What the resolvers call. */
export interface Services {
  readonly models: ModelsService
  readonly residency: Residency
  readonly modelMetrics: ModelMetricsService
  readonly predictions: PredictionsService
  readonly predictionBatches: PredictionBatchesService
  readonly tasks: TasksService
  readonly taskQueues: TaskQueuesService
  readonly taskClaims: TaskClaims
  readonly workers: WorkersService
  readonly taskGraphs: TaskGraphsService
  readonly schedules: SchedulesService
  readonly signingSecrets: SigningSecretsService
  readonly knowledgeBases: KnowledgeBasesService
  readonly knowledgeGenerations: GenerationsService
  readonly knowledgeSnapshots: SnapshotsService
  readonly knowledgeIngestion: IngestionWatchService
  readonly knowledgeDocuments: KnowledgeDocumentsService
  readonly documentChanges: DocumentChangesService
  readonly knowledgeSearch: SearchService
  readonly answers: AnswersService
  readonly evaluations: EvaluationsService
  readonly uploads: UploadsService
  readonly server: ServerService
}
