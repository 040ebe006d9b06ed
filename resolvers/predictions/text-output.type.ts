import { Field, Float, Int, ObjectType } from 'type-graphql'
import type { FinishReason, PredictionDocument, WrittenText } from '../../src/domain/prediction.js'
import { JsonScalar, LongScalar } from '../common/scalars.js'
import { FinishReasonEnum } from './prediction.enum.js'

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

@ObjectType('ToolCall', { description: 'A call of a tool that the model asks for, valid by the schema of the tool.' })
export class ToolCallType {
  @Field(() => String, { description: 'The same whenever it is asked for; a message of role TOOL answers it by this.' })
  readonly id!: string

  @Field(() => String, { description: 'Name of the tool.' })
  readonly name!: string

  @Field(() => JsonScalar, { description: 'Arguments: an object.' })
  readonly arguments!: unknown
}

@ObjectType('ToolCallDelta', { description: 'More of a call that is being written.' })
export class ToolCallDeltaType {
  @Field(() => Int, { description: 'Place among the calls of the text, from 0.' })
  readonly index!: number

  @Field(() => String, { description: 'Id of the call.' })
  readonly id!: string

  @Field(() => String, { description: 'Name of the tool.' })
  readonly name!: string

  @Field(() => String, { description: 'More of its arguments: all parts of a call, joined, are a JSON text.' })
  readonly arguments!: string
}

/** What resolvers of a text get. */
export interface TextRoot extends WrittenText {
  readonly prediction: Pick<PredictionDocument, 'id' | 'seed' | 'finishReason'>
  /** Its place among the texts for the prompt; missing for the output itself, which stands for the first. */
  readonly index?: number
  readonly others?: readonly WrittenText[]
}

@ObjectType('TextChoice', { description: 'One of the texts for a prompt.' })
export class TextChoice {
  @Field(() => Int, { description: 'Its place among them, from 0.' })
  readonly index!: number

  @Field(() => String, { description: 'The text so far, without the calls of tools; whole when it has ended.' })
  readonly text!: string

  @Field(() => FinishReasonEnum, {
    nullable: true,
    description: 'Why it ends where it does; null until the prediction has ended.',
  })
  readonly finishReason!: FinishReason | null

  @Field(() => LongScalar, {
    nullable: true,
    description:
      'Seed that its tokens were drawn with: alone, it gives the same text. The first text has that of the prediction, another the first 48 bits of SHA-256 of `seed/index`.',
  })
  readonly seed!: number | null
}

@ObjectType('TextOutput', { description: 'Generated text.' })
export class TextOutput {
  @Field(() => String, {
    description: 'The text so far, without the calls of tools; whole when the prediction has ended.',
  })
  readonly text!: string
}
