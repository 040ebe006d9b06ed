import type { SegmentKind } from '../../domain/document-text.js'
import type { Block, TextBuilder } from './text-builder.js'

const BLOCKS = new Set(
  'address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form header hgroup hr html legend main p section summary'.split(
    ' ',
  ),
)
const HEADING = /^h[1-6]$/u
const SPACES = /\s+/gu

interface List {
  readonly isOrdered: boolean
  items: number
}

/** Turns elements and texts into blocks. */
export class HtmlBlocks {
  readonly #builder: TextBuilder
  readonly #blocks: (Block & { readonly isMain: boolean })[] = []
  readonly #lists: List[] = []
  #parts: string[] = []
  #kind: SegmentKind = 'PARAGRAPH'
  #level = 1
  #preDepth = 0
  #tableDepth = 0
  #cells = 0
  #mainDepth = 0

  constructor(builder: TextBuilder) {
    this.#builder = builder
  }

  open(name: string): void {
    if (name === 'main') {
      this.#flush()
      this.#mainDepth++
    }
    if (HEADING.test(name)) this.#begin('HEADING', Number(name[1]))
    else if (name === 'table') this.#openTable()
    else if (name === 'pre') {
      if (this.#isFree()) this.#begin('CODE')
      this.#preDepth++
    } else if (name === 'ul' || name === 'ol') this.#openList(name === 'ol')
    else if (name === 'br') this.#parts.push('\n')
    else this.#openPart(name)
  }

  close(name: string): void {
    if (HEADING.test(name)) this.#flush()
    else if (name === 'table') this.#closeTable()
    else if (name === 'pre') this.#closePre()
    else if (name === 'ul' || name === 'ol') this.#closeList()
    else if (BLOCKS.has(name)) this.#break()
    if (name === 'main') this.#closeMain()
  }

  write(text: string): void {
    this.#parts.push(this.#preDepth > 0 ? text : text.replaceAll(SPACES, ' '))
  }

  /** Gives the blocks to the builder: those of the main part when it has that many characters. */
  finish(mainCharacters: number): void {
    this.#flush()
    let main = 0
    for (const { isMain, text } of this.#blocks) if (isMain) main += text.length
    for (const block of this.#blocks) {
      if (main >= mainCharacters && !block.isMain) continue
      if (block.kind === 'HEADING' && block.level === 1 && this.#builder.title === '') this.#builder.title = block.text
      this.#builder.add(block)
    }
  }

  #openPart(name: string): void {
    if (name === 'li') this.#openItem()
    else if (name === 'tr') this.#openRow()
    else if (name === 'td' || name === 'th') this.#openCell()
    else if (BLOCKS.has(name)) this.#break()
  }

  #openTable(): void {
    if (this.#tableDepth++ === 0 && this.#lists.length === 0) this.#begin('TABLE')
    else this.#parts.push(' ')
  }

  #closeTable(): void {
    if (this.#tableDepth > 0 && --this.#tableDepth === 0 && this.#kind === 'TABLE') this.#flush()
  }

  #openRow(): void {
    if (this.#tableDepth > 1) return
    this.#cells = 0
    this.#parts.push('\n')
  }

  #openCell(): void {
    this.#parts.push(this.#tableDepth <= 1 && this.#cells++ > 0 ? ' | ' : ' ')
  }

  #closePre(): void {
    if (this.#preDepth > 0 && --this.#preDepth === 0 && this.#kind === 'CODE') this.#flush()
  }

  #openList(isOrdered: boolean): void {
    if (this.#lists.length === 0 && this.#tableDepth === 0) this.#begin('LIST')
    this.#lists.push({ isOrdered, items: 0 })
  }

  #closeList(): void {
    this.#lists.pop()
    if (this.#lists.length === 0 && this.#kind === 'LIST') this.#flush()
  }

  #openItem(): void {
    const list = this.#lists.at(-1)
    if (!list) return this.#break()
    list.items++
    const indent = '  '.repeat(this.#lists.length - 1)
    this.#parts.push(`\n${indent}${list.isOrdered ? `${list.items}.` : '-'} `)
  }

  #closeMain(): void {
    this.#flush()
    if (this.#mainDepth > 0) this.#mainDepth--
  }

  /** Outside of lists and tables, whose parts stay together. */
  #isFree(): boolean {
    return this.#lists.length === 0 && this.#tableDepth === 0
  }

  #break(): void {
    if (this.#kind === 'PARAGRAPH') this.#flush()
    else if (this.#kind !== 'HEADING') this.#parts.push(' ')
  }

  #begin(kind: SegmentKind, level = 1): void {
    this.#flush()
    this.#kind = kind
    this.#level = level
  }

  #flush(): void {
    const joined = this.#parts.join('')
    const text = this.#kind === 'CODE' ? joined : tidy(joined)
    this.#parts = []
    const kind = this.#kind
    this.#kind = this.#isFree() ? 'PARAGRAPH' : this.#lists.length > 0 ? 'LIST' : 'TABLE'
    if (text.trim() !== '') this.#blocks.push({ kind, text, level: this.#level, isMain: this.#mainDepth > 0 })
  }
}

/** One space between words, lines without spaces at their ends; indents of list items stay. */
function tidy(text: string): string {
  const lines = text.split('\n').map((line) => {
    const indent = /^ *(?=(?:-|\d+\.) )/u.exec(line)?.[0] ?? ''
    return indent + line.trim().replaceAll(/ {2,}/gu, ' ')
  })
  return lines.filter((line) => line.trim() !== '' && line.trim() !== '-').join('\n')
}
