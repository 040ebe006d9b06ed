import type { Line } from './pdf-lines.js'
import type { TextBuilder } from './text-builder.js'

/** Letters this much larger than those of most of the text are a heading's. */
const HEADING_RATIO = 1.15
const MAX_HEADING_CHARACTERS = 200
const MAX_LEVEL = 6
/** A distance between lines this much larger than the usual one parts paragraphs. */
const PARAGRAPH_GAP = 1.35
/** Sizes that differ by less are the same. */
const SIZE_STEP = 0.5
const HYPHENATED = /\p{L}[-\u2010\u00ad]$/u
const STARTS_SMALL = /^\p{Ll}/u
/** Written without spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\u3000-\u303f\uff00-\uffef]/u

interface Layout {
  readonly bodySize: number
  /** Sizes of headings, the largest first. */
  readonly headingSizes: readonly number[]
  /** Between the bases of two lines of a paragraph. */
  readonly leading: number
}

/** Puts lines together to headings and paragraphs; none goes over the end of its page. */
export function addPages(pages: readonly (readonly Line[])[], builder: TextBuilder): void {
  const layout = measure(pages)
  for (const [index, lines] of pages.entries())
    for (const group of groupLines(lines, layout)) {
      const size = roundSize(group[0]!.size)
      const text = joinLines(group)
      const isHeading = size >= layout.bodySize * HEADING_RATIO && text.length <= MAX_HEADING_CHARACTERS
      const level = Math.min(MAX_LEVEL, layout.headingSizes.indexOf(size) + 1)
      builder.add({ kind: isHeading ? 'HEADING' : 'PARAGRAPH', text, level, page: index + 1 })
    }
}

function measure(pages: readonly (readonly Line[])[]): Layout {
  const characters = new Map<number, number>()
  const distances = new Map<number, number>()
  for (const lines of pages)
    for (const [index, { text, size, y }] of lines.entries()) {
      addTo(characters, roundSize(size), text.length)
      const above = lines[index - 1]
      if (above && above.y > y) addTo(distances, roundSize(above.y - y), 1)
    }
  const bodySize = mostFrequent(characters)
  const headingSizes = [...characters.keys()].filter((size) => size >= bodySize * HEADING_RATIO)
  return { bodySize, headingSizes: headingSizes.toSorted((a, b) => b - a), leading: mostFrequent(distances) }
}

function* groupLines(lines: readonly Line[], { leading }: Layout): Generator<Line[]> {
  let group: Line[] = []
  for (const line of lines) {
    const above = group.at(-1)
    if (above && isApart(above, line, leading)) {
      yield group
      group = []
    }
    group.push(line)
  }
  if (group.length > 0) yield group
}

/** A line above the last one begins another column. */
function isApart(above: Line, line: Line, leading: number): boolean {
  if (roundSize(above.size) !== roundSize(line.size)) return true
  const distance = above.y - line.y
  return distance < 0 || distance > Math.max(leading, line.size) * PARAGRAPH_GAP
}

/** A word that a line's end parts is put together again when it goes on with a small letter. */
function joinLines(lines: readonly Line[]): string {
  const parts: string[] = []
  for (const { text } of lines) {
    const last = parts.at(-1)
    if (last === undefined) parts.push(text)
    else if (HYPHENATED.test(last) && STARTS_SMALL.test(text)) parts.splice(-1, 1, last.slice(0, -1), text)
    else if (UNSPACED.test(last.at(-1) ?? '') && UNSPACED.test(text[0] ?? '')) parts.push(text)
    else parts.push(' ', text)
  }
  return parts.join('')
}

const roundSize = (size: number): number => Math.round(size / SIZE_STEP) * SIZE_STEP

const addTo = (counts: Map<number, number>, key: number, count: number): void =>
  void counts.set(key, (counts.get(key) ?? 0) + count)

function mostFrequent(counts: ReadonlyMap<number, number>): number {
  let best = 0
  let most = 0
  for (const [key, count] of counts)
    if (count > most) {
      best = key
      most = count
    }
  return best
}
