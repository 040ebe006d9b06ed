import { GraphloomError, invalidInput, notFound } from '../../kernel/errors.js'
import type { CollectionLayout } from './collection-layout.js'
import type { Connection, SqlValue } from './connection.js'
import { isUniqueViolation } from './sqlite-error.js'
import type { WriteAnswer, WriteAsk } from './writer-protocol.js'

interface CurrentRow {
  readonly rowid: number
  readonly tenant: string
  readonly revision: number
}

/** With its fields, by the names of their columns. */
interface KnownRow extends CurrentRow {
  readonly created_at: number
  readonly updated_at: number
  readonly [column: string]: SqlValue
}

/** The written document's new revision, for its events, and what the caller is told. */
interface Written<K extends 'insert' | 'update' | 'delete'> {
  readonly revision: number
  readonly answer: WriteAnswer<K>
}

export function insertDocument(
  database: Connection,
  layout: CollectionLayout,
  { row }: Pick<WriteAsk<'insert'>, 'row'>,
  nowMs: number,
): Written<'insert'> {
  const values = [row.id, row.tenantId, 1, nowMs, nowMs, layout.version, row.body, ...row.values]
  namingConflicts(layout, () => database.run(layout.insertSql, values))
  return { revision: 1, answer: null }
}

/** Of the fields only those are set that change: SQLite writes the indexes of all that are set. */
export function updateDocument(
  database: Connection,
  layout: CollectionLayout,
  { row, tenantId, expectedRevision }: WriteAsk<'update'>,
  nowMs: number,
): Written<'update'> {
  const found = database.get<KnownRow>(layout.currentSql, [row.id])
  const current = requireInScope(found, layout, row.id, tenantId)
  requireRevision(layout, row.id, current, expectedRevision)
  if (current.tenant !== row.tenantId) throw invalidInput('tenantId', 'a document stays with its tenant')
  const revision = expectedRevision + 1
  const updatedAt = Math.max(current.updated_at, nowMs)
  let set = 'revision = ?, updated_at = ?, version = ?, body = ?'
  const values: SqlValue[] = [revision, updatedAt, layout.version, row.body]
  for (const [at, value] of row.values.entries()) {
    if (current[`f_${layout.fields[at]!}`] === value) continue
    set += `, ${layout.columns[at]!} = ?`
    values.push(value)
  }
  const sql = `UPDATE ${layout.table} SET ${set} WHERE rowid = ?`
  namingConflicts(layout, () => database.run(sql, [...values, current.rowid]))
  return { revision, answer: { createdAt: current.created_at, updatedAt } }
}

export function deleteDocument(
  database: Connection,
  layout: CollectionLayout,
  { id, tenantId, expectedRevision }: WriteAsk<'delete'>,
): Written<'delete'> {
  const current = requireRow(database, layout, id, tenantId)
  if (expectedRevision !== null) requireRevision(layout, id, current, expectedRevision)
  database.run(`DELETE FROM ${layout.table} WHERE rowid = ?`, [current.rowid])
  return { revision: current.revision + 1, answer: null }
}

function requireRow(database: Connection, layout: CollectionLayout, id: string, tenantId: string | null): CurrentRow {
  const sql = `SELECT rowid, tenant, revision FROM ${layout.table} WHERE id = ?`
  return requireInScope(database.get<CurrentRow>(sql, [id]), layout, id, tenantId)
}

function requireInScope<Row extends CurrentRow>(
  row: Row | undefined,
  layout: CollectionLayout,
  id: string,
  tenantId: string | null,
): Row {
  if (!row || (tenantId !== null && row.tenant !== tenantId)) throw notFound(layout.name, id)
  return row
}

function requireRevision(layout: CollectionLayout, id: string, current: CurrentRow, expected: number): void {
  if (current.revision === expected) return
  const message = `${layout.name} "${id}" has revision ${current.revision}, not ${expected}.`
  throw new GraphloomError('CONFLICT', message)
}

function namingConflicts<T>(layout: CollectionLayout, write: () => T): T {
  try {
    return write()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const columns = error.message.replace(/^.*constraint failed: /, '')
    const index = layout.uniqueIndexes[columns] ?? columns
    throw new GraphloomError('CONFLICT', `${layout.name}: the value of unique index "${index}" is taken.`)
  }
}
