import type { LoadPhase, ModelTask, ModelVersionState } from '../../src/domain/model.js'
import type { BreakerState } from '../../src/services/models/crash-breaker.js'
import type { MetricsWindow } from '../../src/services/models/model-metrics.js'
import type { UnloadMode } from '../../src/services/models/resident-version.js'
import { createEnum } from '../common/enums.js'

export const ModelTaskEnum = createEnum<ModelTask>({
  name: 'ModelTask',
  description: 'What a model does.',
  values: {
    CHAT: 'Answers messages and continues texts.',
    TEXT_EMBEDDING: 'Turns texts into vectors whose angle tells how near their meanings are.',
    RERANK: 'Tells how well documents answer a query (a cross-encoder).',
    CLASSIFICATION: 'Tells the labels of texts.',
    TENSOR: 'Turns tensors into tensors.',
  },
})

export const ModelVersionStateEnum = createEnum<ModelVersionState>({
  name: 'ModelVersionState',
  description: 'Where a model version stands between disk and memory.',
  values: {
    DOWNLOADING: 'Its files are on their way from a hub. What is asked of it meanwhile is `UNAVAILABLE`.',
    UNLOADED: 'Not in memory; it loads by itself when it is first used.',
    LOADING: 'Its files are being checked and read.',
    WARMING: 'In memory, running for the first time.',
    READY: 'Serving.',
    UNLOADING: 'Finishing what runs; its memory is given back then.',
    FAILED: 'Could not be loaded; `stateReason` says why. The next use tries again.',
  },
})

export const LoadPhaseEnum = createEnum<LoadPhase>({
  name: 'LoadPhase',
  description: 'A step of loading.',
  values: {
    DOWNLOADING: 'Files come from a hub.',
    STARTING: 'The process that will run the model starts.',
    VERIFYING: 'Checksums of the files are compared, while the weights are being read.',
    READING: 'The checksums are right; the weights are still being read.',
    WARMING: 'The model runs for the first time.',
  },
})

export const MetricsWindowEnum = createEnum<MetricsWindow>({
  name: 'MetricsWindow',
  description: 'How far back metrics look from now.',
  values: {
    ONE_MINUTE: 'The last 60 seconds.',
    FIVE_MINUTES: 'The last 5 minutes.',
    ONE_HOUR: 'The last hour.',
  },
})

export const UnloadModeEnum = createEnum<UnloadMode>({
  name: 'UnloadMode',
  description: 'What becomes of running predictions when their model version is unloaded.',
  values: {
    DRAIN: 'What runs is finished first.',
    CANCEL:
      'What runs is cancelled: such predictions end as CANCELLED, with what they had, and with an error that says why.',
  },
})

export const RunnerStateEnum = createEnum({
  name: 'RunnerState',
  description: 'What a runner process is doing.',
  values: {
    READY: 'It takes work.',
    REPLACING: 'It takes work while another process, with other settings, starts to take its place.',
  },
})
export type RunnerState = keyof typeof RunnerStateEnum

export const BreakerStateEnum = createEnum<BreakerState>({
  name: 'BreakerState',
  description: 'Whether something that failed again and again is tried.',
  values: {
    CLOSED: 'Work goes on.',
    OPEN: 'Nothing is tried until `retryAt`.',
    HALF_OPEN: 'The next try decides.',
  },
})
