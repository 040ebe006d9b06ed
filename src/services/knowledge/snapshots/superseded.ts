import type { KnowledgeBaseDocument } from '../../../domain/knowledge.js'
import type { DocumentRecords } from '../document-records.js'
import type { SnapshotStore } from './snapshot-store.js'

export interface SupersededOptions {
  readonly records: DocumentRecords
  readonly snapshots: SnapshotStore
}

/** The vectors of versions that are served no more go, except those that a snapshot needs. */
export async function dropSuperseded(
  { records, snapshots }: SupersededOptions,
  base: Pick<KnowledgeBaseDocument, 'tenantId' | 'id'>,
  versionIds: readonly string[],
): Promise<void> {
  if (versionIds.length === 0) return
  const having = await snapshots.having(base, versionIds)
  for (const versionId of versionIds)
    for (const set of await records.sets.list({ tenantId: base.tenantId }, versionId)) {
      const isNeeded = having.some(
        ({ snapshot, members }) => snapshot.generation === set.generation && members.versionIds.has(versionId),
      )
      if (!isNeeded) await records.sets.dropVectors({ tenantId: base.tenantId }, set)
    }
}
