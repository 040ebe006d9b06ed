import type { Connection, Table, VectorQuery } from '@lancedb/lancedb'
import type { Schema } from 'apache-arrow'
import { LRUCache } from 'lru-cache'
import type { RowSelection, ScoredRow } from '../../domain/chunk-row.js'
import type { MetadataField } from '../../domain/metadata-filter.js'
import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { ApproximateFigures, VectorIndex, VectorIndexShape, VectorRow } from '../../ports/vector-index.js'
import { APPROXIMATE_RULES, ApproximateIndex, type ApproximateRules } from './approximate-index.js'
import { RecallSample } from './recall.js'
import { RowNames, type TableRowNames } from './row-names.js'
import {
  type FoundRows,
  SELECTED,
  toColumnField,
  toFoundRows,
  toTableRow,
  toTableSchema,
  toUnit,
} from './table-schema.js'
import { columnOf, toLanceFilter, toReadersFilter, toText } from './filter-sql.js'

export interface LanceOptions {
  /** Folder, or address of an object store. */
  readonly uri: string
  /** Memory for what was read of indexes and of what is told about files, bytes. */
  readonly cacheBytes: number
  readonly approximate?: ApproximateRules
  /** Tables that are open at most: those that were used last. */
  readonly openTables?: number
}

const OPEN_TABLES = 128

interface Opened {
  readonly lance: typeof import('@lancedb/lancedb')
  readonly connection: Connection
}

/** What is known of a table as long as it is there, whether it is open or not. */
interface TableTraits {
  readonly approximate: ApproximateIndex
  /** Whether rows name readers: to look for that in all rows costs as much as the search itself. */
  hasReaders: boolean
}

interface OpenTable {
  readonly table: Table
  readonly schema: Schema
  readonly traits: TableTraits
  readonly sample: RecallSample
  readonly names: TableRowNames
}

/** What failed writes and older versions left is deleted when it is so old, milliseconds. */
const KEPT_VERSIONS_MS = 60_000

/** LanceDB's native library is large: it is loaded by the first call. */
export class LanceVectorIndex implements VectorIndex {
  readonly #options: LanceOptions
  #opened: Promise<Opened> | null = null
  readonly #tables: LRUCache<string, Promise<OpenTable>>
  readonly #traits = new Map<string, TableTraits>()
  readonly #names = new RowNames()

  constructor(options: LanceOptions) {
    this.#options = options
    this.#tables = new LRUCache({ max: options.openTables ?? OPEN_TABLES })
  }

  async create(name: string, shape: VectorIndexShape): Promise<void> {
    const { connection } = await this.#open()
    if (!(await connection.tableNames()).includes(name)) await connection.createEmptyTable(name, toTableSchema(shape))
    this.#tables.delete(name)
    const { schema: known } = await this.#require(name)
    const dimensions = dimensionsOf(known)
    if (dimensions !== shape.dimensions)
      throw invalidInput('shape.dimensions', `is ${shape.dimensions}; the index has vectors of ${dimensions}.`)
  }

  async addFields(name: string, fields: readonly MetadataField[]): Promise<void> {
    const { schema } = await this.#require(name)
    const known = new Set(schema.fields.map((field) => field.name))
    const added = fields.filter((field) => !known.has(columnOf(field.name)))
    if (added.length === 0) return
    await this.#untilTended(name)
    await this.#change(name, ({ table }) => table.addColumns(added.map(toColumnField)))
    this.#tables.delete(name)
  }

  async drop(name: string): Promise<void> {
    const { connection } = await this.#open()
    await this.#untilTended(name)
    this.#tables.delete(name)
    this.#traits.delete(name)
    if ((await connection.tableNames()).includes(name)) await connection.dropTable(name)
  }

  async add(name: string, rows: readonly VectorRow[]): Promise<void> {
    if (rows.length === 0) return
    const { lance } = await this.#open()
    const { schema, traits } = await this.#require(name)
    const dimensions = dimensionsOf(schema)
    const wrong = rows.find(({ vector }) => vector.length !== dimensions)
    if (wrong) throw invalidInput('vector', `has ${wrong.vector.length} components; the index has ${dimensions}.`)
    if (rows.some(({ readers }) => readers !== null)) traits.hasReaders = true
    const columns = rows.map((row) => toTableRow(row, schema))
    await this.#change(name, ({ table }) => table.add(lance.makeArrowTable(columns, { schema })))
  }

  async remove(name: string, versionIds: readonly string[]): Promise<void> {
    if (versionIds.length === 0) return
    await this.#change(name, ({ table }) => table.delete(`\`versionId\` IN (${versionIds.map(toText).join(', ')})`))
  }

  async search(name: string, vector: Float32Array, selection: RowSelection): Promise<ScoredRow[]> {
    const { readers, filter, limit } = selection
    const {
      schema,
      traits: { hasReaders, approximate },
    } = await this.#require(name)
    const dimensions = dimensionsOf(schema)
    if (vector.length !== dimensions)
      throw invalidInput('vector', `has ${vector.length} components; the index has ${dimensions}.`)
    const conditions = hasReaders ? [toReadersFilter(readers)] : []
    if (filter) conditions.push(toLanceFilter(filter))
    const where = conditions.join(' AND ')
    const unit = toUnit(vector)
    return this.#use(name, async ({ table, sample, names }) => {
      sample.note(unit)
      const ask = async (columns: keyof typeof SELECTED): Promise<FoundRows> => {
        const query = table.query().nearestTo(unit).distanceType('l2').limit(limit)
        query.select([...SELECTED[columns]]).withRowId()
        if (where !== '') query.where(where)
        return readRows(await approximate.direct(query, { table, where, limit }), limit)
      }
      return toScoredRows(await nameRows(names, ask))
    })
  }

  async versions(name: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#use(name, ({ table }) => table.query().select(['versionId']).toArray())
    const counts = new Map<string, number>()
    for (const { versionId } of rows as { versionId: string }[]) counts.set(versionId, (counts.get(versionId) ?? 0) + 1)
    return counts
  }

  count(name: string): Promise<number> {
    return this.#use(name, ({ table }) => table.countRows())
  }

  async compact(name: string, keptMs = KEPT_VERSIONS_MS): Promise<void> {
    await this.#change(name, ({ table }) => table.optimize({ cleanupOlderThan: new Date(Date.now() - keptMs) }))
  }

  async tend(name: string): Promise<void> {
    const { lance } = await this.#open()
    await this.#change(name, ({ table, traits, sample }) => traits.approximate.tend({ table, sample, lance }))
  }

  figures(name: string): Promise<ApproximateFigures | null> {
    return Promise.resolve(this.#traits.get(name)?.approximate.figures ?? null)
  }

  /** What is made for a table that changes its form meanwhile would be written to another. */
  async #untilTended(name: string): Promise<void> {
    await this.#traits.get(name)?.approximate.settled
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => null)
    opened?.connection.close()
    this.#opened = null
  }

  #open(): Promise<Opened> {
    this.#opened ??= this.#connect()
    return this.#opened
  }

  async #connect(): Promise<Opened> {
    const lance = await import('@lancedb/lancedb')
    const { cacheBytes } = this.#options
    const session = new lance.Session(BigInt(indexBytesOf(cacheBytes)), BigInt(cacheBytes - indexBytesOf(cacheBytes)))
    const connection = await lance.connect(this.#options.uri, { session })
    return { lance, connection }
  }

  #require(name: string): Promise<OpenTable> {
    let table = this.#tables.get(name)
    if (!table) {
      table = this.#openTable(name)
      this.#tables.set(name, table)
      table.catch(() => this.#tables.delete(name))
    }
    return table
  }

  async #openTable(name: string): Promise<OpenTable> {
    const { connection } = await this.#open()
    try {
      const table = await connection.openTable(name)
      const traits = this.#traitsOf(name)
      if ((await table.countRows('readers IS NOT NULL')) > 0) traits.hasReaders = true
      const schema = await table.schema()
      return { table, schema, traits, sample: new RecallSample(), names: this.#names.forTable() }
    } catch (error) {
      throw toUnavailable(error)
    }
  }

  #traitsOf(name: string): TableTraits {
    let traits = this.#traits.get(name)
    if (!traits) {
      const { approximate: rules = APPROXIMATE_RULES, cacheBytes } = this.#options
      const approximate = new ApproximateIndex({ rules, cacheBytes: indexBytesOf(cacheBytes) })
      traits = { approximate, hasReaders: false }
      this.#traits.set(name, traits)
    }
    return traits
  }

  /** What is done through a table that was closed meanwhile is not seen by one that was opened before it was done. */
  async #change<T>(name: string, work: (open: OpenTable) => Promise<T>): Promise<T> {
    const used = this.#require(name)
    try {
      return await this.#use(name, work)
    } finally {
      if (this.#tables.peek(name) !== used) this.#tables.delete(name)
    }
  }

  async #use<T>(name: string, work: (open: OpenTable) => Promise<T>): Promise<T> {
    const open = await this.#require(name)
    try {
      return await work(open)
    } catch (error) {
      throw toUnavailable(error)
    }
  }
}

/** Names are read only where they are not known. */
async function nameRows(
  known: TableRowNames,
  ask: (columns: keyof typeof SELECTED) => Promise<FoundRows>,
): Promise<FoundRows> {
  const areLikely = known.areLikely
  if (areLikely) {
    const found = await ask('unnamed')
    const names = known.find(found.rowIds)
    if (names) return { ...found, names }
  }
  const found = await ask('named')
  // So that it is known how many searches could have done without.
  if (!areLikely) known.find(found.rowIds)
  known.keep(found.rowIds, found.names)
  return found
}

/** The end of rows that are all there is not waited for, which would be one more call of the library. */
async function readRows(query: VectorQuery, limit: number): Promise<FoundRows> {
  const batches: FoundRows[] = []
  let rows = 0
  for await (const batch of query) {
    batches.push(toFoundRows(batch))
    rows += batch.numRows
    if (rows >= limit) break
  }
  return {
    rowIds: batches.flatMap(({ rowIds }) => rowIds),
    names: batches.flatMap(({ names }) => names),
    scores: batches.flatMap(({ scores }) => scores),
  }
}

/** The best first. */
const toScoredRows = ({ names, scores }: FoundRows): ScoredRow[] =>
  names.map((name, i) => ({ ...name, score: scores[i]! })).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))

const indexBytesOf = (cacheBytes: number): number => Math.floor((cacheBytes * 7) / 8)

/** LanceDB's errors go on for lines about its own code. */
function toUnavailable(error: unknown): GraphloomError {
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
  return new GraphloomError('UNAVAILABLE', `The vector index cannot be used: ${reason}`, { cause: error })
}

const dimensionsOf = (schema: Schema): number => {
  const vector = schema.fields.find(({ name }) => name === 'vector')
  return (vector?.type as { listSize?: number } | undefined)?.listSize ?? 0
}
