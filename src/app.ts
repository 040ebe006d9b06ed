import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from './kernel/clock.js'
import { GraphloomError } from './kernel/errors.js'
import type { ModelFolders } from './ports/model-folders.js'
import type { ModelHub } from './ports/model-hub.js'
import type { ModelRuntime } from './ports/model-runtime.js'
import type { TextCodec } from './ports/text-codec.js'
import type { WebClient } from './ports/web-client.js'
import { createAccess, type Access, type WorkUsage } from './services/access/access.js'
import {
  createKnowledge,
  type KnowledgeOptions,
  type KnowledgeServices,
} from './services/knowledge/create-knowledge.js'
import { MemoryBudget } from './services/models/memory-budget.js'
import { ModelMetricsRecorder } from './services/models/model-metrics.js'
import { ModelMetricsService } from './services/models/model-metrics.service.js'
import { ModelDownloads } from './services/models/model-downloads.js'
import { ModelRegistration } from './services/models/model-registration.js'
import { toDefaultSettings, type ModelDefaults } from './services/models/model-settings.js'
import { ModelStore } from './services/models/model-store.js'
import { ModelsService } from './services/models/models.service.js'
import { Registry, type BundledModel } from './services/models/registry.js'
import { Residency } from './services/models/residency.js'
import { createUploads } from './services/knowledge/uploads/create-uploads.js'
import type { UploadsService, UploadsServiceOptions } from './services/knowledge/uploads/uploads.service.js'
import { Payloads } from './services/payloads.js'
import { PredictionAcceptance, type PredictionAcceptanceOptions } from './services/predictions/prediction-acceptance.js'
import { PredictionExecutor, type PredictionExecutorOptions } from './services/predictions/prediction-executor.js'
import { BatchResultsStore } from './services/predictions/batches/batch-results-store.js'
import { createBatchType } from './services/predictions/batches/batch-type.js'
import { PredictionBatchesService } from './services/predictions/batches/prediction-batches.service.js'
import { PredictionDispatch } from './services/predictions/prediction-dispatch.js'
import { PREDICTION_QUEUE, PredictionStore } from './services/predictions/prediction-store.js'
import { createPredictionType } from './services/predictions/prediction-type.js'
import { PredictionsService } from './services/predictions/predictions.service.js'
import { PromptEncoder } from './services/predictions/prompt-encoder.js'
import { SharedAnswers, type SharedAnswersOptions } from './services/predictions/shared-answers.js'
import { WaitingRoom } from './services/predictions/waiting-room.js'
import { Retention, type RetentionSettings } from './services/retention/retention.js'
import { Streams } from './services/streams/streams.js'
import { parseDeclaredTypes } from './services/tasks/declared-types.js'
import { createTasks, type Tasks } from './services/tasks/start-tasks.js'
import { createTaskRetention, type TaskRetentionOptions } from './services/tasks/task-retention.js'
import type { TaskType } from './services/tasks/task-type.js'
import { createHttpRequestType } from './services/tasks/types/http-request.js'
import { SLEEP } from './services/tasks/types/sleep.js'
import { createWebhookType } from './services/tasks/types/webhook.js'
import type { State } from './state.js'

export interface AppOptions {
  readonly state: State
  readonly runtime: ModelRuntime
  readonly codec: TextCodec
  /** Folder of the models that come with the server. */
  readonly modelsDirectory: string
  /** Folders that models may be registered from. */
  readonly modelFolders: ModelFolders
  /** Where models can be downloaded from, and the largest that is, bytes. */
  readonly hub: { readonly adapter: ModelHub; readonly maxModelBytes: number }
  readonly models: ModelDefaults & {
    readonly concurrentGenerations: number
    /** For all model processes together. */
    readonly memoryBytes: number
    /** References of versions to load at start. */
    readonly preload: readonly string[]
  }
  readonly tasks: {
    /** The most predictions that are claimed at once. */
    readonly window: number
    readonly leaseMs: number
    /** The most tasks of a queue that this process works on at once. */
    readonly parallel: number
    /** The most tasks that wait in a queue whose settings do not say it. */
    readonly queueLength: number
    /** Declares types of tasks that workers elsewhere do. */
    readonly typesFile: string | null
  }
  /** What tasks call on the web with, and the secret that signs it. */
  /** Where chunks of documents are found, and what reads documents. */
  readonly knowledge: Pick<KnowledgeOptions, 'vectorIndex' | 'textIndex' | 'parser'>
  readonly web: { readonly webClient: WebClient; readonly signingSecret: string | null }
  readonly streams: { readonly backlogEvents: number; readonly joinBytes: number }
  readonly retention: RetentionSettings &
    TaskRetentionOptions['settings'] & {
      /** How long ended predictions are kept, milliseconds. */
      readonly predictionMs: number
    }
  readonly uploads: UploadsServiceOptions['settings']
  readonly responseCache: Omit<SharedAnswersOptions, 'maxAgeMs'>
  /** The largest input or output, bytes. */
  readonly maxPayloadBytes: number
  readonly currentTrace: PredictionAcceptanceOptions['currentTrace']
  readonly inSpan: PredictionExecutorOptions['inSpan']
  /** Told what each admitted piece of work has cost, once, when it is over. */
  readonly onSettled?: (usage: WorkUsage) => void
  readonly clock: Clock
  readonly logger: Logger
}

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
  const { dispatch, executor, work, predictions, predictionBatches, knowledge, isBlobReferenced } = created
  await dispatch.start()
  work.start()
  const uploads = createUploads({ ...state, access, settings: options.uploads, clock })
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
        uploads.removeExpired,
      ],
      isBlobReferenced: async (id) => (await isBlobReferenced(id)) || (await uploads.isBlobReferenced(id)),
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

/** Built in, and declared for workers elsewhere. */
const listTaskTypes = async ({ tasks, web, clock }: AppOptions): Promise<TaskType[]> => [
  SLEEP,
  createHttpRequestType({ ...web, clock }),
  createWebhookType({ ...web, clock }),
  ...(await readDeclaredTypes(tasks.typesFile)),
]

interface BelowWork extends AroundModels {
  readonly registry: Registry
  readonly versions: ModelStore
  readonly metrics: ModelMetricsRecorder
  readonly residency: Residency
  readonly models: ModelsService
}

/** Predictions and tasks, which are made of each other. */
async function createWork(options: AppOptions, stack: AsyncDisposableStack, below: BelowWork) {
  const { state, codec, clock, logger } = options
  const { access, streams, registry, versions } = below
  const store = new PredictionStore(state.documents, state.events)
  const payloads = new Payloads(state.blobs, options.maxPayloadBytes)
  const encoder = new PromptEncoder(codec, (version) => registry.folderOf(version))
  const shared = { ...below, store, payloads, encoder, clock, logger }
  const executor = new PredictionExecutor({ ...shared, queue: state.queue, inSpan: options.inSpan })
  const results = new BatchResultsStore(state.documents)
  const knowledge = createKnowledge({ ...shared, ...options.knowledge, codec, documents: state.documents })
  const later: Pick<PredictionAcceptance, 'checkVersion' | 'ensureForTask'> = {
    checkVersion: (principal, request) => acceptance.checkVersion(principal, request),
    ensureForTask: (task, input) => acceptance.ensureForTask(task, input),
  }
  const work = stack.use(
    await createTasks({
      ...options,
      ...state,
      payloads,
      access,
      streams,
      types: [
        ...(await listTaskTypes(options)),
        createPredictionType({ ...shared, executor, acceptance: later }),
        knowledge.type,
        createBatchType({ ...shared, versions, blobs: state.blobs, results, acceptance: later }),
      ],
      claimedElsewhere: [PREDICTION_QUEUE],
      settings: {
        window: options.tasks.parallel,
        leaseMs: options.tasks.leaseMs,
        queueLength: options.tasks.queueLength,
        joinBytes: options.streams.joinBytes,
      },
    }),
  )
  const { currentTrace } = options
  const { window, leaseMs } = options.tasks
  const dispatch = stack.use(new PredictionDispatch({ ...shared, queue: state.queue, executor, work, window, leaseMs }))
  const { immediate } = dispatch
  const acceptance = new PredictionAcceptance({ ...shared, tasks: work.acceptance, executor, immediate, currentTrace })
  const maxJoinedBytes = options.streams.joinBytes
  const predictions = new PredictionsService({ ...shared, acceptance, executor, tasks: work.tasks, maxJoinedBytes })
  const predictionBatches = new PredictionBatchesService({ access, tasks: work.acceptance, results, payloads })
  const opened = await knowledge.open(stack, work)
  const isBlobReferenced = async (blobId: string): Promise<boolean> =>
    (await store.isBlobReferenced(blobId)) ||
    (await work.isBlobReferenced(blobId)) ||
    (await results.isBlobReferenced(blobId)) ||
    (await knowledge.isBlobReferenced(blobId))
  return { dispatch, executor, work, predictions, predictionBatches, knowledge: opened, isBlobReferenced }
}

interface AroundModels {
  readonly access: Access
  readonly streams: Streams
  readonly answers: SharedAnswers
  readonly waitingRoom: WaitingRoom
}

/** Where models come from, which of them are in memory, and what they did. */
async function startModels(options: AppOptions, stack: AsyncDisposableStack, around: AroundModels) {
  const { state, runtime, modelsDirectory, modelFolders, hub, clock, logger } = options
  const { access, streams, answers, waitingRoom } = around
  const store = new ModelStore(state.documents)
  const sources = { store, runtime, folders: modelFolders, hub: hub.adapter }
  const registry = new Registry({ ...sources, modelsDirectory })
  const registration = new ModelRegistration({ ...sources, maxBytes: hub.maxModelBytes })
  const downloads = stack.use(new ModelDownloads({ ...sources, clock, logger }))
  await registry.registerBundled(await readCatalogue(modelsDirectory))
  const metrics = new ModelMetricsRecorder(clock)
  const waiting = (versionId: string): number => waitingRoom.waiting(versionId)
  const residency = stack.use(
    new Residency({
      store,
      registry,
      runtime,
      memory: new MemoryBudget(options.models.memoryBytes),
      countAccepted: waiting,
      metrics,
      defaults: toDefaultSettings(options.models),
      clock,
      logger,
    }),
  )
  const models = new ModelsService({
    access,
    store,
    registry,
    registration,
    downloads,
    residency,
    streams,
    metrics,
    onAnswersDropped: (versionId) => answers.forgetVersion(versionId),
    logger,
  })
  await models.start(options.models.preload)
  const modelMetrics = new ModelMetricsService({ access, store, recorder: metrics, residency, waiting, clock })
  return { registry, versions: store, metrics, residency, models, modelMetrics }
}

async function readDeclaredTypes(file: string | null): Promise<TaskType[]> {
  if (file === null) return []
  const text = await readFile(file, 'utf8')
  return parseDeclaredTypes(text, file)
}

async function readCatalogue(modelsDirectory: string): Promise<BundledModel[]> {
  return JSON.parse(await readFile(join(modelsDirectory, 'catalogue.json'), 'utf8')) as BundledModel[]
}
