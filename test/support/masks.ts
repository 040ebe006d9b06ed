import { GrammarEngine } from '../../src/adapters/grammar/grammar-engine.js'
import { loadGrammarVocabulary } from '../../src/adapters/transformers/grammar-vocabulary.js'
import type { OutputConstraint } from '../../src/domain/prediction.js'
import { bundledModel, CHAT_MODEL } from './models.js'

const VOCABULARY_SIZE = 49_152
/** Every so manieth token of the real vocabulary, beside all single bytes. */
const EVERY = 23

/** Texts written by the masks of a constraint alone, over tokens of a real vocabulary. */
export class MaskWriter {
  readonly #engine: GrammarEngine
  readonly #tokens: readonly Uint8Array[]
  readonly #byText: ReadonlyMap<string, number>

  private constructor(engine: GrammarEngine, tokens: readonly Uint8Array[]) {
    this.#engine = engine
    this.#tokens = tokens
    this.#byText = new Map(tokens.map((bytes, id) => [Buffer.from(bytes).toString('latin1'), id]))
  }

  static async open(): Promise<MaskWriter> {
    const all = await loadGrammarVocabulary(bundledModel(CHAT_MODEL).path, VOCABULARY_SIZE, new Set())
    const some = all!.tokens.filter((bytes, id) => bytes !== null && (bytes.length === 1 || id % EVERY === 0))
    const tokens = [...(some as Uint8Array[]), new Uint8Array()]
    const engine = await GrammarEngine.create({
      tokens: tokens.map((bytes) => (bytes.length === 0 ? null : bytes)),
      endTokenIds: new Set([tokens.length - 1]),
    })
    return new MaskWriter(engine, tokens)
  }

  get #end(): number {
    return this.#tokens.length - 1
  }

  /** A text, drawn; null when it has not ended after so many tokens. */
  write(constraint: OutputConstraint, random: () => number, most: number): string | null {
    using matcher = this.#engine.createMatcher(constraint)
    const parts: Uint8Array[] = []
    for (let i = 0; i < most; i++) {
      const allowed = this.#allowed(matcher)
      if (allowed.includes(this.#end) && (allowed.length === 1 || random() < 0.3))
        return Buffer.concat(parts).toString()
      // Short tokens come as often as all others together: with long ones most limits are soon reached.
      const short = allowed.filter((id) => this.#tokens[id]!.length === 1)
      const some = short.length > 0 && random() < 0.5 ? short : allowed.filter((id) => id !== this.#end)
      const token = some[Math.floor(random() * some.length)]!
      if (!matcher.accept(token)) throw new Error(`The mask allows ${token}, but it is not accepted.`)
      parts.push(this.#tokens[token]!)
    }
    return null
  }

  /** Whether the masks let a text come, in its longest tokens or byte by byte, and end. */
  allows(constraint: OutputConstraint, text: string, inBytes: boolean): boolean {
    using matcher = this.#engine.createMatcher(constraint)
    const bytes = Buffer.from(text, 'utf8').toString('latin1')
    for (let at = 0; at < bytes.length;) {
      const token = this.#tokenAt(bytes, at, inBytes ? 1 : 32)
      if (!this.#isAllowed(matcher, token) || !matcher.accept(token)) return false
      at += this.#tokens[token]!.length
    }
    return this.#isAllowed(matcher, this.#end)
  }

  #tokenAt(bytes: string, at: number, most: number): number {
    for (let length = Math.min(most, bytes.length - at); length > 0; length--) {
      const token = this.#byText.get(bytes.slice(at, at + length))
      if (token !== undefined) return token
    }
    throw new Error(`The byte ${bytes.charCodeAt(at)} is no token.`)
  }

  #isAllowed(matcher: { mask(logits: Float32Array): void }, token: number): boolean {
    const logits = new Float32Array(this.#tokens.length)
    matcher.mask(logits)
    return logits[token] === 0
  }

  #allowed(matcher: { mask(logits: Float32Array): void }): number[] {
    const logits = new Float32Array(this.#tokens.length)
    matcher.mask(logits)
    return Array.from(logits.keys()).filter((id) => logits[id] === 0)
  }
}
