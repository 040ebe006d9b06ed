import type { KnowledgeBaseDocument, KnowledgeDocument } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { TextSpan } from '../../ports/text-index.js'
import type { Access } from '../access/access.js'
import { toSearchedBase, toSearchedSnapshot, type SearchedBase } from './indexed-base.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import { findCandidates, type AskedSearch, type SearchCandidatesOptions } from './search-candidates.js'
import { checkSearch, type SearchRequest } from './search-input.js'
import { rankCandidates, type RankedChunk, type SearchRankingOptions } from './search-ranking.js'
import type { SnapshotStore } from './snapshots/snapshot-store.js'
import type { DocumentChunk } from './version-chunks.js'

export interface SearchServiceOptions extends SearchCandidatesOptions, SearchRankingOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly snapshots: SnapshotStore
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
  /** What was searched. */
  readonly bases: readonly SearchedBase[]
}

export interface SearchHit {
  readonly rank: number
  readonly score: number
  readonly scores: HitScores
  readonly document: KnowledgeDocument
  readonly chunk: DocumentChunk
  /** Chunks around it that were asked for, in order, without itself. */
  readonly neighbours: readonly DocumentChunk[]
  /** Words of the query, as offsets into the chunk's text. Of all hits at once, when the first is asked for them. */
  readonly highlights: () => Promise<readonly TextSpan[]>
}

const MOST_ATTEMPTS = 3

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
    this.#options.access.require(principal, 'knowledge.search')
    checkSearch(request)
    for (let attempt = 1; ; attempt++) {
      const found = await this.#search(principal, request, signal)
      // A generation that is deleted while it is searched has nothing to give: the one after it has.
      const isWhole = found.indexedShare === 1 || (await this.#areCurrent(found.bases))
      if (isWhole || attempt >= MOST_ATTEMPTS) return found
    }
  }

  /** Each base is read once, so that all of it is of one generation. */
  async #search(principal: Principal, request: SearchRequest, signal: AbortSignal): Promise<Found> {
    const { bases: store } = this.#options
    const names = request.knowledgeBases
    const known = await Promise.all(names.map((name) => store.requireByName(principal.tenantId, name)))
    const bases = await Promise.all(known.map((base) => this.#toSearched(base, request.asOf)))
    const asked: AskedSearch = { principal, request, bases, signal }
    const { candidates, indexedShare } = await findCandidates(this.#options, asked)
    const ranked = await rankCandidates(this.#options, candidates, asked)
    let highlighting: Promise<readonly TextSpan[][]> | null = null
    const findHighlights = () => (highlighting ??= this.#highlight(request.query, ranked))
    const hits = ranked.map((one, i) => {
      const highlights = async () => (await findHighlights())[i]!
      return toHit(one, { rank: i + 1, highlights, request })
    })
    return { hits, indexedShare, bases }
  }

  /** A snapshot is searched in indexes of its own, with the documents' readers of then and of now. */
  async #toSearched(base: KnowledgeBaseDocument, asOf: string | null): Promise<SearchedBase> {
    if (asOf === null) return toSearchedBase(base)
    const { snapshots } = this.#options
    const snapshot = await snapshots.requireByName(base, asOf)
    return toSearchedSnapshot(base, snapshot, await snapshots.readMembers(snapshot))
  }

  async #areCurrent(bases: readonly SearchedBase[]): Promise<boolean> {
    const now = await Promise.all(bases.map(({ tenantId, id }) => this.#options.bases.get({ tenantId }, id)))
    return bases.every(({ generation }, i) => now[i]?.generations.some(({ number }) => number === generation) ?? true)
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
  readonly highlights: SearchHit['highlights']
  readonly request: Pick<SearchRequest, 'neighbours'>
}

function toHit(ranked: RankedChunk, { rank, highlights, request }: HitPlace): SearchHit {
  const { candidate, chunk, versionChunks, score, rerank, rankBefore } = ranked
  const { item, vector, text, score: fused } = candidate
  const { neighbours } = request
  const { ordinal } = chunk
  const before = versionChunks.slice(ordinal - neighbours, ordinal)
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
    neighbours: [...before, ...versionChunks.slice(ordinal + 1, ordinal + 1 + neighbours)],
    highlights,
  }
}
