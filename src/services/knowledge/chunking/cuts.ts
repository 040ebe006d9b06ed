/** Looked at beyond a place to see whether it is a boundary. */
const BEYOND = 64
const SPACE = /\s/u
/** Belongs to the character before it, also to a space. */
const EXTENDS = /^(?:\p{M}|\p{Emoji_Modifier}|[\u200c\u200d]|[\uff9e\uff9f])/u
/** Some of them take the next character to themselves, also a space. */
const FORMAT = /\p{Cf}$/u
/** White space that no character beside it takes to itself, and that takes none but a line feed after its return. */
const CONTROL = /[\t-\r\u0085\u2028\u2029]/

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
const words = new Intl.Segmenter('und', { granularity: 'word' })
const sentences = new Intl.Segmenter('und', { granularity: 'sentence' })

export interface TextRange {
  readonly start: number
  readonly end: number
}

/** Without white space at both ends, as far as it is a character of its own. Empty for what is white space alone. */
export function trimRange(text: string, { start, end }: TextRange): TextRange {
  let from = start
  while (from < end && isSpace(text, from)) from++
  if (from === end) return { start: from, end }
  if (from > start && !isControl(text, from - 1) && EXTENDS.test(text.slice(from, from + 2))) from--
  let to = end
  while (to > from && isSpace(text, to - 1)) to--
  const takesSpace = to < end && !isControl(text, to) && FORMAT.test(text.slice(Math.max(from, to - 2), to))
  return { start: from, end: takesSpace ? to + 1 : to }
}

/** Parts of at most `target` characters, which end at a space, else at the end of a word, else of a character. */
export function* cutEvenly(text: string, { start, end }: TextRange, target: number): Generator<TextRange> {
  for (let from = start; from < end;) {
    const to = findCut(text, { start: from, end }, target)
    yield { start: from, end: to }
    from = to
  }
}

/** Sentences by Unicode's rules (UAX #29), none of which ends within a character. */
export function* splitSentences(text: string, { start, end }: TextRange): Generator<TextRange> {
  const slice = text.slice(start, end)
  const characters = graphemes.segment(slice)
  let from = 0
  for (const { index, segment } of sentences.segment(slice)) {
    const to = index + segment.length
    if (to < slice.length && characters.containing(to)?.index !== to) continue
    yield { start: start + from, end: start + to }
    from = to
  }
}

export function* splitLines(text: string, { start, end }: TextRange): Generator<TextRange> {
  for (let from = start; from < end;) {
    const at = text.indexOf('\n', from)
    const to = at < 0 || at >= end ? end : at + 1
    yield { start: from, end: to }
    from = to
  }
}

/** Where the range's first part ends: always after its first character. */
function findCut(text: string, { start, end }: TextRange, target: number): number {
  if (end - start <= target) return end
  const most = start + Math.max(1, target)
  for (let at = most; at > start + target / 2; at--) if (isSpaceCut(text, start, at)) return at
  const slice = text.slice(start, Math.min(end, most + BEYOND))
  const characters = graphemes.segment(slice)
  const word = lastBoundary(words.segment(slice), most - start)
  if (word > 0 && characters.containing(word)?.index === word) return start + word
  const character = lastBoundary(characters, most - start)
  return start + (character > 0 ? character : firstCharacterLength(text, { start, end }))
}

/** After a space that neither the character before it nor the one after it takes to itself. */
const isSpaceCut = (text: string, start: number, at: number): boolean =>
  isSpace(text, at - 1) &&
  !(text[at - 1] === '\r' && text[at] === '\n') &&
  !EXTENDS.test(text.slice(at, at + 2)) &&
  !FORMAT.test(text.slice(Math.max(start, at - 3), at - 1))

function lastBoundary(segments: Intl.Segments, most: number): number {
  let last = 0
  for (const { index } of segments) {
    if (index > most) break
    last = index
  }
  return last
}

/** Seen to the end as soon as another character follows it. */
function firstCharacterLength(text: string, { start, end }: TextRange): number {
  for (let looked = BEYOND; ; looked *= 2) {
    const slice = text.slice(start, Math.min(end, start + looked))
    const first = graphemes.segment(slice).containing(0)?.segment.length ?? slice.length
    if (first < slice.length || start + looked >= end) return first
  }
}

const isSpace = (text: string, at: number): boolean => SPACE.test(text[at] ?? '')
const isControl = (text: string, at: number): boolean => CONTROL.test(text[at] ?? '')
