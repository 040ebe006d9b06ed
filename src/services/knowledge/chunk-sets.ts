import { isErrorWithCode } from '../../kernel/errors.js'
import { toChunkSetId, type ChunkSet } from '../../domain/knowledge.js'
import { fromKeptChunk, toKeptChunk, type StoredChunk } from '../../domain/stored-chunk.js'
import { blobIdOf } from '../../domain/stored-document.js'
import type { PageRequest } from '../../kernel/pages.js'
import { SYSTEM_SCOPE, type DocumentStore, type Filter, type Scope } from '../../ports/document-store.js'
import { ignoreMissing } from '../document-reads.js'
import type { Payloads } from '../payloads.js'
import { CHUNK_SETS } from './knowledge-collections.js'
import { decodeVectors, encodeVectors } from './vector-text.js'

export interface NewChunkSet extends Pick<
  ChunkSet,
  'tenantId' | 'knowledgeBaseId' | 'versionId' | 'generation' | 'modelVersionId'
> {
  readonly chunks: readonly StoredChunk[]
  readonly vectors: readonly Float32Array[]
}

/** Chunks with their vectors. */
export interface ReadChunkSet {
  readonly chunks: readonly StoredChunk[]
  readonly vectors: readonly Float32Array[]
}

type SetPlace = Pick<ChunkSet, 'versionId' | 'generation'>

const PAGE_ITEMS = 100
const RACES = 20

/** What versions of documents were cut into and embedded as, of each generation. */
export class ChunkSets {
  readonly #documents: DocumentStore
  readonly #payloads: Payloads

  constructor(documents: DocumentStore, payloads: Payloads) {
    this.#documents = documents
    this.#payloads = payloads
  }

  get(scope: Scope, { versionId, generation }: SetPlace): Promise<ChunkSet | null> {
    return this.#documents.get(CHUNK_SETS, scope, toChunkSetId(versionId, generation))
  }

  /** In the order of the places; null for what is not there. */
  getMany(scope: Scope, places: readonly SetPlace[]): Promise<(ChunkSet | null)[]> {
    const ids = places.map(({ versionId, generation }) => toChunkSetId(versionId, generation))
    return this.#documents.getMany(CHUNK_SETS, scope, ids)
  }

  /** The sets of a version, of all generations. */
  async list(scope: Scope, versionId: string): Promise<readonly ChunkSet[]> {
    return this.#find(scope, { versionId: { eq: versionId } })
  }

  /** Null when the vectors are gone. */
  async read({ chunks, vectors }: ChunkSet): Promise<ReadChunkSet | null> {
    if (!vectors) return null
    const [read, text] = await Promise.all([this.#payloads.get(chunks), this.#payloads.get(vectors)])
    return { chunks: read.map(fromKeptChunk), vectors: decodeVectors(text, read.length) }
  }

  /** In the place of what an earlier attempt may have left. */
  async put({ chunks, vectors, ...named }: NewChunkSet): Promise<void> {
    const { tenantId, versionId, generation } = named
    await this.#delete(await this.get({ tenantId }, named))
    const stored = {
      chunks: await this.#payloads.put(chunks.map(toKeptChunk)),
      vectors: await this.#payloads.put(encodeVectors(vectors)),
    }
    const blobs = { chunksBlobId: blobIdOf(stored.chunks), vectorsBlobId: blobIdOf(stored.vectors) }
    const id = toChunkSetId(versionId, generation)
    await this.#documents.insert(CHUNK_SETS, { ...named, ...stored, ...blobs, id })
  }

  /** The chunks stay, so that what was cited can be looked up. No error when there is no such set. */
  async dropVectors(scope: Scope, place: SetPlace): Promise<void> {
    for (let race = 1; ; race++) {
      const set = await this.get(scope, place)
      if (!set?.vectors) return
      try {
        const next = { ...set, vectors: null, vectorsBlobId: null }
        await this.#documents.update(CHUNK_SETS, scope, set.revision, next)
        return await this.#payloads.delete(set.vectors)
      } catch (error) {
        const isRace = isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')
        if (!isRace || race >= RACES) throw error
      }
    }
  }

  /** All vectors of a generation. */
  async dropGeneration({ tenantId, id }: { readonly tenantId: string; readonly id: string }, generation: number) {
    const filter = { knowledgeBaseId: { eq: id }, generation: { eq: generation } }
    for (let cursor: string | null = null; ;) {
      const page: PageRequest = { limit: PAGE_ITEMS, cursor, backward: false }
      const { items, hasNextPage } = await this.#documents.find(CHUNK_SETS, { tenantId }, { filter, page })
      for (const { node } of items) await this.dropVectors({ tenantId }, node)
      if (!hasNextPage) return
      cursor = items.at(-1)!.cursor
    }
  }

  /** All sets of a version. */
  async deleteOf(tenantId: string, versionId: string): Promise<void> {
    for (;;) {
      const sets = await this.list({ tenantId }, versionId)
      for (const set of sets) await this.#delete(set)
      if (sets.length < PAGE_ITEMS) return
    }
  }

  /** Those whose version is gone already. */
  async deleteAll({ tenantId, id }: { readonly tenantId: string; readonly id: string }): Promise<void> {
    for (;;) {
      const sets = await this.#find({ tenantId }, { knowledgeBaseId: { eq: id } })
      for (const set of sets) await this.#delete(set)
      if (sets.length < PAGE_ITEMS) return
    }
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    const counts = await Promise.all([
      this.#documents.count(CHUNK_SETS, SYSTEM_SCOPE, { chunksBlobId: { eq: blobId } }),
      this.#documents.count(CHUNK_SETS, SYSTEM_SCOPE, { vectorsBlobId: { eq: blobId } }),
    ])
    return counts.some((count) => count > 0)
  }

  async #find(scope: Scope, filter: Filter): Promise<ChunkSet[]> {
    const page = { limit: PAGE_ITEMS, cursor: null, backward: false }
    return (await this.#documents.find(CHUNK_SETS, scope, { filter, page })).items.map(({ node }) => node)
  }

  async #delete(set: ChunkSet | null): Promise<void> {
    if (!set) return
    const { tenantId, id } = set
    await ignoreMissing(this.#documents.delete(CHUNK_SETS, { tenantId }, id))
    await this.#payloads.delete(set.chunks, set.vectors)
  }
}
