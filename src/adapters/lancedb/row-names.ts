import { LRUCache } from 'lru-cache'
import type { RowName } from './table-schema.js'

const KEPT_ROWS = 32_768
/** To search again costs some four times what is saved by a search that reads no names. */
const LEAST_SHARE = 0.8
/** Of one search in the share. */
const WEIGHT = 1 / 16

/**
 * What rows are called that were found lately, of all tables together: to read it takes a fifth of a search. While its
 * table is there, LanceDB gives the number of a row to no other, not even after compaction.
 */
export class RowNames {
  readonly #kept = new LRUCache<string, RowName>({ max: KEPT_ROWS })
  #tables = 0

  forTable(): TableRowNames {
    return new TableRowNames(this.#kept, ++this.#tables)
  }
}

/** Those of one table, as long as it is open. */
export class TableRowNames {
  readonly #kept: LRUCache<string, RowName>
  readonly #prefix: number
  /** Of late searches, those of which all rows were known, 0 to 1. */
  #knownShare = 0

  constructor(kept: LRUCache<string, RowName>, prefix: number) {
    this.#kept = kept
    this.#prefix = prefix
  }

  /** Whether the next search will probably find nothing but known rows. */
  get areLikely(): boolean {
    return this.#knownShare >= LEAST_SHARE
  }

  /** Null where one is not known. */
  find(rowIds: readonly bigint[]): RowName[] | null {
    const names: RowName[] = []
    for (const id of rowIds) {
      const name = this.#kept.get(`${this.#prefix} ${id}`)
      if (name) names.push(name)
    }
    const isKnown = names.length === rowIds.length
    this.#knownShare += WEIGHT * (Number(isKnown) - this.#knownShare)
    return isKnown ? names : null
  }

  keep(rowIds: readonly bigint[], names: readonly RowName[]): void {
    for (const [i, name] of names.entries()) this.#kept.set(`${this.#prefix} ${rowIds[i]!}`, name)
  }
}
