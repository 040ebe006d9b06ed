import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ChunkingMethod, CountTokens } from '../../../domain/chunking.js'
import type { DocumentText, TextSegment } from '../../../domain/document-text.js'
import { cutEvenly, splitLines, splitSentences, type TextRange } from './cuts.js'

/** What is not cut any further: a sentence, a line, some words. With the white space after it. */
export interface Atom extends TextRange {
  /** Index of the segment that it is of. */
  readonly segment: number
  /** Without the model's special tokens. */
  readonly tokens: number
}

/** Pieces of this length are looked through for sentences at once. */
const PIECE_CHARACTERS = 20_000
/** Of fixed chunks: some words each. */
const WORDS_CHARACTERS = 32
/** Others get their turn after so many characters. */
const TURN_CHARACTERS = 20_000
const MAX_ROUNDS = 40
const MAX_BATCH = 512
const MAX_BATCH_CHARACTERS = 200_000
/** So that most parts are small enough at once. */
const CUT_RATIO = 1.25

export class TokenCounter {
  readonly #count: CountTokens
  readonly #signal: AbortSignal
  #special: number | null = null

  constructor(count: CountTokens, signal: AbortSignal) {
    this.#count = count
    this.#signal = signal
  }

  /** With special tokens. In calls of a bounded size. */
  async count(texts: readonly string[]): Promise<number[]> {
    const counts: number[] = []
    for (let at = 0; at < texts.length;) {
      this.#signal.throwIfAborted()
      const batch: string[] = []
      for (let size = 0; at < texts.length && (batch.length === 0 || size < MAX_BATCH_CHARACTERS); at++) {
        if (batch.length === MAX_BATCH) break
        batch.push(texts[at]!)
        size += texts[at]!.length
      }
      counts.push(...(await this.#count(batch, this.#signal)))
    }
    return counts
  }

  /** Tokens that the model adds to every text. */
  async special(): Promise<number> {
    this.#special ??= (await this.count(['']))[0] ?? 0
    return this.#special
  }
}

export interface AtomRequest {
  readonly document: Pick<DocumentText, 'text' | 'segments'>
  readonly method: ChunkingMethod
  /** Of an atom, without special tokens. */
  readonly maxTokens: number
  readonly counter: TokenCounter
}

type SegmentRange = TextRange & Pick<Atom, 'segment'>

/** Gives others their turn. */
class Pace {
  #characters = 0

  async pass({ start, end }: TextRange): Promise<void> {
    this.#characters += end - start
    if (this.#characters < TURN_CHARACTERS) return
    this.#characters = 0
    await nextTurn()
  }
}

/** The document's atoms in order. One has more tokens than allowed only when it is a single character. */
export async function findAtoms({ document, method, maxTokens, counter }: AtomRequest): Promise<Atom[]> {
  const { text, segments } = document
  const pace = new Pace()
  const ranges: SegmentRange[] = []
  for (const [index, segment] of segments.entries())
    for (const range of splitSegment(text, segment, method)) {
      ranges.push({ ...range, segment: index })
      await pace.pass(range)
    }
  const joined = ranges.map((range, index) => ({ ...range, end: ranges[index + 1]?.start ?? range.end }))
  let atoms = await countAtoms(text, joined, counter)
  for (let round = 0; round < MAX_ROUNDS && atoms.some(({ tokens }) => tokens > maxTokens); round++) {
    const cut = await cutLargeAtoms(text, atoms, { maxTokens, counter })
    if (cut.length === atoms.length) return cut
    atoms = cut
  }
  return atoms
}

function* splitSegment(text: string, segment: TextSegment, method: ChunkingMethod): Generator<TextRange> {
  if (method === 'FIXED') yield* cutEvenly(text, segment, WORDS_CHARACTERS)
  else if (segment.kind === 'PARAGRAPH' || segment.kind === 'HEADING')
    for (const piece of cutEvenly(text, segment, PIECE_CHARACTERS)) yield* splitSentences(text, piece)
  else yield* splitLines(text, segment)
}

async function countAtoms(text: string, ranges: readonly SegmentRange[], counter: TokenCounter): Promise<Atom[]> {
  const counts = await counter.count(ranges.map(({ start, end }) => text.slice(start, end)))
  const special = await counter.special()
  return ranges.map((range, index) => ({ ...range, tokens: Math.max(0, counts[index]! - special) }))
}

/** Only what is cut is counted again. */
async function cutLargeAtoms(
  text: string,
  atoms: readonly Atom[],
  { maxTokens, counter }: Pick<AtomRequest, 'maxTokens' | 'counter'>,
): Promise<Atom[]> {
  const isLarge = ({ tokens }: Atom): boolean => tokens > maxTokens
  const large = atoms.filter(isLarge)
  const pace = new Pace()
  const cut: SegmentRange[][] = []
  for (const atom of large) {
    const target = Math.floor(((atom.end - atom.start) * maxTokens) / (atom.tokens * CUT_RATIO))
    const ranges: SegmentRange[] = []
    for (const range of cutEvenly(text, atom, Math.max(1, target))) {
      ranges.push({ ...range, segment: atom.segment })
      await pace.pass(range)
    }
    cut.push(ranges)
  }
  const counted = await countAtoms(text, cut.flat(), counter)
  let next = 0
  const parts = new Map(large.map((atom, index) => [atom, counted.slice(next, (next += cut[index]!.length))]))
  return atoms.flatMap((atom) => parts.get(atom) ?? [atom])
}
