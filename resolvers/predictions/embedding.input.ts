import { Field, InputType, Int } from 'type-graphql'
import type { EmbeddingInputType } from '../../src/domain/prediction.js'
import { MAX_TEXTS } from '../../src/services/predictions/prediction-input.js'
import { MODEL } from './generation.input.js'
import { EmbeddingInputTypeEnum } from './prediction.enum.js'

@InputType('EmbeddingInput', { description: 'Texts to turn into vectors.' })
export class EmbeddingInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => [String], {
    description: `1 to ${MAX_TEXTS} texts, none longer than the model’s context.`,
  })
  readonly texts!: string[]

  @Field(() => EmbeddingInputTypeEnum, {
    nullable: true,
    description:
      'What the texts are for. The prompt that the model’s files have for it (`config_sentence_transformers.json`) is written before each text and counts as part of it; when unset, the model’s default prompt. Models without prompts take all texts alike.',
  })
  readonly inputType?: EmbeddingInputType | null

  @Field(() => Int, {
    nullable: true,
    description:
      'Cuts vectors to their first components: one of the model version’s `shorterDimensions`, or all. What is left is brought to length 1 again where the model’s vectors have it.',
  })
  readonly dimensions?: number | null
}
