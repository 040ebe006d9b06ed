import type { DecoderRow, SavedTokens } from './decoder-session.js'

/** Keys and values of one token: so many heads of so many components in each named part (`<layer>.<key|value>`). */
export interface CacheShape {
  readonly names: readonly string[]
  readonly heads: number
  readonly headSize: number
}

/** A row's place in the arrays, which changes as rows are arranged. */
export class CacheRow implements DecoderRow {
  length = 0
  constructor(public slot: number) {}
}

export interface RowsOptions {
  readonly shape: CacheShape
  readonly maxRows: number
  /** The most tokens of a row. */
  readonly contextTokens: number
  /** The room that follows when `tokens` do not fit. */
  readonly growTo: (tokens: number) => number
}

/**
 * The keys and values of several sequences: per part one array `[slots, heads, capacity, headSize]`, so that rows in
 * neighbouring slots can share a run. One slot is always free, for arranging.
 */
export class KeyValueRows {
  readonly #options: RowsOptions
  readonly #rows: (CacheRow | null)[]
  #parts: Float32Array[] = []
  #capacity = 0
  /** Changes with every new set of arrays. */
  generation = 0

  constructor(options: RowsOptions) {
    this.#options = options
    this.#rows = new Array<CacheRow | null>(options.maxRows + 1).fill(null)
  }

  get capacity(): number {
    return this.#capacity
  }

  /** Floats of one slot in each part. */
  get slotSize(): number {
    const { heads, headSize } = this.#options.shape
    return heads * this.#capacity * headSize
  }

  /** Bytes of one token over all parts. */
  get tokenBytes(): number {
    return this.#tokenSize * Float32Array.BYTES_PER_ELEMENT
  }

  get #tokenSize(): number {
    const { names, heads, headSize } = this.#options.shape
    return names.length * heads * headSize
  }

  open(): CacheRow | null {
    if (this.#rows.filter((row) => row !== null).length >= this.#options.maxRows) return null
    const slot = this.#freeSlot()
    return (this.#rows[slot] = new CacheRow(slot))
  }

  /** Without any row the arrays go too: memory that a long text has touched is given back. */
  close(row: CacheRow): void {
    this.#rows[row.slot] = null
    if (this.#rows.every((other) => other === null) && this.#capacity > this.#options.growTo(1)) this.#replace(0)
  }

  /** Makes room for `tokens` in every row. */
  reserve(tokens: number): void {
    if (tokens <= this.#capacity) return
    this.#replace(Math.min(this.#options.contextTokens, this.#options.growTo(tokens)))
  }

  /** The part of an array that belongs to `count` slots from `slot` on. */
  slots(part: number, slot: number, count: number): Float32Array {
    return this.#parts[part]!.subarray(slot * this.slotSize, (slot + count) * this.slotSize)
  }

  /** Runs rows with a token each in neighbouring slots; what the run gives by slot is given in the order of `rows`. */
  async inNeighbours<T>(
    rows: readonly DecoderRow[],
    tokens: readonly number[],
    run: (rows: readonly CacheRow[], tokens: readonly number[]) => Promise<readonly T[]>,
  ): Promise<T[]> {
    const wanted = rows.map(requireCacheRow)
    const arranged = rows.length === 1 ? wanted : this.#arrange(wanted)
    const results = await run(
      arranged,
      arranged.map((row) => tokens[wanted.indexOf(row)]!),
    )
    return wanted.map((row) => results[arranged.indexOf(row)]!)
  }

  truncate(row: CacheRow, length: number): void {
    row.length = Math.min(row.length, length)
  }

  /** Brings the rows into the first slots, in whatever order; gives them by slot. */
  #arrange(rows: readonly CacheRow[]): CacheRow[] {
    const wanted = new Set<CacheRow>(rows)
    for (let slot = 0; slot < rows.length; slot++) {
      const there = this.#rows[slot]
      if (there && wanted.has(there)) continue
      const late = rows.filter((row) => row.slot >= rows.length)
      const shortest = late.reduce((best, row) => (row.length < best.length ? row : best))
      if (there) this.#move(there, this.#freeSlot())
      this.#move(shortest, slot)
    }
    return rows.toSorted((a, b) => a.slot - b.slot)
  }

  /** Writes a new token's keys and values (`[heads × headSize]` of one part) at a row's position. */
  put(row: CacheRow, part: number, position: number, fresh: Float32Array): void {
    const { heads, headSize } = this.#options.shape
    const slot = this.slots(part, row.slot, 1)
    for (let head = 0; head < heads; head++)
      slot.set(fresh.subarray(head * headSize, (head + 1) * headSize), (head * this.#capacity + position) * headSize)
  }

  save(row: CacheRow, from: number, to: number): SavedTokens {
    const data = new Float32Array(this.#tokenSize * (to - from))
    this.#eachRun(row, from, to - from, (cache, start, offset, size) =>
      data.set(cache.subarray(start, start + size), offset),
    )
    return { count: to - from, data }
  }

  restore(row: CacheRow, saved: SavedTokens, count: number): void {
    const { headSize } = this.#options.shape
    this.reserve(row.length + count)
    const data = saved.data as Float32Array
    this.#eachRun(row, row.length, count, (cache, start, _offset, size, index) => {
      const from = index * saved.count * headSize
      cache.set(data.subarray(from, from + size), start)
    })
    row.length += count
  }

  /** Visits the stretch of each part and head: array, start in it, start in a packed copy, size, running number. */
  #eachRun(
    row: CacheRow,
    from: number,
    count: number,
    visit: (cache: Float32Array, start: number, offset: number, size: number, index: number) => void,
  ): void {
    const { names, heads, headSize } = this.#options.shape
    const size = count * headSize
    for (let part = 0; part < names.length; part++)
      for (let head = 0; head < heads; head++) {
        const index = part * heads + head
        const start = row.slot * this.slotSize + (head * this.#capacity + from) * headSize
        visit(this.#parts[part]!, start, index * size, size, index)
      }
  }

  #freeSlot(): number {
    return this.#rows.indexOf(null)
  }

  #move(row: CacheRow, slot: number): void {
    const offset = (slot - row.slot) * this.slotSize
    this.#eachRun(row, 0, row.length, (cache, start, _offset, size) => {
      cache.copyWithin(start + offset, start, start + size)
    })
    this.#rows[row.slot] = null
    this.#rows[slot] = row
    row.slot = slot
  }

  #replace(capacity: number): void {
    const { names, heads, headSize } = this.#options.shape
    const old = this.#parts
    const oldCapacity = this.#capacity
    this.#capacity = capacity
    this.#parts = names.map((_, part) => {
      const wider = new Float32Array(this.#rows.length * this.slotSize)
      for (const row of this.#rows)
        for (let head = 0; row && row.length > 0 && head < heads; head++) {
          const from = (row.slot * heads + head) * oldCapacity * headSize
          wider.set(
            old[part]!.subarray(from, from + row.length * headSize),
            (row.slot * heads + head) * capacity * headSize,
          )
        }
      return wider
    })
    this.generation++
  }
}

export function requireCacheRow(row: DecoderRow): CacheRow {
  if (row instanceof CacheRow) return row
  throw new TypeError('The row is of another session.')
}
