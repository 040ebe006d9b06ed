import type { ChunkCounts, DocumentVersion, KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { DocumentRecords } from './document-records.js'
import type { EmbeddedSet } from './document-vectors.js'
import { toIndexedChunks } from './index-rows.js'
import type { IndexWriter } from './index-writer.js'
import { toIndexedBase } from './indexed-base.js'

export interface SetStorageOptions {
  readonly records: DocumentRecords
  readonly writer: IndexWriter
}

/** A version with what generations have of it. */
export interface VersionSets {
  readonly version: DocumentVersion
  readonly sets: readonly EmbeddedSet[]
}

/** Puts on disk what indexes can be made from again. */
export async function keepSets({ records }: SetStorageOptions, { version, sets }: VersionSets): Promise<ChunkCounts> {
  const { tenantId, knowledgeBaseId, id: versionId } = version
  const named = { tenantId, knowledgeBaseId, versionId }
  for (const { generation, model, chunks: prepared, vectors } of sets) {
    const chunks = prepared.map(({ embedded: _embedded, ...chunk }) => chunk)
    await records.sets.put({ ...named, generation: generation.number, modelVersionId: model.id, chunks, vectors })
  }
  return Object.fromEntries(sets.map(({ generation, chunks }) => [generation.number, chunks.length]))
}

/** Adds to the indexes of each generation, where no search gives it yet. */
export async function addRows(
  { writer }: SetStorageOptions,
  base: KnowledgeBaseDocument,
  [versions, isAgain]: readonly [readonly VersionSets[], boolean],
): Promise<void> {
  for (const generation of base.generations) {
    const rows = versions.flatMap(({ version, sets }) => {
      const set = sets.find((one) => one.generation.number === generation.number)
      const searched = set?.chunks.map(({ embedded, metadata }, i) => ({
        searched: embedded,
        metadata,
        vector: set.vectors[i]!,
      }))
      return toIndexedChunks(version, searched ?? [])
    })
    if (rows.length > 0) await writer.add(toIndexedBase(base, generation), rows, isAgain)
  }
}

/** The versions are served now, or never will be; others are served no more. */
export async function confirmRows(
  { writer }: Pick<SetStorageOptions, 'writer'>,
  base: KnowledgeBaseDocument,
  [versionIds, goneIds]: readonly [readonly string[], readonly string[]],
): Promise<void> {
  for (const generation of base.generations) await writer.confirm(toIndexedBase(base, generation), versionIds, goneIds)
}
