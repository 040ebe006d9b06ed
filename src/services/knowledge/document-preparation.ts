import { createHash } from 'node:crypto'
import type { ChunkingSettings, CountTokens, TextChunk } from '../../domain/chunking.js'
import type { DocumentText } from '../../domain/document-text.js'
import type { BaseChunking } from '../../domain/knowledge.js'
import type { StoredChunk } from '../../domain/stored-chunk.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { MetadataField, MetadataValue } from '../../domain/metadata-filter.js'
import type { Json } from '../../kernel/json.js'
import type { DocumentParser } from '../../ports/document-parser.js'
import { chunkDocument } from './chunking/chunk-document.js'
import type { NewDocument } from './document-input.js'
import type { DocumentSources } from './document-sources.js'
import { toHead, toSearched } from './index-rows.js'
import { parseMetadata } from './metadata-input.js'
import type { TextEmbedder } from './text-embedder.js'

export interface DocumentPreparationOptions {
  readonly sources: DocumentSources
  readonly parser: DocumentParser
  readonly embedder: TextEmbedder
}

/** A chunk with what is embedded and searched of it. */
export interface PreparedChunk extends StoredChunk {
  readonly embedded: string
}

/** What was read of a document. */
export interface ReadDocument {
  readonly content: DocumentText
  readonly contentSha256: string | null
  readonly title: string | null
}

const HEAD_TOKENS = 48

/** How documents are cut, and for which model. */
export interface Cutting {
  readonly chunking: BaseChunking
  readonly model: ModelVersionDocument
  readonly metadataFields: readonly MetadataField[]
  readonly signal: AbortSignal
}

/** A document's text. @throws GraphloomError when it cannot be read. */
export async function readDocument(
  { sources, parser }: Pick<DocumentPreparationOptions, 'sources' | 'parser'>,
  given: NewDocument,
  owner: {
    readonly tenantId: string
    readonly signal: AbortSignal
    /** Told when its content is there. */
    readonly onContent?: () => void
  },
): Promise<ReadDocument> {
  const { signal, onContent } = owner
  const { content, contentSha256 } = await sources.withContent(given, owner, async ({ parsed, sha256 }) => {
    onContent?.()
    return { content: await parser.parse({ ...parsed, signal }), contentSha256: sha256 }
  })
  return { content, contentSha256, title: given.title ?? content.title ?? null }
}

/** A document's chunks, with what is embedded of each. */
export async function cutDocument(
  { embedder }: Pick<DocumentPreparationOptions, 'embedder'>,
  { content, title }: ReadDocument,
  { chunking, model, metadataFields, signal }: Cutting,
): Promise<PreparedChunk[]> {
  const { withHeadings, ...settings } = chunking
  const countTokens: CountTokens = (texts, counted) => embedder.countTokens(model, texts, 'document', counted)
  const heads = withHeadings ? await readHeads([title, content], { countTokens, signal }) : NO_HEADS
  const room = Math.min(heads.mostTokens, roomForHeads(settings))
  const chunks = await chunkDocument({
    document: content,
    settings: { ...settings, maxTokens: settings.maxTokens - room },
    countTokens,
    signal,
  })
  return chunks.map((chunk): PreparedChunk => {
    const { start, end, tokens, page, headingPath: headings, metadata = {} } = chunk
    const head = heads.of(chunk, model.contextTokens)
    const embedded = toSearched(chunk.text, head)
    const hash = createHash('sha256').update(embedded).digest('base64url')
    const columns = toColumns(metadata, metadataFields)
    return { start, end, tokens, page: page ?? null, headings, hasHead: head !== '', hash, embedded, metadata: columns }
  })
}

/** Tokens that may be kept free for titles and headings. */
const roomForHeads = ({ maxTokens, overlapTokens }: ChunkingSettings): number =>
  Math.max(0, Math.min(HEAD_TOKENS, Math.floor(maxTokens / 4), maxTokens - 2 * overlapTokens - 1, maxTokens - 8))

/** What is put before chunks: the document's title and the headings above. */
interface Heads {
  readonly mostTokens: number
  /** Title and headings of the chunk; empty where the model cannot take both. */
  of(chunk: TextChunk, limit: number): string
}

const NO_HEADS: Heads = { mostTokens: 0, of: () => '' }

async function readHeads(
  [title, { segments }]: readonly [string | null, DocumentText],
  { countTokens, signal }: { readonly countTokens: CountTokens; readonly signal: AbortSignal },
): Promise<Heads> {
  const heads = new Set(segments.map(({ headingPath }) => toHead(title, headingPath)))
  heads.delete('')
  const texts = [...heads]
  const counts = texts.length === 0 ? [] : await countTokens(texts, signal)
  const tokensOf = new Map(texts.map((head, i) => [head, counts[i]!]))
  return {
    mostTokens: counts.reduce((most, count) => Math.max(most, count), 0),
    of: ({ tokens, headingPath }, limit) => {
      const head = toHead(title, headingPath)
      return tokens + (tokensOf.get(head) ?? limit) <= limit ? head : ''
    },
  }
}

/** Columns of a row that are declared and fit; the others are in its text. */
function toColumns(
  columns: Readonly<Record<string, unknown>>,
  fields: readonly MetadataField[],
): Readonly<Record<string, MetadataValue>> {
  const values: Record<string, MetadataValue> = {}
  for (const field of fields) {
    const value = columns[field.name]
    if (value === undefined || value === null) continue
    const given = field.kind === 'NUMBER' && typeof value === 'string' ? Number(value) : value
    try {
      Object.assign(values, parseMetadata({ [field.name]: given as Json }, [field], 'row'))
    } catch {
      // A column that is of another kind in this row is text alone.
    }
  }
  return values
}
