import { toOutlineLevel } from './docx-styles.js'
import type { TextBuilder } from './text-builder.js'
import type { XmlAttributes, XmlHandler } from './xml.js'

/** What a reader does not see, or sees in another form already. */
const UNREAD = new Set(['w:del', 'w:moveFrom', 'w:instrText', 'mc:Fallback', 'w:sectPr', 'w:pPrChange', 'w:rPrChange'])
const CHARACTERS: Readonly<Record<string, string>> = {
  'w:tab': '\t',
  'w:br': '\n',
  'w:cr': '\n',
  'w:noBreakHyphen': '\u2011',
}
/** Separators between a page's text and its notes. */
const UNREAD_NOTES = new Set(['separator', 'continuationSeparator', 'continuationNotice'])

/** Turns the elements of a body, or of notes, into blocks. */
export class DocxBody implements XmlHandler {
  readonly #levels: ReadonlyMap<string, number>
  readonly #builder: TextBuilder
  #path: string[] = []
  #unreadDepth = 0
  #parts: string[] = []
  #level: number | null = null
  #listIndent: number | null = null
  #list: string[] = []
  /** Open tables, the inner ones last: rows of cells of paragraphs. */
  readonly #tables: { rows: string[]; cells: string[]; paragraphs: string[] }[] = []
  #note: string | null = null

  constructor(levels: ReadonlyMap<string, number>, builder: TextBuilder) {
    this.#levels = levels
    this.#builder = builder
  }

  readonly open = (name: string, attributes: XmlAttributes): void => {
    this.#path.push(name)
    if (this.#unreadDepth > 0) return
    if (UNREAD.has(name) || UNREAD_NOTES.has(attributes['w:type'] ?? '')) this.#unreadDepth = this.#path.length
    else if (this.#path.includes('w:pPr')) this.#openProperty(name, attributes)
    else if (name === 'w:tbl') this.#tables.push({ rows: [], cells: [], paragraphs: [] })
    else if (name === 'w:p') this.#openParagraph()
    else if (name === 'w:footnoteReference' || name === 'w:endnoteReference')
      this.#parts.push(`[${attributes['w:id'] ?? ''}]`)
    else if (name === 'w:footnote' || name === 'w:endnote') this.#note = attributes['w:id'] ?? ''
    else if (this.#path.includes('w:r')) this.#parts.push(CHARACTERS[name] ?? '')
  }

  readonly close = (name: string): void => {
    const depth = this.#path.length
    this.#path.pop()
    if (this.#unreadDepth > 0) {
      if (this.#unreadDepth === depth) this.#unreadDepth = 0
      return
    }
    const table = this.#tables.at(-1)
    if (name === 'w:p') this.#closeParagraph()
    else if (name === 'w:body' || name === 'w:footnotes' || name === 'w:endnotes') this.#flushList()
    else if (name === 'w:tbl') this.#closeTable()
    else if (name === 'w:tr' && table) table.rows.push(table.cells.splice(0).join(' | '))
    else if (name === 'w:tc' && table) table.cells.push(table.paragraphs.splice(0).join(' '))
  }

  readonly text = (text: string): void => {
    if (this.#unreadDepth === 0 && this.#path.at(-1) === 'w:t') this.#parts.push(text)
  }

  #openProperty(name: string, attributes: XmlAttributes): void {
    const value = attributes['w:val'] ?? ''
    if (name === 'w:pStyle') this.#level = this.#levels.get(value) ?? this.#level
    else if (name === 'w:outlineLvl') this.#level = toOutlineLevel(value)
    else if (name === 'w:numPr') this.#listIndent = 0
    else if (name === 'w:numId' && value === '0') this.#listIndent = null
    else if (name === 'w:ilvl') this.#listIndent = Math.min(8, Math.max(0, Number(value) || 0))
  }

  /** A paragraph in a paragraph is a text box's. */
  #openParagraph(): void {
    if (this.#parts.length > 0) this.#parts.push(' ')
    this.#level = null
    this.#listIndent = null
  }

  #closeParagraph(): void {
    if (this.#path.includes('w:p')) return
    let text = this.#parts.splice(0).join('').trim()
    if (text === '') return
    if (this.#note !== null) text = `[${this.#note}] ${text}`
    this.#note = null
    const table = this.#tables.at(-1)
    if (table) table.paragraphs.push(text.replaceAll('\n', ' '))
    else if (this.#level !== null) this.#add('HEADING', text, this.#level)
    else if (this.#listIndent !== null) this.#list.push(`${'  '.repeat(this.#listIndent)}- ${text}`)
    else this.#add('PARAGRAPH', text)
  }

  #closeTable(): void {
    const text = this.#tables.pop()?.rows.join('\n') ?? ''
    const outer = this.#tables.at(-1)
    if (outer) outer.paragraphs.push(text.replaceAll('\n', '; '))
    else this.#add('TABLE', text)
  }

  #add(kind: 'HEADING' | 'PARAGRAPH' | 'TABLE', text: string, level = 1): void {
    this.#flushList()
    this.#builder.add({ kind, text, level })
  }

  #flushList(): void {
    this.#builder.add({ kind: 'LIST', text: this.#list.splice(0).join('\n') })
  }
}
