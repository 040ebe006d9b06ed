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
    const { textIndex, versions } = this.#options
    const version = await versions.requireVersion(embeddingModelVersionId)
    const vectors: Float32Array[] = []
    const reading = textIndex.findTerms(language, texts)
    reading.catch(() => undefined)
    for (let at = 0; at < texts.length; at += EMBEDDED_AT_ONCE) {
      const batch = texts.slice(at, at + EMBEDDED_AT_ONCE)
      // Sentences are short and somebody waits, as with questions; of one that is too long its beginning counts.
      vectors.push(...(await this.#options.embedder.embed({ ...this.#asker, version, texts: batch, purpose: 'query' })))
    }
    const terms = await reading
    return texts.map((text, i) => ({
      statement: toStatement(text, terms[i]!, language),
      vector: toUnitLength(vectors[i]!),
    }))
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
