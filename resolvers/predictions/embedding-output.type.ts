import { Field, Float, Int, ObjectType } from 'type-graphql'

@ObjectType('EmbeddingVector', { description: 'The vector of one text.' })
export class EmbeddingVector {
  @Field(() => Int, { description: 'Place of the text in the input, from 0.' })
  readonly index!: number

  @Field(() => [Float], {
    description:
      'Its components: as many as `dimensions` of the input, else the model version’s `embeddingDimensions`. Its length is 1 where the model normalises its vectors.',
  })
  readonly values!: readonly number[]
}

@ObjectType('EmbeddingOutput', { description: 'Vectors of texts.' })
export class EmbeddingOutput {
  @Field(() => [EmbeddingVector], { description: 'One for each text, in the order of the input.' })
  vectors!: EmbeddingVector[]
}
