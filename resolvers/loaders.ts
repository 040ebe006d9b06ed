import DataLoader from 'dataloader'
import type { ModelAliasDocument, ModelDocument, ModelVersionDocument } from '../src/domain/model.js'
import type { PredictionDocument } from '../src/domain/prediction.js'
import type { Principal } from '../src/domain/principal.js'
import type { Services } from './services.js'

export interface Loaders {
  readonly predictions: DataLoader<string, PredictionDocument | null>
  readonly models: DataLoader<string, ModelDocument | null>
  readonly modelVersions: DataLoader<string, ModelVersionDocument | null>
  /** By the id of the model. */
  readonly versionsOfModel: DataLoader<string, readonly ModelVersionDocument[]>
  /** By the id of the model. */
  readonly aliasesOfModel: DataLoader<string, readonly ModelAliasDocument[]>
}

const MAX_BATCH = 500

/** Reads of one operation, gathered: however many objects refer to a version, it is read once. */
export function createLoaders(
  { models, predictions }: Pick<Services, 'models' | 'predictions'>,
  principal: Principal,
): Loaders {
  const options = { maxBatchSize: MAX_BATCH }
  return {
    predictions: new DataLoader((ids) => predictions.getMany(principal, ids), options),
    models: new DataLoader((ids) => models.getModels(principal, ids), options),
    modelVersions: new DataLoader((ids) => models.getVersions(principal, ids), options),
    versionsOfModel: new DataLoader(
      async (ids) => groupByModel(ids, await models.listVersions(principal, ids)),
      options,
    ),
    aliasesOfModel: new DataLoader(async (ids) => groupByModel(ids, await models.listAliases(principal, ids)), options),
  }
}

function groupByModel<T extends { readonly modelId: string }>(ids: readonly string[], items: readonly T[]): T[][] {
  const groups = Map.groupBy(items, (item) => item.modelId)
  return ids.map((id) => groups.get(id) ?? [])
}
