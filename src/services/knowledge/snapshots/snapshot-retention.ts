import { invalidInput } from '../../../kernel/errors.js'
import type { KnowledgeBaseDocument, Snapshot, SnapshotRetention } from '../../../domain/knowledge.js'

export const MAX_SNAPSHOTS = 100
export const DEFAULT_SNAPSHOT_RETENTION: SnapshotRetention = { keep: 10, maxAgeDays: null }
const MAX_AGE_DAYS = 36_500
const DAY_MS = 86_400_000

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkSnapshotRetention({ keep, maxAgeDays }: SnapshotRetention): void {
  if (keep < 1 || keep > MAX_SNAPSHOTS)
    throw invalidInput('input.snapshotRetention.keep', `is ${keep}; 1 to ${MAX_SNAPSHOTS} is allowed.`)
  if (maxAgeDays !== null && (maxAgeDays < 1 || maxAgeDays > MAX_AGE_DAYS))
    throw invalidInput('input.snapshotRetention.maxAgeDays', `is ${maxAgeDays}; 1 to ${MAX_AGE_DAYS} is allowed.`)
}

/** Of the snapshots, the latest first, those that do not stay. */
export const listOutdated = (
  { snapshotRetention: { keep, maxAgeDays } }: Pick<KnowledgeBaseDocument, 'snapshotRetention'>,
  snapshots: readonly Snapshot[],
  now: number,
): readonly Snapshot[] =>
  snapshots.filter(({ createdAt }, i) => i >= keep || (maxAgeDays !== null && createdAt < now - maxAgeDays * DAY_MS))
