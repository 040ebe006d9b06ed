import type { KnowledgeDocument } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { TextSpan } from '../../ports/text-index.js'
import type { Access } from '../access/access.js'
import { toSearchedBase } from './indexed-base.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import { findCandidates, type AskedSearch, type SearchCandidatesOptions } from './search-candidates.js'
import { checkSearch, type SearchRequest } from './search-input.js'
import { rankCandidates, type RankedChunk, type SearchRankingOptions } from './search-ranking.js'
import type { DocumentChunk } from './version-chunks.js'

export interface SearchServiceOptions extends SearchCandidatesOptions, SearchRankingOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
}

/** A score of each way of searching that gave the hit, with its place there. */
export interface HitScores {
  readonly vector: number | null
  readonly vectorRank: number | null
  readonly text: number | null
  readonly textRank: number | null
  readonly fused: number
  readonly rerank: number | null
  readonly rankBefore: number
}

export interface Found {
  readonly hits: readonly SearchHit[]
  /** The part of what is searched that the indexes have, 0 to 1; below 1 while one is made again. */
  readonly indexedShare: number
}

export interface SearchHit {
  readonly rank: number
  readonly score: number
  readonly scores: HitScores
  readonly document: KnowledgeDocument
  readonly chunk: DocumentChunk
  /** Chunks around it that were asked for, in order, without itself. */
  readonly neighbours: readonly DocumentChunk[]
  /** Words of the query, as offsets into the chunk's text. */
  readonly highlights: readonly TextSpan[]
}

/** Finds chunks. */
export class SearchService {
  readonly #options: SearchServiceOptions

  constructor(options: SearchServiceOptions) {
    this.#options = options
  }

  /**
   * The best first.
   * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `FORBIDDEN`; what models throw.
   */
  async search(principal: Principal, request: SearchRequest, signal: AbortSignal): Promise<Found> {
    const { access, bases: store } = this.#options
    access.require(principal, 'knowledge.search')
    checkSearch(request)
    const names = request.knowledgeBases
    const found = await Promise.all(names.map((name) => store.requireByName(principal.tenantId, name)))
    const bases = found.map(toSearchedBase)
    const asked: AskedSearch = { principal, request, bases, signal }
    const { candidates, indexedShare } = await findCandidates(this.#options, asked)
    const ranked = await rankCandidates(this.#options, candidates, asked)
    const highlights = await this.#highlight(request.query, ranked)
    const hits = ranked.map((one, i) => toHit(one, { rank: i + 1, highlights: highlights[i]!, request }))
    return { hits, indexedShare }
  }

  /** In the language of each hit's base. */
  async #highlight(query: string, ranked: readonly RankedChunk[]): Promise<readonly TextSpan[][]> {
    const spans: TextSpan[][] = ranked.map(() => [])
    const byLanguage = Map.groupBy(ranked.entries(), ([, { candidate }]) => candidate.item.base.language)
    for (const [language, entries] of byLanguage) {
      const texts = entries.map(([, { chunk }]) => chunk.text)
      const found = await this.#options.textIndex.findWords({ text: query, language }, texts)
      for (const [at, [i]] of entries.entries()) spans[i] = found[at]!
    }
    return spans
  }
}

interface HitPlace {
  readonly rank: number
  readonly highlights: readonly TextSpan[]
  readonly request: Pick<SearchRequest, 'neighbours'>
}

function toHit(ranked: RankedChunk, { rank, highlights, request }: HitPlace): SearchHit {
  const { candidate, chunk, versionChunks, score, rerank, rankBefore } = ranked
  const { item, vector, text, score: fused } = candidate
  const { neighbours } = request
  const around = versionChunks.slice(Math.max(0, chunk.ordinal - neighbours), chunk.ordinal + neighbours + 1)
  return {
    rank,
    score,
    scores: {
      vector: vector?.score ?? null,
      vectorRank: vector?.rank ?? null,
      text: text?.score ?? null,
      textRank: text?.rank ?? null,
      fused,
      rerank,
      rankBefore,
    },
    document: item.document,
    chunk,
    neighbours: around.filter((one) => one !== chunk),
    highlights,
  }
}
