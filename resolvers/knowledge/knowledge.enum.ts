import type { ChunkingMethod } from '../../src/domain/chunking.js'
import type { FusionMethod } from '../../src/domain/fusion.js'
import type { DocumentState } from '../../src/domain/knowledge.js'
import type { MetadataKind } from '../../src/domain/metadata-filter.js'
import { TEXT_LANGUAGES, type TextLanguage } from '../../src/domain/text-language.js'
import type { GenerationState } from '../../src/services/knowledge/generations.service.js'
import type { SearchMode } from '../../src/services/knowledge/search-input.js'
import { createEnum } from '../common/enums.js'

export const DocumentStateEnum = createEnum<DocumentState>({
  name: 'DocumentState',
  description: 'Where a document’s version stands.',
  values: {
    QUEUED: 'It waits to be read, or is being read; until it is ready, searches find the version before, if any.',
    READY: 'Searches find it, until a later version is ready.',
    FAILED: 'It could not be read; `error` says why. Searches go on finding the version before, if any.',
  },
})

export const GenerationStateEnum = createEnum<GenerationState>({
  name: 'IndexGenerationState',
  description: 'Where a generation of a knowledge base stands.',
  values: {
    BUILDING: 'Its task brings it the documents.',
    READY: 'It has every document, and can be activated.',
    ACTIVE: 'Searches read it.',
    FAILED: 'Its building ended with an error; `error` says why.',
    CANCELLED: 'Its building was cancelled.',
  },
})

export const ChunkingMethodEnum = createEnum<ChunkingMethod>({
  name: 'ChunkingMethod',
  description: 'How a document is cut into chunks.',
  values: {
    STRUCTURE: 'Whole paragraphs, lists, tables and sentences under one heading, as long as they fit.',
    FIXED: 'As many words as fit, across all structure.',
    ROW: 'Each row, paragraph or other segment for itself.',
  },
})

export const MetadataKindEnum = createEnum<MetadataKind>({
  name: 'MetadataKind',
  description: 'What a metadata field holds.',
  values: {
    TEXT: 'A text of at most 4,096 characters; compared by its UTF-8 bytes.',
    NUMBER: 'A number.',
    BOOLEAN: 'True or false.',
    DATE: 'A date or time as ISO 8601 writes it, e.g. "2026-03-31" or "2026-03-31T12:00:00Z".',
    LIST: 'A list of at most 256 texts.',
  },
})

export const SearchModeEnum = createEnum<SearchMode>({
  name: 'SearchMode',
  description: 'How chunks are found.',
  values: {
    HYBRID: 'By vectors and by words; the two lists are joined.',
    VECTOR: 'By the cosine of the query’s vector and the chunk’s: what means the same.',
    TEXT: 'By BM25 over stemmed words: what says the same.',
  },
})

export const FusionMethodEnum = createEnum<FusionMethod>({
  name: 'FusionMethod',
  description: 'How the lists of a hybrid search are joined.',
  values: {
    WEIGHTED:
      'The sum of the weighted scores of both kinds, each as a part of the highest of its list. A chunk that a list has no room for counts there with the lowest score of it.',
    RRF: 'Reciprocal rank fusion: the sum of weight / (rankConstant + rank).',
  },
})

export const TextLanguageEnum = createEnum<TextLanguage>({
  name: 'TextLanguage',
  description: 'The language whose words are stemmed and whose stop words are left out in searches by text.',
  values: Object.fromEntries(
    TEXT_LANGUAGES.map((language) => [
      language,
      language === 'MIXED'
        ? 'Several languages, or one that is not listed: words are taken as they are.'
        : `${language.charAt(0)}${language.slice(1).toLowerCase()}.`,
    ]),
  ) as Record<TextLanguage, string>,
})
