import type { RowRules } from '../../ports/document-parser.js'
import { unreadable } from './problems.js'
import type { TextBuilder } from './text-builder.js'

/** A row's values by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>

/** Adds a row as text and metadata by the rules. */
export function addRow(row: Row, rules: RowRules, builder: TextBuilder): void {
  const { template, textColumns, metadataColumns } = rules
  const text = template === undefined ? toLines(row, textColumns) : fillTemplate(template, row)
  builder.add({ kind: 'ROW', text, metadata: metadataColumns ? pick(row, metadataColumns) : row })
}

/** @throws GraphloomError `DOCUMENT_UNREADABLE` when the rules name a column that the document does not have. */
export function checkColumns(columns: ReadonlySet<string>, rules: RowRules): void {
  const { template = '', textColumns = [], metadataColumns = [] } = rules
  for (const name of [...textColumns, ...metadataColumns, ...namesIn(template)])
    if (!columns.has(name)) throw unreadable('DAMAGED', `The document has no column "${name}".`, { line: 1 })
}

/** Names in a template are looked up in any row: a row of JSON may lack some. */
function fillTemplate(template: string, row: Row): string {
  return splitTemplate(template)
    .map((part) => (part.isName ? toText(Object.hasOwn(row, part.text) ? row[part.text] : undefined) : part.text))
    .join('')
}

const namesIn = (template: string): string[] =>
  splitTemplate(template).flatMap(({ text, isName }) => (isName ? [text] : []))

function splitTemplate(template: string): { text: string; isName: boolean }[] {
  const parts: { text: string; isName: boolean }[] = []
  let at = 0
  for (;;) {
    const open = template.indexOf('{', at)
    const close = open < 0 ? -1 : template.indexOf('}', open)
    if (close < 0) return [...parts, { text: template.slice(at), isName: false }]
    parts.push({ text: template.slice(at, open), isName: false })
    parts.push({ text: template.slice(open + 1, close).trim(), isName: true })
    at = close + 1
  }
}

function toLines(row: Row, columns: readonly string[] = Object.keys(row)): string {
  const named = columns.map((name) => ({ name, value: toText(Object.hasOwn(row, name) ? row[name] : undefined) }))
  return named
    .filter(({ value }) => value.trim() !== '')
    .map(({ name, value }) => `${name}: ${value}`)
    .join('\n')
}

const pick = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]))

function toText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
