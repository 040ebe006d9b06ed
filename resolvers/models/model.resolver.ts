import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { ModelAliasDocument, ModelDocument, ModelVersionDocument } from '../../src/domain/model.js'
import { DEFAULT_ALIAS } from '../../src/services/models/registry.js'
import type { MetricsWindow } from '../../src/services/models/model-metrics.js'
import type { GraphContext } from '../context.js'
import { MetricsWindowEnum } from './model.enum.js'
import { AliasSettingType, Model, ModelAlias, ModelVersion } from './model.type.js'
import { ModelMetricsType } from './model-metrics.type.js'

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

const toAliasHistory = (aliases: readonly ModelAliasDocument[]): object[] =>
  aliases
    .flatMap(({ name, modelVersionId, setBy, updatedAt, history = [] }) =>
      [{ modelVersionId, setBy, setAt: updatedAt }, ...history].map((setting) => ({ alias: name, ...setting })),
    )
    .sort((a, b) => b.setAt - a.setAt)
