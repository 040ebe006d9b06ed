import { invalidInput } from '../../kernel/errors.js'
import { DEFAULT_FUSION, type FusionSettings } from '../../domain/fusion.js'
import type { FilterInput } from './filter-input.js'

export const SEARCH_MODES = ['HYBRID', 'VECTOR', 'TEXT'] as const
export type SearchMode = (typeof SEARCH_MODES)[number]

export interface SearchRequest {
  /** Names. */
  readonly knowledgeBases: readonly string[]
  readonly query: string
  readonly mode: SearchMode
  readonly first: number
  /** Chunks that each way of searching gives, before they are joined. */
  readonly candidates: number
  readonly filter: FilterInput | null
  /** Name of a snapshot that each base has; null for what is served. */
  readonly asOf: string | null
  readonly fusion: FusionSettings
  /** Before models and diversity change the order. */
  readonly minScore: number | null
  readonly onePerDocument: boolean
  /** Chunks before and after each hit that come along. */
  readonly neighbours: number
  readonly rerank: RerankRequest | null
  /** 0 to 1: how much a hit loses by being like one before it; null where that does not count. */
  readonly diversity: number | null
}

/** A model that orders the best candidates anew. */
export interface RerankRequest {
  /** Reference of a model for RERANK. */
  readonly model: string
  /** How many candidates it orders; the others are no hits. */
  readonly candidates: number
}

export const SEARCH_DEFAULTS = {
  mode: 'HYBRID',
  first: 10,
  candidates: 100,
  filter: null,
  asOf: null,
  fusion: DEFAULT_FUSION,
  minScore: null,
  onePerDocument: false,
  neighbours: 0,
  rerank: null,
  diversity: null,
} as const satisfies Partial<SearchRequest>

export const MAX_BASES = 16
export const MAX_HITS = 100
export const MAX_CANDIDATES = 1_000
export const MAX_NEIGHBOURS = 10
export const MAX_QUERY_CHARACTERS = 8_192
export const DEFAULT_RERANKED = 50
export const MAX_RERANKED = 200
const MAX_RANK_CONSTANT = 10_000

/** @throws GraphloomError `INVALID_INPUT` that names what is out of its range. */
export function checkSearch(request: SearchRequest): void {
  const { knowledgeBases, query, fusion, minScore, rerank, diversity, ...counts } = request
  if (knowledgeBases.length < 1 || knowledgeBases.length > MAX_BASES)
    throw invalidInput('input.knowledgeBases', `has ${knowledgeBases.length}; 1 to ${MAX_BASES} are allowed.`)
  if (new Set(knowledgeBases).size < knowledgeBases.length)
    throw invalidInput('input.knowledgeBases', 'names one twice.')
  checkQuery(query, 'input.query')
  checkRange('first', counts.first, [1, MAX_HITS])
  checkRange('candidates', counts.candidates, [counts.first, MAX_CANDIDATES])
  checkRange('neighbours', counts.neighbours, [0, MAX_NEIGHBOURS])
  checkRange('fusion.rankConstant', fusion.rankConstant, [0, MAX_RANK_CONSTANT])
  checkRange('fusion.vectorWeight', fusion.vectorWeight, [0, 1])
  checkRange('fusion.textWeight', fusion.textWeight, [0, 1])
  if (rerank) checkRange('rerank.candidates', rerank.candidates, [counts.first, MAX_RERANKED])
  if (diversity !== null) checkRange('diversity', diversity, [0, 1])
  if (minScore !== null && !Number.isFinite(minScore)) throw invalidInput('input.minScore', 'must be a number.')
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkQuery(query: string, path: string): void {
  if (query.trim() === '') throw invalidInput(path, 'must not be empty.')
  if (query.length > MAX_QUERY_CHARACTERS)
    throw invalidInput(path, `has ${query.length} characters; at most ${MAX_QUERY_CHARACTERS} are allowed.`)
  if (!query.isWellFormed()) throw invalidInput(path, 'has half of a surrogate pair.')
}

function checkRange(name: string, value: number, [least, most]: readonly [number, number]): void {
  if (value >= least && value <= most) return
  throw invalidInput(`input.${name}`, `is ${value}; ${least} to ${most} is allowed.`)
}
