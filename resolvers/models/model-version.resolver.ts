import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { ModelDocument, ModelSettings, ModelVersionDocument } from '../../src/domain/model.js'
import type { StreamItem } from '../../src/domain/stream.js'
import type { MetricsWindow } from '../../src/services/models/model-metrics.js'
import { isAdmin } from '../../src/domain/principal.js'
import type { GraphContext } from '../context.js'
import { answer, answerOrUnavailable } from '../common/problem.interface.js'
import { DateTimeScalar, LongScalar } from '../common/scalars.js'
import { StreamArgs, toStreamRequest } from '../streams/stream.args.js'
import { MetricsWindowEnum } from './model.enum.js'
import {
  DeleteModelVersionInput,
  LoadModelVersionInput,
  RegisterModelVersionInput,
  toRegistration,
  UnloadModelVersionInput,
  UpdateModelSettingsInput,
} from './model.input.js'
import { LoadProgress, Model, ModelSettingsType, ModelVersion, TensorSpec } from './model.type.js'
import { ModelMetricsType } from './model-metrics.type.js'
import { Breaker, Runner } from './runner.type.js'
import {
  LoadModelVersionResult,
  ModelVersionEvent,
  ModelVersionResult,
  RegisterModelVersionResult,
  UpdateModelSettingsResult,
} from './model.union.js'

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
    return services.residency.lastUsedAt(version)
  }

  @FieldResolver(() => LongScalar, { description: 'Memory that has to be free to load it, bytes.' })
  requiredBytes(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): number {
    return services.residency.requiredBytes(version)
  }

  @FieldResolver(() => LongScalar, {
    nullable: true,
    description: 'Memory of the process that runs it, bytes; null when it is not loaded.',
  })
  residentBytes(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): number | null {
    return services.residency.getRunner(version.id)?.residentBytes ?? null
  }

  @FieldResolver(() => Runner, { nullable: true, description: 'The process that runs it; null when it is not loaded.' })
  runner(@Root() version: ModelVersionDocument, @Ctx() { services, principal }: GraphContext): object | null {
    const runner = services.residency.getRunner(version.id)
    if (!runner) return null
    const ofAllTenants = isAdmin(principal) ? {} : { queueLength: null, runningCount: null }
    return { ...runner, ...ofAllTenants, state: runner.isBeingReplaced ? 'REPLACING' : 'READY' }
  }

  @FieldResolver(() => Breaker, { description: 'Whether its process is started again when it ended unexpectedly.' })
  breaker(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): object {
    return services.residency.getBreaker(version.id)
  }

  @FieldResolver(() => ModelSettingsType, { description: 'How it is run.' })
  settings(@Root() version: ModelVersionDocument, @Ctx() { services }: GraphContext): ModelSettings {
    return services.residency.settingsOf(version)
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

@Resolver(() => LoadProgress)
export class LoadProgressResolver {
  @FieldResolver(() => Number, { description: 'How much of the step is done, 0 to 100.' })
  percent(@Root() { doneBytes, totalBytes }: LoadProgress): number {
    return totalBytes === 0 ? 0 : (100 * doneBytes) / totalBytes
  }
}

const toTensorSpecs = (tensors: ModelVersionDocument['inputs']): object[] =>
  tensors.map(({ name, type, shape }) => ({ name, type, shape: shape.map(String) }))
