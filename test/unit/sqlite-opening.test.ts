import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { toLayout } from '../../src/adapters/sqlite/collection-layout.js'
import { openConnection } from '../../src/adapters/sqlite/connection.js'
import { allOf, filterConditions, scopeConditions } from '../../src/adapters/sqlite/document-query.js'
import { DATABASE_FILE, openSqliteDatabase, type SqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import type { StoredDocument } from '../../src/domain/stored-document.js'
import { type CollectionDefinition, type Filter, type Scope, SYSTEM_SCOPE } from '../../src/ports/document-store.js'
import { WIDGETS } from '../contract/document-store.fixture.js'
import { createTemporaryFolder } from '../support/temporary.js'

interface Note extends StoredDocument {
  readonly number: number
  readonly migrations: number
}

const logger = pino({ level: 'silent' })
const SCOPE = { tenantId: 'acme' }
const COUNT = 1_100

const notes = (version: number, changes: Partial<CollectionDefinition<Note>> = {}): CollectionDefinition<Note> => ({
  name: 'notes',
  version,
  fields: { number: 'number' },
  indexes: [],
  ...changes,
})

const openWith = (directory: string, ...collections: CollectionDefinition<Note>[]): Promise<SqliteDatabase> =>
  openSqliteDatabase({ directory, logger, collections })

test('a database of a newer format, another program, or no database is refused with its name', async () => {
  await using folder = await createTemporaryFolder('opening')
  const path = join(folder.path, DATABASE_FILE)
  await (await openWith(folder.path))[Symbol.asyncDispose]()
  {
    using database = new DatabaseSync(path)
    database.exec("UPDATE meta SET value = 99 WHERE key = 'format_version'")
  }
  const oneLine = (part: string) => ({
    code: 'UNAVAILABLE',
    message: expect.stringMatching(new RegExp(`^${path}.*${part}.*$`)) as unknown,
  })
  await expect(openWith(folder.path)).rejects.toMatchObject(oneLine('newer.*format 99.*format 4 '))
  {
    using database = new DatabaseSync(path)
    database.exec('DROP TABLE meta')
  }
  await expect(openWith(folder.path)).rejects.toMatchObject(oneLine('another program'))
  await writeFile(path, 'This is a text and not a database. '.repeat(200))
  await expect(openWith(folder.path)).rejects.toMatchObject(oneLine('not a database'))
  await expect(openWith(join(folder.path, 'missing'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('a migration that was interrupted goes on where it stopped, each document once', async () => {
  await using folder = await createTemporaryFolder('opening')
  {
    await using database = await openWith(folder.path, notes(1))
    const insert = (number: number) =>
      database.documents.insert(notes(1), { id: `n${number}`, tenantId: 'acme', number, migrations: 0 })
    await Promise.all(Array.from({ length: COUNT }, (_, number) => insert(number)))
  }
  let left = COUNT - 200
  const failing = notes(2, {
    migrations: {
      1: (document) => {
        if (left-- === 0) throw new Error('the power went')
        return { ...document, migrations: Number(document.migrations) + 1 }
      },
    },
  })
  await expect(openWith(folder.path, failing)).rejects.toThrow('the power went')
  const whole = notes(2, {
    fields: { number: 'number', migrations: 'number' },
    migrations: { 1: (document) => ({ ...document, migrations: Number(document.migrations) + 1 }) },
  })
  await using database = await openWith(folder.path, whole)
  expect(await database.documents.count(whole, SCOPE, { migrations: { eq: 1 } })).toBe(COUNT)
  await using again = await openWith(folder.path, whole)
  expect(await again.documents.count(whole, SCOPE, { migrations: { eq: 1 } })).toBe(COUNT)
})

test('a unique index that stored documents break is refused by name, and the data stays usable', async () => {
  await using folder = await createTemporaryFolder('opening')
  {
    await using database = await openWith(folder.path, notes(1))
    for (const id of ['a', 'b'])
      await database.documents.insert(notes(1), { id, tenantId: 'acme', number: 1, migrations: 0 })
  }
  const unique = notes(1, { indexes: [{ name: 'onlyOne', fields: ['number'], unique: true }] })
  const refused = { code: 'UNAVAILABLE', message: expect.stringContaining('onlyOne') as unknown }
  await expect(openWith(folder.path, unique)).rejects.toMatchObject(refused)
  await using database = await openWith(folder.path, notes(1))
  expect(await database.documents.count(notes(1), SCOPE)).toBe(2)
})

test('an index that is declared otherwise is made anew', async () => {
  await using folder = await createTemporaryFolder('opening')
  const unique = notes(1, { indexes: [{ name: 'number', fields: ['number'], unique: true }] })
  const plain = notes(1, { indexes: [{ name: 'number', fields: ['number'] }] })
  const insert = ({ documents }: SqliteDatabase, id: string) =>
    documents.insert(plain, { id, tenantId: 'acme', number: 1, migrations: 0 })
  {
    await using database = await openWith(folder.path, unique)
    await insert(database, 'a')
    await expect(insert(database, 'b')).rejects.toMatchObject({ code: 'CONFLICT' })
  }
  await using database = await openWith(folder.path, plain)
  await insert(database, 'b')
})

test('an index that leaves documents out serves what leaves the same out', async () => {
  await using folder = await createTemporaryFolder('sparse')
  await using database = await openSqliteDatabase({ directory: folder.path, logger, collections: [WIDGETS] })
  const layout = toLayout(WIDGETS)
  using reader = openConnection(database.path, 'read')
  const indexOf = (scope: Scope, filter: Filter): string => {
    const where = allOf([...scopeConditions(WIDGETS, layout, scope, filter), ...filterConditions(WIDGETS, filter)])
    const sql = `EXPLAIN QUERY PLAN SELECT * FROM ${layout.table} WHERE ${where.sql}`
    return reader
      .all<{ detail: string }>(sql, where.values)
      .map(({ detail }) => detail)
      .join()
  }
  expect(indexOf(SCOPE, { flag: { eq: true } })).toContain('ix_widgets_sparseFlag')
  expect(indexOf(SCOPE, { flag: { eq: false } })).not.toContain('sparseFlag')
  for (const condition of [{ eq: 3 }, { in: [3, 4] }, { gt: 3 }, { lte: 3 }])
    expect(indexOf(SYSTEM_SCOPE, { rank: condition })).toContain('ix_widgets_sparseRank')
  expect(indexOf(SYSTEM_SCOPE, { rank: { eq: null } })).not.toContain('sparseRank')
  expect(indexOf(SCOPE, { code: { eq: 'A' } })).toContain('ix_widgets_uniqueCode')
})
