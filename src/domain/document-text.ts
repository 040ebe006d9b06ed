/** Kinds of documents that are read. Those of source code and logs are plain text. */
export const DOCUMENT_MEDIA_TYPES = [
  'text/plain',
  'text/markdown',
  'text/html',
  'text/csv',
  'application/jsonl',
  'application/pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
] as const
export type DocumentMediaType = (typeof DOCUMENT_MEDIA_TYPES)[number]

export const SEGMENT_KINDS = ['HEADING', 'PARAGRAPH', 'LIST', 'TABLE', 'CODE', 'ROW'] as const
export type SegmentKind = (typeof SEGMENT_KINDS)[number]

/** A piece of a document's text that belongs together. */
export interface TextSegment {
  /** UTF-16 offsets into the text; segments follow each other without overlap, with white space alone between them. */
  readonly start: number
  readonly end: number
  readonly kind: SegmentKind
  /** From 1, of formats that have pages. */
  readonly page?: number
  /** Headings above it, the outermost first, without its own. */
  readonly headingPath: readonly string[]
  /** Of a row: what its columns say. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** A document as text. */
export interface DocumentText {
  readonly mediaType: DocumentMediaType
  /**
   * In Unicode's form C, with line feeds alone, well formed (no half of a surrogate pair), without control characters
   * but tab and line feed, and without soft hyphens.
   */
  readonly text: string
  readonly title?: string
  readonly segments: readonly TextSegment[]
  /** Of formats that have pages. */
  readonly pageCount?: number
  /** What was passed over, in words: a page without text, bytes that are no characters. */
  readonly warnings: readonly string[]
}

/** Why a document cannot be read. */
export const DOCUMENT_PROBLEMS = [
  'UNREACHABLE',
  'UNSUPPORTED_TYPE',
  'DAMAGED',
  'ENCRYPTED',
  'NO_TEXT',
  'UNSAFE',
  'TOO_LARGE',
  'TOO_SLOW',
  'OUT_OF_MEMORY',
  'CRASHED',
] as const
export type DocumentProblem = (typeof DOCUMENT_PROBLEMS)[number]
