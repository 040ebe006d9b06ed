import { ArgsType, Field, Float, ID, InputType, Int } from 'type-graphql'
import type { PredictionKind, PredictionState } from '../../src/domain/prediction.js'
import { DateTimeScalar } from '../common/scalars.js'
import { ChatInput } from './chat.input.js'
import { ClassificationInput } from './classification.input.js'
import { EmbeddingInput } from './embedding.input.js'
import { GenerationInput, MODEL } from './generation.input.js'
import { PredictionKindEnum, PredictionStateEnum } from './prediction.enum.js'
import { RerankInput } from './rerank.input.js'
import { TensorsInput } from './tensor.input.js'

@InputType('CompletionInput', { description: 'A text to continue.' })
export class CompletionInput {
  @Field(() => String, { description: MODEL })
  readonly model!: string

  @Field(() => String, { description: 'The text as it is, without a chat template; not empty.' })
  readonly prompt!: string

  @Field(() => GenerationInput, { nullable: true, description: 'How to generate.' })
  readonly generation?: GenerationInput | null
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

  @Field(() => RerankInput, { nullable: true, description: 'Order documents by how well they answer a query.' })
  readonly rerank?: RerankInput

  @Field(() => ClassificationInput, { nullable: true, description: 'Tell the labels of texts.' })
  readonly classification?: ClassificationInput

  @Field(() => TensorsInput, { nullable: true, description: 'Run a graph on tensors.' })
  readonly tensors?: TensorsInput
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
  @Field(() => [PredictionStateEnum], { nullable: true, description: 'In one of these states.' })
  readonly state?: PredictionState[] | null

  @Field(() => PredictionKindEnum, { nullable: true, description: 'Of this kind.' })
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
