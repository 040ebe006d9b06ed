import type { ChunkRow, RowSelection, ScoredRow } from '../domain/chunk-row.js'
import type { TextLanguage } from '../domain/text-language.js'
import type { TextTerm } from '../domain/text-term.js'

export interface TextRow extends ChunkRow {
  /** What is searched: the chunk, and what was put before it. */
  readonly text: string
}

export interface TextQuery {
  readonly text: string
  readonly language: TextLanguage
}

/** UTF-16 offsets into a text. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

/**
 * Words of chunks, ranked by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009; k1 = 1.2,
 * b = 0.75, inverse document frequency ln(1 + (N − n + 0.5) / (n + 0.5))). N, n and the mean length are those of the rows
 * that the asking readers may see, whatever the filter: rows of others have no influence on a score, and neither has the
 * order in which rows came.
 *
 * Words are runs of letters and digits, folded to lower case without marks, stemmed by language, without its stop words;
 * scripts without spaces are taken in pairs of characters. A query of stop words alone has them as its words.
 *
 * As `VectorIndex`, it can be made again, and what is asked of an index that is not there is `UNAVAILABLE`.
 */
export interface TextIndex extends AsyncDisposable {
  /** Makes an empty index of the language; no error when there is one. */
  create(name: string, language: TextLanguage): Promise<void>
  /** No error when there is none. */
  drop(name: string): Promise<void>
  /** Adds rows, all or none. Their ids must be new. */
  add(name: string, rows: readonly TextRow[]): Promise<void>
  /** Removes the rows of these versions; those that are not there are no error. */
  remove(name: string, versionIds: readonly string[]): Promise<void>
  /** Rows that have a word of the query, the best first; of equal ones in the order of their ids. */
  search(name: string, query: string, selection: RowSelection): Promise<ScoredRow[]>
  /** Leaves nothing of what was removed in its files. False when somebody was reading: then it is asked again later. */
  erase(name: string): Promise<boolean>
  /** How many rows the index has of each version. */
  versions(name: string): Promise<ReadonlyMap<string, number>>
  /** Rows that the index has, all readers' together. */
  count(name: string): Promise<number>
  /** Where each text has words of the query, in order. */
  findWords(query: TextQuery, texts: readonly string[]): Promise<TextSpan[][]>
  /** The words of each text as they are searched by, in order. */
  findTerms(language: TextLanguage, texts: readonly string[]): Promise<TextTerm[][]>
}
