import { invalidInput } from '../../kernel/errors.js'
import type { RowSelection, ScoredRow } from '../../domain/chunk-row.js'
import { fuse, type Fused } from '../../domain/fusion.js'
import type { KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { TextIndex } from '../../ports/text-index.js'
import type { VectorIndex } from '../../ports/vector-index.js'
import type { ModelStore } from '../models/model-store.js'
import type { DocumentRecords } from './document-records.js'
import { parseFilter } from './filter-input.js'
import { readersOf } from './knowledge-access.js'
import type { QueryEmbeddings } from './query-embeddings.js'
import type { SearchRequest } from './search-input.js'
import { searchLeg, type FoundRow } from './search-legs.js'

export interface SearchCandidatesOptions {
  readonly records: DocumentRecords
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly queries: QueryEmbeddings
  readonly vectorIndex: VectorIndex
  readonly textIndex: TextIndex
}

export interface AskedSearch {
  readonly principal: Principal
  readonly request: SearchRequest
  readonly bases: readonly KnowledgeBaseDocument[]
  readonly signal: AbortSignal
}

export type Candidate = Fused<FoundRow>

type AskIndex = (base: KnowledgeBaseDocument, rows: RowSelection) => Promise<readonly ScoredRow[]>

/** What the indexes of all bases give, joined, the best first. @throws GraphloomError `INVALID_INPUT`, `UNAVAILABLE`. */
export async function findCandidates(options: SearchCandidatesOptions, asked: AskedSearch): Promise<Candidate[]> {
  const { vectorIndex, textIndex, records } = options
  const { request, bases, principal } = asked
  const { query, mode, candidates, filter, fusion } = request
  const readers = readersOf(principal)
  const selected = bases.map((base) => {
    const parsed = filter && parseFilter(filter, base.metadataFields, 'input.filter')
    return { base, selection: { readers, filter: parsed, limit: candidates } }
  })
  const ask = async (index: AskIndex): Promise<FoundRow[]> => {
    const legs = selected.map((one) => searchLeg(records, { ...one, ask: (rows) => index(one.base, rows) }))
    return merge(await Promise.all(legs), candidates)
  }
  const askByVector = async (): Promise<FoundRow[]> => {
    const vector = await embedQuery(options, asked)
    return ask(({ indexName }, rows) => vectorIndex.search(indexName, vector, rows))
  }
  const askByText = (): Promise<FoundRow[]> => ask(({ indexName }, rows) => textIndex.search(indexName, query, rows))
  const [vectors, texts] = await Promise.all([
    mode === 'TEXT' ? null : askByVector(),
    mode === 'VECTOR' ? null : askByText(),
  ])
  return fuse(vectors, texts, fusion)
}

async function embedQuery(
  { versions, queries }: SearchCandidatesOptions,
  { principal, request, bases, signal }: AskedSearch,
): Promise<Float32Array> {
  const [id = '', other] = new Set(bases.map(({ embeddingModelVersionId }) => embeddingModelVersionId))
  if (other !== undefined)
    throw invalidInput('input.knowledgeBases', 'have different embedding models; search them one by one, or by TEXT.')
  return queries.embed(principal, await versions.requireVersion(id), request.query, signal)
}

/** Cosines of one model, and weights of words, are taken as they are across bases. */
const merge = (lists: readonly (readonly FoundRow[])[], limit: number): FoundRow[] =>
  lists
    .flat()
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
