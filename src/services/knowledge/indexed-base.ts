import { activeOf, type IndexGeneration, type KnowledgeBaseDocument } from '../../domain/knowledge.js'

type IndexedTraits = Pick<KnowledgeBaseDocument, 'id' | 'tenantId' | 'language' | 'metadataFields'>

/** What two indexes of a base, of vectors and of words, are made of: the documents as one generation has them. */
export interface IndexedBase extends IndexedTraits {
  readonly indexName: string
  readonly dimensions: number
  /** Number of the generation. */
  readonly generation: number
}

/** A base as one search reads it from its beginning to its end. */
export interface SearchedBase extends KnowledgeBaseDocument, IndexedBase {
  readonly embeddingModelVersionId: string
}

export function toIndexedBase(base: IndexedTraits, generation: IndexGeneration): IndexedBase {
  const { id, tenantId, language, metadataFields } = base
  const { indexName, dimensions, number } = generation
  return { id, tenantId, language, metadataFields, indexName, dimensions, generation: number }
}

export function toSearchedBase(base: KnowledgeBaseDocument): SearchedBase {
  const generation = activeOf(base)
  const { embeddingModelVersionId } = generation
  return { ...base, ...toIndexedBase(base, generation), embeddingModelVersionId }
}
