import { Field, ObjectType } from 'type-graphql'
import {
  Conflict,
  InvalidInput,
  LoadFailed,
  NotFound,
  OutOfMemory,
  Overloaded,
  Unavailable,
} from '../common/problem.interface.js'
import { StreamEnd, StreamGap, StreamItemType } from '../streams/stream.type.js'
import { createUnion, problemOr } from '../common/union.js'
import { streamItemTypeName } from '../streams/stream-item.js'
import { ModelAlias, ModelVersion } from './model.type.js'

export const LoadModelVersionResult = createUnion({
  name: 'LoadModelVersionResult',
  description: 'The model version, or why it is not loaded.',
  types: [ModelVersion, NotFound, OutOfMemory],
  typeName: problemOr('ModelVersion'),
})

export const SetModelAliasResult = createUnion({
  name: 'SetModelAliasResult',
  description: 'The alias as it is now, or why it was not set.',
  types: [ModelAlias, NotFound, InvalidInput, OutOfMemory, LoadFailed],
  typeName: problemOr('ModelAlias'),
})

export const ModelVersionResult = createUnion({
  name: 'ModelVersionResult',
  description: 'The model version, or why nothing was done.',
  types: [ModelVersion, NotFound, Conflict],
  typeName: problemOr('ModelVersion'),
})

export const RegisterModelVersionResult = createUnion({
  name: 'RegisterModelVersionResult',
  description: 'The model version, or why none was registered.',
  types: [ModelVersion, InvalidInput, Conflict, NotFound, Overloaded, Unavailable],
  typeName: problemOr('ModelVersion'),
})

export const UpdateModelSettingsResult = createUnion({
  name: 'UpdateModelSettingsResult',
  description: 'The model version with its new settings, or why nothing was changed.',
  types: [ModelVersion, NotFound, InvalidInput],
  typeName: problemOr('ModelVersion'),
})

export const ModelAliasResult = createUnion({
  name: 'ModelAliasResult',
  description: 'The alias as it is now (or was, when it was deleted), or why nothing was done.',
  types: [ModelAlias, NotFound, Conflict, InvalidInput],
  typeName: problemOr('ModelAlias'),
})

@ObjectType('ModelVersionSnapshot', {
  implements: StreamItemType,
  description: 'The whole model version, as a stream begins with it.',
})
export class ModelVersionSnapshot extends StreamItemType {
  @Field(() => ModelVersion, { name: 'modelVersion', description: 'The version as of `sequence`.' })
  readonly snapshot!: ModelVersion
}

@ObjectType('ModelVersionChanged', {
  implements: StreamItemType,
  description: 'The model version changed: its state, its settings, or how far loading has come.',
})
export class ModelVersionChanged extends StreamItemType {
  @Field(() => ModelVersion, { name: 'modelVersion', description: 'The version after the change.' })
  readonly event!: ModelVersion
}

export const ModelVersionEvent = createUnion({
  name: 'ModelVersionEvent',
  description: 'What `modelVersionEvents` gives.',
  types: [ModelVersionSnapshot, ModelVersionChanged, StreamGap, StreamEnd],
  typeName: streamItemTypeName('ModelVersionSnapshot', () => 'ModelVersionChanged'),
})
