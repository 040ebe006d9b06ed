import type { DocumentDiff, DocumentVersion, IndexGeneration } from '../../domain/knowledge.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { DocumentOrigin } from './document-acceptance.js'
import type { PreparedChunk, ReadDocument } from './document-preparation.js'
import type { DocumentRecords } from './document-records.js'
import type { TextEmbedder } from './text-embedder.js'

export interface DocumentVectorsOptions {
  readonly records: DocumentRecords
  readonly embedder: TextEmbedder
}

export interface DocumentVectorsRequest {
  readonly origin: DocumentOrigin
  readonly signal: AbortSignal
  /** Told how many of a version's chunks have their vectors. */
  readonly onEmbedded?: (version: DocumentVersion, done: number, total: number) => void
}

/** A version's chunks in a generation. */
export interface PreparedSet {
  readonly generation: IndexGeneration
  readonly model: ModelVersionDocument
  readonly chunks: readonly PreparedChunk[]
}

export interface EmbeddedSet extends PreparedSet {
  readonly vectors: readonly Float32Array[]
  readonly diff: DocumentDiff
}

export interface PreparedVersion extends ReadDocument {
  readonly version: DocumentVersion
  /** Versions whose vectors are taken over where the same was embedded, the served one first. */
  readonly knownIds: readonly string[]
  readonly sets: readonly PreparedSet[]
}

export interface EmbeddedVersion extends Omit<PreparedVersion, 'sets'> {
  readonly sets: readonly EmbeddedSet[]
}

/** What was embedded before of a document. */
interface KnownVectors {
  readonly vectors: ReadonlyMap<string, Float32Array>
  /** Hashes of the served version's chunks, by the number of the generation. */
  readonly served: ReadonlyMap<number, readonly string[]>
}

/** Texts of one request to the model; so many requests are at it at once. */
const TEXTS_AT_ONCE = 64
const PARALLEL_REQUESTS = 2

/** Chunks whose embedded text a known version has by the same model keep its vectors; the others are embedded. */
export async function embedVersions(
  options: DocumentVectorsOptions,
  request: DocumentVectorsRequest,
  prepared: readonly PreparedVersion[],
): Promise<EmbeddedVersion[]> {
  const known = await Promise.all(prepared.map((one) => readKnownVectors(options, one)))
  const texts = new Map<ModelVersionDocument, Map<string, string>>()
  for (const [i, { sets }] of prepared.entries())
    for (const { model, chunks } of sets) {
      const ofModel = texts.get(model) ?? new Map<string, string>()
      for (const { hash, embedded } of chunks)
        if (!known[i]!.vectors.has(toKey(model.id, hash))) ofModel.set(toKey(model.id, hash), embedded)
      texts.set(model, ofModel)
    }
  const fresh = new Map<string, Float32Array>()
  const tell = (): void => {
    if (request.onEmbedded)
      for (const [i, { version, sets }] of prepared.entries()) {
        const keys = sets.flatMap(({ model, chunks }) => chunks.map(({ hash }) => toKey(model.id, hash)))
        const done = keys.filter((key) => fresh.has(key) || known[i]!.vectors.has(key)).length
        request.onEmbedded(version, done, keys.length)
      }
  }
  for (const [model, ofModel] of texts) {
    tell()
    await embedTexts(options, { ...request, model, onPart: tell }, [ofModel, fresh])
  }
  return prepared.map((one, i) => {
    const sets = one.sets.map((set): EmbeddedSet => {
      const keys = set.chunks.map(({ hash }) => toKey(set.model.id, hash))
      const vectors = keys.map((key) => known[i]!.vectors.get(key) ?? fresh.get(key)!)
      return { ...set, vectors, diff: toDiff(set, known[i]!) }
    })
    return { ...one, sets }
  })
}

const toKey = (modelVersionId: string, hash: string): string => `${modelVersionId} ${hash}`

async function readKnownVectors(
  { records }: DocumentVectorsOptions,
  { version, knownIds, sets }: PreparedVersion,
): Promise<KnownVectors> {
  const models = new Set(sets.map(({ model }) => model.id))
  const vectors = new Map<string, Float32Array>()
  const served = new Map<number, readonly string[]>()
  for (const [at, id] of knownIds.entries())
    for (const set of await records.sets.list({ tenantId: version.tenantId }, id)) {
      const read = models.has(set.modelVersionId) ? await records.sets.read(set) : null
      if (!read) continue
      for (const [i, { hash }] of read.chunks.entries()) vectors.set(toKey(set.modelVersionId, hash), read.vectors[i]!)
      const hashes = read.chunks.map(({ hash }) => hash)
      if (at === 0) served.set(set.generation, hashes)
    }
  return { vectors, served }
}

async function embedTexts(
  { embedder }: DocumentVectorsOptions,
  {
    model,
    origin,
    signal,
    onPart,
  }: DocumentVectorsRequest & { readonly model: ModelVersionDocument; readonly onPart: () => void },
  [texts, fresh]: readonly [ReadonlyMap<string, string>, Map<string, Float32Array>],
): Promise<void> {
  const { tenantId, createdBy: subject, taskId: id } = origin
  // Texts of about one length fill a run.
  const entries = [...texts].sort(([, a], [, b]) => a.length - b.length)
  const parts = Array.from({ length: Math.ceil(entries.length / TEXTS_AT_ONCE) }, (_, i) =>
    entries.slice(i * TEXTS_AT_ONCE, (i + 1) * TEXTS_AT_ONCE),
  )
  const work = async (): Promise<void> => {
    for (let part = parts.pop(); part; part = parts.pop()) {
      const asked = { version: model, purpose: 'document', tenantId, subject, id, signal } as const
      const vectors = await embedder.embed({ ...asked, texts: part.map(([, text]) => text) })
      for (const [i, [key]] of part.entries()) fresh.set(key, vectors[i]!)
      onPart()
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_REQUESTS }, work))
}

function toDiff({ chunks, model, generation }: PreparedSet, { vectors, served }: KnownVectors): DocumentDiff {
  const same = chunks.filter(({ hash }) => vectors.has(toKey(model.id, hash)))
  const hashes = new Set(chunks.map(({ hash }) => hash))
  const before = new Set(served.get(generation.number))
  return {
    unchanged: same.length,
    embedded: chunks.length - same.length,
    removed: [...before].filter((hash) => !hashes.has(hash)).length,
    tokensSaved: same.reduce((total, { tokens }) => total + tokens, 0),
  }
}
