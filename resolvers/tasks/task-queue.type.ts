import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'

@ObjectType('TenantWeight', { description: 'A tenant’s share of a queue.' })
export class TenantWeightType {
  @Field(() => String, { description: 'The tenant.' })
  readonly tenantId!: string

  @Field(() => Float, {
    description:
      'One with 2 gets twice as many turns as one with 1, which those have that are not named; 0.001 to 1,000.',
  })
  readonly weight!: number
}

@ObjectType('TaskQueue', {
  implements: Node,
  description:
    'A queue that tasks wait in. It belongs to the server: administrators manage it and see all that is in it, others see their tenant’s tasks alone.',
})
export class TaskQueue extends Node {
  @Field(() => String, { description: 'Its name, unique on the server.' })
  readonly name!: string

  @Field(() => Boolean, { description: 'Whether nothing of it is begun; what runs goes on.' })
  readonly paused!: boolean

  @Field(() => Int, {
    nullable: true,
    description: 'The most tasks of it that run at once, over all workers; null is no bound.',
  })
  readonly concurrency!: number | null

  @Field(() => Int, { description: 'The most tasks that wait in it, for whatever; more are refused with Overloaded.' })
  readonly maxLength!: number

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { description: 'When its settings last changed.' })
  readonly updatedAt!: number
}

@ArgsType()
export class TaskQueueEventsArgs {
  @Field(() => String, { description: 'Name of a queue.' })
  readonly name!: string

  @Field(() => Int, {
    defaultValue: 1_000,
    description: 'Time from one item to the next, milliseconds; 1,000 to 60,000.',
  })
  readonly everyMs!: number
}

export const toFollowRequest = ({ name, everyMs }: TaskQueueEventsArgs, { signal }: GraphContext) => ({
  name,
  everyMs,
  signal,
})
