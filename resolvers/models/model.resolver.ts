import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { ModelAliasDocument, ModelDocument, ModelSettings, ModelVersionDocument } from '../../src/domain/model.js'
import type { StreamItem } from '../../src/domain/stream.js'
import { DEFAULT_ALIAS } from '../../src/services/models/registry.js'
import type { MetricsWindow } from '../../src/services/models/model-metrics.js'
import type { GraphContext } from '../context.js'
import { answer, answerOrUnavailable } from '../common/problem.interface.js'
import { DateTimeScalar, LongScalar } from '../common/scalars.js'
import { StreamArgs, toStreamRequest } from '../streams/stream.args.js'
import { MetricsWindowEnum } from './model.enum.js'
import {
  DeleteModelAliasInput,
  DeleteModelVersionInput,
  LoadModelVersionInput,
  RegisterModelVersionInput,
  SetModelAliasInput,
  toRegistration,
  UnloadModelVersionInput,
  UpdateModelSettingsInput,
} from './model.input.js'
import {
  AliasSettingType,
  LoadProgress,
  Model,
  ModelAlias,
  ModelSettingsType,
  ModelVersion,
  TensorSpec,
} from './model.type.js'
import { ModelMetricsType } from './model-metrics.type.js'
import { Breaker, Runner } from './runner.type.js'
import {
  LoadModelVersionResult,
  ModelAliasResult,
  ModelVersionEvent,
  ModelVersionResult,
  RegisterModelVersionResult,
  SetModelAliasResult,
  UpdateModelSettingsResult,
} from './model.union.js'

@Resolver(() => Model)
export class ModelResolver {
  @Query(() => [Model], { description: 'All models of the server, by name.' })
  models(@Ctx() { services, principal }: GraphContext): Promise<ModelDocument[]> {
    return services.models.listModels(principal)
  }

  @Query(() => Model, { nullable: true, description: 'The model of this name, or null.' })
  model(
    @Ctx() { services, principal }: GraphContext,
    @Arg('name', () => String, { description: 'Name of a model, without version or alias.' }) name: string,
  ): Promise<ModelDocument | null> {
    return services.models.getModelByName(principal, name)
  }

  @FieldResolver(() => [ModelVersion], { description: 'Its versions.' })
  versions(@Root() model: ModelDocument, @Ctx() { loaders }: GraphContext): Promise<readonly ModelVersionDocument[]> {
    return loaders.versionsOfModel.load(model.id)
  }

  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: 'The version that an alias names; null when there is no such alias.',
  })
  async version(
    @Root() model: ModelDocument,
    @Ctx() { loaders }: GraphContext,
    @Arg('at', () => String, { defaultValue: DEFAULT_ALIAS, description: 'Name of an alias.' }) at: string,
  ): Promise<ModelVersionDocument | null> {
    const alias = (await loaders.aliasesOfModel.load(model.id)).find(({ name }) => name === at)
    return alias ? loaders.modelVersions.load(alias.modelVersionId) : null
  }

  @FieldResolver(() => [ModelAlias], { description: 'Its aliases.' })
  aliases(@Root() model: ModelDocument, @Ctx() { loaders }: GraphContext): Promise<readonly ModelAliasDocument[]> {
    return loaders.aliasesOfModel.load(model.id)
  }

  @FieldResolver(() => [AliasSettingType], {
    description:
      'What its aliases name and named before, the newest first: the last 51 settings of each alias that is there.',
  })
  async aliasHistory(@Root() model: ModelDocument, @Ctx() { loaders }: GraphContext): Promise<readonly object[]> {
    return toAliasHistory(await loaders.aliasesOfModel.load(model.id))
  }

  @FieldResolver(() => ModelMetricsType, { description: 'What all its versions did lately.' })
  async metrics(
    @Root() model: ModelDocument,
    @Ctx() { loaders, services, principal }: GraphContext,
    @Arg('window', () => MetricsWindowEnum, { defaultValue: 'ONE_MINUTE', description: 'How far back.' })
    window: MetricsWindow,
  ) {
    const versions = await loaders.versionsOfModel.load(model.id)
    return services.modelMetrics.read(
      principal,
      versions.map((version) => version.id),
      window,
    )
  }
}

@Resolver(() => AliasSettingType)
export class AliasSettingResolver {
  @FieldResolver(() => ModelVersion, { nullable: true, description: 'The version; null when it was deleted since.' })
  version(@Root() setting: AliasSettingType, @Ctx() { loaders }: GraphContext): Promise<ModelVersionDocument | null> {
    return loaders.modelVersions.load(setting.modelVersionId)
  }
}

@Resolver(() => LoadProgress)
export class LoadProgressResolver {
  @FieldResolver(() => Number, { description: 'How much of the step is done, 0 to 100.' })
  percent(@Root() { doneBytes, totalBytes }: LoadProgress): number {
    return totalBytes === 0 ? 0 : (100 * doneBytes) / totalBytes
  }
}

@Resolver(() => ModelAlias)
export class ModelAliasResolver {
  @FieldResolver(() => ModelVersion, { description: 'The version that it names.' })
  version(@Root() alias: ModelAliasDocument, @Ctx() { loaders }: GraphContext): Promise<ModelVersionDocument | null> {
    return loaders.modelVersions.load(alias.modelVersionId)
  }

  @FieldResolver(() => Model, { description: 'The model that it belongs to.' })
  model(@Root() alias: ModelAliasDocument, @Ctx() { loaders }: GraphContext): Promise<ModelDocument | null> {
    return loaders.models.load(alias.modelId)
  }

  @Mutation(() => SetModelAliasResult, {
    description:
      'Sets an alias to a version, all at once: whoever asks afterwards gets it, and who asked before gets what it named then. For administrators.',
  })
  setModelAlias(
    @Ctx() { services, principal, signal }: GraphContext,
    @Arg('input', () => SetModelAliasInput, { description: 'Which alias, and to which version.' })
    input: SetModelAliasInput,
  ) {
    return answer(() => services.models.setAlias(principal, input, signal))
  }

  @Mutation(() => ModelAliasResult, { description: 'Deletes an alias, all but `latest`. For administrators.' })
  deleteModelAlias(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeleteModelAliasInput, { description: 'Which alias.' }) input: DeleteModelAliasInput,
  ) {
    return answer(() => services.models.deleteAlias(principal, input.model, input.name))
  }
}

@Resolver(() => ModelVersion)
export class ModelVersionResolver {
  @Query(() => ModelVersion, { nullable: true, description: 'The version of a model with this name, or null.' })
  async modelVersion(
    @Ctx() { services, principal, loaders }: GraphContext,
    @Arg('name', () => String, { description: 'Name of the model.' }) name: string,
    @Arg('version', () => String, { description: 'Name of the version.' }) version: string,
  ): Promise<ModelVersionDocument | null> {
    const model = await services.models.getModelByName(principal, name)
    const versions = model ? await loaders.versionsOfModel.load(model.id) : []
    return versions.find((candidate) => candidate.version === version) ?? null
  }

  @FieldResolver(() => Model, { description: 'The model that it is a version of.' })
  model(@Root() version: ModelVersionDocument, @Ctx() { loaders }: GraphContext): Promise<ModelDocument | null> {
    return loaders.models.load(version.modelId)
  }

  @FieldResolver(() => [TensorSpec], { description: 'What its graph takes.' })
  inputs(@Root() version: ModelVersionDocument): object[] {
    return toTensorSpecs(version.inputs)
  }

  @FieldResolver(() => [TensorSpec], { description: 'What its graph gives.' })
  outputs(@Root() version: ModelVersionDocument): object[] {
    return toTensorSpecs(version.outputs)
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'When work on it ended last, or it was loaded; null when it was never in memory.',
  })
  lastUsedAt(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): number | null {
    return services.models.lastUsedAt(version)
  }

  @FieldResolver(() => LongScalar, { description: 'Memory that has to be free to load it, bytes.' })
  requiredBytes(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): number {
    return services.models.requiredBytes(version)
  }

  @FieldResolver(() => LongScalar, {
    nullable: true,
    description: 'Memory of the process that runs it, bytes; null when it is not loaded.',
  })
  residentBytes(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): number | null {
    return services.models.getRunner(version.id)?.residentBytes ?? null
  }

  @FieldResolver(() => Runner, { nullable: true, description: 'The process that runs it; null when it is not loaded.' })
  runner(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): object | null {
    const runner = services.models.getRunner(version.id)
    return runner && { ...runner, state: runner.isBeingReplaced ? 'REPLACING' : 'READY' }
  }

  @FieldResolver(() => Breaker, { description: 'Whether its process is started again when it ended unexpectedly.' })
  breaker(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): object {
    return services.models.getBreaker(version.id)
  }

  @FieldResolver(() => ModelSettingsType, { description: 'How it is run.' })
  settings(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): ModelSettings {
    return services.models.settingsOf(version)
  }

  @FieldResolver(() => ModelMetricsType, { description: 'What it did lately.' })
  metrics(
    @Root() version: ModelVersionDocument,
    @Ctx() { services, principal }: GraphContext,
    @Arg('window', () => MetricsWindowEnum, { defaultValue: 'ONE_MINUTE', description: 'How far back.' })
    window: MetricsWindow,
  ): object {
    return services.modelMetrics.read(principal, [version.id], window)
  }

  @Mutation(() => RegisterModelVersionResult, {
    description:
      'Checks a model’s files and registers them as a version; the first version of a model gets the alias `latest`. The same content under the same name is the version that is there already. Files of a hub are then downloaded: follow `modelVersionEvents`; `unloadModelVersion` stops the download, `loadModelVersion` goes on with it. For administrators.',
  })
  registerModelVersion(
    @Ctx() { services, principal, signal }: GraphContext,
    @Arg('input', () => RegisterModelVersionInput, { description: 'What to register.' })
    input: RegisterModelVersionInput,
  ) {
    return answerOrUnavailable(() => services.models.registerVersion(principal, toRegistration(input), signal))
  }

  @Mutation(() => ModelVersionResult, {
    description:
      'Deletes a version that is not in memory and that no alias names, and gives it as it was. Its model goes with the last version, which `latest` may name. Versions that came with the server stay; files in folders of the operator stay too, downloaded ones go, and a download stops. For administrators.',
  })
  deleteModelVersion(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => DeleteModelVersionInput, { description: 'Which version.' }) input: DeleteModelVersionInput,
  ) {
    return answer(() => services.models.deleteVersion(principal, input.id))
  }

  @Mutation(() => LoadModelVersionResult, {
    description:
      'Begins to load a version, or finds it loaded or loading; follow `modelVersionEvents`. For administrators.',
  })
  loadModelVersion(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => LoadModelVersionInput, { description: 'Which version.' }) input: LoadModelVersionInput,
  ) {
    return answer(() => services.models.loadVersion(principal, input.id))
  }

  @Mutation(() => ModelVersionResult, {
    description:
      'Begins to unload a version: what runs is finished or cancelled, then its memory is given back. What is asked meanwhile waits; the next use loads it again. For administrators.',
  })
  unloadModelVersion(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => UnloadModelVersionInput, { description: 'Which version.' }) input: UnloadModelVersionInput,
  ) {
    return answer(() => services.models.unloadVersion(principal, input.id, input.mode))
  }

  @Mutation(() => UpdateModelSettingsResult, {
    description:
      'Changes settings of a version. They hold at once, for its running process too, and stay over restarts. For administrators.',
  })
  updateModelSettings(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => UpdateModelSettingsInput, { description: 'Which version, and what to change.' })
    input: UpdateModelSettingsInput,
  ) {
    const { id, ...change } = input
    return answer(() => services.models.updateSettings(principal, id, change))
  }

  @Subscription(() => ModelVersionEvent, {
    description: 'Follows a model version: state and progress of loading. It does not end while the version exists.',
    subscribe: ({ args, context }: { args: StreamArgs; context: GraphContext }) =>
      context.services.models.followVersion(context.principal, toStreamRequest(args, context)),
  })
  modelVersionEvents(
    @Root() item: StreamItem<ModelVersionDocument, ModelVersionDocument>,
    @Args(() => StreamArgs) _args: StreamArgs,
  ): object {
    return item
  }
}

const toAliasHistory = (aliases: readonly ModelAliasDocument[]): object[] =>
  aliases
    .flatMap(({ name, modelVersionId, setBy, updatedAt, history = [] }) =>
      [{ modelVersionId, setBy, setAt: updatedAt }, ...history].map((setting) => ({ alias: name, ...setting })),
    )
    .sort((a, b) => b.setAt - a.setAt)

const toTensorSpecs = (tensors: ModelVersionDocument['inputs']): object[] =>
  tensors.map(({ name, type, shape }) => ({ name, type, shape: shape.map(String) }))
