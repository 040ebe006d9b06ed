import { setImmediate } from 'node:timers/promises'
import type { StoredDocument } from '../../domain/stored-document.js'
import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { Page } from '../../kernel/pages.js'
import {
  type CallOptions,
  type CollectionDefinition,
  type DocumentBody,
  type DocumentStore,
  type Filter,
  type FindRequest,
  type GroupSum,
  type InsertRequest,
  MAX_INSERTED_TOGETHER,
  type Scope,
  type WriteEffects,
} from '../../ports/document-store.js'
import type { QueueChange } from '../../ports/task-queue.js'
import {
  type AnyCollection,
  type CollectionLayout,
  hasUniqueValue,
  requireField,
  toFieldValue,
} from './collection-layout.js'
import { boundLimit, type Connection, type SqlValue } from './connection.js'
import {
  afterPosition,
  allOf,
  filterConditions,
  orderSql,
  reversed,
  scopeConditions,
  type SqlPart,
  toOrderColumns,
} from './document-query.js'
import {
  type DocumentRow,
  STORED_COLUMNS,
  type StoredRow,
  toDocument,
  toDocumentRow,
  toWritten,
} from './document-row.js'
import { toEffectRows } from './effect-rows.js'
import { BY_ID, findOrderHint, type OrderedRequest } from './order-hint.js'
import { type OrderColumn, parseCursor, toCursor } from './page-cursor.js'
import { toStoreError } from './sqlite-error.js'
import { findTextAccess } from './text-index.js'
import type { EventRow } from './writer-protocol.js'
import type { Writer } from './writer.js'

const MAX_PAGE = 1_000
const MAX_IDS = 1_000
const MAX_GROUPS = 1_000
const STEP = 500
const UNIQUE_VALUE = 'only the first of documents that are inserted together may have values in a unique index'

interface SqliteDocumentStoreDeps {
  readonly reader: Connection
  readonly writer: Writer
  readonly layouts: ReadonlyMap<string, CollectionLayout>
  readonly now: () => number
  readonly description: string
}

const tenantOf = (scope: Scope): string | null => ('tenantId' in scope ? scope.tenantId : null)

/** Reads run at once on the calling thread, as short statements; writes go to the writer thread. */
export class SqliteDocumentStore implements DocumentStore {
  readonly #deps: SqliteDocumentStoreDeps
  readonly description: string

  constructor(deps: SqliteDocumentStoreDeps) {
    this.#deps = deps
    this.description = deps.description
  }

  async get<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    id: string,
    options?: CallOptions,
  ): Promise<T | null> {
    const { table } = this.#layout(c, options)
    const tenantId = tenantOf(scope)
    const sql = `SELECT ${STORED_COLUMNS} FROM ${table} WHERE id = ?${tenantId === null ? '' : ' AND tenant = ?'}`
    const [row] = this.#read<StoredRow>(sql, tenantId === null ? [id] : [id, tenantId])
    return row ? toDocument(c, row) : null
  }

  async getMany<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<(T | null)[]> {
    const { table } = this.#layout(c, options)
    if (ids.length > MAX_IDS) throw invalidInput('ids', `more than ${MAX_IDS}`)
    const tenantId = tenantOf(scope)
    const sql =
      `SELECT id, ${STORED_COLUMNS} FROM ${table} WHERE id IN (SELECT value FROM json_each(?))` +
      (tenantId === null ? '' : ' AND tenant = ?')
    const wanted = JSON.stringify(ids)
    const rows = this.#read<StoredRow & { id: string }>(sql, tenantId === null ? [wanted] : [wanted, tenantId])
    const found = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => {
      const row = found.get(id)
      return row ? toDocument(c, row) : null
    })
  }

  async insert<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    document: DocumentBody<T>,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<T> {
    const layout = this.#layout(c, options)
    const row = toDocumentRow(c, layout, document)
    const nowMs = this.#deps.now()
    const ask = { collection: c.name, row, effects: toEffectRows(effects) }
    await this.#deps.writer.write('insert', ask, nowMs, options?.signal)
    return toWritten(c, document, { revision: 1, createdAt: nowMs, updatedAt: nowMs })
  }

  async insertAll(requests: readonly InsertRequest[], options?: CallOptions): Promise<void> {
    if (requests.length > MAX_INSERTED_TOGETHER) throw invalidInput('requests', `more than ${MAX_INSERTED_TOGETHER}`)
    const documents: { readonly collection: string; readonly row: DocumentRow }[] = []
    const events: EventRow[] = []
    const queue: QueueChange[] = []
    for (const [at, { collection, document, effects }] of requests.entries()) {
      // Many are not all made in one turn of the event loop.
      if (at % STEP === STEP - 1) await setImmediate()
      const layout = this.#layout(collection, options)
      if (at > 0 && hasUniqueValue(collection, document)) throw invalidInput(`requests.${at}`, UNIQUE_VALUE)
      documents.push({ collection: collection.name, row: toDocumentRow(collection, layout, document) })
      const rows = toEffectRows(effects)
      events.push(...rows.events)
      queue.push(...rows.queue)
    }
    const ask = { documents, effects: { events, queue, deleteStreams: [] } }
    await this.#deps.writer.write('insertAll', ask, this.#deps.now(), options?.signal)
  }

  async update<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    expectedRevision: number,
    document: DocumentBody<T>,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<T> {
    const layout = this.#layout(c, options)
    const row = toDocumentRow(c, layout, document)
    const ask = { collection: c.name, tenantId: tenantOf(scope), expectedRevision, row, effects: toEffectRows(effects) }
    const { answer } = await this.#deps.writer.write('update', ask, this.#deps.now(), options?.signal)
    return toWritten(c, document, { ...answer, revision: expectedRevision + 1 })
  }

  async delete<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    id: string,
    expectedRevision?: number,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<void> {
    this.#layout(c, options)
    const ask = {
      collection: c.name,
      tenantId: tenantOf(scope),
      id,
      expectedRevision: expectedRevision ?? null,
      effects: toEffectRows(effects),
    }
    await this.#deps.writer.write('delete', ask, this.#deps.now(), options?.signal)
  }

  async find<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    request: FindRequest,
    options?: CallOptions,
  ): Promise<Page<T>> {
    const { limit, cursor, backward } = request.page
    if (!Number.isInteger(limit) || limit < 0 || limit > MAX_PAGE)
      throw invalidInput('limit', `must be 0 to ${MAX_PAGE}`)
    const orderBy = request.orderBy?.length ? request.orderBy : BY_ID
    const order = toOrderColumns(c, orderBy, request.filter)
    const direction = backward ? reversed(order) : order
    const position = cursor === null ? null : parseCursor(order, cursor, backward ? 'before' : 'after')
    const { from, where } = this.#select(c, { ...request, scope, orderBy }, options)
    // Of two lower bounds SQLite goes by the first; the place is the nearer one.
    const onPage = position ? [afterPosition(direction, position), ...where] : where
    const rows = this.#readPage(from, direction, onPage, limit + 1)
    const hasMore = rows.length > limit
    if (hasMore) rows.pop()
    const hasBefore =
      position !== null && this.#exists(from, [afterPosition(reversed(direction), position, true), ...where])
    if (backward) rows.reverse()
    return {
      items: rows.map((row) => ({
        node: toDocument(c, row),
        cursor: toCursor(
          order,
          order.map((_, at) => row[`o${at}`] ?? null),
        ),
      })),
      hasNextPage: backward ? hasBefore : hasMore,
      hasPreviousPage: backward ? hasMore : hasBefore,
    }
  }

  async count<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    filter?: Filter,
    options?: CallOptions,
  ): Promise<number> {
    const { from, where: conditions } = this.#select(c, { scope, filter }, options)
    const where = allOf(conditions)
    const sql = `SELECT count(*) AS count FROM ${from} WHERE ${where.sql}`
    return this.#read<{ count: number }>(sql, where.values)[0]?.count ?? 0
  }

  async groupSum<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    request: { readonly by: readonly string[]; readonly sum?: string; readonly filter?: Filter },
    options?: CallOptions,
  ): Promise<GroupSum[]> {
    const fields = request.by.map((name) => requireField(c, name))
    const summed = request.sum === undefined ? null : requireField(c, request.sum)
    if (summed && summed.kind !== 'number') throw invalidInput(summed.name, 'is not a number field')
    const { from, where: conditions } = this.#select(c, { scope, filter: request.filter }, options)
    const where = allOf(conditions)
    const columns = fields.map(({ column }) => column).join(', ')
    const keys = fields.map(({ column }, at) => `${column} AS k${at}, `).join('')
    const sql =
      `SELECT ${keys}count(*) AS count, ${summed ? `total(${summed.column})` : '0'} AS sum FROM ${from} ` +
      `WHERE ${where.sql}${columns ? ` GROUP BY ${columns} ORDER BY ${columns}` : ''} LIMIT ${MAX_GROUPS + 1}`
    const rows = this.#read<Record<string, SqlValue> & { count: number; sum: number }>(sql, where.values)
    if (rows.length > MAX_GROUPS) throw invalidInput('by', `gives more than ${MAX_GROUPS} groups`)
    return rows
      .filter((row) => row.count > 0)
      .map((row) => ({
        key: fields.map(({ kind }, at) => toFieldValue(kind, row[`k${at}`] ?? null)),
        count: row.count,
        sum: row.sum,
      }))
  }

  async erase(): Promise<boolean> {
    return (await this.#deps.writer.write('erase', {}, this.#deps.now())).answer
  }

  async check(options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    this.#read('SELECT 1', [])
    await this.#deps.writer.check(this.#deps.now())
  }

  /** What a filter's documents are read from, and the conditions that they fulfil. */
  #select(
    c: AnyCollection,
    request: OrderedRequest,
    options: CallOptions | undefined,
  ): { readonly from: string; readonly where: readonly SqlPart[] } {
    const layout = this.#layout(c, options)
    const { scope, filter } = request
    const where = [...scopeConditions(c, layout, scope, filter), ...filterConditions(c, filter)]
    const hint = this.#reading((reader) => findOrderHint(reader, c, layout, request))
    const text = this.#reading((reader) => findTextAccess(reader, c, { filter, hint }))
    if (!text) return { from: `${layout.table} ${hint ?? ''}`, where }
    return { from: `${layout.table} ${text.hint}`, where: [...where, text.condition] }
  }

  #readPage(
    from: string,
    order: readonly OrderColumn[],
    conditions: readonly SqlPart[],
    limit: number,
  ): (StoredRow & Record<string, SqlValue>)[] {
    const where = allOf(conditions)
    const positions = order.map(({ column }, at) => `${column} AS o${at}`).join(', ')
    const sql = `SELECT ${STORED_COLUMNS}, ${positions} FROM ${from} WHERE ${where.sql} ORDER BY ${orderSql(order)} ${boundLimit()}`
    return this.#read(sql, [...where.values, limit])
  }

  #exists(from: string, conditions: readonly SqlPart[]): boolean {
    const where = allOf(conditions)
    return this.#read(`SELECT 1 FROM ${from} WHERE ${where.sql} LIMIT 1`, where.values).length > 0
  }

  #read<Row>(sql: string, values: readonly SqlValue[]): Row[] {
    return this.#reading((reader) => reader.all<Row>(sql, values))
  }

  #reading<T>(read: (reader: Connection) => T): T {
    try {
      return read(this.#deps.reader)
    } catch (error) {
      throw toStoreError(error)
    }
  }

  #layout(c: { readonly name: string }, options: CallOptions | undefined): CollectionLayout {
    options?.signal?.throwIfAborted()
    const layout = this.#deps.layouts.get(c.name)
    if (!layout) throw new GraphloomError('INTERNAL', `The database was opened without the collection "${c.name}".`)
    return layout
  }
}
