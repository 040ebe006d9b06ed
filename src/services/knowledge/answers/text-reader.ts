import { LRUCache } from 'lru-cache'
import { toStatement, type Statement } from '../../../domain/support/statement.js'
import type { TextLanguage } from '../../../domain/text-language.js'
import type { TextIndex } from '../../../ports/text-index.js'
import type { ModelStore } from '../../models/model-store.js'
import type { ModelAsker } from '../model-work.js'
import type { TextEmbedder } from '../text-embedder.js'

export interface TextReaderOptions {
  readonly textIndex: Pick<TextIndex, 'findTerms'>
  readonly embedder: Pick<TextEmbedder, 'embed'>
  readonly versions: Pick<ModelStore, 'requireVersion'>
  /** Vectors of texts that were read lately, for each tenant apart. */
  readonly kept: KeptVectors
}

/** What texts are compared by: what they say, and what they mean. */
export interface ReadText {
  readonly statement: Statement
  /** Of length 1. */
  readonly vector: Float32Array
}

export interface TextKind {
  readonly language: TextLanguage
  readonly embeddingModelVersionId: string
}

const EMBEDDED_AT_ONCE = 64
const KEPT_TEXTS = 8_192

export type KeptVectors = Pick<LRUCache<string, Float32Array>, 'get' | 'set'>

export const createKeptVectors = (): KeptVectors => new LRUCache({ max: KEPT_TEXTS })

/** Reads texts of one answer. */
export class TextReader {
  readonly #options: TextReaderOptions
  readonly #asker: Omit<ModelAsker, 'version'>

  constructor(options: TextReaderOptions, asker: Omit<ModelAsker, 'version'>) {
    this.#options = options
    this.#asker = asker
  }

  /** In their order. @throws what the model throws. */
  async read(texts: readonly string[], { language, embeddingModelVersionId }: TextKind): Promise<ReadText[]> {
    const [terms, vectors] = await Promise.all([
      this.#options.textIndex.findTerms(language, texts),
      this.#embed(texts, embeddingModelVersionId),
    ])
    return texts.map((text, i) => ({ statement: toStatement(text, terms[i]!, language), vector: vectors[i]! }))
  }

  async #embed(texts: readonly string[], modelVersionId: string): Promise<Float32Array[]> {
    const { kept, versions, embedder } = this.#options
    const keyOf = (text: string): string => JSON.stringify([this.#asker.tenantId, modelVersionId, text])
    const known = new Map(texts.map((text) => [text, kept.get(keyOf(text))]))
    const unknown = [...known.keys()].filter((text) => !known.get(text))
    const version = await versions.requireVersion(modelVersionId)
    for (let at = 0; at < unknown.length; at += EMBEDDED_AT_ONCE) {
      const batch = unknown.slice(at, at + EMBEDDED_AT_ONCE)
      // Sentences are short and somebody waits, as with questions; of one that is too long its beginning counts.
      const vectors = await embedder.embed({ ...this.#asker, version, texts: batch, purpose: 'query' })
      for (const [i, text] of batch.entries()) {
        const vector = toUnitLength(vectors[i]!)
        known.set(text, vector)
        kept.set(keyOf(text), vector)
      }
    }
    return texts.map((text) => known.get(text)!)
  }
}

export function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? vector : vector.map((value) => value / length)
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * (b[i] ?? 0)
  return sum
}
