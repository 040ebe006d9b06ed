import type { AnswerCitation, AnswerDocument, AnswerHit } from '../../../domain/answer.js'
import { parseChunkId, type DocumentVersion, type KnowledgeDocument } from '../../../domain/knowledge.js'
import type { Principal } from '../../../domain/principal.js'
import type { Payloads } from '../../payloads.js'
import type { KnowledgeDocumentsService } from '../knowledge-documents.service.js'
import type { DocumentChunk } from '../version-chunks.js'
import { toQuoteHash } from './quotes.js'

export interface CitedTextsOptions {
  readonly documents: Pick<KnowledgeDocumentsService, 'getMany' | 'getVersions' | 'readChunks'>
  readonly payloads: Payloads
}

/** A citation with what is stored of its source now. */
export interface CitedText extends AnswerCitation {
  /** Null when its generation is gone. */
  readonly chunk: DocumentChunk | null
  readonly document: KnowledgeDocument
  readonly documentVersion: DocumentVersion
  /** `text.slice(start, end)` of the version as it is stored. */
  readonly quote: string
  /** Whether the quote is what was cited. */
  readonly valid: boolean
  /** Whether searches find a later version of the document. */
  readonly superseded: boolean
}

export type FoundText = AnswerHit & { readonly chunk: DocumentChunk; readonly document: KnowledgeDocument }

interface Source {
  readonly document: KnowledgeDocument
  readonly version: DocumentVersion
  readonly text: string
}

/** Sources of answers as they are stored now, for whoever may see them. */
export class CitedTexts {
  readonly #options: CitedTextsOptions

  constructor(options: CitedTextsOptions) {
    this.#options = options
  }

  /** Without those whose documents are gone, or not there for the principal. */
  async readCitations(principal: Principal, citations: readonly AnswerCitation[]): Promise<CitedText[]> {
    const sources = await this.#readSources(principal, citations)
    const chunks = await this.#readChunks(sources, citations)
    return citations.flatMap((citation) => {
      const source = sources.get(citation.versionId)
      if (!source) return []
      const { document, version, text } = source
      const quote = text.slice(citation.start, citation.end)
      return [
        {
          ...citation,
          document,
          documentVersion: version,
          chunk: chunks.get(citation.chunkId) ?? null,
          quote,
          valid: toQuoteHash(quote) === citation.quoteHash,
          superseded: document.versionId !== version.id,
        },
      ]
    })
  }

  /** Likewise; without those of generations that are gone. */
  async readHits(principal: Principal, hits: readonly AnswerHit[]): Promise<FoundText[]> {
    const sources = await this.#readSources(principal, hits)
    const chunks = await this.#readChunks(sources, hits)
    return hits.flatMap((hit) => {
      const source = sources.get(hit.versionId)
      const chunk = chunks.get(hit.chunkId)
      return source && chunk ? [{ ...hit, chunk, document: source.document }] : []
    })
  }

  /** Whether everything that an answer's text is made from is there for the principal. */
  async isReadable(principal: Principal, { usedRanks }: AnswerDocument, hits: readonly AnswerHit[]): Promise<boolean> {
    const used = new Set(usedRanks)
    const ids = new Set(hits.filter(({ rank }) => used.has(rank)).map(({ documentId }) => documentId))
    if (ids.size === 0) return true
    return (await this.#options.documents.getMany(principal, [...ids])).every((document) => document !== null)
  }

  async #readSources(
    principal: Principal,
    places: readonly Pick<AnswerHit, 'versionId'>[],
  ): Promise<ReadonlyMap<string, Source>> {
    const { documents, payloads } = this.#options
    const ids = [...new Set(places.map(({ versionId }) => versionId))]
    const versions = (await documents.getVersions(principal, ids)).filter((version) => version !== null)
    const known = await documents.getMany(
      principal,
      versions.map(({ documentId }) => documentId),
    )
    const read = versions.map(async (version, i): Promise<[string, Source][]> => {
      const document = known[i]
      if (!document || !version.content) return []
      return [[version.id, { document, version, text: (await payloads.get(version.content)).text }]]
    })
    return new Map((await Promise.all(read)).flat())
  }

  /** By their ids. */
  async #readChunks(
    sources: ReadonlyMap<string, Source>,
    places: readonly Pick<AnswerHit, 'versionId' | 'chunkId'>[],
  ): Promise<ReadonlyMap<string, DocumentChunk>> {
    const sets = new Map(
      places.map(({ versionId, chunkId }) => {
        const { generation } = parseChunkId(chunkId)
        return [`${versionId} ${generation}`, { version: sources.get(versionId)?.version, generation }]
      }),
    )
    const read = Array.from(sets.values()).flatMap(({ version, generation }) =>
      version ? [this.#options.documents.readChunks(version, generation)] : [],
    )
    return new Map((await Promise.all(read)).flat().map((chunk) => [chunk.id, chunk]))
  }
}
