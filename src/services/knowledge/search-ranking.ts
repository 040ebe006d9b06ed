import { invalidInput } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import { diversify } from '../../domain/diversity.js'
import type { ModelsService } from '../models/models.service.js'
import type { DocumentRecords } from './document-records.js'
import type { AskedSearch, Candidate } from './search-candidates.js'
import type { RerankRequest, SearchRequest } from './search-input.js'
import type { TextReranker } from './text-reranker.js'
import type { DocumentChunk, VersionChunks } from './version-chunks.js'
import type { VersionReader } from './version-reader.js'

export interface SearchRankingOptions {
  readonly records: DocumentRecords
  readonly reader: VersionReader
  readonly models: Pick<ModelsService, 'requireByReference'>
  readonly reranker: TextReranker
}

/** A candidate with its chunk, in the place that it comes to. */
export interface RankedChunk {
  readonly candidate: Candidate
  readonly chunk: DocumentChunk
  readonly versionChunks: VersionChunks
  /** What it is ranked by. */
  readonly score: number
  /** What the reranking model says; null where none was asked. */
  readonly rerank: number | null
  /** Place before models and diversity changed it, from 1. */
  readonly rankBefore: number
}

/** The candidates that are given, in their order. @throws GraphloomError `INVALID_INPUT`, and what the model throws. */
export async function rankCandidates(
  options: SearchRankingOptions,
  candidates: readonly Candidate[],
  asked: AskedSearch,
): Promise<RankedChunk[]> {
  const { request } = asked
  const { first, rerank, diversity } = request
  const chosen = choose(candidates, request)
  const pool = rerank ? chosen.slice(0, rerank.candidates) : diversity === null ? chosen.slice(0, first) : chosen
  let ranked = await readRanked(options.reader, pool)
  if (rerank) ranked = await rerankChunks(options, ranked, { ...asked, rerank })
  if (diversity !== null) ranked = await diversifyChunks(options, ranked, request)
  return ranked.slice(0, first)
}

function choose(candidates: readonly Candidate[], { minScore, onePerDocument }: SearchRequest): Candidate[] {
  const seen = new Set<string>()
  return candidates.filter(({ item, score }) => {
    if (minScore !== null && score < minScore) return false
    if (!onePerDocument) return true
    const isNew = !seen.has(item.documentId)
    seen.add(item.documentId)
    return isNew
  })
}

async function readRanked(reader: VersionReader, pool: readonly Candidate[]): Promise<RankedChunk[]> {
  const [first] = pool
  if (!first) return []
  const scope = { tenantId: first.item.base.tenantId }
  const places = [...new Map(pool.map(({ item }) => [item.versionId, item.base.generation]))].map(
    ([versionId, generation]) => ({ versionId, generation }),
  )
  const chunksOf = await reader.read(scope, places)
  return pool.flatMap((candidate, i) => {
    const versionChunks = chunksOf.get(candidate.item.versionId)
    const chunk = versionChunks?.get(candidate.item.ordinal)
    if (!versionChunks || !chunk) return []
    return [{ candidate, chunk, versionChunks, score: candidate.score, rerank: null, rankBefore: i + 1 }]
  })
}

async function rerankChunks(
  { models, reranker }: SearchRankingOptions,
  ranked: readonly RankedChunk[],
  { principal, request, signal, rerank }: AskedSearch & { readonly rerank: RerankRequest },
): Promise<RankedChunk[]> {
  const path = 'input.rerank.model'
  const version = await models.requireByReference(principal, rerank.model, path)
  if (version.task !== 'RERANK') throw invalidInput(path, `is a model for ${version.task}; one for RERANK is needed.`)
  if (ranked.length === 0) return []
  const { tenantId, subject } = principal
  const texts = ranked.map(({ chunk }) => chunk.text)
  const asked = { version, tenantId, subject, id: createId('prediction'), signal }
  const scores = await reranker.rerank({ ...asked, query: request.query, texts })
  return ranked
    .map((one, i) => ({ ...one, score: scores[i]!, rerank: scores[i]! }))
    .sort((a, b) => b.score - a.score || a.rankBefore - b.rankBefore)
}

async function diversifyChunks(
  { records }: SearchRankingOptions,
  ranked: readonly RankedChunk[],
  { diversity, first }: SearchRequest,
): Promise<RankedChunk[]> {
  const vectorsOf = new Map<string, readonly Float32Array[]>()
  for (const { chunk, candidate } of ranked) {
    if (vectorsOf.has(chunk.versionId)) continue
    const { tenantId, generation } = candidate.item.base
    const set = await records.sets.get({ tenantId }, { versionId: chunk.versionId, generation })
    vectorsOf.set(chunk.versionId, (set && (await records.sets.read(set)))?.vectors ?? [])
  }
  const items = ranked.map(({ score, chunk }) => ({
    score,
    vector: vectorsOf.get(chunk.versionId)?.[chunk.ordinal] ?? new Float32Array(),
  }))
  return diversify(items, 1 - diversity!, first).map((i) => ranked[i]!)
}
