import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RowSelection, ScoredRow } from '../../domain/chunk-row.js'
import type { TextLanguage } from '../../domain/text-language.js'
import type { TextTerm } from '../../domain/text-term.js'
import type { TextIndex, TextQuery, TextRow, TextSpan } from '../../ports/text-index.js'
import { TextIndexThread } from './text-index-caller.js'

/** BM25 over postings in SQLite files, one for each index. Reads do not wait for writes. */
export class SqliteTextIndex implements TextIndex {
  readonly #folder: string
  readonly #reader = new TextIndexThread('read')
  readonly #writer = new TextIndexThread('write')

  /** Nothing is opened before the first call. */
  constructor(folder: string) {
    this.#folder = folder
  }

  async create(name: string, language: TextLanguage): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await this.#writer.call('create', this.#pathOf(name), language)
  }

  async drop(name: string): Promise<void> {
    await this.#reader.call('drop', this.#pathOf(name))
    await this.#writer.call('drop', this.#pathOf(name))
    // Who searched in between has the file that is gone.
    await this.#reader.call('drop', this.#pathOf(name))
  }

  add(name: string, rows: readonly TextRow[]): Promise<void> {
    return this.#writer.call('add', this.#pathOf(name), rows)
  }

  remove(name: string, versionIds: readonly string[]): Promise<void> {
    return this.#writer.call('remove', this.#pathOf(name), versionIds)
  }

  erase(name: string): Promise<boolean> {
    return this.#writer.call('erase', this.#pathOf(name))
  }

  search(name: string, query: string, selection: RowSelection): Promise<ScoredRow[]> {
    return this.#reader.call('search', this.#pathOf(name), query, selection)
  }

  versions(name: string): Promise<ReadonlyMap<string, number>> {
    return this.#reader.call('versions', this.#pathOf(name))
  }

  count(name: string): Promise<number> {
    return this.#reader.call('count', this.#pathOf(name))
  }

  findWords(query: TextQuery, texts: readonly string[]): Promise<TextSpan[][]> {
    return this.#reader.call('findWords', query, texts)
  }

  findTerms(language: TextLanguage, texts: readonly string[]): Promise<TextTerm[][]> {
    return this.#reader.call('findTerms', language, texts)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#reader.close(), this.#writer.close()])
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}.db`)
  }
}
