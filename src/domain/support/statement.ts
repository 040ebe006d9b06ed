import type { TextLanguage } from '../text-language.js'
import type { TextTerm } from '../text-term.js'
import { findNames, type Name } from './names.js'
import { findNegatedTerms } from './negation.js'
import { findQuantities, type Quantity } from './quantities.js'

/** What a text says, as far as it can be compared word by word. */
export interface Statement {
  readonly text: string
  readonly terms: readonly TextTerm[]
  readonly quantities: readonly Quantity[]
  readonly names: readonly Name[]
  /** Stems that stand after a word of negation. */
  readonly negated: ReadonlySet<string>
}

/** `terms` are the words of the text that are no stop words, in order. */
export function toStatement(text: string, terms: readonly TextTerm[], language: TextLanguage): Statement {
  return {
    text,
    terms,
    quantities: findQuantities(text, terms),
    names: findNames(text, terms, language),
    negated: findNegatedTerms(text, terms, language),
  }
}
