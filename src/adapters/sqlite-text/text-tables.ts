import { existsSync, rmSync } from 'node:fs'
import type { RowSelection, ScoredRow } from '../../domain/chunk-row.js'
import type { TextLanguage } from '../../domain/text-language.js'
import type { TextRow } from '../../ports/text-index.js'
import { openConnection, type Connection } from '../sqlite/connection.js'
import { Analyzer } from './analyzer.js'
import { toSqlCondition, type SqlCondition } from './filter-sql.js'
import { nthLargest } from './nth-largest.js'
import { addPostings, readPostings, removePostings, type Posting } from './posting-blocks.js'
import { scoreRows, type QueryTerm, type Visible } from './row-scores.js'

/** A file of another form is made anew. */
const FORM = 2
/** So many times the rows are looked at when those before were too few. */
const MORE_ROWS = 4

/** `readers` are the lists of readers that there are, with what their rows amount to. */
const TABLES = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS settings (language TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS readers (
    id INTEGER PRIMARY KEY, list TEXT NOT NULL UNIQUE, rows INTEGER NOT NULL, words INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS rows (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL, version TEXT NOT NULL,
    ordinal INTEGER NOT NULL, readers INTEGER NOT NULL, length INTEGER NOT NULL, metadata TEXT NOT NULL,
    terms TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS rows_version ON rows (version);
  CREATE TABLE IF NOT EXISTS postings (
    term INTEGER NOT NULL, block INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (term, block)
  ) STRICT;
  PRAGMA user_version = ${FORM};
`

export function createTextTables(path: string, language: TextLanguage): void {
  if (existsSync(path) && !isUsable(path)) dropTextTables(path)
  using connection = openConnection(path, 'write')
  connection.exec(TABLES)
  if (!connection.get('SELECT 1 FROM settings'))
    connection.run('INSERT INTO settings (language) VALUES (?)', [language])
}

/** Whether it has today's form and its pages are whole: SQLite takes what is missing at the end of a file for zeros. */
function isUsable(path: string): boolean {
  using connection = openConnection(path, 'read')
  if (connection.get<{ user_version: number }>('PRAGMA user_version')?.user_version !== FORM) return false
  return connection.get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check === 'ok'
}

export function dropTextTables(path: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true })
}

const NO_CONDITION: SqlCondition = { sql: '1', values: [] }

/** One index: a file with its rows and postings. */
export class TextTables implements Disposable {
  readonly #connection: Connection
  readonly #analyzer: Analyzer

  private constructor(connection: Connection, analyzer: Analyzer) {
    this.#connection = connection
    this.#analyzer = analyzer
  }

  static async open(path: string, mode: 'read' | 'write'): Promise<TextTables> {
    const connection = openConnection(path, mode)
    try {
      if (mode === 'write') connection.exec('PRAGMA wal_autocheckpoint = 1000; PRAGMA secure_delete = ON')
      const settings = connection.get<{ language: TextLanguage }>('SELECT language FROM settings')
      if (!settings) throw new Error('The index has no language.')
      return new TextTables(connection, await Analyzer.open(settings.language))
    } catch (error) {
      connection[Symbol.dispose]()
      throw error
    }
  }

  add(rows: readonly TextRow[]): void {
    this.#connection.transaction(() => {
      addPostings(
        this.#connection,
        rows.flatMap((row) => this.#addRow(row)),
      )
    })
  }

  /** Gives the row's postings. */
  #addRow(row: TextRow): Posting[] {
    const frequencies = new Map<string, number>()
    const words = this.#analyzer.analyze(row.text)
    for (const { term } of words) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
    const terms = Array.from(frequencies, ([term, frequency]) => ({ term: this.#requireTerm(term), frequency }))
    const readers = this.#countReaders(JSON.stringify(row.readers), 1, words.length)
    const { documentId, versionId, ordinal, metadata } = row
    const termIds = JSON.stringify(terms.map(({ term }) => term))
    const { id } = this.#connection.get<{ id: number }>(
      `INSERT INTO rows (name, document, version, ordinal, readers, length, metadata, terms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      [row.id, documentId, versionId, ordinal, readers, words.length, JSON.stringify(metadata), termIds],
    )!
    return terms.map(({ term, frequency }) => ({ term, row: id, frequency, length: words.length, readers }))
  }

  #requireTerm(term: string): number {
    const known = this.#connection.get<{ id: number }>('SELECT id FROM terms WHERE term = ?', [term])
    return (
      known?.id ?? this.#connection.get<{ id: number }>('INSERT INTO terms (term) VALUES (?) RETURNING id', [term])!.id
    )
  }

  #countReaders(list: string, rows: number, words: number): number {
    return this.#connection.get<{ id: number }>(
      `INSERT INTO readers (list, rows, words) VALUES (?1, ?2, ?3)
       ON CONFLICT (list) DO UPDATE SET rows = rows + ?2, words = words + ?3 RETURNING id`,
      [list, rows, words],
    )!.id
  }

  remove(versionIds: readonly string[]): void {
    this.#connection.transaction(() => {
      for (const versionId of versionIds) this.#removeVersion(versionId)
    })
  }

  #removeVersion(versionId: string): void {
    const rows = this.#connection.all<{ id: number; terms: string; length: number; list: string }>(
      'SELECT rows.id, terms, length, list FROM rows JOIN readers ON readers.id = rows.readers WHERE version = ?',
      [versionId],
    )
    const gone = rows.flatMap(({ id, terms }) => (JSON.parse(terms) as number[]).map((term) => ({ term, row: id })))
    removePostings(this.#connection, gone)
    for (const { length, list } of rows) this.#countReaders(list, -1, -length)
    this.#connection.run('DELETE FROM rows WHERE version = ?', [versionId])
    this.#connection.run(
      `DELETE FROM terms WHERE id IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM postings WHERE term = terms.id)`,
      [JSON.stringify([...new Set(gone.map(({ term }) => term))])],
    )
  }

  /** The log has copies of what was removed, which are not overwritten. False when somebody was reading. */
  erase(): boolean {
    return this.#connection.get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')?.busy === 0
  }

  count(): number {
    return this.#connection.get<{ rows: number }>('SELECT count(*) AS rows FROM rows')!.rows
  }

  versions(): Map<string, number> {
    const rows = this.#connection.all<{ version: string; rows: number }>(
      'SELECT version, count(*) AS rows FROM rows GROUP BY version',
    )
    return new Map(rows.map(({ version, rows: count }) => [version, count]))
  }

  search(query: string, selection: RowSelection): ScoredRow[] {
    return this.#connection.snapshot(() => this.#search(query, selection))
  }

  #search(query: string, { readers, filter, limit }: RowSelection): ScoredRow[] {
    const { rows, scores } = scoreRows(this.#readTerms(query), this.#listVisible(readers))
    // A filter may keep few of the best: then it is looked further down, until there are enough.
    for (let wanted = limit; ; wanted *= MORE_ROWS) {
      const least = nthLargest(scores, wanted)
      const best = new Map<number, number>()
      for (let i = 0; i < rows.length; i++) if (scores[i]! >= least) best.set(rows[i]!, scores[i]!)
      const found = this.#select(best, filter ? toSqlCondition(filter) : NO_CONDITION)
      if (found.length >= limit || wanted >= rows.length) return found.slice(0, limit)
    }
  }

  /** Those of the rows that fulfil the condition, the best first. */
  #select(scores: ReadonlyMap<number, number>, { sql, values }: SqlCondition): ScoredRow[] {
    const found = this.#connection.all<Omit<ScoredRow, 'score'> & { row: number }>(
      `SELECT id AS row, name AS id, document AS documentId, version AS versionId, ordinal FROM rows
       WHERE rows.id IN (SELECT value FROM json_each(?)) AND ${sql}`,
      [JSON.stringify([...scores.keys()]), ...values],
    )
    return found
      .map(({ row, ...one }) => ({ ...one, score: scores.get(row)! }))
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
  }

  #listVisible(names: readonly string[]): Visible {
    const found = this.#connection.all<{ id: number; rows: number; words: number }>(
      `SELECT id, rows, words FROM readers WHERE list = 'null' OR EXISTS (
         SELECT 1 FROM json_each(list) WHERE value IN (SELECT value FROM json_each(?)))`,
      [JSON.stringify(names)],
    )
    const { last } = this.#connection.get<{ last: number }>('SELECT coalesce(max(id), 0) AS last FROM readers')!
    const lists = new Uint8Array(last + 1)
    for (const { id } of found) lists[id] = 1
    const sum = (value: (one: (typeof found)[number]) => number): number =>
      found.reduce((total, one) => total + value(one), 0)
    return { lists, rows: sum(({ rows }) => rows), words: sum(({ words }) => words) }
  }

  #readTerms(query: string): QueryTerm[] {
    const counts = new Map<string, number>()
    for (const { term } of this.#analyzer.analyze(query, { keepStopWords: true }))
      counts.set(term, (counts.get(term) ?? 0) + 1)
    return Array.from(counts).flatMap(([term, count]) => {
      const known = this.#connection.get<{ id: number }>('SELECT id FROM terms WHERE term = ?', [term])
      return known ? [{ count, postings: readPostings(this.#connection, known.id) }] : []
    })
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]()
  }
}
