import type { DecoderGraph } from './decoder-graph.js'
import type { DecoderRow, DecoderSession, SavedTokens } from './decoder-session.js'
import { KeyValueRows, requireCacheRow, type CacheRow } from './key-value-rows.js'
import type { OrtLibrary, Pointer } from './ort-library.js'

export interface NativeDecoderOptions {
  readonly library: OrtLibrary
  readonly session: Pointer
  readonly graph: DecoderGraph
  readonly maxRows: number
  readonly contextTokens: number
}

interface Bound {
  readonly binding: Pointer
  readonly values: readonly Pointer[]
}

/** Room for the tokens of a row at first; it doubles as texts grow. */
const FIRST_CAPACITY_TOKENS = 512
/** The most tokens of one `extend`. */
const MAX_EXTEND_TOKENS = 512

const growTo = (tokens: number): number =>
  FIRST_CAPACITY_TOKENS * 2 ** Math.ceil(Math.log2(Math.max(1, tokens / FIRST_CAPACITY_TOKENS)))

/**
 * Drives a decoder graph through ONNX Runtime's C API. The arrays of the cache are bound as its past and as its
 * present at once, so that the kernel appends in place and nothing is copied.
 */
export class NativeDecoderSession implements DecoderSession {
  readonly #options: NativeDecoderOptions
  readonly #rows: KeyValueRows
  /** By first slot and number of rows. */
  readonly #bound = new Map<string, Bound>()
  #boundGeneration = 0
  readonly #ids: BigInt64Array
  readonly #positions: BigInt64Array
  #mask = new BigInt64Array(0)
  readonly #logitsCount = new BigInt64Array(new ArrayBuffer(8))
  #logits = new Float32Array(0)
  /** Those of each row, one after the other. */
  #rowLogits: Float32Array[] = []
  #executions = 0

  constructor(options: NativeDecoderOptions) {
    this.#options = options
    const { graph, maxRows, contextTokens } = options
    this.#rows = new KeyValueRows({ shape: graph.cache, maxRows, contextTokens, growTo })
    // Outside of the JavaScript heap, where small arrays may be moved.
    const size = BigInt64Array.BYTES_PER_ELEMENT * Math.max(maxRows, MAX_EXTEND_TOKENS)
    this.#ids = new BigInt64Array(new ArrayBuffer(size))
    this.#positions = new BigInt64Array(new ArrayBuffer(size))
  }

  get maxRows(): number {
    return this.#options.maxRows
  }

  get tokenBytes(): number {
    return this.#rows.tokenBytes
  }

  get executions(): number {
    return this.#executions
  }

  openRow(): DecoderRow | null {
    return this.#rows.open()
  }

  closeRow(row: DecoderRow): void {
    this.#rows.close(requireCacheRow(row))
  }

  async extend(row: DecoderRow, tokens: readonly number[], logitsCount = 1): Promise<readonly Float32Array[]> {
    const cacheRow = requireCacheRow(row)
    await this.#run([cacheRow], tokens, logitsCount)
    cacheRow.length += tokens.length
    const given = this.#options.graph.takesLogitsCount ? logitsCount : tokens.length
    return this.#rowLogits.slice(given - logitsCount, given)
  }

  async step(rows: readonly DecoderRow[], tokens: readonly number[]): Promise<readonly Float32Array[]> {
    return this.#rows.inNeighbours(rows, tokens, async (arranged, arrangedTokens) => {
      await this.#run(arranged, arrangedTokens, 1)
      for (const row of arranged) row.length++
      return this.#rowLogits.slice(0, rows.length)
    })
  }

  truncate(row: DecoderRow, length: number): void {
    this.#rows.truncate(requireCacheRow(row), length)
  }

  save(row: DecoderRow, from: number, to: number): SavedTokens {
    return this.#rows.save(requireCacheRow(row), from, to)
  }

  restore(row: DecoderRow, saved: SavedTokens, count: number): void {
    this.#rows.restore(requireCacheRow(row), saved, count)
  }

  [Symbol.dispose](): void {
    this.#releaseBound()
    this.#options.library.releaseSession(this.#options.session)
  }

  /** The rows, in neighbouring slots, get equally many of the tokens each. */
  async #run(rows: readonly CacheRow[], tokens: readonly number[], logitsCount: number): Promise<void> {
    const { library, session, graph } = this.#options
    const count = tokens.length / rows.length
    const total = Math.max(...rows.map((row) => row.length)) + count
    this.#rows.reserve(total)
    const { binding } = this.#bind(rows[0]!.slot, rows.length)
    const values: Pointer[] = []
    const feed = (name: string, data: BigInt64Array, dims: readonly number[]): void => {
      const value = library.createTensor(data, dims)
      values.push(value)
      library.bindInput(binding, name, value)
    }
    try {
      tokens.forEach((id, i) => (this.#ids[i] = BigInt(id)))
      feed('input_ids', this.#ids.subarray(0, tokens.length), [rows.length, count])
      feed('attention_mask', this.#fillMask(rows, count, total), [rows.length, total])
      if (graph.takesPositions) feed('position_ids', this.#fillPositions(rows, count), [rows.length, count])
      if (graph.takesLogitsCount) {
        this.#logitsCount[0] = BigInt(logitsCount)
        feed('num_logits_to_keep', this.#logitsCount, [])
      }
      const kept = graph.takesLogitsCount ? logitsCount : count
      const logits = library.createTensor(this.#reserveLogits(rows.length * kept), [
        rows.length,
        kept,
        graph.vocabularySize,
      ])
      values.push(logits)
      library.bindOutput(binding, 'logits', logits)
      this.#executions++
      await library.run(session, binding)
    } finally {
      values.forEach((value) => library.releaseValue(value))
    }
  }

  #fillMask(rows: readonly CacheRow[], count: number, total: number): BigInt64Array {
    const size = rows.length * total
    if (this.#mask.length < size) this.#mask = new BigInt64Array(new ArrayBuffer(16 * size))
    const mask = this.#mask.subarray(0, size).fill(0n)
    rows.forEach((row, r) => mask.fill(1n, r * total, r * total + row.length + count))
    return mask
  }

  #fillPositions(rows: readonly CacheRow[], count: number): BigInt64Array {
    rows.forEach((row, r) => {
      for (let i = 0; i < count; i++) this.#positions[r * count + i] = BigInt(row.length + i)
    })
    return this.#positions.subarray(0, rows.length * count)
  }

  #reserveLogits(count: number): Float32Array {
    const { vocabularySize } = this.#options.graph
    const size = count * vocabularySize
    if (this.#logits.length < size) {
      this.#logits = new Float32Array(size)
      this.#rowLogits = Array.from({ length: count }, (_, i) =>
        this.#logits.subarray(i * vocabularySize, (i + 1) * vocabularySize),
      )
    }
    return this.#logits.subarray(0, size)
  }

  #bind(slot: number, count: number): Bound {
    if (this.#boundGeneration !== this.#rows.generation) this.#releaseBound()
    const key = `${slot}+${count}`
    const known = this.#bound.get(key)
    if (known) return known
    const { library, session, graph } = this.#options
    const { heads, headSize, names } = graph.cache
    const binding = library.createBinding(session)
    const values = names.map((name, part) => {
      const value = library.createTensor(this.#rows.slots(part, slot, count), [
        count,
        heads,
        this.#rows.capacity,
        headSize,
      ])
      library.bindInput(binding, `past_key_values.${name}`, value)
      library.bindOutput(binding, `present.${name}`, value)
      return value
    })
    const bound = { binding, values }
    this.#bound.set(key, bound)
    return bound
  }

  #releaseBound(): void {
    const { library } = this.#options
    for (const { binding, values } of this.#bound.values()) {
      library.releaseBinding(binding)
      values.forEach((value) => library.releaseValue(value))
    }
    this.#bound.clear()
    this.#boundGeneration = this.#rows.generation
  }
}
