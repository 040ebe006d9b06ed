import type { DocumentText, TextSegment } from '../../domain/document-text.js'
import type { ParseLimits } from '../../ports/document-parser.js'
import { tooLarge, unreadable } from './problems.js'

/** Of one document after the other: `start`, its pieces by `append`, then `parse`. */
export type ParserCall = 'start' | 'append' | 'parse'

/** Sent before the result. */
export interface ParsedPart {
  readonly text?: string
  readonly segments?: readonly TextSegment[]
}

export type ParsedRest = Omit<DocumentText, 'text' | 'segments'>

/** Puts a document together from parts, within the limits whatever the parser says. */
export class ParsedParts {
  readonly #limits: ParseLimits
  readonly #texts: string[] = []
  readonly #segments: TextSegment[] = []
  #characters = 0

  constructor(limits: ParseLimits) {
    this.#limits = limits
  }

  add({ text = '', segments = [] }: ParsedPart): void {
    const { maxTextCharacters, maxSegments } = this.#limits
    this.#characters += text.length
    if (this.#characters > maxTextCharacters) throw tooLarge('characters of text', maxTextCharacters)
    if (this.#segments.length + segments.length > maxSegments) throw tooLarge('parts', maxSegments)
    this.#texts.push(text)
    for (const segment of segments) this.#segments.push(segment)
  }

  join(rest: ParsedRest): DocumentText {
    let last = 0
    for (const { start, end } of this.#segments) {
      if (!Number.isInteger(start) || !Number.isInteger(end) || start < last || end <= start || end > this.#characters)
        throw unreadable('CRASHED', 'The parser gave parts that do not lie in the text.')
      last = end
    }
    return { ...rest, text: this.#texts.join(''), segments: this.#segments }
  }
}
