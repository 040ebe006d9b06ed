import { Field, Float, Int, ObjectType } from 'type-graphql'
import { JsonScalar } from '../common/scalars.js'
import { TaskBackoffType } from './task-settings.type.js'

@ObjectType('TaskDefaults', { description: 'What holds for a task that does not say otherwise.' })
export class TaskDefaultsType {
  @Field(() => Int, { description: 'Failures that it may have before it has failed for good; 1 to 100.' })
  readonly attemptLimit!: number

  @Field(() => TaskBackoffType, { description: 'How long it waits before it is tried again.' })
  readonly backoff!: TaskBackoffType

  @Field(() => Float, {
    nullable: true,
    description: 'The longest that one attempt may take, milliseconds; null is no bound.',
  })
  readonly timeoutMs!: number | null
}

@ObjectType('TaskType', { description: 'A kind of work that the server knows.' })
export class TaskTypeType {
  @Field(() => String, { description: 'Its name, e.g. `sleep`: words with dots between.' })
  readonly name!: string

  @Field(() => String, { description: 'What it does.' })
  readonly description!: string

  @Field(() => JsonScalar, { description: 'JSON Schema (draft 2020-12) that inputs must fit.' })
  readonly inputSchema!: object

  @Field(() => JsonScalar, { description: 'JSON Schema (draft 2020-12) that outputs fit.' })
  readonly outputSchema!: object

  @Field(() => TaskDefaultsType, { description: 'What holds for a task that does not say otherwise.' })
  readonly defaults!: TaskDefaultsType
}
