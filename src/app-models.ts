import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Access } from './services/access/access.js'
import { MemoryBudget } from './services/models/memory-budget.js'
import { ModelMetricsRecorder } from './services/models/model-metrics.js'
import { ModelMetricsService } from './services/models/model-metrics.service.js'
import { ModelDownloads } from './services/models/model-downloads.js'
import { ModelRegistration } from './services/models/model-registration.js'
import { toDefaultSettings } from './services/models/model-settings.js'
import { ModelStore } from './services/models/model-store.js'
import { ModelsService } from './services/models/models.service.js'
import { Registry, type BundledModel } from './services/models/registry.js'
import { Residency } from './services/models/residency.js'
import type { SharedAnswers } from './services/predictions/shared-answers.js'
import type { WaitingRoom } from './services/predictions/waiting-room.js'
import type { Streams } from './services/streams/streams.js'
import type { AppOptions } from './app-options.js'

/** What models are wired with. */
export interface AroundModels {
  readonly access: Access
  readonly streams: Streams
  readonly answers: SharedAnswers
  readonly waitingRoom: WaitingRoom
}

/** Where models come from, which of them are in memory, and what they did. */
export async function startModels(options: AppOptions, stack: AsyncDisposableStack, around: AroundModels) {
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
