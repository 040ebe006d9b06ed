import type { Logger } from 'pino'
import type { ChunkRow } from '../../domain/chunk-row.js'
import type { KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { TextIndex } from '../../ports/text-index.js'
import type { VectorIndex } from '../../ports/vector-index.js'

export interface IndexWriterOptions {
  readonly vectorIndex: VectorIndex
  readonly textIndex: TextIndex
  readonly logger: Logger
}

export interface IndexedChunk extends ChunkRow {
  readonly text: string
  readonly vector: Float32Array
}

export type IndexedBase = Pick<KnowledgeBaseDocument, 'indexName' | 'language' | 'metadataFields'> & {
  readonly dimensions: number
}

/** Small writes after which an index is compacted. */
const WRITES_BEFORE_COMPACTION = 50

/** Both indexes of a base, written by one at a time. */
export class IndexWriter {
  readonly #options: IndexWriterOptions
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #created = new Map<string, number>()
  readonly #writes = new Map<string, number>()

  constructor(options: IndexWriterOptions) {
    this.#options = options
  }

  /** Adds chunks of versions that no search gives yet; what an attempt before left of them goes. */
  add(base: IndexedBase, chunks: readonly IndexedChunk[], isAgain: boolean): Promise<void> {
    const { vectorIndex, textIndex } = this.#options
    return this.#inTurn(base.indexName, async (name) => {
      await this.#create(base)
      if (isAgain) await this.#remove(name, [...new Set(chunks.map(({ versionId }) => versionId))])
      await textIndex.add(
        name,
        chunks.map(({ vector: _vector, ...row }) => row),
      )
      await vectorIndex.add(
        name,
        chunks.map(({ text: _text, ...row }) => row),
      )
    })
  }

  remove(base: IndexedBase, versionIds: readonly string[]): Promise<void> {
    if (versionIds.length === 0) return Promise.resolve()
    return this.#inTurn(base.indexName, async (name) => {
      await this.#create(base)
      await this.#remove(name, versionIds)
    })
  }

  /** Makes room for what the base declares by now. */
  extend(base: IndexedBase): Promise<void> {
    return this.#inTurn(base.indexName, () => this.#create(base))
  }

  drop(indexName: string): Promise<void> {
    const { vectorIndex, textIndex } = this.#options
    return this.#inTurn(indexName, async (name) => {
      this.#created.delete(name)
      this.#writes.delete(name)
      await Promise.all([textIndex.drop(name), vectorIndex.drop(name)])
    })
  }

  /** Resolves when nothing is being written. */
  async settle(): Promise<void> {
    while (this.#turns.size > 0) await Promise.allSettled(this.#turns.values())
  }

  async #create({ indexName, language, metadataFields, dimensions }: IndexedBase): Promise<void> {
    if (this.#created.get(indexName) === metadataFields.length) return
    const { vectorIndex, textIndex } = this.#options
    await textIndex.create(indexName, language)
    await vectorIndex.create(indexName, { dimensions, metadataFields })
    await vectorIndex.addFields(indexName, metadataFields)
    this.#created.set(indexName, metadataFields.length)
  }

  async #remove(name: string, versionIds: readonly string[]): Promise<void> {
    await this.#options.textIndex.remove(name, versionIds)
    await this.#options.vectorIndex.remove(name, versionIds)
  }

  async #inTurn(name: string, work: (name: string) => Promise<void>): Promise<void> {
    const before = this.#turns.get(name) ?? Promise.resolve()
    const turn = before.catch(() => undefined).then(() => work(name))
    const after = turn.then(() => this.#compactSometimes(name)).catch(() => undefined)
    this.#turns.set(name, after)
    void after.then(() => {
      if (this.#turns.get(name) === after) this.#turns.delete(name)
    })
    await turn
  }

  async #compactSometimes(name: string): Promise<void> {
    const writes = (this.#writes.get(name) ?? 0) + 1
    this.#writes.set(name, writes % WRITES_BEFORE_COMPACTION)
    if (writes < WRITES_BEFORE_COMPACTION || !this.#created.has(name)) return
    try {
      await this.#options.vectorIndex.compact(name)
    } catch (error) {
      this.#options.logger.warn({ err: error, index: name }, 'an index could not be compacted')
    }
  }
}
