import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { BreakerState } from '../../src/services/models/crash-breaker.js'
import { DateTimeScalar } from '../common/scalars.js'
import { BreakerStateEnum, RunnerStateEnum, type RunnerState } from './model.enum.js'

@ObjectType('Breaker', { description: 'Keeps what failed again and again from being tried without end.' })
export class Breaker {
  @Field(() => BreakerStateEnum, { description: 'Whether it is tried.' })
  readonly state!: BreakerState

  @Field(() => Int, { description: 'Failures of the last 30 seconds with no success since.' })
  readonly recentFailures!: number

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is tried again; null unless it is OPEN.' })
  readonly retryAt!: number | null
}

@ObjectType('Runner', { description: 'The process that runs a model version.' })
export class Runner {
  @Field(() => ID, { description: 'Names this start of the process.' })
  readonly id!: string

  @Field(() => Int, { description: 'Process id on the server’s machine.' })
  readonly pid!: number

  @Field(() => RunnerStateEnum, { description: 'What it is doing.' })
  readonly state!: RunnerState

  @Field(() => DateTimeScalar, { description: 'When it was ready.' })
  readonly startedAt!: number

  @Field(() => Int, { description: 'How often it had to be replaced since the server started.' })
  readonly restarts!: number

  @Field(() => Int, {
    nullable: true,
    description: 'Predictions of all tenants that wait for a place; null for who is no administrator.',
  })
  readonly queueLength!: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Predictions of all tenants that it works on; null for who is no administrator.',
  })
  readonly runningCount!: number | null

  @Field(() => Breaker, { description: 'Whether another is started when it ends.' })
  readonly breaker!: Breaker
}
