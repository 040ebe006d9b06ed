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
export async function searchLeg(documents: ServedDocuments, { base, selection, ask }: LegRequest): Promise<FoundRow[]> {
  const { limit, readers } = selection
  for (let round = 1, asked = limit; ; round++) {
    const rows = await ask({ ...selection, limit: asked })
    const found = await keepServed(documents, base, rows, readers)
    const isAll = rows.length < asked || found.length >= limit
    if (isAll || round >= MOST_ROUNDS || asked >= MAX_ROWS) return found.slice(0, limit)
    asked = Math.min(MAX_ROWS, asked * 4)
  }
}

async function keepServed(
  served: ServedDocuments,
  base: SearchedBase,
  rows: readonly ScoredRow[],
  readers: readonly string[],
): Promise<FoundRow[]> {
  const ids = [...new Set(rows.map(({ documentId }) => documentId))]
  let documents = await served.get(base, ids)
  const others = rows.filter(({ documentId, versionId }) => documents.get(documentId)?.versionId !== versionId)
  if (others.length > 0) {
    // The index may be ahead of what this search has read before.
    served.forget(others.map(({ documentId }) => documentId))
    documents = await served.get(base, ids)
  }
  return rows.flatMap((row) => {
    const document = documents.get(row.documentId)
    const shown = base.members ? base.members.byDocument.get(row.documentId)?.versionId : document?.versionId
    const isServed = document && shown === row.versionId && isInAudience(document.audience, readers)
    return isServed ? { ...row, base, document } : []
  })
}

const READ_AT_ONCE = 1_000

type Documents = ReadonlyMap<string, KnowledgeDocument>

/** Documents as one search sees them: each is read once, in whichever ways it is found. */
export class ServedDocuments {
  readonly #records: DocumentRecords
  readonly #reading = new Map<string, Promise<Documents>>()

  constructor(records: DocumentRecords) {
    this.#records = records
  }

  /** Those that are there. */
  async get({ tenantId }: SearchedBase, ids: readonly string[]): Promise<Documents> {
    const unread = ids.filter((id) => !this.#reading.has(id))
    for (let at = 0; at < unread.length; at += READ_AT_ONCE) {
      const part = unread.slice(at, at + READ_AT_ONCE)
      const reading = this.#read(tenantId, part)
      for (const id of part) this.#reading.set(id, reading)
    }
    const documents = new Map<string, KnowledgeDocument>()
    for (const id of ids) {
      const document = (await this.#reading.get(id)!).get(id)
      if (document) documents.set(id, document)
    }
    return documents
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#reading.delete(id)
  }

  async #read(tenantId: string, ids: readonly string[]): Promise<Documents> {
    const read = await this.#records.getDocuments({ tenantId }, ids)
    return new Map(read.flatMap((document) => (document ? [[document.id, document] as const] : [])))
  }
}
