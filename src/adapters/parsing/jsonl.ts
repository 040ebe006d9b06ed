import type { RowRules } from '../../ports/document-parser.js'
import { unreadable } from './problems.js'
import { addRow, type Row } from './rows.js'
import type { TextBuilder } from './text-builder.js'

/**
 * One JSON object per line; empty lines are passed over.
 * @throws GraphloomError `DOCUMENT_UNREADABLE` with the line that is none.
 */
export function readJsonl(text: string, rules: RowRules, builder: TextBuilder): void {
  let line = 0
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at)
    const written = text.slice(at, end < 0 ? undefined : end)
    at = end < 0 ? text.length : end + 1
    line++
    if (written.trim() === '') continue
    const row = parseObject(written)
    if (!row) throw unreadable('DAMAGED', 'The line is not a JSON object.', { line })
    addRow(row, rules, builder)
  }
}

export function parseObject(written: string): Row | null {
  try {
    const value: unknown = JSON.parse(written)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : null
  } catch {
    return null
  }
}
