import { Field, InputType, Int } from 'type-graphql'
import { MAX_TEXTS } from '../../src/services/predictions/prediction-input.js'
import { MODEL } from './generation.input.js'

@InputType('ClassificationInput', { description: 'Texts to tell the labels of.' })
export class ClassificationInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => [String], { description: `1 to ${MAX_TEXTS} texts, none longer than the model’s context.` })
  readonly texts!: string[]

  @Field(() => Int, {
    nullable: true,
    description:
      'How many of the likeliest labels to give of each text, 1 or more; all when unset. At most 100,000 are given in all.',
  })
  readonly topN?: number | null
}
