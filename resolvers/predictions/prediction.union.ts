import { Field, ObjectType } from 'type-graphql'
import type { PredictionEvent, PredictionSnapshot } from '../../src/services/predictions/prediction-stream.js'
import {
  Conflict,
  IdempotencyConflict,
  InvalidInput,
  NotFound,
  OutOfMemory,
  Overloaded,
  Problem,
} from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { streamItemTypeName } from '../streams/stream-item.js'
import { StreamEnd, StreamGap, StreamItemType } from '../streams/stream.type.js'
import { DeletedPrediction, Prediction } from './prediction.type.js'

@ObjectType('DeadlineExceeded', {
  implements: Problem,
  description: 'The deadline passed before the prediction was done.',
})
export class DeadlineExceeded extends Problem {
  @Field(() => Prediction, { description: 'The prediction, with what there was of it.' })
  readonly prediction!: Prediction
}

export const PredictResult = createUnion({
  name: 'PredictResult',
  description: 'The ended prediction (look at its `state`), or why there is none.',
  types: [Prediction, InvalidInput, NotFound, Overloaded, OutOfMemory, DeadlineExceeded],
  typeName: problemOr('Prediction'),
})

export const StartPredictionResult = createUnion({
  name: 'StartPredictionResult',
  description: 'The accepted prediction, or why there is none.',
  types: [Prediction, InvalidInput, NotFound, Overloaded, OutOfMemory, IdempotencyConflict],
  typeName: problemOr('Prediction'),
})

export const CancelPredictionResult = createUnion({
  name: 'CancelPredictionResult',
  description: 'The prediction, ended; or why it is not.',
  types: [Prediction, NotFound],
  typeName: problemOr('Prediction'),
})

export const DeletePredictionResult = createUnion({
  name: 'DeletePredictionResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedPrediction, NotFound, Conflict],
  typeName: problemOr('DeletedPrediction'),
})

@ObjectType('PredictionSnapshot', {
  implements: StreamItemType,
  description: 'The whole prediction, as a stream begins with it.',
})
export class PredictionSnapshotType extends StreamItemType {
  readonly snapshot!: PredictionSnapshot
}

@ObjectType('TokensDelta', {
  implements: StreamItemType,
  description: 'More of a text and of its calls of tools. It ends at the end of a character.',
})
export class TokensDelta extends StreamItemType {
  readonly event!: Extract<PredictionEvent, { type: 'tokens' }>
}

@ObjectType('PredictionChanged', {
  implements: StreamItemType,
  description: 'The prediction changed: its state and what goes with it.',
})
export class PredictionChanged extends StreamItemType {
  readonly event!: Extract<PredictionEvent, { type: 'changed' }>
}

export const PredictionEventUnion = createUnion({
  name: 'PredictionEvent',
  description: 'What `predictionEvents` gives.',
  types: [PredictionSnapshotType, TokensDelta, PredictionChanged, StreamGap, StreamEnd],
  typeName: streamItemTypeName<PredictionEvent>('PredictionSnapshot', (event) =>
    event.type === 'tokens' ? 'TokensDelta' : 'PredictionChanged',
  ),
})
