import type { Table, VectorQuery } from '@lancedb/lancedb'
import { toUnit } from './table-schema.js'

/** The nearest of each query that are looked for. */
const NEAREST = 10
const SAMPLE_SIZE = 64
/** Distances that differ by less are equal: of rows at the same distance any will do. */
const EPSILON = 1e-5

/** How a query is to be answered. */
type Directions = (query: VectorQuery) => VectorQuery

/**
 * Queries that stand for others: different ones that were asked lately, filled up with vectors between stored ones, which
 * are harder to find the nearest of.
 */
export class RecallSample {
  readonly #asked: Float32Array[] = []
  #next = 0

  get askedCount(): number {
    return this.#asked.length
  }

  note(vector: Float32Array): void {
    if (this.#asked.some((known) => known.every((value, at) => value === vector[at]))) return
    this.#asked[this.#next] = vector
    this.#next = (this.#next + 1) % SAMPLE_SIZE
  }

  async draw(table: Table): Promise<Float32Array[]> {
    const asked = [...this.#asked]
    const count = SAMPLE_SIZE - asked.length
    if (count === 0) return asked
    const rows = await table.countRows()
    const offsets = Array.from({ length: 2 * count }, (_, i) => Math.floor((i * rows) / (2 * count)))
    const stored = (await table.takeOffsets(offsets).select(['vector']).toArray()) as { vector: Iterable<number> }[]
    const vectors = stored.map(({ vector }) => Float32Array.from(vector))
    const between = vectors.slice(0, vectors.length >> 1).map((one, i) => {
      const other = vectors[i + (vectors.length >> 1)]!
      return toUnit(one.map((value, at) => value + other[at]!))
    })
    return [...asked, ...between]
  }
}

/** Distances of the nearest rows that are found in this way, of each query. */
export async function findNearest(
  table: Table,
  queries: readonly Float32Array[],
  direct: Directions,
): Promise<number[][]> {
  const found: number[][] = []
  for (const vector of queries) {
    const query = table.query().nearestTo(vector).distanceType('l2').select(['_distance']).limit(NEAREST)
    const rows = (await direct(query).toArray()) as { _distance: number }[]
    found.push(rows.map(({ _distance }) => _distance))
  }
  return found
}

/** Share of the truly nearest rows that was found, 0 to 1. */
export function toRecall(found: readonly number[][], truth: readonly number[][]): number {
  let hits = 0
  let total = 0
  for (const [i, distances] of truth.entries()) {
    const most = distances.at(-1)! + EPSILON
    hits += Math.min(distances.length, found[i]!.filter((distance) => distance <= most).length)
    total += distances.length
  }
  return total === 0 ? 1 : hits / total
}
