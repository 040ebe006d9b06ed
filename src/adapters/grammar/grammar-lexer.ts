import { invertRanges, MAX_CHARACTER, type Range } from './utf8-ranges.js'

const BLANK = /(?:\s|#[^\n]*)*/y
const NAME = /[A-Za-z_][A-Za-z0-9_.-]*/y
const DEFINITION = /([A-Za-z_][A-Za-z0-9_.-]*)(?:\s|#[^\n]*)*::=/y
const TEXT = /"((?:\\[^]|[^"\\\n])*)"/y
const CLASS = /\[(\^?)((?:\\[^]|[^\]\\\n])*)\]/y
const REPETITION = /[*+?]|\{\s*([0-9]+)\s*(?:(,)\s*([0-9]*)\s*)?\}/y
/** A character of a text or a class, written as itself or by an escape. */
const CHARACTER = /\\(?:x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([^]))|([^])/gu
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' }
const MAX_SHOWN = 40

export interface Repetition {
  readonly least: number
  readonly most: number
}

/** Reads the parts of a grammar in EBNF one after the other; between them is white space and what # begins. */
export class GrammarLexer {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#match(BLANK)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  get isAtDefinition(): boolean {
    DEFINITION.lastIndex = this.#at
    return DEFINITION.test(this.#text)
  }

  /** Where it is, as a refusal says it. */
  get place(): string {
    const before = this.#text.slice(0, this.#at).split('\n')
    return `line ${before.length}, column ${before.at(-1)!.length + 1}`
  }

  error(expected: string): Error {
    const found = this.isAtEnd ? 'its end' : JSON.stringify(this.#text.slice(this.#at, this.#at + 1))
    return new Error(`${this.place} has ${found} where ${expected} is due`)
  }

  isAt(text: string): boolean {
    return this.#text.startsWith(text, this.#at)
  }

  take(text: string): boolean {
    if (!this.isAt(text)) return false
    this.#at += text.length
    this.#match(BLANK)
    return true
  }

  /** The name of a rule that is defined next. */
  takeDefinition(): string | null {
    return this.#take(DEFINITION)?.[1] ?? null
  }

  takeName(): string | null {
    return this.#take(NAME)?.[0] ?? null
  }

  takeText(): string | null {
    const [all, text] = this.#take(TEXT) ?? []
    return all === undefined ? null : String.fromCodePoint(...this.#characters(text!, `the text ${shorten(all)}`))
  }

  takeClass(): readonly Range[] | null {
    const [all, inverted, inside] = this.#take(CLASS) ?? []
    if (all === undefined) return null
    const what = `the class ${shorten(all)}`
    const ranges = toRanges(inside!, what, (text) => this.#characters(text, what))
    return inverted === '^' ? invertRanges(ranges) : ranges
  }

  /** A full stop stands for any character. */
  takeAnyCharacter(): readonly Range[] | null {
    return this.take('.') ? [{ min: 0, max: MAX_CHARACTER }] : null
  }

  takeRepetition(): Repetition | null {
    const [all, least, comma, most] = this.#take(REPETITION) ?? []
    if (all === undefined) return null
    if (least === undefined) return { least: all === '+' ? 1 : 0, most: all === '?' ? 1 : Infinity }
    const limit = comma === undefined ? Number(least) : most === '' ? Infinity : Number(most)
    if (Number(least) > limit) throw new Error(`the repetition ${all} has its limits the wrong way round`)
    return { least: Number(least), most: limit }
  }

  #characters(text: string, what: string): number[] {
    return Array.from(text.matchAll(CHARACTER), ([all, x, inBraces, short, long, escaped, plain]) => {
      const code = x ?? inBraces ?? short ?? long
      const isWord = escaped !== undefined && /[A-Za-z0-9]/.test(escaped)
      if (isWord && ESCAPES[escaped] === undefined) throw new Error(`${what} has the unknown escape ${all}`)
      const codePoint = code === undefined ? null : Number.parseInt(code, 16)
      if (codePoint !== null && (codePoint > MAX_CHARACTER || (codePoint >= 0xd800 && codePoint <= 0xdfff)))
        throw new Error(`${what} has ${all}, which is no character`)
      return codePoint ?? (plain ?? ESCAPES[escaped!] ?? escaped!).codePointAt(0)!
    })
  }

  #take(expression: RegExp): RegExpExecArray | null {
    const match = this.#match(expression)
    if (match) this.#match(BLANK)
    return match
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at
    const match = expression.exec(this.#text)
    this.#at += match?.[0].length ?? 0
    return match
  }
}

const shorten = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)

/** A minus sign between two characters makes a range of them. */
function toRanges(inside: string, what: string, toCharacters: (text: string) => readonly number[]): Range[] {
  const parts = inside.match(/\\(?:x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[^])|[^]/gu) ?? []
  const characters = parts.map((part) => toCharacters(part)[0]!)
  const ranges: Range[] = []
  for (let i = 0; i < parts.length; i++) {
    const isRange = parts[i + 1] === '-' && i + 2 < parts.length
    const [min, max] = [characters[i]!, characters[isRange ? i + 2 : i]!]
    if (min > max) throw new Error(`${what} has the range ${parts[i]}-${parts[i + 2]}, which is the wrong way round`)
    ranges.push({ min, max })
    if (isRange) i += 2
  }
  return ranges
}
