import type { SegmentKind } from '../../domain/document-text.js'
import type { TextBuilder } from './text-builder.js'

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]|$)/u
const FENCE = /^ {0,3}(`{3,}|~{3,})/u
const BULLET = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/u
const INDENTED = /^(?: {2,}|\t)\S/u
const UNDERLINE = /^ {0,3}(?:=+|-{2,})[ \t]*$/u
const BREAK = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/u
const TABLE_RULE = /^[ \t]*[|:-][-:| \t]*$/u
const FRONT_MATTER = '---'
const FRONT_MATTER_TITLE = /^title:[ \t]*(\S.*)$/u
const MAX_FRONT_MATTER_LINES = 200

/** Blocks as CommonMark and its tables have them. What is written inside of a line stays as it is. */
export function readMarkdown(text: string, builder: TextBuilder): void {
  new MarkdownReader(text.split('\n'), builder).read()
}

class MarkdownReader {
  readonly #lines: readonly string[]
  readonly #builder: TextBuilder
  #at = 0
  #block: string[] = []
  #kind: SegmentKind = 'PARAGRAPH'

  constructor(lines: readonly string[], builder: TextBuilder) {
    this.#lines = lines
    this.#builder = builder
  }

  read(): void {
    this.#skipFrontMatter()
    for (; this.#at < this.#lines.length; this.#at++) this.#take(this.#lines[this.#at]!)
    this.#flush()
  }

  #take(line: string): void {
    const fence = FENCE.exec(line)?.[1]
    const heading = HEADING.exec(line)?.[1]
    if (line.trim() === '') this.#takeEmpty()
    else if (fence !== undefined) this.#takeFence(fence)
    else if (heading !== undefined) this.#addHeading(toHeadingText(line), heading.length)
    else if (line.trimStart().startsWith('<!--')) this.#skipComment()
    else if (this.#kind === 'PARAGRAPH' && this.#block.length > 0 && UNDERLINE.test(line)) this.#takeUnderline(line)
    else if (BREAK.test(line)) this.#flush()
    else this.#takeText(line)
  }

  #takeText(line: string): void {
    if (BULLET.test(line) && this.#kind !== 'LIST') this.#begin('LIST')
    else if (this.#kind === 'PARAGRAPH' && line.includes('|') && TABLE_RULE.test(this.#lines[this.#at + 1] ?? ''))
      this.#begin('TABLE')
    this.#block.push(line)
  }

  /** A list goes on after empty lines when its next item or something indented follows. */
  #takeEmpty(): void {
    if (this.#kind !== 'LIST') return this.#flush()
    const next = this.#lines[this.#at + 1] ?? ''
    if (BULLET.test(next) || INDENTED.test(next)) this.#block.push('')
    else this.#flush()
  }

  #takeFence(fence: string): void {
    const isInList = this.#kind === 'LIST'
    if (!isInList) this.#begin('CODE')
    if (isInList) this.#block.push(this.#lines[this.#at]!)
    for (this.#at++; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at]!
      const isEnd = line.trimStart().startsWith(fence) && line.trim() === (fence[0] ?? '').repeat(line.trim().length)
      if (isInList || !isEnd) this.#block.push(line)
      if (isEnd) break
    }
    if (!isInList) this.#flush()
  }

  #skipComment(): void {
    this.#flush()
    while (this.#at < this.#lines.length && !this.#lines[this.#at]!.includes('-->')) this.#at++
  }

  #takeUnderline(line: string): void {
    const text = this.#block.join(' ')
    this.#block = []
    this.#addHeading(text, line.trimStart().startsWith('=') ? 1 : 2)
  }

  #addHeading(text: string, level: number): void {
    this.#flush()
    this.#builder.add({ kind: 'HEADING', text, level })
    if (level === 1) this.#builder.title ??= text
  }

  #begin(kind: SegmentKind): void {
    this.#flush()
    this.#kind = kind
  }

  #flush(): void {
    this.#builder.add({ kind: this.#kind, text: this.#block.join('\n') })
    this.#block = []
    this.#kind = 'PARAGRAPH'
  }

  #skipFrontMatter(): void {
    if (this.#lines[0]?.trimEnd() !== FRONT_MATTER) return
    const head = this.#lines.slice(1, MAX_FRONT_MATTER_LINES)
    const end = head.findIndex((line) => line.trimEnd() === FRONT_MATTER)
    if (end < 0) return
    const title = head.slice(0, end).find((line) => FRONT_MATTER_TITLE.test(line))
    if (title !== undefined) this.#builder.title = unquote(FRONT_MATTER_TITLE.exec(title)?.[1]?.trim() ?? '')
    this.#at = end + 2
  }
}

const unquote = (text: string): string => {
  const first = text[0]
  return text.length > 1 && (first === '"' || first === "'") && text.endsWith(first) ? text.slice(1, -1) : text
}

/** Without the marks at both ends. */
function toHeadingText(line: string): string {
  const text = line.trim()
  let from = 0
  while (text[from] === '#') from++
  let to = text.length
  while (to > from && text[to - 1] === '#') to--
  const isClosed = to === from || text[to - 1] === ' ' || text[to - 1] === '\t'
  return text.slice(from, isClosed ? to : undefined).trim()
}
