import type { RowRules } from '../../ports/document-parser.js'
import { unreadable } from './problems.js'
import { addRow, checkColumns } from './rows.js'
import type { TextBuilder } from './text-builder.js'

const DELIMITERS = [',', ';', '\t', '|'] as const
const MAX_COLUMNS = 1_000

/**
 * CSV by RFC 4180 with the delimiter that the first row has most of. The first row names the columns.
 * @throws GraphloomError `DOCUMENT_UNREADABLE` with the line of a row that is not well formed.
 */
export function readCsv(text: string, rules: RowRules, builder: TextBuilder): void {
  const records = splitRecords(text, findDelimiter(text))
  const first = records.next()
  if (first.done) return
  const columns = first.value.fields.map((name, index) => name.trim() || `column ${index + 1}`)
  if (columns.length > MAX_COLUMNS)
    throw unreadable('TOO_LARGE', `The document has more than ${MAX_COLUMNS} columns.`, { line: 1 })
  const known = new Set(columns)
  if (known.size < columns.length) throw unreadable('DAMAGED', 'Two columns have the same name.', { line: 1 })
  checkColumns(known, rules)
  for (const { fields, line } of records) {
    if (fields.length > columns.length)
      throw unreadable('DAMAGED', `The row has ${fields.length} fields, the first one ${columns.length}.`, { line })
    addRow(Object.fromEntries(columns.map((name, index) => [name, fields[index] ?? ''])), rules, builder)
  }
}

interface CsvRecord {
  readonly fields: readonly string[]
  /** Where it begins, from 1. */
  readonly line: number
}

/** Empty lines are passed over. */
function* splitRecords(text: string, delimiter: string): Generator<CsvRecord> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const started = line
    const fields: string[] = []
    for (let isLast = false; !isLast;) {
      const { value, end } = text[at] === '"' ? readQuoted(text, at, started) : readPlain(text, at, delimiter)
      fields.push(value)
      line += value.split('\n').length - 1
      const next = text[end]
      if (next !== delimiter && next !== '\n' && next !== undefined)
        throw unreadable('DAMAGED', 'Something follows the closing quotation mark of a field.', { line })
      isLast = next !== delimiter
      at = end + 1
    }
    line++
    if (fields.length > 1 || fields[0]?.trim() !== '') yield { fields, line: started }
  }
}

function readPlain(text: string, at: number, delimiter: string): { value: string; end: number } {
  let end = at
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++
  return { value: text.slice(at, end), end }
}

function readQuoted(text: string, at: number, line: number): { value: string; end: number } {
  const parts: string[] = []
  for (let from = at + 1; ;) {
    const mark = text.indexOf('"', from)
    if (mark < 0) throw unreadable('DAMAGED', 'A quotation mark of a field is never closed.', { line })
    parts.push(text.slice(from, mark))
    if (text[mark + 1] !== '"') return { value: parts.join('"'), end: mark + 1 }
    from = mark + 2
  }
}

function findDelimiter(text: string): string {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]))
  let isQuoted = false
  for (let at = 0; at < text.length && (isQuoted || text[at] !== '\n'); at++) {
    const character = text[at]!
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && counts.has(character)) counts.set(character, counts.get(character)! + 1)
  }
  return DELIMITERS.reduce((best, one) => (counts.get(one)! > counts.get(best)! ? one : best))
}
