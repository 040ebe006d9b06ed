import { Field, Float, InputType, Int } from 'type-graphql'
import {
  DEFAULT_MAX_TOKENS,
  MAX_LOGIT_BIASES,
  MAX_LOGPROBS,
  MAX_MAX_TOKENS,
  MAX_STOPS,
  MAX_STOP_CHARACTERS,
  MAX_TEXTS_OF_PROMPT,
  MAX_TOP_K,
} from '../../src/services/predictions/generation-settings.js'
import { MAX_CHOICES } from '../../src/services/predictions/output-constraint.js'
import { JsonScalar, LongScalar } from '../common/scalars.js'

/** Description of every field that names a model. */
export const MODEL = 'The model: "name" (its alias `latest`), "name:version" or "name@alias".'

@InputType('LogitBiasInput', { description: 'Makes one token more or less likely.' })
export class LogitBiasInput {
  @Field(() => Int, {
    description: 'Its number in the model’s vocabulary, from 0; one that the model does not have is refused.',
  })
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
    description: 'A text of this grammar in EBNF as llama.cpp (GBNF) writes it; its first rule is `root`.',
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
    description: `How many texts to generate for the prompt, which is computed once, but for its last two tokens; 1 to ${MAX_TEXTS_OF_PROMPT}, 1 when unset.`,
  })
  readonly n?: number | null

  @Field(() => Int, {
    nullable: true,
    description: `The most tokens to generate, 1 to ${MAX_MAX_TOKENS}; ${DEFAULT_MAX_TOKENS} when unset, and never past the model’s context.`,
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
    description: `Considers only so many of the likeliest tokens, 0 to ${MAX_TOP_K}; 0, the default, is no limit.`,
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
    description: `Makes single tokens more or less likely; at most ${MAX_LOGIT_BIASES}, no two for one token.`,
  })
  readonly logitBias?: LogitBiasInput[] | null

  @Field(() => OutputConstraintInput, { nullable: true, description: 'What the text must be; free text when unset.' })
  readonly constraint?: OutputConstraintInput | null

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether to guess tokens, from what prompt and answer have already and from what `constraint` forces, and check several at a time: faster for texts that repeat their prompt. The text is as good, but not bit for bit the one without, and not reproducible. When unset, as the version’s settings say, which is false by default.',
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
