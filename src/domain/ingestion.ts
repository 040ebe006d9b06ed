import type { ErrorInfo } from '../kernel/errors.js'
import type { KnowledgeDocument } from './knowledge.js'

export const INGESTION_PHASES = [
  'WAITING',
  'FETCHING',
  'PARSING',
  'CHUNKING',
  'EMBEDDING',
  'INDEXING',
  'READY',
  'FAILED',
] as const
export type IngestionPhase = (typeof INGESTION_PHASES)[number]

/** How far the latest version of a document is. */
export interface DocumentProgress {
  readonly documentId: string
  /** Who may see the document. */
  readonly audience: string | null
  /** Of the version. */
  readonly versionNumber: number
  readonly phase: IngestionPhase
  /** Chunks that have their vectors; of none before it was cut. */
  readonly done: number
  readonly total: number
  readonly error: ErrorInfo | null
}

/** What the document itself says. */
export function toProgress(document: KnowledgeDocument): DocumentProgress {
  const { id: documentId, audience, latestNumber: versionNumber, state, chunkCount, error } = document
  const chunks = state === 'READY' ? chunkCount : 0
  const phase = state === 'QUEUED' ? 'WAITING' : state
  return { documentId, audience, versionNumber, phase, done: chunks, total: chunks, error }
}
