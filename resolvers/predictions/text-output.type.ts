import { Field, Float, Int, ObjectType } from 'type-graphql'
import type { OutputToken } from '../../src/domain/prediction.js'
import type { WrittenToolCall } from '../../src/domain/tool-call.js'
import { JsonScalar } from '../common/scalars.js'

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

@ObjectType('TextOutput', { description: 'Generated text.' })
export class TextOutput {
  @Field(() => String, {
    description: 'The text so far, without the calls of tools; whole when the prediction has ended.',
  })
  readonly text!: string

  readonly predictionId!: string
  readonly tokens!: readonly OutputToken[]
  readonly toolCalls?: readonly WrittenToolCall[]
  readonly isJson?: boolean
}
