import pino from 'pino'
import { expect, test } from 'vitest'
import { type Connection, openConnection, type SqlValue } from '../../src/adapters/sqlite/connection.js'
import { openSqliteDatabase, type SqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { findTextAccess } from '../../src/adapters/sqlite/text-index.js'
import { ACME, firstPage, widget, WIDGETS } from '../contract/document-store.fixture.js'
import { createTemporaryFolder } from '../support/temporary.js'

const logger = pino({ level: 'silent' })
const MANY = 1_500

const fill = (database: SqliteDatabase): Promise<void> =>
  database.documents.insertAll(
    Array.from({ length: 2 * MANY }, (_, at) => ({
      collection: WIDGETS,
      document: widget(`w${at}`, at % 2 === 0 ? {} : { note: at === 7 ? 'a rare failure' : 'a failure' }),
    })),
  )

/** How SQLite reads a list with this text in the note, ordered by acceptance. */
function planOf(reader: Connection, contains: string): string {
  const { hint, condition } = findTextAccess(reader, WIDGETS, { filter: { note: { contains } }, hint: null })!
  const sql =
    `EXPLAIN QUERY PLAN SELECT body FROM doc_widgets ${hint} WHERE tenant = ? AND instr(f_note, ?) > 0 ` +
    `AND ${condition.sql} ORDER BY created_at DESC, id DESC LIMIT 10`
  const values: SqlValue[] = ['acme', contains, ...condition.values]
  return reader
    .all<{ detail: string }>(sql, values)
    .map(({ detail }) => detail)
    .join('; ')
}

test('few documents with a text are read by themselves, many in the order of the index', async () => {
  await using folder = await createTemporaryFolder('text-index')
  await using database = await openSqliteDatabase({ directory: folder.path, logger, collections: [WIDGETS] })
  await fill(database)
  using reader = openConnection(database.path, 'read')
  expect(planOf(reader, 'rare')).toMatch(/SEARCH doc_widgets USING INTEGER PRIMARY KEY \(rowid=\?\)/)
  const many = planOf(reader, 'failure')
  expect(many).toContain('SEARCH doc_widgets USING INDEX ix_widgets_byNote (tenant=?)')
  expect(many).not.toContain('TEMP B-TREE')
  const found = await database.documents.find(WIDGETS, ACME, {
    filter: { note: { contains: 'rare' } },
    page: firstPage(10),
  })
  expect(found.items.map(({ node }) => node.id)).toEqual(['w7'])
})

test('a document without a text is not in the index, whatever becomes of it', async () => {
  await using folder = await createTemporaryFolder('text-index')
  await using database = await openSqliteDatabase({ directory: folder.path, logger, collections: [WIDGETS] })
  const { documents } = database
  await documents.insert(WIDGETS, widget('w'))
  await documents.update(WIDGETS, ACME, 1, widget('w', { rank: 1 }))
  await documents.delete(WIDGETS, ACME, 'w')
  using reader = openConnection(database.path, 'read')
  const parts = (): number => reader.get<{ parts: number }>('SELECT count(*) AS parts FROM tx_widgets_byNote')!.parts
  expect(parts()).toBe(0)
  await documents.insert(WIDGETS, widget('w', { note: 'a failure' }))
  expect(parts()).toBe(1)
  await documents.update(WIDGETS, ACME, 1, widget('w'))
  expect(parts()).toBe(0)
})
