import { notFound } from '../../../kernel/errors.js'
import type { AnswerContent, AnswerDocument } from '../../../domain/answer.js'
import type { Scope } from '../../../ports/document-store.js'
import type { LoggedEvent } from '../../../ports/event-log.js'
import type { StreamSource } from '../../streams/streams.js'
import {
  ANSWER_HITS,
  toAnswerEndReason,
  toPart,
  type AnswerPart,
  type AnswerStatus,
  type AnswerStore,
} from './answer-store.js'

/** An answer as of a place in its stream, with what there was of it then. */
export type AnswerSnapshot = AnswerDocument & { readonly written: AnswerContent }

export type AnswerEvent =
  { readonly type: 'changed' | 'hits'; readonly status: AnswerStatus } | (AnswerPart & { readonly answerId: string })

const STATUS_BYTES = 2_048
const PART_BYTES = 512

export function createAnswerSource(options: {
  readonly store: AnswerStore
  readonly scope: Scope
  readonly id: string
  readonly maxJoinedBytes: number
}): StreamSource<AnswerDocument, AnswerSnapshot, AnswerEvent> {
  const { store, scope, id, maxJoinedBytes } = options
  return {
    requireDocument: async () => {
      const answer = await store.get(scope, id)
      if (!answer) throw notFound('answer', id)
      return answer
    },
    toSnapshot: async (document, sequence) => ({ ...document, written: await store.readWritten(id, sequence) }),
    toEndReason: toAnswerEndReason,
    toEvent: (event) => toAnswerEvent(id, event),
    join: (first, second) =>
      first.type === 'text' && second.type === 'text' ? { ...first, text: first.text + second.text } : null,
    maxJoinedBytes,
    sizeBytes: (event) => {
      if (event.type === 'text') return 2 * event.text.length
      return 'status' in event ? STATUS_BYTES : PART_BYTES
    },
  }
}

function toAnswerEvent(answerId: string, { type, data, revision, at }: LoggedEvent): AnswerEvent {
  const part = toPart(type, data)
  if (part) return { ...part, answerId }
  const status = data as unknown as AnswerStatus
  const createdAt = status.createdAt ?? at
  return {
    type: type === ANSWER_HITS ? 'hits' : 'changed',
    status: { ...status, revision: revision ?? 0, createdAt, updatedAt: at },
  }
}
