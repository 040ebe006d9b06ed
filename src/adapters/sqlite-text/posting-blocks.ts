import type { Connection } from '../sqlite/connection.js'

/** A row that has a term, in four numbers: its place in the block, how often, the row's words, its list of readers. */
export const POSTING_NUMBERS = 4
/** Rows whose postings of a term are kept together. */
export const BLOCK_ROWS = 2_048

/** How often a row has a term. */
export interface Posting {
  readonly term: number
  readonly row: number
  readonly frequency: number
  readonly length: number
  readonly readers: number
}

/** Postings of a call, by term and block, so that each block is written once. */
type Changes<T> = Map<number, Map<number, T[]>>

function collect<T>(changes: Changes<T>, { term, row }: Pick<Posting, 'term' | 'row'>, value: T): void {
  const blocks = changes.get(term) ?? new Map<number, T[]>()
  changes.set(term, blocks)
  const block = Math.floor(row / BLOCK_ROWS)
  const values = blocks.get(block) ?? []
  blocks.set(block, values)
  values.push(value)
}

export function addPostings(connection: Connection, postings: readonly Posting[]): void {
  const changes: Changes<Posting> = new Map()
  for (const posting of postings) collect(changes, posting, posting)
  for (const [term, blocks] of changes)
    for (const [block, added] of blocks) {
      const known = readBlock(connection, term, block)
      const next = new Uint32Array(known.length + added.length * POSTING_NUMBERS)
      next.set(known)
      for (const [i, { row, frequency, length, readers }] of added.entries())
        next.set([row % BLOCK_ROWS, frequency, length, readers], known.length + i * POSTING_NUMBERS)
      writeBlock(connection, { term, block, postings: next })
    }
}

export function removePostings(connection: Connection, gone: readonly Pick<Posting, 'term' | 'row'>[]): void {
  const changes: Changes<number> = new Map()
  for (const one of gone) collect(changes, one, one.row % BLOCK_ROWS)
  for (const [term, blocks] of changes)
    for (const [block, places] of blocks) {
      const isGone = new Set(places)
      const known = readBlock(connection, term, block)
      const kept = known.filter((_, i) => !isGone.has(known[i - (i % POSTING_NUMBERS)]!))
      writeBlock(connection, { term, block, postings: kept })
    }
}

/** Postings of a term, by their blocks. */
export function readPostings(connection: Connection, term: number): Map<number, Uint32Array> {
  const rows = connection.all<{ block: number; data: Uint8Array }>('SELECT block, data FROM postings WHERE term = ?', [
    term,
  ])
  return new Map(rows.map(({ block, data }) => [block, toNumbers(data)]))
}

function readBlock(connection: Connection, term: number, block: number): Uint32Array {
  const sql = 'SELECT data FROM postings WHERE term = ? AND block = ?'
  const row = connection.get<{ data: Uint8Array }>(sql, [term, block])
  return row ? toNumbers(row.data) : new Uint32Array()
}

interface Block {
  readonly term: number
  readonly block: number
  readonly postings: Uint32Array
}

function writeBlock(connection: Connection, { term, block, postings }: Block): void {
  const { buffer, byteOffset, byteLength } = postings
  if (byteLength === 0) connection.run('DELETE FROM postings WHERE term = ? AND block = ?', [term, block])
  else
    connection.run(
      `INSERT INTO postings (term, block, data) VALUES (?, ?, ?)
       ON CONFLICT (term, block) DO UPDATE SET data = excluded.data`,
      [term, block, new Uint8Array(buffer, byteOffset, byteLength)],
    )
}

function toNumbers({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array {
  const isAligned = byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0
  const [from, at] = isAligned ? [buffer, byteOffset] : [buffer.slice(byteOffset, byteOffset + byteLength), 0]
  return new Uint32Array(from, at, byteLength / Uint32Array.BYTES_PER_ELEMENT)
}
