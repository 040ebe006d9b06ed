import { toChunkId, type ChunkSet, type DocumentVersion } from '../../domain/knowledge.js'
import { fromKeptChunk, type KeptChunk, type StoredChunk } from '../../domain/stored-chunk.js'
import type { Payloads } from '../payloads.js'
import type { DocumentRecords } from './document-records.js'

/** A chunk of a document's version, with its text. */
export interface DocumentChunk extends StoredChunk {
  readonly id: string
  readonly documentId: string
  readonly versionId: string
  readonly ordinal: number
  /** `text.slice(start, end)` of the version. */
  readonly text: string
}

export interface VersionChunksOptions {
  readonly records: DocumentRecords
  readonly payloads: Payloads
}

type ChunkedVersion = Pick<DocumentVersion, 'id' | 'documentId' | 'content'>

interface ReadVersion {
  readonly version: ChunkedVersion
  readonly generation: number
  readonly text: string
  readonly kept: readonly KeptChunk[]
}

const FIXED_BYTES = 1_024
const CHUNK_BYTES = 256

/** The chunks that a version has in a generation. Each is made when it is asked for: a search shows few of many. */
export class VersionChunks {
  readonly #read: ReadVersion

  private constructor(read: ReadVersion) {
    this.#read = read
  }

  /** Those of a set; none where there is none, or the version was not read. */
  static async open(
    { payloads }: Pick<VersionChunksOptions, 'payloads'>,
    version: ChunkedVersion,
    set: ChunkSet | null,
  ): Promise<VersionChunks> {
    const { content } = version
    if (!content || !set) return new VersionChunks({ version, generation: 0, text: '', kept: [] })
    const [{ text }, kept] = await Promise.all([payloads.get(content), payloads.get(set.chunks)])
    return new VersionChunks({ version, generation: set.generation, text, kept })
  }

  /** About what it takes in memory. */
  get bytes(): number {
    const { text, kept } = this.#read
    return FIXED_BYTES + 2 * text.length + CHUNK_BYTES * kept.length
  }

  get(ordinal: number): DocumentChunk | null {
    const { version, generation, text, kept } = this.#read
    const { id: versionId, documentId } = version
    const chunk = kept[ordinal]
    if (!chunk) return null
    return {
      ...fromKeptChunk(chunk),
      id: toChunkId(versionId, generation, ordinal),
      documentId,
      versionId,
      ordinal,
      text: text.slice(chunk.start, chunk.end),
    }
  }

  /** In order; from `start` to before `end`, as far as there are such. */
  slice(start = 0, end = Infinity): DocumentChunk[] {
    const last = Math.min(end, this.#read.kept.length)
    const chunks: DocumentChunk[] = []
    for (let ordinal = Math.max(0, start); ordinal < last; ordinal++) chunks.push(this.get(ordinal)!)
    return chunks
  }
}

/** All chunks that a version has in a generation, in order; none where that has not got it. */
export async function readVersionChunks(
  options: VersionChunksOptions,
  version: DocumentVersion,
  generation: number,
): Promise<DocumentChunk[]> {
  const { id: versionId, tenantId } = version
  const set = await options.records.sets.get({ tenantId }, { versionId, generation })
  return (await VersionChunks.open(options, version, set)).slice()
}
