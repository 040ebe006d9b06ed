import type { Tensor } from 'onnxruntime-node'
import type { DecoderRow, DecoderSession, SavedTokens } from './decoder-session.js'
import { toLogitRows, toTokenFeeds, type NodeDecoderOptions } from './node-decoder-session.js'

class ReturnedRow implements DecoderRow {
  length = 0
  parts: readonly Tensor[] = []
}

type Floats = Float32Array | Uint16Array

/**
 * Drives a decoder graph whose cache grows by concatenation: on each run it gives the whole cache (`present.*`), which
 * is fed to the next. Such a cache must be exactly as long as its content, so each row has runs of its own.
 */
export class ReturnedCacheSession implements DecoderSession {
  readonly #options: NodeDecoderOptions
  #open = 0
  #executions = 0

  constructor(options: NodeDecoderOptions) {
    this.#options = options
  }

  get maxRows(): number {
    return this.#options.maxRows
  }

  get tokenBytes(): number {
    const { cache, cacheType } = this.#options.graph
    return cache.names.length * cache.heads * cache.headSize * (cacheType === 'float16' ? 2 : 4)
  }

  get executions(): number {
    return this.#executions
  }

  openRow(): DecoderRow | null {
    if (this.#open >= this.maxRows) return null
    this.#open++
    const row = new ReturnedRow()
    this.#set(row, 0, () => this.#create(0))
    return row
  }

  closeRow(row: DecoderRow): void {
    this.#open--
    requireRow(row).parts = []
  }

  async extend(row: DecoderRow, tokens: readonly number[], logitsCount = 1): Promise<readonly Float32Array[]> {
    const { session, TensorType, graph } = this.#options
    const returned = requireRow(row)
    const feeds = toTokenFeeds({ TensorType, graph, lengths: [row.length], tokens, logitsCount })
    const { names } = graph.cache
    names.forEach((name, part) => (feeds[`past_key_values.${name}`] = returned.parts[part]!))
    this.#executions++
    const results = await session.run(feeds, ['logits', ...names.map((name) => `present.${name}`)])
    returned.parts = names.map((name) => results[`present.${name}`] as Tensor)
    returned.length += tokens.length
    return toLogitRows(results['logits'] as Tensor).slice(-logitsCount)
  }

  async step(rows: readonly DecoderRow[], tokens: readonly number[]): Promise<readonly Float32Array[]> {
    const logits: Float32Array[] = []
    for (const [i, row] of rows.entries()) logits.push((await this.extend(row, [tokens[i]!]))[0]!)
    return logits
  }

  truncate(row: DecoderRow, length: number): void {
    if (length >= row.length) return
    const saved = this.save(row, 0, length)
    this.#set(requireRow(row), 0, () => this.#create(0))
    this.restore(row, saved, length)
  }

  save(row: DecoderRow, from: number, to: number): SavedTokens {
    const { parts, length } = requireRow(row)
    const { heads, headSize } = this.#options.graph.cache
    const size = (to - from) * headSize
    const data = this.#create(to - from, parts.length)
    parts.forEach((part, p) => {
      const cache = part.data as Floats
      for (let head = 0; head < heads; head++) {
        const start = (head * length + from) * headSize
        data.set(cache.subarray(start, start + size), (p * heads + head) * size)
      }
    })
    return { count: to - from, data }
  }

  restore(row: DecoderRow, saved: SavedTokens, count: number): void {
    const returned = requireRow(row)
    const { heads, headSize } = this.#options.graph.cache
    const { length, parts } = returned
    const total = length + count
    this.#set(returned, total, (p) => {
      const wider = this.#create(total)
      const cache = parts[p]!.data as Floats
      for (let head = 0; head < heads; head++) {
        const from = (p * heads + head) * saved.count * headSize
        const start = head * total * headSize
        wider.set(cache.subarray(head * length * headSize, (head + 1) * length * headSize), start)
        wider.set(saved.data.subarray(from, from + count * headSize), start + length * headSize)
      }
      return wider
    })
  }

  [Symbol.dispose](): void {
    void this.#options.session.release()
  }

  #set(row: ReturnedRow, length: number, toData: (part: number) => Floats): void {
    const { TensorType, graph } = this.#options
    const { names, heads, headSize } = graph.cache
    const dims = [1, heads, length, headSize]
    row.parts = names.map((_, part) => new TensorType(graph.cacheType as 'float32', toData(part) as Float32Array, dims))
    row.length = length
  }

  /** Room for so many tokens in each of `parts` parts. */
  #create(tokens: number, parts = 1): Floats {
    const { cache, cacheType } = this.#options.graph
    const size = parts * cache.heads * tokens * cache.headSize
    return cacheType === 'float16' ? new Uint16Array(size) : new Float32Array(size)
  }
}

function requireRow(row: DecoderRow): ReturnedRow {
  if (row instanceof ReturnedRow) return row
  throw new TypeError('The row is of another session.')
}
