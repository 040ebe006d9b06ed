import type { DocumentDiff } from '../../domain/knowledge.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { Payloads } from '../payloads.js'
import type { DocumentOrigin } from './document-acceptance.js'
import type { PreparedDocument } from './document-preparation.js'
import type { DocumentRecords } from './document-records.js'
import type { TextEmbedder } from './text-embedder.js'
import { decodeVectors } from './vector-text.js'

export interface DocumentVectorsOptions {
  readonly records: DocumentRecords
  readonly payloads: Payloads
  readonly embedder: TextEmbedder
}

export interface DocumentVectorsRequest {
  readonly model: ModelVersionDocument
  readonly origin: DocumentOrigin
  readonly signal: AbortSignal
}

export interface EmbeddedDocument extends PreparedDocument {
  readonly vectors: readonly Float32Array[]
  readonly diff: DocumentDiff
}

/** Texts of one request to the model; so many requests are at it at once. */
const TEXTS_AT_ONCE = 64
const PARALLEL_REQUESTS = 2

/** Chunks whose embedded text the served version has keep its vectors; the others are embedded. */
export async function embedDocuments(
  options: DocumentVectorsOptions,
  request: DocumentVectorsRequest,
  prepared: readonly PreparedDocument[],
): Promise<EmbeddedDocument[]> {
  const known = await Promise.all(prepared.map((one) => readKnownVectors(options, request, one)))
  const wanted = prepared.flatMap(({ chunks }, i) => chunks.filter(({ hash }) => !known[i]!.has(hash)))
  const texts = new Map(wanted.map(({ hash, embedded }) => [hash, embedded]))
  const fresh = await embedTexts(options, request, texts)
  return prepared.map((one, i) => {
    const before = known[i]!
    const vectors = one.chunks.map(({ hash }) => before.get(hash) ?? fresh.get(hash)!)
    return { ...one, vectors, diff: toDiff(one, before) }
  })
}

/** Vectors of the version that is served now, by what was embedded. */
async function readKnownVectors(
  { records, payloads }: DocumentVectorsOptions,
  { model }: DocumentVectorsRequest,
  { document, version }: PreparedDocument,
): Promise<ReadonlyMap<string, Float32Array>> {
  const scope = { tenantId: version.tenantId }
  if (document.versionId === null) return new Map()
  const [before, stored] = await Promise.all([
    records.getVersion(scope, document.versionId),
    records.getVectors(scope, document.versionId),
  ])
  if (!before?.chunks || stored?.modelVersionId !== model.id) return new Map()
  const chunks = await payloads.get(before.chunks)
  const vectors = decodeVectors(await payloads.get(stored.vectors), chunks.length)
  return new Map(chunks.map(({ hash }, i) => [hash, vectors[i]!]))
}

async function embedTexts(
  { embedder }: DocumentVectorsOptions,
  { model, origin, signal }: DocumentVectorsRequest,
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { tenantId, createdBy: subject, taskId: id } = origin
  // Texts of about one length fill a run.
  const entries = [...texts].sort(([, a], [, b]) => a.length - b.length)
  const parts = Array.from({ length: Math.ceil(entries.length / TEXTS_AT_ONCE) }, (_, i) =>
    entries.slice(i * TEXTS_AT_ONCE, (i + 1) * TEXTS_AT_ONCE),
  )
  const fresh = new Map<string, Float32Array>()
  const work = async (): Promise<void> => {
    for (let part = parts.pop(); part; part = parts.pop()) {
      const asked = { version: model, purpose: 'document', tenantId, subject, id, signal } as const
      const vectors = await embedder.embed({ ...asked, texts: part.map(([, text]) => text) })
      for (const [i, [hash]] of part.entries()) fresh.set(hash, vectors[i]!)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_REQUESTS }, work))
  return fresh
}

function toDiff({ chunks }: PreparedDocument, before: ReadonlyMap<string, unknown>): DocumentDiff {
  const same = chunks.filter(({ hash }) => before.has(hash))
  const hashes = new Set(chunks.map(({ hash }) => hash))
  return {
    unchanged: same.length,
    embedded: chunks.length - same.length,
    removed: [...before.keys()].filter((hash) => !hashes.has(hash)).length,
    tokensSaved: same.reduce((total, { tokens }) => total + tokens, 0),
  }
}
