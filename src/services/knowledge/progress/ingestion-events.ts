import type { Json } from '../../../kernel/json.js'
import { toProgress, type DocumentProgress } from '../../../domain/ingestion.js'
import type { KnowledgeDocument } from '../../../domain/knowledge.js'
import type { NewEvent } from '../../../ports/event-log.js'
import type { StreamEvents } from '../../streams/topic.js'

const PROGRESSED = 'DocumentsProgressed'
const MAX_JOINED_BYTES = 32_768
const DOCUMENT_BYTES = 256

/** What became of documents: in the stream of each, and in that of their base. */
export interface IngestionEvent {
  readonly documents: readonly DocumentProgress[]
}

export function toEvent(stream: string, documents: readonly DocumentProgress[]): NewEvent {
  return { stream, type: PROGRESSED, data: { documents } as unknown as Json }
}

/** What tells of a change of a document; nothing when it is none of where its latest version stands. */
export function toChangeEvents(before: KnowledgeDocument | null, after: KnowledgeDocument): NewEvent[] {
  const progress = toProgress(after)
  if (before && JSON.stringify(toProgress(before)) === JSON.stringify(progress)) return []
  return [after.id, after.knowledgeBaseId].map((stream) => toEvent(stream, [progress]))
}

export const INGESTION_EVENTS: StreamEvents<IngestionEvent> = {
  toEvent: ({ data }) => data as unknown as IngestionEvent,
  join: (first, second) => {
    const latest = new Map([...first.documents, ...second.documents].map((one) => [one.documentId, one]))
    return { documents: [...latest.values()] }
  },
  maxJoinedBytes: MAX_JOINED_BYTES,
  sizeBytes: ({ documents }) => DOCUMENT_BYTES * documents.length,
}
