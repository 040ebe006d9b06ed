import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from './kernel/clock.js'
import { GraphloomError } from './kernel/errors.js'
import { createId } from './kernel/ids.js'
import { SYSTEM_SCOPE } from './ports/document-store.js'
import type { ModelFolders } from './ports/model-folders.js'
import type { ModelHub } from './ports/model-hub.js'
import type { ModelRuntime } from './ports/model-runtime.js'
import type { TextCodec } from './ports/text-codec.js'
import { createAccess, type Access, type WorkUsage } from './services/access/access.js'
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
import { Payloads } from './services/predictions/payloads.js'
import { PredictionAcceptance, type PredictionAcceptanceOptions } from './services/predictions/prediction-acceptance.js'
import { PredictionExecutor, type PredictionExecutorOptions } from './services/predictions/prediction-executor.js'
import { PREDICTION_QUEUE, PredictionStore } from './services/predictions/prediction-store.js'
import { PredictionsService } from './services/predictions/predictions.service.js'
import { PromptEncoder } from './services/predictions/prompt-encoder.js'
import { SharedAnswers, type SharedAnswersOptions } from './services/predictions/shared-answers.js'
import { WaitingRoom } from './services/predictions/waiting-room.js'
import { Retention, type RetentionSettings } from './services/retention/retention.js'
import { Streams } from './services/streams/streams.js'
import { Dispatcher } from './services/tasks/dispatcher.js'
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
  readonly tasks: { readonly window: number; readonly leaseMs: number }
  readonly streams: { readonly backlogEvents: number; readonly joinBytes: number }
  readonly retention: RetentionSettings
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
  const { state, codec, clock, logger } = options
  await using stack = new AsyncDisposableStack()
  const access = createAccess({ onSettled: (_work, usage) => options.onSettled?.(usage) })
  const streams = new Streams({ log: state.events, maxBacklogEvents: options.streams.backlogEvents })
  // No answer stays longer than the predictions that had it.
  const answers = new SharedAnswers({ ...options.responseCache, maxAgeMs: Math.max(1, options.retention.predictionMs) })
  const waitingRoom = new WaitingRoom({ parallel: options.models.concurrentGenerations })
  const around = { access, streams, answers, waitingRoom }
  const { registry, versions, metrics, residency, models, modelMetrics } = await startModels(options, stack, around)

  const store = new PredictionStore(state.documents, state.events)
  const payloads = new Payloads(state.blobs, options.maxPayloadBytes)
  const encoder = new PromptEncoder(codec, (version) => registry.folderOf(version))
  const shared = { access, store, payloads, encoder, answers, models, residency, metrics, waitingRoom, clock, logger }
  const executor = new PredictionExecutor({
    ...shared,
    queue: state.queue,
    versions,
    inSpan: options.inSpan,
  })
  const acceptance = new PredictionAcceptance({ ...shared, executor, currentTrace: options.currentTrace })
  const predictions = new PredictionsService({
    ...shared,
    acceptance,
    executor,
    streams,
    maxJoinedBytes: options.streams.joinBytes,
  })
  await readmitWaiting(store, waitingRoom)

  const dispatcher = new Dispatcher({
    tasks: state.queue,
    queue: PREDICTION_QUEUE,
    owner: createId('server'),
    ...options.tasks,
    handle: (task, signal) => executor.handle(task, signal),
    logger,
  })
  stack.defer(() => dispatcher.stop())
  await dispatcher.start()
  stack.use(
    new Retention({
      settings: options.retention,
      log: state.events,
      blobs: state.blobs,
      listEndedPredictions: (before, limit) => store.listEndedBefore(before, limit),
      removePrediction: (prediction) => predictions.remove(prediction),
      isBlobReferenced: (blobId) => store.isBlobReferenced(blobId),
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
    answers,
    streams,
    access,
    drain: async (signal) => {
      await dispatcher.drain(signal)
      await dispatcher.stop()
      executor.abandonWaiters(
        new GraphloomError('UNAVAILABLE', 'The server is stopping; the prediction goes on when it starts again.'),
      )
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
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

async function readCatalogue(modelsDirectory: string): Promise<BundledModel[]> {
  return JSON.parse(await readFile(join(modelsDirectory, 'catalogue.json'), 'utf8')) as BundledModel[]
}

/** What was accepted and not started when the last process ended still waits. */
async function readmitWaiting(store: PredictionStore, waitingRoom: WaitingRoom): Promise<void> {
  const limit = 500
  for (let cursor: string | null = null; ;) {
    const page = await store.list(SYSTEM_SCOPE, {
      filter: { state: { eq: 'QUEUED' } },
      orderBy: [{ field: 'createdAt', direction: 'asc' }],
      page: { limit, cursor, backward: false },
    })
    for (const { node } of page.items) waitingRoom.readmit(node.modelVersionId, node.id)
    if (!page.hasNextPage) return
    cursor = page.items.at(-1)?.cursor ?? null
  }
}
