import { rmSync } from 'node:fs'
import type { RowSelection, ScoredRow } from '../../domain/chunk-row.js'
import type { TextLanguage } from '../../domain/text-language.js'
import type { TextRow } from '../../ports/text-index.js'
import { openConnection, type Connection } from '../sqlite/connection.js'
import { Analyzer } from './analyzer.js'
import { toSqlCondition, type SqlCondition } from './filter-sql.js'

const K1 = 1.2
const B = 0.75

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
    term INTEGER NOT NULL, row INTEGER NOT NULL, frequency INTEGER NOT NULL, length INTEGER NOT NULL,
    readers INTEGER NOT NULL, PRIMARY KEY (term, row)
  ) STRICT, WITHOUT ROWID;
`

export function createTextTables(path: string, language: TextLanguage): void {
  using connection = openConnection(path, 'write')
  connection.exec(TABLES)
  if (!connection.get('SELECT 1 FROM settings'))
    connection.run('INSERT INTO settings (language) VALUES (?)', [language])
}

export function dropTextTables(path: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true })
}

const NO_CONDITION: SqlCondition = { sql: '1', values: [] }

interface Totals {
  readonly id: number
  readonly rows: number
  readonly words: number
}

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
      if (mode === 'write') connection.exec('PRAGMA wal_autocheckpoint = 1000')
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
      for (const row of rows) this.#addRow(row)
    })
  }

  #addRow(row: TextRow): void {
    const frequencies = new Map<string, number>()
    const words = this.#analyzer.analyze(row.text)
    for (const { term } of words) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
    const terms = Array.from(frequencies, ([term, frequency]) => ({ id: this.#requireTerm(term), frequency }))
    const readers = this.#countReaders(JSON.stringify(row.readers), 1, words.length)
    const { documentId, versionId, ordinal, metadata } = row
    const termIds = JSON.stringify(terms.map(({ id }) => id))
    const { id } = this.#connection.get<{ id: number }>(
      `INSERT INTO rows (name, document, version, ordinal, readers, length, metadata, terms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      [row.id, documentId, versionId, ordinal, readers, words.length, JSON.stringify(metadata), termIds],
    )!
    for (const term of terms)
      this.#connection.run('INSERT INTO postings (term, row, frequency, length, readers) VALUES (?, ?, ?, ?, ?)', [
        term.id,
        id,
        term.frequency,
        words.length,
        readers,
      ])
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
    for (const { id, terms, length, list } of rows) {
      this.#connection.run('DELETE FROM postings WHERE row = ?1 AND term IN (SELECT value FROM json_each(?2))', [
        id,
        terms,
      ])
      this.#connection.run('DELETE FROM rows WHERE id = ?', [id])
      this.#countReaders(list, -1, -length)
    }
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

  #search(query: string, { readers, filter, ids, limit }: RowSelection): ScoredRow[] {
    const visible = this.#listVisible(readers)
    const rows = visible.reduce((total, list) => total + list.rows, 0)
    const words = visible.reduce((total, list) => total + list.words, 0)
    const lists = JSON.stringify(visible.map(({ id }) => id))
    const weights = this.#weigh(query, lists, rows)
    if (weights.length === 0) return []
    const condition = filter ? toSqlCondition(filter) : NO_CONDITION
    const named = ids
      ? { sql: 'name IN (SELECT value FROM json_each(?))', values: [JSON.stringify(ids)] }
      : NO_CONDITION
    // The same sum gives the same score in whichever order it was made.
    const sql = `
      WITH weights AS (SELECT value ->> 0 AS term, value ->> 1 AS weight FROM json_each(?)),
      scores AS (
        SELECT row, sum(weight * frequency / (frequency + ${K1} * (${1 - B} + ${B} * length / ?))) AS score
        FROM weights CROSS JOIN postings USING (term)
        WHERE readers IN (SELECT value FROM json_each(?)) GROUP BY row
      )
      SELECT name AS id, document AS documentId, version AS versionId, ordinal, round(score, 9) AS score
      FROM scores JOIN rows ON rows.id = scores.row WHERE ${condition.sql} AND ${named.sql}
      ORDER BY round(score, 9) DESC, name LIMIT ?`
    const values = [
      JSON.stringify(weights),
      Math.max(1, words / rows),
      lists,
      ...condition.values,
      ...named.values,
      limit,
    ]
    return this.#connection.all<ScoredRow>(sql, values).map((row) => ({ ...row }))
  }

  #listVisible(names: readonly string[]): Totals[] {
    return this.#connection.all<Totals>(
      `SELECT id, rows, words FROM readers WHERE list = 'null' OR EXISTS (
         SELECT 1 FROM json_each(list) WHERE value IN (SELECT value FROM json_each(?)))`,
      [JSON.stringify(names)],
    )
  }

  /** Ids of the query's terms with their weights. */
  #weigh(query: string, lists: string, rows: number): [number, number][] {
    const counts = new Map<string, number>()
    for (const { term } of this.#analyzer.analyze(query, { keepStopWords: true }))
      counts.set(term, (counts.get(term) ?? 0) + 1)
    const weights: [number, number][] = []
    for (const [term, count] of counts) {
      const found = this.#connection.get<{ id: number; rows: number }>(
        `SELECT terms.id, count(*) AS rows FROM terms JOIN postings ON postings.term = terms.id
         WHERE terms.term = ? AND readers IN (SELECT value FROM json_each(?)) GROUP BY terms.id`,
        [term, lists],
      )
      if (found)
        weights.push([found.id, count * (K1 + 1) * Math.log(1 + (rows - found.rows + 0.5) / (found.rows + 0.5))])
    }
    return weights
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]()
  }
}
