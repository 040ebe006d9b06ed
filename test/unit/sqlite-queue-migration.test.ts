import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { DATABASE_FILE, openSqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { findQueueDrift } from '../support/queue-drift.js'
import { createTemporaryFolder } from '../support/temporary.js'

/** The tables of a queue of format 1. */
const FORMAT_1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('format_version', 1);
CREATE TABLE collections (name TEXT PRIMARY KEY, version INTEGER NOT NULL, fields TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tasks (accepted INTEGER PRIMARY KEY, task TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, key TEXT NOT NULL,
  tenant TEXT NOT NULL, priority INTEGER NOT NULL, run_at INTEGER NOT NULL, state INTEGER NOT NULL,
  due_at INTEGER NOT NULL, attempt INTEGER NOT NULL, owner TEXT);
CREATE INDEX tasks_ready ON tasks (queue, priority DESC, accepted) WHERE state = 0;
CREATE INDEX tasks_due ON tasks (queue, due_at) WHERE state > 0;
CREATE INDEX tasks_waiting ON tasks (queue, key) WHERE state < 2;
CREATE INDEX tasks_owned ON tasks (owner) WHERE owner IS NOT NULL;
INSERT INTO tasks VALUES
  (3, 'ready', 'q', 'k', 'acme', 5, 10, 0, 10, 0, NULL),
  (4, 'later', 'q', 'k', 'acme', 5, 5000, 1, 5000, 2, NULL),
  (7, 'claimed', 'q', 'k', 'late', 9, 20, 2, 9000, 3, 'gone');
`

test('a queue of format 1 is taken over with its order, times and attempts', async () => {
  await using folder = await createTemporaryFolder('migration')
  const path = join(folder.path, DATABASE_FILE)
  {
    using old = new DatabaseSync(path)
    old.exec(FORMAT_1)
  }
  const options = { directory: folder.path, logger: pino({ level: 'silent' }), collections: [], now: () => 4_999 }
  await using database = await openSqliteDatabase(options)
  expect(findQueueDrift(path)).toEqual([])
  const counts = { readyCount: 2, scheduledCount: 1, claimedCount: 0, oldestReadySinceMs: 10 }
  expect(await database.queue.figures()).toEqual([{ queue: 'q', ...counts }])
  expect(await database.queue.complete('claimed', 3)).toBe(false)
  await database.queue.enqueue({ taskId: 'new', queue: 'q', key: 'k', tenantId: 'acme', priority: 5, runAtMs: 0 })
  const claimed = await database.queue.claim({ queue: 'q', owner: 'me', limit: 10, leaseMs: 1_000 })
  expect(claimed.map(({ taskId, attempt }) => [taskId, attempt])).toEqual([
    ['claimed', 4],
    ['ready', 1],
    ['new', 1],
  ])
})
