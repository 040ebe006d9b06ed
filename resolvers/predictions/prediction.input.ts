import { ArgsType, Field, Float, ID, InputType, Int } from 'type-graphql'
import type { MessageRole, PredictionKind, PredictionState } from '../../src/domain/prediction.js'
import {
  DEFAULT_MAX_TOKENS,
  MAX_LOGIT_BIASES,
  MAX_LOGPROBS,
  MAX_MESSAGES,
  MAX_STOPS,
  MAX_STOP_CHARACTERS,
  MAX_TEXTS,
} from '../../src/services/predictions/prediction-input.js'
import { MAX_CHOICES } from '../../src/services/predictions/output-constraint.js'
import { DateTimeScalar, JsonScalar, LongScalar } from '../common/scalars.js'
import { MessageRoleEnum, PredictionKindEnum, PredictionStateEnum } from './prediction.enum.js'

const MODEL = 'The model: "name" (its alias `latest`), "name:version" or "name@alias".'

@InputType('LogitBiasInput', { description: 'Makes one token more or less likely.' })
export class LogitBiasInput {
  @Field(() => Int, { description: 'Its number in the model’s vocabulary, 0 or more.' })
  readonly tokenId!: number

  @Field(() => Float, { description: 'Added to its logit; −100 (as good as never) to 100 (as good as always).' })
  readonly bias!: number
}

/** Exactly one field is given: `isOneOf` is set on the built type. */
@InputType('OutputConstraintInput', {
  description:
    'What the text must be: exactly one of the fields. Tokens that do not fit are never chosen. A text that ends by itself (STOP, without a stop string) is whole; one that ends by LENGTH is a beginning.',
})
export class OutputConstraintInput {
  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'A JSON value that is valid by this JSON Schema (2020-12 or draft 7). A keyword that cannot be honoured is refused by its name. Objects have the properties that are named, in this order.',
  })
  readonly jsonSchema?: unknown

  @Field(() => String, {
    nullable: true,
    description:
      'A text that this regular expression matches as a whole; ECMAScript’s form without look-around and back-references.',
  })
  readonly regex?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'A text of this grammar in EBNF as xgrammar and llama.cpp (GBNF) write it; its first rule is `root`.',
  })
  readonly grammar?: string | null

  @Field(() => [String], {
    nullable: true,
    description: `One of these texts; 1 to ${MAX_CHOICES}, no two alike.`,
  })
  readonly choice?: string[] | null
}

@InputType('GenerationInput', {
  description: 'How tokens are chosen, and when to stop. What is left out has its default.',
})
export class GenerationInput {
  @Field(() => Int, {
    nullable: true,
    description: `The most tokens to generate, 1 or more; ${DEFAULT_MAX_TOKENS} when unset, and never past the model’s context.`,
  })
  readonly maxTokens?: number | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Divides the logits: 0 always takes the likeliest token, higher is more varied; 0 to 2, 0.7 when unset.',
  })
  readonly temperature?: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Considers only so many of the likeliest tokens; 0, the default, is no limit.',
  })
  readonly topK?: number | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Considers only the likeliest tokens whose probabilities add up to this (nucleus sampling); above 0, at most 1, 0.95 when unset.',
  })
  readonly topP?: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Considers only tokens at least this many times as likely as the likeliest; 0 to 1, 0 when unset.',
  })
  readonly minP?: number | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Makes tokens that occurred in prompt or answer less likely (above 1) or more (below); above 0, at most 2, 1 when unset.',
  })
  readonly repetitionPenalty?: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Taken off the logit of every token that the answer has already; −2 to 2, 0 when unset.',
  })
  readonly presencePenalty?: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Taken off the logit of a token for each time that the answer has it; −2 to 2, 0 when unset.',
  })
  readonly frequencyPenalty?: number | null

  @Field(() => [LogitBiasInput], {
    nullable: true,
    description: `Makes single tokens more or less likely; at most ${MAX_LOGIT_BIASES}.`,
  })
  readonly logitBias?: LogitBiasInput[] | null

  @Field(() => OutputConstraintInput, { nullable: true, description: 'What the text must be; free text when unset.' })
  readonly constraint?: OutputConstraintInput | null

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether to guess tokens, from what prompt and answer have already and from what `constraint` forces, and check several at a time: faster for texts that repeat their prompt. The text is as good, but not bit for bit the one without, and not reproducible. False when unset.',
  })
  readonly draft?: boolean | null

  @Field(() => [String], {
    nullable: true,
    description: `The text ends before the first of these; at most ${MAX_STOPS}, each of 1 to ${MAX_STOP_CHARACTERS} characters.`,
  })
  readonly stop?: string[] | null

  @Field(() => LongScalar, {
    nullable: true,
    description:
      'The same seed and input give the same text on one type of CPU; 0 or more, drawn at random when unset.',
  })
  readonly seed?: number | null

  @Field(() => Int, {
    nullable: true,
    description: `Gives each token’s log-probability and this many alternatives; 0 to ${MAX_LOGPROBS}, none when unset.`,
  })
  readonly logprobs?: number | null
}

@InputType('ContentPartInput', { description: 'A part of a message.' })
export class ContentPartInput {
  @Field(() => String, { description: 'Text. What looks like a control token of the model is text all the same.' })
  readonly text!: string
}

@InputType('MessageInput', { description: 'A message of a chat.' })
export class MessageInput {
  @Field(() => MessageRoleEnum.values, { description: 'Who speaks.' })
  readonly role!: MessageRole

  @Field(() => [ContentPartInput], { description: 'Its parts, joined without anything between; together not empty.' })
  readonly content!: ContentPartInput[]
}

@InputType('ChatInput', { description: 'Messages to answer.' })
export class ChatInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => [MessageInput], { description: `1 to ${MAX_MESSAGES} messages, the last of role USER.` })
  readonly messages!: MessageInput[]

  @Field(() => GenerationInput, { nullable: true, description: 'How to generate.' })
  readonly generation?: GenerationInput | null

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'A JSON Schema that the answer is to be valid by; the same as `generation.constraint.jsonSchema`.',
  })
  readonly responseSchema?: unknown
}

@InputType('CompletionInput', { description: 'A text to continue.' })
export class CompletionInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => String, { description: 'The text as it is, without a chat template; not empty.' })
  readonly prompt!: string

  @Field(() => GenerationInput, { nullable: true, description: 'How to generate.' })
  readonly generation?: GenerationInput | null
}

@InputType('EmbeddingInput', { description: 'Texts to turn into vectors.' })
export class EmbeddingInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => [String], {
    description: `1 to ${MAX_TEXTS} texts, none longer than the model’s context.`,
  })
  readonly texts!: string[]
}

/** Exactly one field is given: `isOneOf` is set on the built type. */
@InputType('PredictInput', { description: 'What to ask which model: exactly one of the fields.' })
export class PredictInput {
  @Field(() => ChatInput, { nullable: true, description: 'Answer messages.' })
  readonly chat?: ChatInput

  @Field(() => CompletionInput, { nullable: true, description: 'Continue a text.' })
  readonly completion?: CompletionInput

  @Field(() => EmbeddingInput, { nullable: true, description: 'Turn texts into vectors.' })
  readonly embedding?: EmbeddingInput
}

@ArgsType()
export class PredictArgs {
  @Field(() => PredictInput, { description: 'What to ask.' })
  readonly input!: PredictInput

  @Field(() => Int, { nullable: true, description: '0 to 9, 9 first, 5 when unset; 5 and above count as interactive.' })
  readonly priority?: number | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Milliseconds from now after which it is not worth doing: it fails with DEADLINE_EXCEEDED then. Above 0, at most 86,400,000.',
  })
  readonly deadlineMs?: number | null

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'False keeps nothing of it after its end: the prediction and its stream are gone then.',
  })
  readonly store!: boolean
}

@ArgsType()
export class StartPredictionArgs extends PredictArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same prediction; with another input, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('CancelPredictionInput', { description: 'What to cancel.' })
export class CancelPredictionInput {
  @Field(() => ID, { description: 'Id of a prediction.' })
  readonly id!: string
}

@InputType('DeletePredictionInput', { description: 'What to delete.' })
export class DeletePredictionInput {
  @Field(() => ID, { description: 'Id of a prediction.' })
  readonly id!: string
}

@InputType('PredictionFilterInput', { description: 'Which predictions; all conditions that are given must hold.' })
export class PredictionFilterInput {
  @Field(() => [PredictionStateEnum.values], { nullable: true, description: 'In one of these states.' })
  readonly state?: PredictionState[] | null

  @Field(() => PredictionKindEnum.values, { nullable: true, description: 'Of this kind.' })
  readonly kind?: PredictionKind | null

  @Field(() => ID, { nullable: true, description: 'Served by the model version with this id.' })
  readonly modelVersionId?: string | null

  @Field(() => String, { nullable: true, description: 'Asked of the model by exactly this reference.' })
  readonly requestedModel?: string | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Accepted after this time.' })
  readonly createdAfter?: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Accepted before this time.' })
  readonly createdBefore?: number | null
}
