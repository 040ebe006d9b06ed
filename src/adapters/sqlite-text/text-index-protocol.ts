import type { RowSelection, ScoredRow } from '../../domain/chunk-row.js'
import type { TextLanguage } from '../../domain/text-language.js'
import type { TextTerm } from '../../domain/text-term.js'
import type { TextQuery, TextRow, TextSpan } from '../../ports/text-index.js'

/** What the threads can be asked for. */
export interface TextCalls {
  create(path: string, language: TextLanguage): void
  drop(path: string): void
  add(path: string, rows: readonly TextRow[]): void
  remove(path: string, versionIds: readonly string[]): void
  erase(path: string): boolean
  search(path: string, query: string, selection: RowSelection): ScoredRow[]
  versions(path: string): ReadonlyMap<string, number>
  count(path: string): number
  findWords(query: TextQuery, texts: readonly string[]): TextSpan[][]
  findTerms(language: TextLanguage, texts: readonly string[]): TextTerm[][]
}

export type TextCall = keyof TextCalls

export interface TextThreadRequest {
  readonly number: number
  readonly call: TextCall
  readonly args: readonly unknown[]
}

export type TextThreadReply =
  { readonly number: number; readonly result: unknown } | { readonly number: number; readonly problem: string }
