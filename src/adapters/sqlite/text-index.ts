import { invalidInput } from '../../kernel/errors.js'
import { checkSearchText } from '../../kernel/search-text.js'
import type { Filter, IndexDefinition } from '../../ports/document-store.js'
import { type AnyCollection, type CollectionLayout, indexedBy, quoted, requireField } from './collection-layout.js'
import type { Connection } from './connection.js'
import type { SqlPart } from './document-query.js'
import { MAX_SORTED } from './order-hint.js'

const textTable = (collection: AnyCollection, index: string): string => `tx_${collection.name}_${index}`

/**
 * Makes the tables of three-character parts of declared text indexes, kept by triggers: a document whose field is null
 * costs nothing. Drops those that are not wanted any more.
 */
export function openTextIndexes(collection: AnyCollection, layout: CollectionLayout, database: Connection): void {
  const wanted = new Set(collection.indexes.filter(({ text }) => text).map(({ name }) => textTable(collection, name)))
  const present = database
    .all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%USING fts5%'")
    .map(({ name }) => name)
  for (const name of present)
    if (name.startsWith(textTable(collection, '')) && !wanted.has(name))
      database.transaction(() => dropTextTable(database, name))
  for (const index of collection.indexes)
    if (index.text && !present.includes(textTable(collection, index.name)))
      database.transaction(() => createTextTable(database, layout.table, toParts(collection, index)))
}

interface TextParts {
  readonly table: string
  readonly column: string
}

const toParts = (collection: AnyCollection, index: IndexDefinition): TextParts => ({
  table: textTable(collection, index.name),
  column: requireField(collection, index.fields[0] ?? '').column,
})

const TRIGGERS = ['insert', 'update', 'delete'] as const
const triggerName = (table: string, event: (typeof TRIGGERS)[number]): string => quoted(`${table}_${event}`)

function createTextTable(database: Connection, documents: string, { table: name, column }: TextParts): void {
  const table = quoted(name)
  const remove = `DELETE FROM ${table} WHERE rowid = old.rowid;`
  const add = `INSERT INTO ${table} (rowid, text) SELECT new.rowid, new.${column} WHERE new.${column} IS NOT NULL;`
  database.exec(
    `CREATE VIRTUAL TABLE ${table} USING fts5(text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
     INSERT INTO ${table} (rowid, text) SELECT rowid, ${column} FROM ${documents} WHERE ${column} IS NOT NULL;
     CREATE TRIGGER ${triggerName(name, 'insert')} AFTER INSERT ON ${documents} WHEN new.${column} IS NOT NULL
       BEGIN ${add} END;
     CREATE TRIGGER ${triggerName(name, 'update')} AFTER UPDATE OF ${column} ON ${documents}
       WHEN old.${column} IS NOT new.${column} BEGIN ${remove} ${add} END;
     CREATE TRIGGER ${triggerName(name, 'delete')} AFTER DELETE ON ${documents} WHEN old.${column} IS NOT NULL
       BEGIN ${remove} END`,
  )
}

function dropTextTable(database: Connection, name: string): void {
  for (const event of TRIGGERS) database.exec(`DROP TRIGGER IF EXISTS ${triggerName(name, event)}`)
  database.exec(`DROP TABLE ${quoted(name)}`)
}

/** How documents are found that a filter wants a text of: what stands behind the table's name, and a condition. */
export interface TextAccess {
  readonly hint: string
  readonly condition: SqlPart
}

/**
 * Few documents with the text are read by themselves; of many, those that have any text are gone through in the order of
 * the index, or as the order's own `hint` says. Null when the filter wants no text.
 */
export function findTextAccess(
  reader: Connection,
  collection: AnyCollection,
  { filter = {}, hint }: { readonly filter: Filter | undefined; readonly hint: string | null },
): TextAccess | null {
  const [name, text] =
    Object.entries(filter)
      .map(([field, { contains }]) => [field, contains] as const)
      .find(([, wanted]) => wanted !== undefined) ?? []
  if (name === undefined || text === undefined) return null
  const index = requireTextIndex(collection, name)
  checkSearchText(name, text)
  const { table, column } = toParts(collection, index)
  const sql = `SELECT rowid FROM ${quoted(table)} WHERE ${quoted(table)} MATCH ? LIMIT ${MAX_SORTED + 1}`
  const found = reader.all<{ rowid: number }>(sql, [`"${text.replaceAll('"', '""')}"`])
  if (found.length > MAX_SORTED)
    return {
      hint: hint ?? indexedBy(collection, index),
      condition: { sql: `${column} IS NOT NULL`, values: [] },
    }
  const rowids = JSON.stringify(found.map(({ rowid }) => rowid))
  const condition = { sql: 'rowid IN (SELECT value FROM json_each(?))', values: [rowids] }
  return { hint: 'NOT INDEXED', condition }
}

function requireTextIndex(collection: AnyCollection, field: string): IndexDefinition {
  const index = collection.indexes.find(({ text, fields }) => text && fields[0] === field)
  if (!index) throw invalidInput(field, `has no text index in ${collection.name}`)
  return index
}
