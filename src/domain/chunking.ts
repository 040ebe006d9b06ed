export const CHUNKING_METHODS = ['STRUCTURE', 'FIXED', 'ROW'] as const
export type ChunkingMethod = (typeof CHUNKING_METHODS)[number]

export interface ChunkingSettings {
  /**
   * STRUCTURE: whole paragraphs, lists, tables and sentences under one heading as long as they fit. FIXED: as many words
   * as fit, across all structure. ROW: each row, paragraph or other segment for itself. What does not fit is cut at
   * sentences, then at words, then between characters as readers see them.
   */
  readonly method: ChunkingMethod
  /** Of a chunk, with the model's special tokens: at least 8. */
  readonly maxTokens: number
  /** The end of a chunk that the next one begins with, in whole sentences or words: less than half of `maxTokens`. */
  readonly overlapTokens: number
}

/** `text.slice(start, end)` of a document. */
export interface TextChunk {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly tokens: number
  /** Of its first character. */
  readonly page?: number
  readonly headingPath: readonly string[]
  /** Of the row that it is of, where it is of one alone. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** Tokens of each text with the model's special tokens, as it is embedded. */
export type CountTokens = (texts: readonly string[], signal: AbortSignal) => Promise<readonly number[]>
