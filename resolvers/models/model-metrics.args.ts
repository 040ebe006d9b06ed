import { ArgsType, Field, Int } from 'type-graphql'
import type { FollowMetricsRequest } from '../../src/services/models/model-metrics.service.js'
import type { MetricsWindow } from '../../src/services/models/model-metrics.js'
import type { GraphContext } from '../context.js'
import { MetricsWindowEnum } from './model.enum.js'

@ArgsType()
export class ModelMetricsArgs {
  @Field(() => String, { description: 'Name of a model, without version or alias.' })
  readonly name!: string

  @Field(() => String, { nullable: true, description: 'Only this version; all its versions together without it.' })
  readonly version?: string | null

  @Field(() => MetricsWindowEnum, { defaultValue: 'ONE_MINUTE', description: 'How far back each item looks.' })
  readonly window!: MetricsWindow

  @Field(() => Int, {
    defaultValue: 1_000,
    description: 'Time from one item to the next, milliseconds; 1,000 to 60,000.',
  })
  readonly everyMs!: number
}

export const toMetricsRequest = (
  { name, version, window, everyMs }: ModelMetricsArgs,
  { signal }: GraphContext,
): FollowMetricsRequest => ({ name, version: version ?? null, window, everyMs, signal })
