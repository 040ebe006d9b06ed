import { expect, test } from 'vitest'
import type { Snapshot } from '../../src/domain/knowledge.js'
import { checkSnapshotRetention, listOutdated } from '../../src/services/knowledge/snapshots/snapshot-retention.js'

const DAY_MS = 86_400_000
const NOW = 1_000 * DAY_MS
const snapshots = [0, 1, 5, 30].map((days) => ({ id: `${days}`, createdAt: NOW - days * DAY_MS }) as Snapshot)

test.each([
  [{ keep: 10, maxAgeDays: null }, []],
  [{ keep: 2, maxAgeDays: null }, ['5', '30']],
  [{ keep: 10, maxAgeDays: 5 }, ['30']],
  [{ keep: 10, maxAgeDays: 4 }, ['5', '30']],
  [{ keep: 1, maxAgeDays: 365 }, ['1', '5', '30']],
])('of snapshots, the latest first, %j lets %j go', (snapshotRetention, gone) => {
  expect(listOutdated({ snapshotRetention }, snapshots, NOW).map(({ id }) => id)).toEqual(gone)
})

test.each([
  [{ keep: 0, maxAgeDays: null }, 'keep'],
  [{ keep: 101, maxAgeDays: null }, 'keep'],
  [{ keep: 1, maxAgeDays: 0 }, 'maxAgeDays'],
])('%j is refused by its path', (retention, field) => {
  expect(() => checkSnapshotRetention(retention)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', details: { path: `input.snapshotRetention.${field}` } }),
  )
})
