import { Field, Float, Int, ObjectType } from 'type-graphql'
import type { OutputToken } from '../../src/domain/prediction.js'

@ObjectType('TokenAlternative', { description: 'A token that could have come instead.' })
export class TokenAlternative {
  @Field(() => Int, { description: 'Its number in the model’s vocabulary.' })
  readonly id!: number

  @Field(() => String, { description: 'Its text.' })
  readonly text!: string

  @Field(() => Float, { description: 'Natural logarithm of its probability before sampling settings; at most 0.' })
  readonly logprob!: number
}

@ObjectType('OutputToken', { description: 'A token of a text.' })
export class OutputTokenType {
  @Field(() => Int, { description: 'Its number in the model’s vocabulary.' })
  readonly id!: number

  @Field(() => String, {
    description: 'Its part of the text; of tokens that share a character the last has all of it.',
  })
  readonly text!: string

  @Field(() => Float, {
    nullable: true,
    description: 'Natural logarithm of its probability before sampling settings; null unless `logprobs` was set.',
  })
  readonly logprob?: number | null

  @Field(() => [TokenAlternative], {
    nullable: true,
    description: 'The likeliest tokens at its place, as many as `logprobs` says; null unless it was set.',
  })
  readonly alternatives?: TokenAlternative[] | null
}

@ObjectType('TextOutput', { description: 'Generated text.' })
export class TextOutput {
  @Field(() => String, { description: 'The text so far; whole when the prediction has ended.' })
  readonly text!: string

  readonly tokens!: readonly OutputToken[]
  readonly isJson?: boolean
}
