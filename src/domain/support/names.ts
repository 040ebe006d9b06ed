import type { TextLanguage } from '../text-language.js'
import type { TextTerm } from '../text-term.js'

/** A proper noun, or a code of letters and digits. */
export interface Name {
  readonly term: string
  /** As it is written. */
  readonly word: string
  /** Whether it begins a sentence, where every word has a capital. */
  readonly isFirst: boolean
}

const CAPITAL = /^\p{Lu}/u
const CODE = /\p{L}/u
const DIGIT = /\p{N}/u
/** What comes before the first word of a sentence. */
const BEGINNING = /(?:^|[.!?:;…\n\u2022])["'“”„«»’)(\]\s–—-]*$/u
/** Of one name, the shorter form has at least so much. */
const LEAST_PREFIX = 4
const LEAST_ACRONYM = 2

/** Capitalised words that are no stop words. In German, where every noun has a capital, those with digits alone. */
export function findNames(text: string, terms: readonly TextTerm[], language: TextLanguage): Name[] {
  return terms.flatMap(({ term, start, end }) => {
    const word = text.slice(start, end)
    const isCode = CODE.test(word) && DIGIT.test(word)
    const isAcronym = word.length >= LEAST_ACRONYM && word === word.toUpperCase() && CODE.test(word)
    if (!isCode && !isAcronym && (!CAPITAL.test(word) || language === 'GERMAN')) return []
    return [{ term, word, isFirst: !isCode && !isAcronym && BEGINNING.test(text.slice(Math.max(0, start - 8), start)) }]
  })
}

/**
 * The first name that the source does not say; null when it says all. A first word may be no name: it counts as one
 * where the next word is one too, or where the source has a name that the sentence lacks, in whose place it then is.
 */
export function findUnsaidName(
  { names, terms }: { readonly names: readonly Name[]; readonly terms: readonly TextTerm[] },
  source: { readonly names: readonly Name[]; readonly terms: readonly TextTerm[] },
  context: ReadonlySet<string>,
): Name | null {
  const said = new Set([...source.terms.map(({ term }) => term), ...context])
  const initials = source.names.map(({ word }) => word.charAt(0).toUpperCase()).join('')
  const own = terms.map(({ term }) => term)
  for (const name of names) {
    if (isSaid(name.term, said) || isAcronymOf(name.word, initials)) continue
    if (!name.isFirst) return name
    const lacks = source.names.some((other) => !other.isFirst && !own.some((term) => isSameName(term, other.term)))
    const firstLacks = source.names.some((other) => other.isFirst && !own.some((term) => isSameName(term, other.term)))
    const next = names.find((other) => other !== name && own.indexOf(other.term) === own.indexOf(name.term) + 1)
    if (lacks || next || (firstLacks && names.length === 1 && looksLikeName(name))) return name
  }
  return null
}

/** Stems that most common words end by are left as they are by names. */
const looksLikeName = ({ word, term }: Name): boolean => !word.endsWith('s') && word.toLowerCase() === term

const isSaid = (term: string, said: ReadonlySet<string>): boolean =>
  said.has(term) || [...said].some((other) => isSameName(term, other))

/** "Norway" and "Norwegian" are not; "Finland" and "Finland’s", "Japan" and "Japanese" are. */
const isSameName = (a: string, b: string): boolean =>
  a === b || (Math.min(a.length, b.length) >= LEAST_PREFIX && (a.startsWith(b) || b.startsWith(a)))

const isAcronymOf = (word: string, initials: string): boolean =>
  word.length > LEAST_ACRONYM && word === word.toUpperCase() && initials.includes(word)
