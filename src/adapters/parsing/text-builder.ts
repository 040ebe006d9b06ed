import type { DocumentText, SegmentKind, TextSegment } from '../../domain/document-text.js'
import type { ParseLimits } from '../../ports/document-parser.js'
import { normaliseText } from './normalise-text.js'
import { tooLarge, unreadable } from './problems.js'

export interface Block {
  readonly kind: SegmentKind
  readonly text: string
  /** Of a heading, from 1 for the outermost. */
  readonly level?: number
  readonly page?: number
  readonly metadata?: Readonly<Record<string, unknown>>
}

const BETWEEN = '\n\n'
const MAX_HEADING_CHARACTERS = 300
const MAX_WARNINGS = 50

/** Puts a document's text together from its blocks, in order. */
export class TextBuilder {
  title: string | undefined
  pageCount: number | undefined
  readonly #limits: ParseLimits
  readonly #parts: string[] = []
  readonly #segments: TextSegment[] = []
  readonly #warnings: string[] = []
  #length = 0
  #open: { readonly level: number; readonly text: string }[] = []
  /** Shared by the segments below the same headings. */
  #path: readonly string[] = []

  constructor(limits: ParseLimits) {
    this.#limits = limits
  }

  /** Nothing happens for a block without text. */
  add({ kind, text, level = 1, page, metadata }: Block): void {
    const clean = kind === 'CODE' ? trimLines(normaliseText(text)) : normaliseText(text).trim()
    if (clean === '') return
    const { maxTextCharacters, maxSegments } = this.#limits
    if (this.#segments.length >= maxSegments) throw tooLarge('paragraphs, rows and other parts', maxSegments)
    if (this.#parts.length > 0) {
      this.#parts.push(BETWEEN)
      this.#length += BETWEEN.length
    }
    const start = this.#length
    this.#parts.push(clean)
    this.#length += clean.length
    if (this.#length > maxTextCharacters) throw tooLarge('characters of text', maxTextCharacters)
    if (kind === 'HEADING') this.#close(level)
    this.#segments.push({
      start,
      end: this.#length,
      kind,
      headingPath: this.#path,
      ...(page !== undefined && { page }),
      ...(metadata !== undefined && { metadata }),
    })
    if (kind === 'HEADING') this.#push(level, clean)
  }

  warn(warning: string): void {
    if (this.#warnings.length < MAX_WARNINGS) this.#warnings.push(warning)
  }

  /** @throws GraphloomError `DOCUMENT_UNREADABLE` when there is no text. */
  build(mediaType: DocumentText['mediaType']): DocumentText {
    if (this.#segments.length === 0)
      throw unreadable(
        'NO_TEXT',
        this.pageCount === undefined
          ? 'The document has no text.'
          : 'The document has no text layer: scanned pages must pass through character recognition first.',
      )
    const title = normaliseText(this.title ?? '')
      .replaceAll(/\s+/gu, ' ')
      .trim()
      .slice(0, MAX_HEADING_CHARACTERS)
      .toWellFormed()
    return {
      mediaType,
      text: this.#parts.join(''),
      ...(title !== '' && { title }),
      segments: this.#segments,
      ...(this.pageCount !== undefined && { pageCount: this.pageCount }),
      warnings: this.#warnings,
    }
  }

  #close(level: number): void {
    const kept = this.#open.filter((heading) => heading.level < level)
    if (kept.length === this.#open.length) return
    this.#open = kept
    this.#path = kept.map(({ text }) => text)
  }

  #push(level: number, text: string): void {
    const name = text.replaceAll(/\s+/gu, ' ').slice(0, MAX_HEADING_CHARACTERS).toWellFormed()
    this.#open.push({ level, text: name })
    this.#path = [...this.#path, name]
  }
}

/** Without empty lines at both ends; the indent of the first line is kept. */
function trimLines(text: string): string {
  const from = text.search(/\S/u)
  return from < 0 ? '' : text.slice(text.lastIndexOf('\n', from) + 1).trimEnd()
}
