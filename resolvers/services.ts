import type { ModelMetricsService } from '../src/services/models/model-metrics.service.js'
import type { ModelsService } from '../src/services/models/models.service.js'
import type { Residency } from '../src/services/models/residency.js'
import type { PredictionsService } from '../src/services/predictions/predictions.service.js'
import type { ServerService } from '../src/services/server/server.service.js'

/** What the resolvers call. */
export interface Services {
  readonly models: ModelsService
  readonly residency: Residency
  readonly modelMetrics: ModelMetricsService
  readonly predictions: PredictionsService
  readonly server: ServerService
}
