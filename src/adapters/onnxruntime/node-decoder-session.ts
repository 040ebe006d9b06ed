import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node'
import type { DecoderGraph } from './decoder-graph.js'
import type { DecoderRow, DecoderSession, SavedTokens } from './decoder-session.js'
import { KeyValueRows, requireCacheRow, type CacheRow } from './key-value-rows.js'

export interface NodeDecoderOptions {
  readonly session: InferenceSession
  readonly TensorType: TensorConstructor
  readonly graph: DecoderGraph
  readonly maxRows: number
  readonly contextTokens: number
}

/** Room grows by so many tokens: here its size costs time on every run. */
const GROWTH_TOKENS = 256

/**
 * Drives a decoder graph through onnxruntime-node, which copies every output that it returns: so only the new tokens'
 * keys and values are fetched (`new.*`), and written into arrays of our own.
 */
export class NodeDecoderSession implements DecoderSession {
  readonly #options: NodeDecoderOptions
  readonly #rows: KeyValueRows
  #executions = 0

  constructor(options: NodeDecoderOptions) {
    this.#options = options
    const growTo = (tokens: number): number => Math.ceil(tokens / GROWTH_TOKENS) * GROWTH_TOKENS
    const { graph, maxRows, contextTokens } = options
    this.#rows = new KeyValueRows({ shape: graph.cache, maxRows, contextTokens, growTo })
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
    const logits = await this.#run([requireCacheRow(row)], tokens, logitsCount)
    return logits.slice(-logitsCount)
  }

  async step(rows: readonly DecoderRow[], tokens: readonly number[]): Promise<readonly Float32Array[]> {
    return this.#rows.inNeighbours(rows, tokens, (arranged, arrangedTokens) => this.#run(arranged, arrangedTokens, 1))
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
    void this.#options.session.release()
  }

  async #run(rows: readonly CacheRow[], tokens: readonly number[], logitsCount: number): Promise<Float32Array[]> {
    const { session, TensorType, graph } = this.#options
    const { heads, headSize, names } = graph.cache
    const count = tokens.length / rows.length
    const lengths = rows.map((row) => row.length)
    this.#rows.reserve(Math.max(...lengths) + count)
    const feeds = toTokenFeeds({ TensorType, graph, lengths, tokens, logitsCount })
    names.forEach((name, part) => {
      const data = this.#rows.slots(part, rows[0]!.slot, rows.length)
      const dims = [rows.length, heads, this.#rows.capacity, headSize]
      feeds[`past_key_values.${name}`] = new TensorType('float32', data, dims)
    })
    this.#executions++
    const results = await session.run(feeds, ['logits', ...names.map((name) => `new.${name}`)])
    const size = heads * headSize
    names.forEach((name, part) => {
      const fresh = results[`new.${name}`]!.data as Float32Array
      rows.forEach((row, r) => {
        for (let i = 0; i < count; i++) {
          const from = (r * count + i) * size
          this.#rows.put(row, part, row.length + i, fresh.subarray(from, from + size))
        }
      })
    })
    for (const row of rows) row.length += count
    return toLogitRows(results['logits'] as Tensor)
  }
}

/** The inputs of a run that tell of its tokens: rows of these lengths get equally many of them each. */
export function toTokenFeeds(run: {
  readonly TensorType: TensorConstructor
  readonly graph: DecoderGraph
  readonly lengths: readonly number[]
  readonly tokens: readonly number[]
  readonly logitsCount: number
}): Record<string, Tensor> {
  const { TensorType, graph, lengths, tokens, logitsCount } = run
  const rows = lengths.length
  const count = tokens.length / rows
  const total = Math.max(...lengths) + count
  const int64 = (data: BigInt64Array, dims: number[]): Tensor => new TensorType('int64', data, dims)
  const mask = new BigInt64Array(rows * total)
  lengths.forEach((length, row) => mask.fill(1n, row * total, row * total + length + count))
  const positions = tokens.map((_, i) => BigInt(lengths[Math.floor(i / count)]! + (i % count)))
  return {
    input_ids: int64(BigInt64Array.from(tokens, BigInt), [rows, count]),
    attention_mask: int64(mask, [rows, total]),
    ...(graph.takesPositions && { position_ids: int64(BigInt64Array.from(positions), [rows, count]) }),
    ...(graph.takesLogitsCount && { num_logits_to_keep: int64(BigInt64Array.of(BigInt(logitsCount)), []) }),
  }
}

/** The logits of each token that a run gave logits for. */
export function toLogitRows({ data, dims }: Tensor): Float32Array[] {
  const logits = data as Float32Array
  const size = dims[2]!
  return Array.from({ length: logits.length / size }, (_, i) => logits.subarray(i * size, (i + 1) * size))
}
