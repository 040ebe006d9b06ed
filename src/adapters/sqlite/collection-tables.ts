import { setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import type { FieldKind } from '../../ports/document-store.js'
import type { Json } from '../../kernel/json.js'
import {
  type AnyCollection,
  type CollectionLayout,
  indexColumns,
  indexName,
  presentColumns,
  quoted,
  requireField,
} from './collection-layout.js'
import type { Connection } from './connection.js'
import { newerData } from './database-format.js'
import { columnValues, toBody } from './document-row.js'
import { isUniqueViolation } from './sqlite-error.js'
import { openTextIndexes } from './text-index.js'

const MIGRATION_BATCH = 500

interface OpenCollectionOptions {
  readonly database: Connection
  readonly path: string
  readonly logger: Logger
}

interface KnownCollection {
  readonly version: number
  readonly fields: string
}

/**
 * Brings a collection's table to its definition: columns of new fields, documents of older versions, indexes. What was
 * interrupted goes on at the next start.
 */
export async function openCollection(
  collection: AnyCollection,
  layout: CollectionLayout,
  options: OpenCollectionOptions,
): Promise<void> {
  const { database, path } = options
  const sql = 'SELECT version, fields FROM collections WHERE name = ?'
  const known = database.get<KnownCollection>(sql, [collection.name])
  if (known && known.version > collection.version)
    throw newerData(path, known.version, collection.version, `version of ${collection.name}`)
  const kinds = declaredKinds(collection, layout)
  if (!known) {
    database.transaction(() => {
      createTable(database, layout)
      rememberCollection(database, collection, kinds)
    })
  } else if (known.version < collection.version || addsField(known, kinds)) {
    addColumns(database, layout)
    dropIndexes(database, collection, new Map())
    await rewriteDocuments(collection, layout, options)
    database.transaction(() => rememberCollection(database, collection, kinds))
  }
  openIndexes(collection, layout, options)
  openTextIndexes(collection, layout, database)
}

function declaredKinds(collection: AnyCollection, layout: CollectionLayout): Record<string, FieldKind> {
  return Object.fromEntries(layout.fields.map((field) => [field, requireField(collection, field).kind]))
}

function addsField(known: KnownCollection, kinds: Readonly<Record<string, FieldKind>>): boolean {
  const before = JSON.parse(known.fields) as Record<string, FieldKind>
  return Object.entries(kinds).some(([field, kind]) => before[field] !== kind)
}

function createTable(database: Connection, layout: CollectionLayout): void {
  const columns = [
    'id TEXT PRIMARY KEY',
    'tenant TEXT NOT NULL',
    'revision INTEGER NOT NULL',
    'created_at INTEGER NOT NULL',
    'updated_at INTEGER NOT NULL',
    'version INTEGER NOT NULL',
    'body TEXT NOT NULL',
    ...layout.columns,
  ]
  database.exec(`CREATE TABLE ${layout.table} (${columns.join(', ')})`)
}

function rememberCollection(database: Connection, collection: AnyCollection, kinds: Record<string, FieldKind>): void {
  const sql = 'INSERT OR REPLACE INTO collections (name, version, fields) VALUES (?, ?, ?)'
  database.run(sql, [collection.name, collection.version, JSON.stringify(kinds)])
}

function addColumns(database: Connection, layout: CollectionLayout): void {
  const table = layout.table.replaceAll('"', '')
  const present = database.all<{ name: string }>('SELECT name FROM pragma_table_info(?)', [table])
  const names = new Set(present.map(({ name }) => quoted(name)))
  for (const column of layout.columns)
    if (!names.has(column)) database.exec(`ALTER TABLE ${layout.table} ADD COLUMN ${column}`)
}

interface MigratedRow {
  readonly rowid: number
  readonly id: string
  readonly tenant: string
  readonly version: number
  readonly body: string
}

async function rewriteDocuments(
  collection: AnyCollection,
  layout: CollectionLayout,
  { database, logger }: OpenCollectionOptions,
): Promise<void> {
  const select = `SELECT rowid, id, tenant, version, body FROM ${layout.table} WHERE rowid > ? ORDER BY rowid LIMIT ${MIGRATION_BATCH}`
  const assignments = ['version', 'body', ...layout.columns].map((column) => `${column} = ?`).join(', ')
  const update = `UPDATE ${layout.table} SET ${assignments} WHERE rowid = ?`
  let count = 0
  for (let after = 0; ;) {
    const rows = database.all<MigratedRow>(select, [after])
    const last = rows.at(-1)
    if (!last) break
    database.transaction(() => {
      for (const row of rows) {
        const document = migrateDocument(collection, row)
        const values = columnValues(layout, document)
        database.run(update, [collection.version, toBody(collection, document), ...values, row.rowid])
      }
    })
    database.get('PRAGMA wal_checkpoint(PASSIVE)')
    after = last.rowid
    count += rows.length
    await setImmediate()
  }
  logger.info(
    { collection: collection.name, version: collection.version, documents: count },
    'stored documents migrated',
  )
}

function migrateDocument(collection: AnyCollection, row: MigratedRow): Record<string, Json> {
  let document = { ...collection.defaults, ...(JSON.parse(row.body) as Record<string, Json>) }
  for (let version = row.version; version < collection.version; version++) {
    const migrate = collection.migrations?.[version]
    if (!migrate) throw new GraphloomError('INTERNAL', `${collection.name} has no migration from version ${version}.`)
    document = migrate(document)
  }
  return { ...document, id: row.id, tenantId: row.tenant }
}

function openIndexes(
  collection: AnyCollection,
  layout: CollectionLayout,
  { database, path, logger }: OpenCollectionOptions,
): void {
  const wanted = new Map<string, string>()
  const want = (name: string, unique: boolean, columns: readonly string[], present: readonly string[] = []): void => {
    const index = indexName(collection, name)
    const on = `${layout.table} (${columns.join(', ')})${present.length > 0 ? ` WHERE ${present.join(' AND ')}` : ''}`
    wanted.set(index, `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoted(index)} ON ${on}`)
  }
  want('$id', false, ['tenant', 'id'])
  for (const index of collection.indexes)
    want(index.name, index.unique === true, indexColumns(collection, index), presentColumns(collection, index))
  dropIndexes(database, collection, wanted)
  for (const [name, sql] of wanted) {
    if (database.get('SELECT 1 FROM sqlite_schema WHERE name = ?', [name])) continue
    try {
      database.exec(sql)
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      const message = `${path}: the unique index ${name} cannot be created, stored documents have equal values.`
      throw new GraphloomError('UNAVAILABLE', message, { cause: error })
    }
    logger.debug({ index: name }, 'index created')
  }
}

/** Drops the collection's indexes that are not wanted, or not in this form. */
function dropIndexes(database: Connection, collection: AnyCollection, wanted: ReadonlyMap<string, string>): void {
  const sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
  for (const index of database.all<{ name: string; sql: string }>(sql, [`doc_${collection.name}`]))
    if (wanted.get(index.name) !== index.sql) database.exec(`DROP INDEX ${quoted(index.name)}`)
}
