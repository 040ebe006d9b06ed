import type { Index, Table, VectorQuery } from '@lancedb/lancedb'
import { LRUCache } from 'lru-cache'
import type { ApproximateFigures } from '../../ports/vector-index.js'
import { fieldOf } from './filter-sql.js'
import { findNearest, toRecall, type RecallSample } from './recall.js'
import { isListField } from './table-schema.js'

export interface ApproximateRules {
  /** Rows from which on there is an index; of fewer, all are compared. */
  readonly fromRows: number
  /** How many rows a search follows at once: the smallest that finds enough is taken. */
  readonly widths: readonly number[]
  /** An index that finds less is not used. */
  readonly leastRecall: number
  /** So many rows are compared sooner than found: where a search needs more candidates, or its filter keeps no more. */
  readonly comparedRows: number
}

export interface ApproximateOptions {
  readonly rules: ApproximateRules
  /** Memory for what was read of indexes. One that has no room there would be read anew by each search. */
  readonly cacheBytes: number
}

export const APPROXIMATE_RULES: ApproximateRules = {
  fromRows: 10_000,
  widths: [100, 150, 200, 300, 400, 600, 800],
  leastRecall: 0.98,
  comparedRows: 2_000,
}

export interface ApproximateTable {
  readonly table: Table
  /** What it is measured by. */
  readonly sample: RecallSample
  readonly lance: { readonly Index: Pick<typeof Index, 'hnswSq' | 'btree' | 'labelList'> }
}

const KIND = 'IVF_HNSW_SQ'
const COLUMN = 'vector'
const NAME = 'vector_graph'
const LINKS = 16
const BUILD_WIDTH = 150
const ROWS_OF_PARTITION = 1_000_000
/** Candidates for each row that is wanted: they are found by rounded vectors, and ordered by the stored ones. */
const REFINED = 2
const KEPT_FILTERS = 256
const KEPT_MS = 60_000
/** What is added later has graphs of its own; of more than so many, one is made anew. */
const MOST_GRAPHS = 8
/** Part of the rows that may come or go before it is measured again. */
const CHANGE = 0.05
/** Measured by fewer queries that were asked, it is measured again when they have doubled. */
const FEWEST_ASKED = 16

/** Bytes in memory for each byte of its files. */
const MEMORY_FACTOR = 2

/** A search as it is told to its table, with an empty `where` when it looks at all rows. */
interface DirectedSearch {
  readonly table: Pick<Table, 'countRows'>
  readonly where: string
  readonly limit: number
}

interface Trained {
  readonly graphs: number
  readonly bytes: number
  readonly indexedRows: number
  readonly unindexedRows: number
}

/**
 * The graph of one table's vectors, which finds nearly all of the nearest ones without comparing all. Searches use it once
 * it was measured, as far as it was found to do.
 */
export class ApproximateIndex {
  readonly #rules: ApproximateRules
  readonly #cacheBytes: number
  /** Null while all rows are compared. */
  #width: number | null = null
  #figures: ApproximateFigures | null = null
  /** How many rows the filters of late keep: what they cost is judged by it, so it may be some seconds old. */
  readonly #kept = new LRUCache<string, number>({ max: KEPT_FILTERS, ttl: KEPT_MS })
  /** When it was measured: indexed rows, and queries of the sample that were asked. */
  #measuredRows = 0
  #measuredAsked = 0
  /** Resolves when nothing is done to the table. */
  settled: Promise<void> = Promise.resolve()

  constructor({ rules, cacheBytes }: ApproximateOptions) {
    this.#rules = rules
    this.#cacheBytes = cacheBytes
  }

  get figures(): ApproximateFigures | null {
    return this.#figures
  }

  /** Has a search look where it should: where its filter keeps few rows, at all of them. */
  async direct(query: VectorQuery, { table, where, limit }: DirectedSearch): Promise<VectorQuery> {
    const candidates = limit * REFINED
    if (this.#width === null || candidates > this.#rules.comparedRows || (await this.#isNarrow(table, where)))
      return query.bypassVectorIndex()
    return follow(query, Math.max(this.#width, candidates))
  }

  async #isNarrow(table: Pick<Table, 'countRows'>, where: string): Promise<boolean> {
    if (where === '') return false
    let kept = this.#kept.get(where)
    if (kept === undefined) this.#kept.set(where, (kept = await table.countRows(where)))
    return kept <= this.#rules.comparedRows
  }

  /** Makes, measures or drops the graph, as the table asks for; one call after the other. */
  tend(open: ApproximateTable): Promise<void> {
    const tended = this.settled.then(() => this.#tend(open))
    this.settled = tended.catch(() => undefined)
    return tended
  }

  async #tend(open: ApproximateTable): Promise<void> {
    const { table } = open
    const rows = await table.countRows()
    const known = await findTrained(table)
    if (rows < this.#rules.fromRows) {
      this.#width = this.#figures = null
      if (known) await table.dropIndex(NAME)
      return
    }
    await indexFields(open)
    if (!known || known.graphs > MOST_GRAPHS) await this.#train(open, rows)
    else {
      const { indexedRows, unindexedRows } = known
      const isMeasured =
        Math.abs(indexedRows - this.#measuredRows) <= CHANGE * rows && !this.#isBetterKnown(open.sample)
      if (this.#figures && isMeasured) this.#figures = { ...this.#figures, indexedRows, unindexedRows }
      else await this.#measure(open, known)
    }
  }

  #isBetterKnown({ askedCount }: RecallSample): boolean {
    return askedCount >= Math.max(FEWEST_ASKED, 2 * this.#measuredAsked)
  }

  async #train(open: ApproximateTable, rows: number): Promise<void> {
    const { table, lance } = open
    const numPartitions = Math.ceil(rows / ROWS_OF_PARTITION)
    const options = { distanceType: 'l2', numPartitions, m: LINKS, efConstruction: BUILD_WIDTH } as const
    await table.createIndex(COLUMN, { config: lance.Index.hnswSq(options), name: NAME, replace: true })
    this.#width = null
    const trained = await findTrained(table)
    if (trained) await this.#measure(open, trained)
  }

  /** Finds out how wide searches have to go. Meanwhile they go on as they did. */
  async #measure({ table, sample }: ApproximateTable, { bytes, indexedRows, unindexedRows }: Trained): Promise<void> {
    const { askedCount } = sample
    const queries = await sample.draw(table)
    const truth = await findNearest(table, queries, (query) => query.bypassVectorIndex())
    let [recall, width] = [0, 0]
    for (width of this.#rules.widths) {
      recall = toRecall(await findNearest(table, queries, (query) => follow(query, width)), truth)
      if (recall >= this.#rules.leastRecall) break
    }
    const isUsed = recall >= this.#rules.leastRecall && bytes * MEMORY_FACTOR <= this.#cacheBytes
    const sampleSize = queries.length
    this.#figures = {
      kind: KIND,
      isUsed,
      recall,
      sampleSize,
      measuredAt: Date.now(),
      indexedRows,
      unindexedRows,
      width,
    }
    this.#measuredRows = indexedRows
    this.#measuredAsked = askedCount
    this.#width = isUsed ? width : null
  }
}

/** Partitions are few: all are looked at. */
const follow = (query: VectorQuery, width: number): VectorQuery =>
  query.nprobes(PARTITIONS).ef(width).refineFactor(REFINED)

const PARTITIONS = 1_000

async function findTrained(table: Table): Promise<Trained | null> {
  const found = (await table.listIndices()).find(({ name }) => name === NAME)
  if (!found) return null
  const { numSegments: graphs = 1, sizeBytes: bytes = 0 } = found
  return { graphs, bytes, indexedRows: found.numIndexedRows ?? 0, unindexedRows: found.numUnindexedRows ?? 0 }
}

/** Filters are looked up where values have an index. */
async function indexFields({ table, lance }: ApproximateTable): Promise<void> {
  const known = new Set((await table.listIndices()).flatMap(({ columns }) => columns))
  for (const field of (await table.schema()).fields) {
    if (fieldOf(field.name) === null || known.has(field.name)) continue
    await table.createIndex(field.name, { config: isListField(field) ? lance.Index.labelList() : lance.Index.btree() })
  }
}
