import { DEFAULT_FUSION } from '../../src/domain/fusion.js'
import type { BaseChunking } from '../../src/domain/knowledge.js'
import type { UpdateDocument } from '../../src/services/knowledge/document-changes.service.js'
import type { AddDocuments, Preview, PreviewChunks } from '../../src/services/knowledge/knowledge-documents.service.js'
import type { AnswerSettings } from '../../src/services/knowledge/evaluation/answer-checker.js'
import type { EvaluatedSearch, EvaluationRequest } from '../../src/services/knowledge/evaluation/evaluation-input.js'
import type { CreateKnowledgeBase } from '../../src/services/knowledge/knowledge-base-input.js'
import type { StartAnswer } from '../../src/services/knowledge/answers/answer-input.js'
import { SEARCH_DEFAULTS, type SearchRequest } from '../../src/services/knowledge/search-input.js'
import type { AddDocumentsArgs, DocumentInput, PreviewChunksInput, UpdateDocumentInput } from './document.input.js'
import type { DocumentPreview } from './document.type.js'
import type { ChunkingInput, CreateKnowledgeBaseInput } from './knowledge-base.input.js'
import type { AnswerSearchInput, AnswerSettingsInput, StartAnswerArgs } from './answer.input.js'
import type { EvaluateRetrievalInput } from './evaluation.input.js'
import type { SearchInput, SearchSettingsInput } from './search.input.js'

export const toCreateKnowledgeBase = (input: CreateKnowledgeBaseInput): CreateKnowledgeBase => {
  const { name, language, metadataFields, chunking, description, embeddingModel } = input
  return {
    name,
    language,
    metadataFields,
    description: description ?? null,
    embeddingModel: embeddingModel ?? null,
    chunking: toChunking(chunking),
  }
}

export const toAddDocuments = ({ input, idempotencyKey }: AddDocumentsArgs): AddDocuments => ({
  knowledgeBase: input.knowledgeBase,
  documents: input.documents.map(toNewDocument),
  idempotencyKey: idempotencyKey ?? null,
})

export const toUpdateDocument = ({ id, metadata, ...parts }: UpdateDocumentInput): UpdateDocument => ({
  ...toNewDocument(parts),
  ...(metadata !== undefined && { metadata: metadata ?? {} }),
  id,
})

const toNewDocument = ({ access, metadata, chunking, ...parts }: DocumentInput): AddDocuments['documents'][number] => {
  const given = Object.entries(parts).filter(([, value]) => value !== null && value !== undefined)
  return {
    ...(Object.fromEntries(given) as Partial<Record<keyof typeof parts, string>>),
    ...(access !== undefined && { access: access && { users: access.users, groups: access.groups } }),
    ...(metadata !== null && metadata !== undefined && { metadata }),
    ...(chunking !== undefined && { chunking: chunking && toChunking(chunking) }),
  }
}

export const toSearchRequest = ({
  query,
  first,
  onePerDocument,
  neighbours,
  ...settings
}: SearchInput): SearchRequest => ({
  ...toEvaluatedSearch(settings),
  query,
  first,
  onePerDocument,
  neighbours,
})

const toEvaluatedSearch = ({
  filter,
  asOf,
  fusion,
  minScore,
  rerank,
  diversity,
  ...input
}: SearchSettingsInput): EvaluatedSearch => ({
  ...input,
  filter: filter ?? null,
  asOf: asOf ?? null,
  fusion: fusion ?? DEFAULT_FUSION,
  minScore: minScore ?? null,
  rerank: rerank ?? null,
  diversity: diversity ?? null,
})

export const toEvaluation = ({
  name,
  search,
  answers,
  compareTo,
  ...input
}: EvaluateRetrievalInput): Omit<EvaluationRequest, 'groups'> => ({
  ...withoutMissing(input),
  answers: answers ? toAnswerSettings(answers) : null,
  name: name ?? null,
  search: withoutMissing(toEvaluatedSearch(search)),
  compareTo: compareTo ?? null,
})

export const toStartAnswer = ({ input, idempotencyKey }: StartAnswerArgs): StartAnswer => {
  const { knowledgeBases, search, previousAnswer, turns, model, generation, ...asked } = input
  return {
    ...asked,
    search: { ...SEARCH_DEFAULTS, ...(search && toAnswerSearch(search)), knowledgeBases },
    turns: turns.map(({ question, answer }) => ({ question, answer })),
    model: model ?? null,
    generation: generation ?? {},
    previousAnswer: previousAnswer ?? null,
    idempotencyKey: idempotencyKey ?? null,
  }
}

const toAnswerSearch = ({ first, onePerDocument, ...ranking }: AnswerSearchInput) => ({
  ...toEvaluatedSearch({ ...ranking, knowledgeBases: [] }),
  first,
  onePerDocument,
})

const toAnswerSettings = ({ model, ...settings }: AnswerSettingsInput): AnswerSettings => ({
  ...settings,
  model: model ?? null,
})

/** A task's input is JSON: what an input object leaves open is not in it. */
function withoutMissing<T extends object>(value: T): T {
  const isOpen = (part: unknown): boolean => part === null || part === undefined
  return JSON.parse(JSON.stringify(value, (_key, part: unknown) => (isOpen(part) ? undefined : part))) as T
}

/** What is given of it. */
export function toChunking(input: ChunkingInput | null | undefined): Partial<BaseChunking> {
  const { method, maxTokens, overlapTokens, withHeadings } = input ?? {}
  return {
    ...(method && { method }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    ...(typeof overlapTokens === 'number' && { overlapTokens }),
    ...(typeof withHeadings === 'boolean' && { withHeadings }),
  }
}

export const toPreviewChunks = ({ knowledgeBase, document, chunking }: PreviewChunksInput): PreviewChunks => ({
  knowledgeBase,
  document: toNewDocument(document),
  chunking: toChunking(chunking),
})

const SHOWN_CHUNKS = 1_000

export function toPreview({ title, content, chunks }: Preview): DocumentPreview {
  const { text, mediaType, pageCount, warnings } = content
  const shown = chunks.slice(0, SHOWN_CHUNKS).map(({ embedded: searched, ...chunk }, ordinal) => ({
    ...chunk,
    ordinal,
    searched,
    text: text.slice(chunk.start, chunk.end),
  }))
  return { title, mediaType, pages: pageCount ?? null, text, warnings, chunks: shown, chunkCount: chunks.length }
}
