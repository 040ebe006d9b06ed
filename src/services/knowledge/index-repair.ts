import { isErrorWithCode } from '../../kernel/errors.js'
import type { TextIndex } from '../../ports/text-index.js'
import type { VectorIndex } from '../../ports/vector-index.js'
import type { Payloads } from '../payloads.js'
import type { DocumentRecords } from './document-records.js'
import { readIndexedChunks, type IndexedChunk } from './index-rows.js'
import type { IndexedBase } from './indexed-base.js'
import type { SnapshotStore } from './snapshots/snapshot-store.js'

export interface IndexRepairOptions {
  readonly records: DocumentRecords
  readonly snapshots: SnapshotStore
  readonly payloads: Payloads
  readonly vectorIndex: VectorIndex
  readonly textIndex: TextIndex
}

export interface RepairRequest {
  readonly base: IndexedBase
  /** Versions whose rows are in, or about to be, although nobody is served them yet. */
  readonly pending: ReadonlySet<string>
  /** Whether what is there is not to be trusted. */
  readonly isAnew: boolean
  /** Told the part of the rows that the indexes have, 0 to 1: at once when that is known, and as it grows. */
  readonly onShare: (share: number) => void
}

/** One of the two indexes, for what is the same of both. */
interface Side {
  readonly create: () => Promise<void>
  readonly drop: () => Promise<void>
  readonly versions: () => Promise<ReadonlyMap<string, number>>
  readonly remove: (versionIds: readonly string[]) => Promise<void>
  readonly add: (rows: readonly IndexedChunk[]) => Promise<void>
}

const VERSIONS_AT_ONCE = 32

/** Makes both indexes of a base have just the rows that the document store says. */
export async function repairIndexes(options: IndexRepairOptions, request: RepairRequest): Promise<void> {
  const { base, isAnew, onShare } = request
  const expected = await readExpected(options, request)
  const sides = toSides(options, base)
  const lacking = await Promise.all(sides.map((side) => clear(side, expected, isAnew)))
  const total = 2 * Array.from(expected.values()).reduce((sum, count) => sum + count, 0)
  let missing = lacking.flatMap((ids) => [...ids]).reduce((sum, id) => sum + expected.get(id)!, 0)
  const tell = (): void => onShare(total === 0 ? 1 : (total - missing) / total)
  tell()
  const versionIds = [...new Set(lacking.flatMap((ids) => [...ids]))]
  for (let at = 0; at < versionIds.length; at += VERSIONS_AT_ONCE) {
    const part = versionIds.slice(at, at + VERSIONS_AT_ONCE)
    const versions = await options.records.getVersions({ tenantId: base.tenantId }, part)
    const rows = await Promise.all(
      versions.map(async (version) => (version ? readIndexedChunks(options, version, base.generation) : [])),
    )
    for (const [i, side] of sides.entries())
      await side.add(rows.flat().filter(({ versionId }) => lacking[i]!.has(versionId)))
    for (const id of part) missing -= expected.get(id)! * lacking.filter((ids) => ids.has(id)).length
    tell()
  }
}

/** How many rows each version is to have. */
async function readExpected({ records, snapshots }: IndexRepairOptions, { base, pending }: RepairRequest) {
  const expected = new Map<string, number>()
  const expect = (versionId: string, count = 0): void => void (count > 0 && expected.set(versionId, count))
  if (base.snapshot) {
    for await (const { member } of snapshots.readPresent(records, base.snapshot))
      expect(member.versionId, member.chunkCount)
    return expected
  }
  for await (const { versionId, chunkCounts } of records.readServed(base))
    expect(versionId, chunkCounts[base.generation])
  for (const version of await records.getVersions({ tenantId: base.tenantId }, [...pending]))
    if (version) expect(version.id, version.chunkCounts[base.generation])
  return expected
}

/** Takes out what is not to be there, wholly or in part; gives the versions that are to be added. */
async function clear(side: Side, expected: ReadonlyMap<string, number>, isAnew: boolean): Promise<Set<string>> {
  const found = isAnew ? null : await readVersions(side)
  if (!found) await side.drop()
  await side.create()
  const wrong = [...(found ?? [])].filter(([id, count]) => expected.get(id) !== count).map(([id]) => id)
  await side.remove(wrong)
  return new Set(Array.from(expected.keys()).filter((id) => found?.get(id) !== expected.get(id)))
}

/** Null when the index cannot be read, or is not there. */
async function readVersions(side: Side): Promise<ReadonlyMap<string, number> | null> {
  try {
    await side.create()
    return await side.versions()
  } catch (error) {
    if (isErrorWithCode(error, 'UNAVAILABLE') || isErrorWithCode(error, 'INVALID_INPUT')) return null
    throw error
  }
}

function toSides({ textIndex, vectorIndex }: IndexRepairOptions, base: IndexedBase): [Side, Side] {
  const { indexName: name, language, dimensions, metadataFields } = base
  return [
    {
      create: () => textIndex.create(name, language),
      drop: () => textIndex.drop(name),
      versions: () => textIndex.versions(name),
      remove: (versionIds) => textIndex.remove(name, versionIds),
      add: (rows) =>
        textIndex.add(
          name,
          rows.map(({ vector: _vector, ...row }) => row),
        ),
    },
    {
      create: async () => {
        await vectorIndex.create(name, { dimensions, metadataFields })
        await vectorIndex.addFields(name, metadataFields)
      },
      drop: () => vectorIndex.drop(name),
      versions: () => vectorIndex.versions(name),
      remove: (versionIds) => vectorIndex.remove(name, versionIds),
      add: (rows) =>
        vectorIndex.add(
          name,
          rows.map(({ text: _text, ...row }) => row),
        ),
    },
  ]
}
