import type { DocumentText, SegmentKind } from '../../../domain/document-text.js'
import { splitLines, splitSentences, trimRange, type TextRange } from '../chunking/cuts.js'

/** Ends a word that is written short, not a sentence. */
const ABBREVIATION =
  /(?:^|[\s("'“])(?:\p{Lu}|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Fig|Figs|Eq|vs|etc|e\.g|i\.e|cf|approx|ca|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|z\.\s?B|bzw|Abs|Art|Ltd|Inc|Co)\.\s*$/u
const ABBREVIATION_CHARACTERS = 16
/** A line that ends a paragraph's line, not the paragraph. */
const SOFT_BREAK = /(?<!\n)\n(?!\n)/g
const WORD = /[\p{L}\p{N}]/u

/** The sentences of a running text, by Unicode's rules; an abbreviation ends none, nor does the end of a line. */
export function findSentences(text: string): TextRange[] {
  const flowing = text.replace(SOFT_BREAK, ' ')
  return joinAbbreviated(flowing, [...splitSentences(flowing, { start: 0, end: text.length })])
    .map((range) => trimRange(text, range))
    .filter(({ start, end }) => WORD.test(text.slice(start, end)))
}

function joinAbbreviated(text: string, ranges: readonly TextRange[]): TextRange[] {
  const joined: TextRange[] = []
  for (const range of ranges) {
    const last = joined.at(-1)
    const isOpen =
      last && ABBREVIATION.test(text.slice(Math.max(last.start, last.end - ABBREVIATION_CHARACTERS), last.end))
    if (last && isOpen) joined[joined.length - 1] = { start: last.start, end: range.end }
    else joined.push(range)
  }
  return joined
}

const RUNNING: ReadonlySet<SegmentKind> = new Set(['PARAGRAPH', 'HEADING'])

/** Sentences of a part of a document, as ranges of its whole text; of rows, lists and code each line for itself. */
export function findSentencesOf({ text, segments }: DocumentText, part: TextRange): TextRange[] {
  return segments
    .filter(({ start, end, kind }) => start < part.end && end > part.start && kind !== 'HEADING')
    .flatMap((segment) => {
      const range = { start: Math.max(segment.start, part.start), end: Math.min(segment.end, part.end) }
      const pieces = RUNNING.has(segment.kind) || segment.kind === 'ROW' ? [range] : [...splitLines(text, range)]
      return pieces.flatMap(({ start, end }) =>
        findSentences(text.slice(start, end)).map((one) => ({ start: start + one.start, end: start + one.end })),
      )
    })
}
