import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { ModelAliasDocument, ModelDocument, ModelVersionDocument } from '../../src/domain/model.js'
import type { GraphContext } from '../context.js'
import { answer } from '../common/problem.interface.js'
import { DeleteModelAliasInput, SetModelAliasInput } from './model.input.js'
import { AliasSettingType, Model, ModelAlias, ModelVersion } from './model.type.js'
import { ModelAliasResult, SetModelAliasResult } from './model.union.js'

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

@Resolver(() => AliasSettingType)
export class AliasSettingResolver {
  @FieldResolver(() => ModelVersion, { nullable: true, description: 'The version; null when it was deleted since.' })
  version(@Root() setting: AliasSettingType, @Ctx() { loaders }: GraphContext): Promise<ModelVersionDocument | null> {
    return loaders.modelVersions.load(setting.modelVersionId)
  }
}
