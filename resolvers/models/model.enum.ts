import { registerEnumType } from 'type-graphql'
import type { LoadPhase, ModelTask, ModelVersionState } from '../../src/domain/model.js'
import type { MetricsWindow } from '../../src/services/models/model-metrics.js'
import { describeEnum } from '../common/enums.js'

const TASKS: Record<ModelTask, string> = {
  CHAT: 'Answers messages and continues texts.',
  TEXT_EMBEDDING: 'Turns texts into vectors whose angle tells how near their meanings are.',
}
export const ModelTaskEnum = describeEnum(TASKS)
registerEnumType(ModelTaskEnum.values, { name: 'ModelTask', description: 'What a model does.', valuesConfig: ModelTaskEnum.config })

const STATES: Record<ModelVersionState, string> = {
  UNLOADED: 'Not in memory; it loads by itself when it is first used.',
  LOADING: 'Its files are being checked and read.',
  WARMING: 'In memory, running for the first time.',
  READY: 'Serving.',
  UNLOADING: 'Finishing what runs; its memory is given back then.',
  FAILED: 'Could not be loaded; `stateReason` says why. The next use tries again.',
}
export const ModelVersionStateEnum = describeEnum(STATES)
registerEnumType(ModelVersionStateEnum.values, {
  name: 'ModelVersionState',
  description: 'Where a model version stands between disk and memory.',
  valuesConfig: ModelVersionStateEnum.config,
})

const PHASES: Record<LoadPhase, string> = {
  VERIFYING: 'Checksums of the files are compared.',
  STARTING: 'The process that will run the model starts.',
  READING: 'The weights are read.',
  WARMING: 'The model runs for the first time.',
}
export const LoadPhaseEnum = describeEnum(PHASES)
registerEnumType(LoadPhaseEnum.values, { name: 'LoadPhase', description: 'A step of loading.', valuesConfig: LoadPhaseEnum.config })

const WINDOWS: Record<MetricsWindow, string> = {
  ONE_MINUTE: 'The last 60 seconds.',
  FIVE_MINUTES: 'The last 5 minutes.',
  ONE_HOUR: 'The last hour.',
}
export const MetricsWindowEnum = describeEnum(WINDOWS)
registerEnumType(MetricsWindowEnum.values, {
  name: 'MetricsWindow',
  description: 'How far back metrics look from now.',
  valuesConfig: MetricsWindowEnum.config,
})
