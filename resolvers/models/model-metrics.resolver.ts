import { Args, Resolver, Root, Subscription } from 'type-graphql'
import type { ModelMetrics } from '../../src/services/models/model-metrics.service.js'
import type { GraphContext } from '../context.js'
import { ModelMetricsArgs, toMetricsRequest } from './model-metrics.args.js'
import { ModelMetricsType } from './model-metrics.type.js'

@Resolver()
export class ModelMetricsResolver {
  @Subscription(() => ModelMetricsType, {
    description:
      'Follows what a model does: its figures at once, then every `everyMs`. Each item is whole, so there is no cursor: who reads slowly gets fewer, and the newest. It ends when the model or version is deleted.',
    subscribe: ({ args, context }: { args: ModelMetricsArgs; context: GraphContext }) =>
      context.services.modelMetrics.follow(context.principal, toMetricsRequest(args, context)),
  })
  modelMetrics(@Root() metrics: ModelMetrics, @Args(() => ModelMetricsArgs) _args: ModelMetricsArgs): object {
    return metrics
  }
}
