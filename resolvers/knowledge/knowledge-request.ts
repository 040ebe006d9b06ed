import { DEFAULT_FUSION } from '../../src/domain/fusion.js'
import type { AddDocuments } from '../../src/services/knowledge/knowledge-documents.service.js'
import type { CreateKnowledgeBase } from '../../src/services/knowledge/knowledge-base-input.js'
import type { SearchRequest } from '../../src/services/knowledge/search-input.js'
import type { AddDocumentsArgs, DocumentInput } from './document.input.js'
import type { CreateKnowledgeBaseInput } from './knowledge-base.input.js'
import type { SearchInput } from './search.input.js'

export const toCreateKnowledgeBase = (input: CreateKnowledgeBaseInput): CreateKnowledgeBase => {
  const { name, language, metadataFields, chunking, description, embeddingModel } = input
  const { method, maxTokens, overlapTokens, withHeadings } = chunking ?? {}
  return {
    name,
    language,
    metadataFields,
    description: description ?? null,
    embeddingModel: embeddingModel ?? null,
    chunking: {
      ...(method && { method }),
      ...(typeof maxTokens === 'number' && { maxTokens }),
      ...(typeof overlapTokens === 'number' && { overlapTokens }),
      ...(typeof withHeadings === 'boolean' && { withHeadings }),
    },
  }
}

export const toAddDocuments = ({ input, idempotencyKey }: AddDocumentsArgs): AddDocuments => ({
  knowledgeBase: input.knowledgeBase,
  documents: input.documents.map(toNewDocument),
  idempotencyKey: idempotencyKey ?? null,
})

const toNewDocument = ({ access, metadata, ...parts }: DocumentInput): AddDocuments['documents'][number] => {
  const given = Object.entries(parts).filter(([, value]) => value !== null && value !== undefined)
  return {
    ...(Object.fromEntries(given) as Partial<Record<keyof typeof parts, string>>),
    ...(access && { access: { users: access.users, groups: access.groups } }),
    ...(metadata !== null && metadata !== undefined && { metadata }),
  }
}

export const toSearchRequest = ({
  filter,
  fusion,
  minScore,
  rerank,
  diversity,
  ...input
}: SearchInput): SearchRequest => ({
  ...input,
  filter: filter ?? null,
  fusion: fusion ?? DEFAULT_FUSION,
  minScore: minScore ?? null,
  rerank: rerank ?? null,
  diversity: diversity ?? null,
})
