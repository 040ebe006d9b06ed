import { activeOf, type IndexGeneration, type KnowledgeBaseDocument, type Snapshot } from '../../domain/knowledge.js'
import { requireGeneration } from './generation-rules.js'
import type { SnapshotMembers } from './snapshots/snapshot-store.js'

type IndexedTraits = Pick<KnowledgeBaseDocument, 'id' | 'tenantId' | 'language' | 'metadataFields'>

/** What two indexes of a base, of vectors and of words, are made of: the documents as one generation has them. */
export interface IndexedBase extends IndexedTraits {
  readonly indexName: string
  readonly dimensions: number
  /** Number of the generation. */
  readonly generation: number
  /** The snapshot whose versions they have; null where they have those that are served. */
  readonly snapshot: Snapshot | null
}

/** A base as one search reads it from its beginning to its end. */
export interface SearchedBase extends KnowledgeBaseDocument, IndexedBase {
  readonly embeddingModelVersionId: string
  /** What is found of it in the place of what is served; null where that is found. */
  readonly members: SnapshotMembers | null
}

export function toIndexedBase(base: IndexedTraits, generation: IndexGeneration): IndexedBase {
  const { id, tenantId, language, metadataFields } = base
  const { indexName, dimensions, number } = generation
  return { id, tenantId, language, metadataFields, indexName, dimensions, generation: number, snapshot: null }
}

export function toSnapshotIndex(base: KnowledgeBaseDocument, snapshot: Snapshot): IndexedBase {
  const generation = requireGeneration(base, snapshot.generation)
  return { ...toIndexedBase(base, generation), indexName: snapshot.id, snapshot }
}

/** All that a base has: of its generations and of its snapshots. */
export const toIndexes = (base: KnowledgeBaseDocument, snapshots: readonly Snapshot[]): readonly IndexedBase[] => [
  ...base.generations.map((generation) => toIndexedBase(base, generation)),
  ...snapshots.map((snapshot) => toSnapshotIndex(base, snapshot)),
]

export function toSearchedBase(base: KnowledgeBaseDocument): SearchedBase {
  const generation = activeOf(base)
  const { embeddingModelVersionId } = generation
  return { ...base, ...toIndexedBase(base, generation), embeddingModelVersionId, members: null }
}

/** As it was when the snapshot was made. */
export function toSearchedSnapshot(
  base: KnowledgeBaseDocument,
  snapshot: Snapshot,
  members: SnapshotMembers,
): SearchedBase {
  const { embeddingModelVersionId } = requireGeneration(base, snapshot.generation)
  return { ...base, ...toSnapshotIndex(base, snapshot), embeddingModelVersionId, members }
}
