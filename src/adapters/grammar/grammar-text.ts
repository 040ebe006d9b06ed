import { GrammarLexer } from './grammar-lexer.js'
import type { NetworkBuilder, Part, Rule } from './network.js'

const FIRST_RULE = 'root'
const MAX_DEPTH = 200

/** The first rule of a grammar in EBNF. @throws Error that says what cannot be honoured, and where. */
export const toGrammarRule = (builder: NetworkBuilder, text: string): Rule => new GrammarReader(builder, text).read()

interface Alternative {
  readonly parts: readonly Part[]
  /** The rule by which it begins. */
  readonly begins: string | null
}

interface Element {
  readonly part: Part
  readonly names: string | null
}

class GrammarReader {
  readonly #builder: NetworkBuilder
  readonly #lexer: GrammarLexer
  readonly #rules = new Map<string, Rule>()
  readonly #defined = new Set<string>()
  #depth = 0

  constructor(builder: NetworkBuilder, text: string) {
    this.#builder = builder
    this.#lexer = new GrammarLexer(text)
  }

  read(): Rule {
    while (!this.#lexer.isAtEnd) this.#readRule()
    if (!this.#defined.has(FIRST_RULE)) throw new Error(`it has no rule "${FIRST_RULE}"`)
    const missing = [...this.#rules.keys()].find((name) => !this.#defined.has(name))
    if (missing !== undefined) throw new Error(`the rule "${missing}" is used but not defined`)
    return this.#ruleOf(FIRST_RULE)
  }

  #ruleOf(name: string): Rule {
    const known = this.#rules.get(name)
    if (known) return known
    const rule = this.#builder.declare(`the rule "${name}"`)
    this.#rules.set(name, rule)
    return rule
  }

  #readRule(): void {
    const name = this.#lexer.takeDefinition()
    if (name === null) throw this.#lexer.error('a rule, as in: name ::= "text"')
    if (this.#defined.has(name)) throw new Error(`the rule "${name}" is defined twice`)
    this.#defined.add(name)
    const alternatives = this.#readAlternatives()
    const others = alternatives.filter(({ begins }) => begins !== name)
    const own = alternatives.filter(({ begins }) => begins === name)
    // A rule that begins with itself is one of its other alternatives, and what follows itself again and again.
    const again = this.#builder.anyOf(own.map(({ parts }) => this.#builder.sequence(...parts.slice(1))))
    const first = this.#choice(others)
    const whole = own.length === 0 ? first : this.#builder.sequence(first, this.#builder.repeat(again, 0, Infinity))
    this.#builder.define(this.#ruleOf(name), whole)
  }

  #choice(alternatives: readonly Alternative[]): Part {
    return this.#builder.anyOf(alternatives.map(({ parts }) => this.#builder.sequence(...parts)))
  }

  #readAlternatives(): Alternative[] {
    const alternatives = [this.#readSequence()]
    while (this.#lexer.take('|')) alternatives.push(this.#readSequence())
    return alternatives
  }

  #readSequence(): Alternative {
    const parts: Part[] = []
    let begins: string | null = null
    for (let element = this.#readElement(); element; element = this.#readElement()) {
      const repetition = this.#lexer.takeRepetition()
      if (parts.length === 0 && !repetition) begins = element.names
      parts.push(repetition ? this.#repeated(element.part, repetition) : element.part)
    }
    return { parts, begins }
  }

  /** What is written more often than a few times is a rule, so that it is built once. */
  #repeated(part: Part, { least, most }: { readonly least: number; readonly most: number }): Part {
    const isFew = most <= 1 || (most === Infinity && least <= 1)
    const one = isFew ? part : this.#builder.call(this.#builder.rule('a repeated part', part))
    return this.#builder.repeat(one, least, most)
  }

  #readElement(): Element | null {
    if (this.#lexer.isAtDefinition || this.#lexer.isAtEnd) return null
    const text = this.#lexer.takeText()
    if (text !== null) return { part: this.#builder.text(text), names: null }
    const characters = this.#lexer.takeClass() ?? this.#lexer.takeAnyCharacter()
    if (characters !== null) return { part: this.#builder.character(characters), names: null }
    const name = this.#lexer.takeName()
    if (name !== null) return { part: this.#builder.call(this.#ruleOf(name)), names: name }
    if (this.#lexer.take('(')) return { part: this.#readGroup(), names: null }
    if (this.#lexer.isAt('|') || this.#lexer.isAt(')')) return null
    throw this.#lexer.error('a text, a class, a name or a group')
  }

  #readGroup(): Part {
    if (this.#lexer.isAt('=')) throw new Error(`${this.#lexer.place}: lookahead assertions are not supported`)
    if (++this.#depth > MAX_DEPTH)
      throw new Error(`${this.#lexer.place}: groups are nested more than ${MAX_DEPTH} deep`)
    const part = this.#choice(this.#readAlternatives())
    if (!this.#lexer.take(')')) throw this.#lexer.error('")"')
    this.#depth--
    return part
  }
}
