import { ArgsType, Field, Int } from 'type-graphql'
import { MAX_BATCH_ITEMS } from '../../src/services/predictions/batches/batch-item.js'
import { PredictInput } from './prediction.input.js'

@ArgsType()
export class PredictBatchArgs {
  @Field(() => [PredictInput], {
    description: `What to ask: 1 to ${MAX_BATCH_ITEMS}, also of different models. A mistake is told by its path, e.g. \`inputs.17.chat.messages\`; what only the model can tell, such as a text that is too long, is the error of its result.`,
  })
  readonly inputs!: PredictInput[]

  @Field(() => Int, {
    nullable: true,
    description: '0 to 9, 9 first, 4 when unset; below 5 it gives way to interactive work.',
  })
  readonly priority?: number | null

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and inputs gives the same task; with others, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}
