import type { TextLanguage } from '../../domain/text-language.js'
import type { TextTerm } from '../../domain/text-term.js'
import { loadLanguage, type LanguageRules } from './languages.js'

const WORDS = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’][\p{L}\p{N}\p{M}]+)*/gu
/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u
const MARKS = /\p{M}/gu
const APOSTROPHES = /['’]/g
const KEPT_STEMS = 100_000
const MAX_TERM_CHARACTERS = 64

/** Texts of one language as words. */
export class Analyzer {
  readonly #rules: LanguageRules
  readonly #stems = new Map<string, string>()

  private constructor(rules: LanguageRules) {
    this.#rules = rules
  }

  static async open(language: TextLanguage): Promise<Analyzer> {
    return new Analyzer(await loadLanguage(language))
  }

  /** Words in order, without stop words; with them where there are no others and `keepStopWords` is set. */
  analyze(text: string, { keepStopWords = false } = {}): TextTerm[] {
    const words: TextTerm[] = []
    const stopped: TextTerm[] = []
    for (const match of text.matchAll(WORDS)) {
      const [word] = match
      if (UNSPACED.test(word)) words.push(...toPairs(word, match.index))
      else (this.#isStopWord(word) ? stopped : words).push(this.#toWord(word, match.index))
    }
    return words.length === 0 && keepStopWords ? stopped : words
  }

  #isStopWord(word: string): boolean {
    return this.#rules.stopWords.has(word.toLowerCase().replaceAll('’', "'"))
  }

  #toWord(word: string, start: number): TextTerm {
    let term = this.#stems.get(word)
    if (term === undefined) {
      term = fold(this.#rules.stem(word.toLowerCase().replace(APOSTROPHES, "'").replace(/'s?$/, '')))
      if (this.#stems.size >= KEPT_STEMS) this.#stems.clear()
      this.#stems.set(word, term)
    }
    return { term, start, end: start + word.length }
  }
}

/** Without marks, so that a word is found however its accents are written. */
const fold = (word: string): string =>
  word.normalize('NFKD').replace(MARKS, '').replace(APOSTROPHES, '').slice(0, MAX_TERM_CHARACTERS)

/** Each character together with the next; a single one for itself. */
function toPairs(run: string, start: number): TextTerm[] {
  const pairs: TextTerm[] = []
  const characters = Array.from(run)
  let at = start
  for (const [i, character] of characters.entries()) {
    const next = characters[i + 1]
    if (next !== undefined || characters.length === 1) {
      const text = character + (next ?? '')
      pairs.push({ term: fold(text), start: at, end: at + text.length })
    }
    at += character.length
  }
  return pairs
}
