import { Field, Float, Int, ObjectType } from 'type-graphql'

@ObjectType('RankedDocument', { description: 'A document in its place.' })
export class RankedDocument {
  @Field(() => Int, { description: 'Place of the document in the input, from 0.' })
  readonly index!: number

  @Field(() => Float, {
    description:
      'How well it answers the query: the model’s logit through its activation, which is the sigmoid (0 to 1) unless the model’s configuration says otherwise.',
  })
  readonly score!: number

  @Field(() => Int, { description: 'Place in the ranking, from 1.' })
  readonly rank!: number
}

@ObjectType('RankingOutput', { description: 'Documents by how well they answer a query.' })
export class RankingOutput {
  @Field(() => [RankedDocument], {
    description: 'The best first, of equal ones the earlier; as many as `topN` says.',
  })
  readonly ranking!: RankedDocument[]
}
