import { invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import type { RowSelection, ScoredRow } from '../../domain/chunk-row.js'
import { fuse, type Fused } from '../../domain/fusion.js'
import type { Principal } from '../../domain/principal.js'
import type { TextIndex } from '../../ports/text-index.js'
import type { VectorIndex } from '../../ports/vector-index.js'
import type { ModelStore } from '../models/model-store.js'
import type { DocumentRecords } from './document-records.js'
import { parseFilter } from './filter-input.js'
import type { IndexWriter } from './index-writer.js'
import type { SearchedBase } from './indexed-base.js'
import { readersOf } from './knowledge-access.js'
import type { QueryEmbeddings } from './query-embeddings.js'
import type { SearchRequest } from './search-input.js'
import { searchLeg, ServedDocuments, type FoundRow } from './search-legs.js'

export interface SearchCandidatesOptions {
  readonly records: DocumentRecords
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly queries: QueryEmbeddings
  readonly vectorIndex: VectorIndex
  readonly textIndex: TextIndex
  readonly writer: IndexWriter
}

export interface AskedSearch {
  readonly principal: Principal
  readonly request: SearchRequest
  readonly bases: readonly SearchedBase[]
  readonly signal: AbortSignal
}

export type Candidate = Fused<FoundRow>

export interface FoundCandidates {
  /** The best first. */
  readonly candidates: readonly Candidate[]
  /** The smallest part of its rows that one of the indexes has, 0 to 1. */
  readonly indexedShare: number
}

/** One way of searching a base. */
type AskIndex = (base: SearchedBase, rows: RowSelection) => Promise<readonly ScoredRow[]>

interface Selected {
  readonly base: SearchedBase
  readonly selection: RowSelection
}

/** What the indexes of all bases give, joined. @throws GraphloomError `INVALID_INPUT`; what the model throws. */
export async function findCandidates(options: SearchCandidatesOptions, asked: AskedSearch): Promise<FoundCandidates> {
  const { vectorIndex, textIndex, writer } = options
  const { request } = asked
  const { query, mode } = request
  const selected = select(asked)
  const shares = await Promise.all(selected.map(({ base }) => writer.shareOf(base)))
  const indexes = new IndexSearch(options, selected)
  const findByVectors = async (): Promise<FoundRow[]> => {
    const vector = await embedQuery(options, asked)
    return indexes.ask(({ indexName }, rows) => vectorIndex.search(indexName, vector, rows))
  }
  const findByWords = () => indexes.ask(({ indexName }, rows) => textIndex.search(indexName, query, rows))
  const [vectors, texts] = await Promise.all([
    mode === 'TEXT' ? null : findByVectors(),
    mode === 'VECTOR' ? null : findByWords(),
  ])
  const candidates = fuse(vectors, texts, { ...request.fusion, candidates: request.candidates })
  return { candidates, indexedShare: indexes.isDamaged ? 0 : Math.min(...shares) }
}

/** Searches all bases in one way. An index that cannot be read gives nothing, and is made again meanwhile. */
class IndexSearch {
  readonly #options: SearchCandidatesOptions
  readonly #selected: readonly Selected[]
  readonly #documents: ServedDocuments
  isDamaged = false

  constructor(options: SearchCandidatesOptions, selected: readonly Selected[]) {
    this.#options = options
    this.#documents = new ServedDocuments(options.records)
    this.#selected = selected
  }

  /** The best of all bases: cosines of one model, and weights of words, are taken as they are across bases. */
  async ask(index: AskIndex): Promise<FoundRow[]> {
    const legs = this.#selected.map((one) =>
      searchLeg(this.#documents, { ...one, ask: (rows) => this.#askSound(one.base, rows, index) }),
    )
    const found = (await Promise.all(legs)).flat()
    return found
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
      .slice(0, this.#selected[0]?.selection.limit)
  }

  async #askSound(base: SearchedBase, rows: RowSelection, index: AskIndex): Promise<readonly ScoredRow[]> {
    try {
      return await index(base, rows)
    } catch (error) {
      if (!isErrorWithCode(error, 'UNAVAILABLE')) throw error
      this.isDamaged = true
      this.#options.writer.reportDamage(base, error)
      return []
    }
  }
}

/** Of one list that nothing chooses from, more than the hits would be read in vain. */
function toLimit({ mode, first, candidates, onePerDocument, rerank, diversity }: SearchRequest): number {
  const isTaken = mode !== 'HYBRID' && !onePerDocument && rerank === null && diversity === null
  return isTaken ? first : candidates
}

function select({ principal, request, bases }: AskedSearch): Selected[] {
  const { filter } = request
  const limit = toLimit(request)
  const readers = readersOf(principal)
  return bases.map((base) => ({
    base,
    selection: { readers, filter: filter && parseFilter(filter, base.metadataFields, 'input.filter'), limit },
  }))
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
