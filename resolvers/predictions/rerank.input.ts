import { Field, InputType, Int } from 'type-graphql'
import { MAX_DOCUMENTS } from '../../src/services/predictions/prediction-input.js'
import { MODEL } from './generation.input.js'

@InputType('RerankInput', { description: 'Documents to order by how well they answer a query.' })
export class RerankInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => String, { description: 'The query; not empty.' })
  readonly query!: string

  @Field(() => [String], {
    description: `1 to ${MAX_DOCUMENTS} texts, none longer than the model’s context together with the query.`,
  })
  readonly documents!: string[]

  @Field(() => Int, { nullable: true, description: 'How many of the best to give, 1 or more; all when unset.' })
  readonly topN?: number | null
}
