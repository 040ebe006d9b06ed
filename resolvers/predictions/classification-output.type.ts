import { Field, Float, Int, ObjectType } from 'type-graphql'

@ObjectType('LabelScore', { description: 'How likely a label is.' })
export class LabelScore {
  @Field(() => String, { description: 'One of the model version’s `labels`.' })
  readonly label!: string

  @Field(() => Float, {
    description:
      '0 to 1. The scores of a text add up to 1 (softmax), unless a text can have several labels (sigmoid each); as the logit where the model’s configuration says so.',
  })
  readonly score!: number
}

@ObjectType('TextClassification', { description: 'The labels of one text.' })
export class TextClassification {
  @Field(() => Int, { description: 'Place of the text in the input, from 0.' })
  readonly index!: number

  @Field(() => [LabelScore], { description: 'The likeliest first; as many as `topN` says.' })
  readonly labels!: readonly LabelScore[]
}

@ObjectType('ClassificationOutput', { description: 'Labels of texts.' })
export class ClassificationOutput {
  @Field(() => [TextClassification], { description: 'One for each text, in the order of the input.' })
  texts!: TextClassification[]
}
