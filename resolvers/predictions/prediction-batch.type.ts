import { Field, Int, ObjectType } from 'type-graphql'
import type { FinishReason } from '../../src/domain/prediction.js'
import { createConnectionType } from '../common/connection.type.js'
import { ErrorInfoType } from '../common/error-info.type.js'
import { FinishReasonEnum } from './prediction.enum.js'
import { UsageType } from './prediction.type.js'

@ObjectType('BatchResult', { description: 'What became of one input of a batch.' })
export class BatchResultType {
  @Field(() => Int, { description: 'Place of the input among those of the batch, 0 to 9,999.' })
  readonly index!: number

  @Field(() => ErrorInfoType, { nullable: true, description: 'Why it failed; null when it succeeded.' })
  readonly error!: ErrorInfoType | null

  @Field(() => FinishReasonEnum, {
    nullable: true,
    description: 'Why the text, the first of several, ends where it does; null for other kinds.',
  })
  readonly finishReason!: FinishReason | null

  @Field(() => UsageType, { description: 'Tokens that it took.' })
  readonly usage!: UsageType
}

export const BatchResultConnection = createConnectionType(BatchResultType, 'BatchResult')

@ObjectType('PredictionBatch', {
  description: 'Many predictions in one task: what there is of them by now. It stays when the batch is cancelled.',
})
export class PredictionBatchType {
  @Field(() => Int, { description: 'Inputs that gave an output; 0 to 10,000.' })
  readonly succeededCount!: number

  @Field(() => Int, { description: 'Inputs that failed; 0 to 10,000.' })
  readonly failedCount!: number

  @Field(() => UsageType, { description: 'Tokens that all of them took.' })
  readonly usage!: UsageType
}
