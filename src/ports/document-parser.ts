import type { DocumentText } from '../domain/document-text.js'

export interface ParseRequest {
  /** The whole document, in order. Read once; pieces are not kept. */
  readonly content: AsyncIterable<Uint8Array> | Uint8Array
  /** What the sender says it is. It decides between kinds that look alike, and never against what the bytes are. */
  readonly mediaType?: string
  /** A file's name or an address; its ending counts as a media type does. */
  readonly name?: string
  /** How a row of CSV or JSONL becomes text. */
  readonly rows?: RowRules
  readonly limits?: Partial<ParseLimits>
  readonly signal: AbortSignal
}

export interface RowRules {
  /** With `{column}` in the place of values. Without it a row is a line `column: value` for each text column. */
  readonly template?: string
  /** Columns that are text, in this order; all when left out. */
  readonly textColumns?: readonly string[]
  /** Columns that become the segment's metadata; all when left out. */
  readonly metadataColumns?: readonly string[]
}

export interface ParseLimits {
  /** The document itself, bytes. */
  readonly maxBytes: number
  /** What is inflated of it, all entries together, bytes. */
  readonly maxInflatedBytes: number
  readonly maxTextCharacters: number
  readonly maxSegments: number
  /** From when the parser has the whole document to the last character that it gives, milliseconds. */
  readonly timeoutMs: number
}

/**
 * Reads documents that nobody has looked at, away from the server's process: one that crashes, hangs or fills the
 * memory costs itself alone. The parsing process has none of the server's settings and secrets, reads no files but its
 * own code, and opens no connections.
 */
export interface DocumentParser extends AsyncDisposable {
  /**
   * The document's text. Several are read at once, the others wait in order; the time counts from when its turn comes.
   * Rejects with the signal's reason when it aborts, with what `content` throws, and otherwise with
   * `DOCUMENT_UNREADABLE`, whose details name the problem, with page or line where it is known;
   * `OVERLOADED` when too many wait;
   * `UNAVAILABLE` after disposal.
   */
  parse(request: ParseRequest): Promise<DocumentText>
}
