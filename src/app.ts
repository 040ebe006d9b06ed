import { GraphloomError } from './kernel/errors.js'
import { createAccess, type Access } from './services/access/access.js'
import type { KnowledgeServices } from './services/knowledge/create-knowledge.js'
import type { ModelMetricsService } from './services/models/model-metrics.service.js'
import type { ModelsService } from './services/models/models.service.js'
import type { Residency } from './services/models/residency.js'
import type { PredictionBatchesService } from './services/predictions/batches/prediction-batches.service.js'
import type { PredictionsService } from './services/predictions/predictions.service.js'
import { SharedAnswers } from './services/predictions/shared-answers.js'
import type { UploadsService } from './services/knowledge/uploads/uploads.service.js'
import { WaitingRoom } from './services/predictions/waiting-room.js'
import { Retention } from './services/retention/retention.js'
import { Streams } from './services/streams/streams.js'
import { SigningSecretsService } from './services/tasks/signing-secrets.service.js'
import type { Tasks } from './services/tasks/start-tasks.js'
import { createTaskRetention } from './services/tasks/task-retention.js'
import { startModels } from './app-models.js'
import type { AppOptions } from './app-options.js'
import { createWork } from './app-work.js'

/** The services, wired. What they need outlives them. */
export interface App extends AsyncDisposable {
  readonly models: ModelsService
  readonly residency: Residency
  readonly modelMetrics: ModelMetricsService
  readonly predictions: PredictionsService
  readonly predictionBatches: PredictionBatchesService
  readonly tasks: Tasks['tasks']
  readonly taskQueues: Tasks['taskQueues']
  readonly taskClaims: Tasks['taskClaims']
  readonly workers: Tasks['workers']
  readonly taskGraphs: Tasks['taskGraphs']
  readonly schedules: Tasks['schedules']
  readonly signingSecrets: SigningSecretsService
  readonly knowledge: KnowledgeServices
  readonly uploads: UploadsService
  readonly answers: Pick<SharedAnswers, 'size' | 'bytes'>
  readonly streams: Streams
  readonly access: Access
  /**
   * Takes no more work from the queue and waits for what runs until the signal aborts; what is left then goes on at the
   * next start.
   */
  drain(signal: AbortSignal): Promise<void>
}

/** Wires the services and starts what runs in the background. */
export async function startApp(options: AppOptions): Promise<App> {
  const { state, clock, logger } = options
  await using stack = new AsyncDisposableStack()
  const access = createAccess({ onSettled: (_work, usage) => options.onSettled?.(usage) })
  const streams = new Streams({ log: state.events, maxBacklogEvents: options.streams.backlogEvents })
  // No answer stays longer than the predictions that had it.
  const answers = new SharedAnswers({ ...options.responseCache, maxAgeMs: Math.max(1, options.retention.predictionMs) })
  const waitingRoom = new WaitingRoom({ parallel: options.models.concurrentGenerations })
  const around = { access, streams, answers, waitingRoom }
  const { registry, versions, metrics, residency, models, modelMetrics } = await startModels(options, stack, around)

  const below = { ...around, registry, versions, metrics, residency, models }
  const created = await createWork(options, stack, below)
  const { dispatch, executor, work, predictions, predictionBatches, knowledge, uploads, isBlobReferenced } = created
  await dispatch.start()
  work.start()
  stack.use(
    new Retention({
      settings: options.retention,
      log: state.events,
      blobs: state.blobs,
      removals: [
        (page) => state.queue.forgetIdle(page),
        (page) => predictions.removeEndedBefore(clock.now() - options.retention.predictionMs, page),
        ...createTaskRetention({
          store: work.store,
          remove: (task) => work.tasks.remove(task),
          settings: options.retention,
          clock,
        }),
        (page) => knowledge.answers.removeEndedBefore(clock.now() - options.retention.predictionMs, page),
        uploads.removeExpired,
        knowledge.knowledgeSnapshots.removeExpired,
      ],
      isBlobReferenced,
      clock,
      logger,
    }),
  )
  const owned = stack.move()
  return {
    models,
    residency,
    modelMetrics,
    predictions,
    predictionBatches,
    tasks: work.tasks,
    taskQueues: work.taskQueues,
    taskClaims: work.taskClaims,
    workers: work.workers,
    taskGraphs: work.taskGraphs,
    schedules: work.schedules,
    signingSecrets: new SigningSecretsService({ access, signer: options.web.signer }),
    knowledge,
    uploads,
    answers,
    streams,
    access,
    drain: async (signal) => {
      await Promise.all([dispatch.drain(signal), work.drain(signal)])
      await dispatch[Symbol.asyncDispose]()
      executor.abandonWaiters(
        new GraphloomError('UNAVAILABLE', 'The server is stopping; the prediction goes on when it starts again.'),
      )
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
