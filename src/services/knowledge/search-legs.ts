import type { RowSelection, ScoredRow } from '../../domain/chunk-row.js'
import type { KnowledgeDocument } from '../../domain/knowledge.js'
import type { DocumentRecords } from './document-records.js'
import type { SearchedBase } from './indexed-base.js'
import { isInAudience } from './knowledge-access.js'

/** A row of an index whose document is there, with this version, for whoever asks. */
export interface FoundRow extends ScoredRow {
  readonly base: SearchedBase
  readonly document: KnowledgeDocument
}

export interface LegRequest {
  readonly base: SearchedBase
  readonly selection: RowSelection
  readonly ask: (selection: RowSelection) => Promise<readonly ScoredRow[]>
}

/** Times that an index is asked for more because rows it gave are served no more. */
const MOST_ROUNDS = 4
const MAX_ROWS = 10_000

/**
 * What an index gives, as far as the document store says that it is there: an index may have rows of a version that is
 * not served yet, or not any more.
 */
export async function searchLeg(records: DocumentRecords, { base, selection, ask }: LegRequest): Promise<FoundRow[]> {
  const { limit, readers } = selection
  for (let round = 1, asked = limit; ; round++) {
    const rows = await ask({ ...selection, limit: asked })
    const found = await keepServed(records, base, rows, readers)
    const isAll = rows.length < asked || found.length >= limit
    if (isAll || round >= MOST_ROUNDS || asked >= MAX_ROWS) return found.slice(0, limit)
    asked = Math.min(MAX_ROWS, asked * 4)
  }
}

async function keepServed(
  records: DocumentRecords,
  base: SearchedBase,
  rows: readonly ScoredRow[],
  readers: readonly string[],
): Promise<FoundRow[]> {
  const documents = await readDocuments(records, base, [...new Set(rows.map(({ documentId }) => documentId))])
  return rows.flatMap((row) => {
    const document = documents.get(row.documentId)
    const shown = base.members ? base.members.byDocument.get(row.documentId)?.versionId : document?.versionId
    const isServed = document && shown === row.versionId && isInAudience(document.audience, readers)
    return isServed ? { ...row, base, document } : []
  })
}

const READ_AT_ONCE = 1_000

async function readDocuments(
  records: DocumentRecords,
  { tenantId }: SearchedBase,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnowledgeDocument>> {
  const documents = new Map<string, KnowledgeDocument>()
  for (let at = 0; at < ids.length; at += READ_AT_ONCE)
    for (const document of await records.getDocuments({ tenantId }, ids.slice(at, at + READ_AT_ONCE)))
      if (document) documents.set(document.id, document)
  return documents
}
