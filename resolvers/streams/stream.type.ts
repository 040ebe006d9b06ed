import { Field, InterfaceType, ObjectType } from 'type-graphql'
import type { StreamEndReason } from '../../src/domain/stream.js'
import { Node } from '../common/node.interface.js'
import { createEnum } from '../common/enums.js'
import { CursorScalar, DateTimeScalar, LongScalar } from '../common/scalars.js'

@InterfaceType('StreamItem', {
  description:
    'An item of a subscription. The ranges of a stream’s items follow each other without overlap or hole, and in the same order for everyone.',
  resolveType: () => undefined,
})
export abstract class StreamItemType {
  @Field(() => CursorScalar, {
    description: 'Where to go on after this item: give it as `after` when subscribing again.',
  })
  readonly cursor!: string

  @Field(() => LongScalar, { description: 'Sequence number of the first event that the item joins; 1 or more.' })
  readonly fromSequence!: number

  @Field(() => LongScalar, { description: 'Sequence number of the last event that the item joins.' })
  readonly sequence!: number

  @Field(() => DateTimeScalar, { description: 'When the last of its events was logged.' })
  readonly at!: number
}

const StreamEndReasonEnum = createEnum<StreamEndReason>({
  name: 'StreamEndReason',
  description: 'Why a stream ended. A server that stops sends no end: subscribe again with the last cursor.',
  values: {
    FINISHED: 'The object came to its regular end.',
    CANCELLED: 'A client cancelled it.',
    FAILED: 'It failed; the object says why.',
  },
})

@ObjectType('StreamGap', {
  implements: StreamItemType,
  description:
    'Events were passed over: they are not kept any more, or the reader was too slow. The snapshot holds all they told.',
})
export class StreamGap extends StreamItemType {
  @Field(() => LongScalar, { description: 'How many events were passed over; at least 1.' })
  readonly missed!: number

  @Field(() => CursorScalar, { description: 'The cursor just before the first event that is still kept.' })
  readonly firstAvailable!: string

  @Field(() => Node, { description: 'The whole object as of `sequence`.' })
  readonly snapshot!: Node
}

@ObjectType('StreamEnd', {
  implements: StreamItemType,
  description: 'The last item of a stream; the subscription completes after it.',
})
export class StreamEnd extends StreamItemType {
  @Field(() => StreamEndReasonEnum, { description: 'Why nothing follows.' })
  readonly reason!: StreamEndReason
}
