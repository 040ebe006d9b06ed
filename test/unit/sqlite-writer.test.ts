import { pino } from 'pino'
import { expect, test } from 'vitest'
import { openSqliteDatabase, type SqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { Writer } from '../../src/adapters/sqlite/writer.js'
import type { StoredDocument } from '../../src/domain/stored-document.js'
import type { CollectionDefinition } from '../../src/ports/document-store.js'
import { createTemporaryFolder } from '../support/temporary.js'

interface Note extends StoredDocument {
  readonly code: string | null
  readonly text: string
}

const NOTES: CollectionDefinition<Note> = {
  name: 'notes',
  version: 1,
  fields: { code: 'string' },
  indexes: [{ name: 'code', fields: ['code'], unique: true }],
}

const logger = pino({ level: 'silent' })
const note = (id: string, code: string | null = null, text = '') => ({ id, tenantId: 'acme', code, text })

async function withDatabase(
  run: (database: SqliteDatabase) => Promise<void>,
  options: { maxPendingWrites?: number; maxPendingBytes?: number } = {},
): Promise<void> {
  await using folder = await createTemporaryFolder('writer')
  await using database = await openSqliteDatabase({ directory: folder.path, logger, collections: [NOTES], ...options })
  await run(database)
}

const insertMany = (database: SqliteDatabase, count: number, prefix: string): Promise<Note>[] =>
  Array.from({ length: count }, (_, at) => database.documents.insert(NOTES, note(`${prefix}${at}`)))

test('writes that come together share a commit', () =>
  withDatabase(async (database) => {
    const alone = database.stats().commits
    await database.documents.insert(NOTES, note('alone'))
    expect(database.stats().commits - alone).toBe(1)
    const before = database.stats()
    await Promise.all(insertMany(database, 100, 'n'))
    const after = database.stats()
    expect(after.writes - before.writes).toBe(100)
    // At most one for each message of 32.
    expect(after.commits - before.commits).toBeLessThanOrEqual(4)
    expect(after.pending).toBe(0)
    expect(await database.documents.count(NOTES, { tenantId: 'acme' })).toBe(101)
  }))

test('a refused write leaves the others of its group alone', () =>
  withDatabase(async (database) => {
    await database.documents.insert(NOTES, note('taken', 'A'))
    const before = database.stats().commits
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, at) =>
        database.documents.insert(NOTES, note(`n${at}`, at % 3 === 0 ? 'A' : `B${at}`)),
      ),
    )
    expect(database.stats().commits - before).toBeLessThanOrEqual(2)
    results.forEach(({ status }, at) => expect(status).toBe(at % 3 === 0 ? 'rejected' : 'fulfilled'))
    expect(await database.documents.count(NOTES, { tenantId: 'acme' })).toBe(41)
  }))

test('past the bounds of what may wait, a write is refused at once and can be made later', async () => {
  await withDatabase(
    async (database) => {
      const results = await Promise.allSettled(insertMany(database, 30, 'n'))
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
      expect(results[29]).toMatchObject({
        reason: { code: 'OVERLOADED', details: { retryAfterMs: expect.any(Number) as unknown } },
      })
      await Promise.all(insertMany(database, 10, 'later'))
      expect(await database.documents.count(NOTES, { tenantId: 'acme' })).toBe(20)
    },
    { maxPendingWrites: 10 },
  )
  await withDatabase(
    async (database) => {
      const large = (id: string) => database.documents.insert(NOTES, note(id, null, 'x'.repeat(400_000)))
      const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(large))
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
      await large('e')
    },
    { maxPendingBytes: 1_000_000 },
  )
})

test('when the database is closed, what was handed over is written and what comes later refused', async () => {
  await using folder = await createTemporaryFolder('writer')
  const database = await openSqliteDatabase({ directory: folder.path, logger, collections: [NOTES] })
  const writing = insertMany(database, 50, 'n')
  await database[Symbol.asyncDispose]()
  expect(await Promise.all(writing)).toHaveLength(50)
  await expect(database.documents.insert(NOTES, note('late'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(database.documents.get(NOTES, { tenantId: 'acme' }, 'n1')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await using again = await openSqliteDatabase({ directory: folder.path, logger, collections: [NOTES] })
  expect(await again.documents.count(NOTES, { tenantId: 'acme' })).toBe(50)
})

test('a writer thread that dies refuses every call and tells its owner', async () => {
  const writer = await Writer.open({
    settings: { path: '', collections: [] },
    logger,
    maxPending: 100,
    maxPendingBytes: 1_000,
    onCommitted: () => undefined,
    onWakeups: () => undefined,
    script: new URL('../fixtures/dying-writer.js', import.meta.url),
  })
  const calls = ['a', 'b'].map((stream) => writer.write('deleteStream', { stream }, 0))
  const results = await Promise.allSettled(calls)
  for (const result of results) expect(result).toMatchObject({ reason: { code: 'UNAVAILABLE' } })
  await expect(writer.failed).resolves.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(writer.write('deleteStream', { stream: 'c' }, 0)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(() => writer.requireAlive()).toThrow('The database writer is gone')
  expect(writer.stats().pending).toBe(0)
  await writer[Symbol.asyncDispose]()
})
