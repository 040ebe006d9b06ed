import { ObjectType } from 'type-graphql'
import type { AnswerEvent, AnswerSnapshot } from '../../src/services/knowledge/answers/answer-stream.js'
import { Conflict, IdempotencyConflict, InvalidInput, NotFound, Overloaded } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { streamItemTypeName } from '../streams/stream-item.js'
import { StreamEnd, StreamGap, StreamItemType } from '../streams/stream.type.js'
import { Answer, DeletedAnswer } from './answer.type.js'

export const StartAnswerResult = createUnion({
  name: 'StartAnswerResult',
  description: 'The accepted answer, or why there is none.',
  types: [Answer, InvalidInput, NotFound, Overloaded, IdempotencyConflict],
  typeName: problemOr('Answer'),
})

export const CancelAnswerResult = createUnion({
  name: 'CancelAnswerResult',
  description: 'The answer, ended; or why it is not.',
  types: [Answer, NotFound],
  typeName: problemOr('Answer'),
})

export const DeleteAnswerResult = createUnion({
  name: 'DeleteAnswerResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedAnswer, NotFound, Conflict],
  typeName: problemOr('DeletedAnswer'),
})

@ObjectType('AnswerSnapshot', {
  implements: StreamItemType,
  description: 'The whole answer, as a stream begins with it.',
})
export class AnswerSnapshotType extends StreamItemType {
  readonly snapshot!: AnswerSnapshot
}

@ObjectType('AnswerHitsFound', {
  implements: StreamItemType,
  description: 'The search has found something, or nothing.',
})
export class AnswerHitsFound extends StreamItemType {
  readonly event!: Extract<AnswerEvent, { readonly status: unknown }>
}

@ObjectType('AnswerTextDelta', {
  implements: StreamItemType,
  description: 'More of the answer’s text. It ends at the end of a character.',
})
export class AnswerTextDelta extends StreamItemType {
  readonly event!: Extract<AnswerEvent, { readonly type: 'text' }>
}

@ObjectType('AnswerCitationAdded', {
  implements: StreamItemType,
  description: 'A citation is known. What it supports has come before it.',
})
export class AnswerCitationAdded extends StreamItemType {
  readonly event!: Extract<AnswerEvent, { readonly type: 'citation' }>
}

@ObjectType('AnswerSentenceChecked', {
  implements: StreamItemType,
  description: 'A sentence is complete, and was compared with the passages. Its citations have come before it.',
})
export class AnswerSentenceChecked extends StreamItemType {
  readonly event!: Extract<AnswerEvent, { readonly type: 'sentence' }>
}

@ObjectType('AnswerChanged', {
  implements: StreamItemType,
  description: 'The answer changed: its state and what goes with it.',
})
export class AnswerChanged extends StreamItemType {
  readonly event!: Extract<AnswerEvent, { readonly status: unknown }>
}

const EVENT_TYPES: Readonly<Record<AnswerEvent['type'], string>> = {
  hits: 'AnswerHitsFound',
  text: 'AnswerTextDelta',
  citation: 'AnswerCitationAdded',
  sentence: 'AnswerSentenceChecked',
  changed: 'AnswerChanged',
}

export const AnswerEventUnion = createUnion({
  name: 'AnswerEvent',
  description: 'What `answerEvents` gives.',
  types: [
    AnswerSnapshotType,
    AnswerHitsFound,
    AnswerTextDelta,
    AnswerCitationAdded,
    AnswerSentenceChecked,
    AnswerChanged,
    StreamGap,
    StreamEnd,
  ],
  typeName: streamItemTypeName<AnswerEvent>('AnswerSnapshot', ({ type }) => EVENT_TYPES[type]),
})
