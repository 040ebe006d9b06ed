import { Field, Float, InputType, Int } from 'type-graphql'

@InputType('TenantWeightInput', { description: 'A tenant’s share of a queue.' })
export class TenantWeightInput {
  @Field(() => String, { description: 'The tenant; 1 to 256 characters.' })
  readonly tenantId!: string

  @Field(() => Float, {
    description:
      'One with 2 gets twice as many turns as one with 1, which those have that are not named; 0.001 to 1,000.',
  })
  readonly weight!: number
}

@InputType('UpdateTaskQueueInput', { description: 'Which queue, and what to change of it; what is unset stays.' })
export class UpdateTaskQueueInput {
  @Field(() => String, {
    description:
      'Name of the queue, which is made where there is none: a small letter, then at most 62 small letters, digits, ".", "-" and "_".',
  })
  readonly name!: string

  @Field(() => Int, {
    nullable: true,
    description: 'The most tasks of it that run at once, over all workers; 1 to 100,000, null is no bound.',
  })
  readonly concurrency?: number | null

  @Field(() => Int, {
    nullable: true,
    description:
      'The most tasks that wait in it, for whatever; 1 to 100,000,000. `GRAPHLOOM_TASK_QUEUE_LENGTH` for a new one.',
  })
  readonly maxLength?: number | null

  @Field(() => [TenantWeightInput], {
    nullable: true,
    description: 'Shares of tenants, in the place of those that it has; the last one for a tenant holds.',
  })
  readonly weights?: TenantWeightInput[] | null
}

@InputType('PauseTaskQueueInput', { description: 'Which queue to pause.' })
export class PauseTaskQueueInput {
  @Field(() => String, { description: 'Name of the queue.' })
  readonly name!: string
}

@InputType('ResumeTaskQueueInput', { description: 'Which queue goes on.' })
export class ResumeTaskQueueInput {
  @Field(() => String, { description: 'Name of the queue.' })
  readonly name!: string
}
