import { LRUCache } from 'lru-cache'
import { createId } from '../../kernel/ids.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { Principal } from '../../domain/principal.js'
import type { TextEmbedder } from './text-embedder.js'

const KEPT_QUERIES = 2_000

/** Vectors of questions; those asked lately are kept, for each tenant apart. */
export class QueryEmbeddings {
  readonly #embedder: TextEmbedder
  readonly #kept = new LRUCache<string, Float32Array>({ max: KEPT_QUERIES })

  constructor(embedder: TextEmbedder) {
    this.#embedder = embedder
  }

  /** @throws what the model throws. */
  async embed(
    { tenantId, subject }: Principal,
    version: ModelVersionDocument,
    query: string,
    signal: AbortSignal,
  ): Promise<Float32Array> {
    const key = JSON.stringify([tenantId, version.id, query])
    const kept = this.#kept.get(key)
    if (kept) return kept
    const id = createId('prediction')
    const asked = { version, texts: [query], purpose: 'query', tenantId, subject, id, signal } as const
    const [vector] = await this.#embedder.embed(asked)
    this.#kept.set(key, vector)
    return vector!
  }
}
