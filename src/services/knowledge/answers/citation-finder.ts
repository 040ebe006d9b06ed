import type { SupportProblem } from '../../../domain/support/support.js'
import { checkSupport } from '../../../domain/support/support.js'
import type { Statement } from '../../../domain/support/statement.js'
import type { TextRange } from '../chunking/cuts.js'
import type { Passage, PassageSentence } from './passages.js'
import type { Cited } from './quotes.js'
import { cosine, toUnitLength, type ReadText, type TextKind, type TextReader } from './text-reader.js'

/** What the passages say to a sentence. */
export interface Finding {
  /** Of the passage that is closest, 0 to 1. */
  readonly support: number
  /** Null when something supports it. */
  readonly problem: SupportProblem | null
  /** The best first, at most one for each place. */
  readonly cited: readonly Cited[]
}

/** Sentences in a row that are compared as one. */
const MAX_WINDOW = 3
/** What a longer quote has to gain. */
const WINDOW_COST = 0.02
const MAX_CITATIONS = 3
/** Others are cited beside the best when they are about as good. */
const NEARLY_AS_GOOD = 0.15
/** May stand for a name that was said before. */
const PRONOUN = /\b(?:he|she|it|they|his|her|its|their|this|these|that|er|sie|es|il|elle|ils|elles)\b/iu

interface Window extends TextRange, ReadText {
  readonly passage: Passage
  readonly context: ReadonlySet<string>
  readonly length: number
}

interface Compared {
  readonly window: Window
  readonly score: number
  readonly problem: SupportProblem | null
}

/** Finds what supports a sentence among passages. */
export class CitationFinder {
  readonly #windows: readonly (readonly Window[])[]
  readonly #reader: TextReader
  readonly #threshold: number

  constructor(passages: readonly Passage[], reader: TextReader, threshold: number) {
    this.#windows = passages.map(toWindows)
    this.#reader = reader
    this.#threshold = threshold
  }

  /** @throws what the model throws. */
  async find(sentence: string): Promise<Finding> {
    const claims = new Map<string, ReadText>()
    const best: Compared[] = []
    let closest: Compared | null = null
    for (const windows of this.#windows) {
      const [first] = windows
      if (!first) continue
      const compared = this.#compare(await this.#readClaim(sentence, first.passage, claims), windows)
      for (const one of compared) if (!closest || one.score > closest.score) closest = one
      const supporting = compared.filter(({ problem }) => problem === null)
      if (supporting.length > 0) best.push(supporting.reduce((a, b) => (worthOf(b) > worthOf(a) ? b : a)))
    }
    const cited = choose(best)
    const [top] = cited
    if (top) return { support: top.score, problem: null, cited: cited.map(toCited) }
    return { support: closest?.score ?? 0, problem: closest?.problem ?? 'TOO_LITTLE_IN_COMMON', cited: [] }
  }

  #compare(claim: ReadText, windows: readonly Window[]): Compared[] {
    return windows.map((window) => {
      const similarity = cosine(claim.vector, window.vector)
      const verdict = checkSupport(claim.statement, window, { similarity, threshold: this.#threshold })
      return { window, ...verdict }
    })
  }

  async #readClaim(sentence: string, kind: TextKind, claims: Map<string, ReadText>): Promise<ReadText> {
    const key = `${kind.language} ${kind.embeddingModelVersionId}`
    const known = claims.get(key) ?? (await this.#reader.read([sentence], kind))[0]!
    claims.set(key, known)
    return known
  }
}

const worthOf = ({ score, window }: Compared): number => score - WINDOW_COST * (window.length - 1)

function choose(supporting: readonly Compared[]): Compared[] {
  const ranked = [...supporting].sort((a, b) => worthOf(b) - worthOf(a))
  const chosen: Compared[] = []
  for (const one of ranked) {
    if (chosen.length === MAX_CITATIONS || worthOf(one) < worthOf(ranked[0]!) - NEARLY_AS_GOOD) break
    if (!chosen.some((other) => overlaps(one.window, other.window))) chosen.push(one)
  }
  return chosen
}

const overlaps = (a: Window, b: Window): boolean =>
  a.passage.hit.versionId === b.passage.hit.versionId && a.start < b.end && b.start < a.end

function toCited({ window: { passage, start, end, statement }, score }: Compared): Cited {
  return { hit: passage.hit, source: { start, end }, quote: statement.text, support: Math.min(1, score) }
}

function toWindows(passage: Passage): Window[] {
  const { sentences } = passage
  const windows: Window[] = []
  for (let from = 0; from < sentences.length; from++)
    for (let length = 1; length <= MAX_WINDOW && from + length <= sentences.length; length++)
      windows.push(toWindow(passage, sentences.slice(from, from + length), sentences.slice(0, from)))
  return windows
}

function toWindow(passage: Passage, sentences: readonly PassageSentence[], before: readonly PassageSentence[]): Window {
  const [first] = sentences
  const { start } = first!
  const { end } = sentences.at(-1)!
  const offset = start - passage.hit.start
  const text = passage.text.slice(offset, end - passage.hit.start)
  const statement = sentences.length === 1 ? first!.statement : joinStatements(text, sentences)
  const named = PRONOUN.test(text) ? before.flatMap((one) => one.statement.names.map(({ term }) => term)) : []
  return {
    passage,
    start,
    end,
    statement,
    vector: sentences.length === 1 ? first!.vector : meanOf(sentences),
    context: named.length === 0 ? passage.context : new Set([...passage.context, ...named]),
    length: sentences.length,
  }
}

const joinStatements = (text: string, sentences: readonly PassageSentence[]): Statement => ({
  text,
  terms: sentences.flatMap(({ statement }) => statement.terms),
  quantities: sentences.flatMap(({ statement }) => statement.quantities),
  names: sentences.flatMap(({ statement }) => statement.names),
  negated: new Set(sentences.flatMap(({ statement }) => [...statement.negated])),
})

const meanOf = (sentences: readonly PassageSentence[]): Float32Array =>
  toUnitLength(sentences[0]!.vector.map((_, i) => sentences.reduce((sum, { vector }) => sum + vector[i]!, 0)))
