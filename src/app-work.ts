import { readFile } from 'node:fs/promises'
import { createKnowledge, type KnowledgeServices } from './services/knowledge/create-knowledge.js'
import { createUploads } from './services/knowledge/uploads/create-uploads.js'
import type { ModelMetricsRecorder } from './services/models/model-metrics.js'
import type { ModelStore } from './services/models/model-store.js'
import type { ModelsService } from './services/models/models.service.js'
import type { Registry } from './services/models/registry.js'
import type { Residency } from './services/models/residency.js'
import { Payloads } from './services/payloads.js'
import { whenThereAre } from './services/predictions/answer-predictions.js'
import { PredictionAcceptance } from './services/predictions/prediction-acceptance.js'
import { PredictionExecutor } from './services/predictions/prediction-executor.js'
import { BatchResultsStore } from './services/predictions/batches/batch-results-store.js'
import { createBatchType } from './services/predictions/batches/batch-type.js'
import { PredictionBatchesService } from './services/predictions/batches/prediction-batches.service.js'
import { PredictionDispatch } from './services/predictions/prediction-dispatch.js'
import { PREDICTION_QUEUE, PredictionStore } from './services/predictions/prediction-store.js'
import { createPredictionType } from './services/predictions/prediction-type.js'
import { PredictionsService, type PredictionsServiceOptions } from './services/predictions/predictions.service.js'
import { PromptEncoder } from './services/predictions/prompt-encoder.js'
import { createTasks } from './services/tasks/start-tasks.js'
import type { TaskType } from './services/tasks/task-type.js'
import { createHttpRequestType } from './services/tasks/types/http-request.js'
import { SLEEP } from './services/tasks/types/sleep.js'
import { createWebhookType } from './services/tasks/types/webhook.js'
import type { AroundModels } from './app-models.js'
import type { AppOptions } from './app-options.js'

/** What is done in this process, and what a file declares for workers elsewhere. */
async function listTaskTypes({ tasks, web, clock }: AppOptions, others: readonly TaskType[]): Promise<TaskType[]> {
  const own = [SLEEP, createHttpRequestType({ ...web, clock }), createWebhookType({ ...web, clock }), ...others]
  return [...own, ...(await readDeclaredTypes(tasks.typesFile, own))]
}

interface BelowWork extends AroundModels {
  readonly registry: Registry
  readonly versions: ModelStore
  readonly metrics: ModelMetricsRecorder
  readonly residency: Residency
  readonly models: ModelsService
}

/** Predictions and tasks, which are made of each other. */
export async function createWork(options: AppOptions, stack: AsyncDisposableStack, below: BelowWork) {
  const { state, codec, clock, logger } = options
  const { access, streams, registry, versions } = below
  const store = new PredictionStore(state.documents, state.events)
  const payloads = new Payloads(state.blobs, options.maxPayloadBytes)
  const encoder = new PromptEncoder(codec, (version) => registry.folderOf(version))
  const shared = { ...below, store, payloads, encoder, clock, logger }
  const executor = new PredictionExecutor({ ...shared, queue: state.queue, inSpan: options.inSpan })
  const results = new BatchResultsStore(state.documents)
  const uploads = createUploads({ ...state, access, settings: options.uploads, clock })
  const { currentTrace } = options
  const maxJoinedBytes = options.streams.joinBytes
  const laterPredictions = whenThereAre(() => predictions.ofAnswers)
  const following = { currentTrace, maxJoinedBytes, uploads, codec, predictions: laterPredictions }
  const knowledge = createKnowledge({ ...shared, ...options.knowledge, ...options.web, ...state, ...following })
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
      types: await listTaskTypes(options, [
        createPredictionType({ ...shared, executor, acceptance: later }),
        ...knowledge.types,
        createBatchType({ ...shared, versions, blobs: state.blobs, results, acceptance: later }),
      ]),
      claimedElsewhere: [PREDICTION_QUEUE],
      settings: {
        window: options.tasks.parallel,
        leaseMs: options.tasks.leaseMs,
        queueLength: options.tasks.queueLength,
        joinBytes: options.streams.joinBytes,
      },
    }),
  )
  const { window, leaseMs } = options.tasks
  const dispatch = stack.use(new PredictionDispatch({ ...shared, queue: state.queue, executor, work, window, leaseMs }))
  const { immediate } = dispatch
  const acceptance = new PredictionAcceptance({ ...shared, tasks: work.acceptance, executor, immediate, currentTrace })
  const readableAnswers: PredictionsServiceOptions['readableAnswers'] = (...asked) =>
    opened.answers.areReadable(...asked)
  const around = { acceptance, executor, tasks: work.tasks, readableAnswers, maxJoinedBytes }
  const predictions: PredictionsService = new PredictionsService({ ...shared, ...around })
  const predictionBatches = new PredictionBatchesService({ access, tasks: work.acceptance, results, payloads })
  const opened: KnowledgeServices = await knowledge.open(stack, work)
  const isBlobReferenced = async (blobId: string): Promise<boolean> =>
    (await store.isBlobReferenced(blobId)) ||
    (await work.isBlobReferenced(blobId)) ||
    (await results.isBlobReferenced(blobId)) ||
    (await knowledge.isBlobReferenced(blobId)) ||
    (await uploads.isBlobReferenced(blobId))
  return { dispatch, executor, work, predictions, predictionBatches, knowledge: opened, uploads, isBlobReferenced }
}

async function readDeclaredTypes(file: string | null, own: readonly TaskType[]): Promise<TaskType[]> {
  if (file === null) return []
  // Most servers have none.
  const { checkDeclaredTypes, parseDeclaredTypes } = await import('./services/tasks/declared-types.js')
  const declared = parseDeclaredTypes(await readFile(file, 'utf8'), file)
  await checkDeclaredTypes(declared, own, file)
  return declared
}
