import type * as xgrammar from '@mlc-ai/web-xgrammar'
import { LRUCache } from 'lru-cache'
import { invalidInput, type GraphloomError } from '../../kernel/errors.js'
import { canonicalJson } from '../../kernel/json.js'
import type { OutputConstraint } from '../../domain/prediction.js'
import { toGrammar } from './structure.js'
import { loadXGrammar, type XGrammarLibrary } from './xgrammar-library.js'

/** Where a text stands in the grammar that it must follow. Disposing of it frees its memory. */
export interface GrammarMatcher extends Disposable {
  /** Sets the logits of tokens that may not come next to minus infinity. */
  mask(logits: Float32Array): Promise<void>
  /** Takes the next token; false for one that may not come. */
  accept(token: number): boolean
  /** Text that must come next; empty when there is a choice. */
  findForced(): string
}

/** A model's tokens as the engine knows them. */
export interface GrammarVocabulary {
  /** How each token is written, by id; empty for control tokens, which never come within a grammar. */
  readonly tokens: readonly string[]
  readonly writing: 'byte_level' | 'byte_fallback' | 'raw'
  /** Tokens that end a text. */
  readonly endTokenIds: readonly number[]
}

/** Compiled grammars kept in memory. */
const KEPT_GRAMMARS = 64
const MAX_REASON_CHARACTERS = 300

/** A compiled grammar whose memory is freed when it is dropped and nobody is about to use it. A matcher has its own. */
class KeptGrammar {
  readonly #compiled: Promise<xgrammar.CompiledGrammar>
  #users = 0
  #isDropped = false

  constructor(compiled: Promise<xgrammar.CompiledGrammar>) {
    this.#compiled = compiled
  }

  async use<T>(work: (grammar: xgrammar.CompiledGrammar) => Promise<T>): Promise<T> {
    this.#users++
    try {
      return await work(await this.#compiled)
    } finally {
      this.#users--
      if (this.#isDropped) await this.drop()
    }
  }

  async drop(): Promise<void> {
    this.#isDropped = true
    const grammar = await this.#compiled.catch(() => null)
    if (this.#users === 0) grammar?.dispose()
  }
}

/** Compiles constraints to grammars over a model's tokens. */
export class GrammarEngine {
  readonly #vocabulary: GrammarVocabulary
  readonly #compiled = new LRUCache<string, KeptGrammar>({ max: KEPT_GRAMMARS, dispose: (kept) => void kept.drop() })
  #engine: Promise<{ readonly opened: XGrammarLibrary; readonly compiler: xgrammar.GrammarCompiler }> | null = null

  constructor(vocabulary: GrammarVocabulary) {
    this.#vocabulary = vocabulary
  }

  /** @throws GraphloomError `INVALID_INPUT` with the engine's reason when it cannot honour the constraint. */
  async createMatcher(constraint: OutputConstraint): Promise<GrammarMatcher> {
    const key = canonicalJson(constraint)
    let kept = this.#compiled.get(key)
    if (!kept) {
      kept = new KeptGrammar(this.#compile(constraint))
      this.#compiled.set(key, kept)
    }
    const { opened } = await (this.#engine ??= this.#open())
    const matcher = await kept.use((grammar) => opened.library.GrammarMatcher.createGrammarMatcher(grammar))
    return toMatcher(matcher, this.#vocabulary.endTokenIds)
  }

  async #open() {
    const opened = loadXGrammar()
    const { tokens, writing, endTokenIds } = this.#vocabulary
    const info = await opened.library.TokenizerInfo.createTokenizerInfo([...tokens], writing, false, tokens.length, [
      ...endTokenIds,
    ])
    return { opened, compiler: await opened.library.GrammarCompiler.createGrammarCompiler(info, false) }
  }

  async #compile(constraint: OutputConstraint): Promise<xgrammar.CompiledGrammar> {
    const engine = (this.#engine ??= this.#open())
    const { opened, compiler } = await engine
    try {
      return await compiler.compileGrammar(await toGrammar(opened.library, constraint))
    } catch (error) {
      // After a failure within it the engine is not used again, nor what it compiled.
      this.#engine = null
      this.#compiled.clear()
      throw refusal(opened, error)
    }
  }
}

/**
 * Says whether the engine can honour a constraint, without a model's tokens.
 * @throws GraphloomError `INVALID_INPUT` with the engine's reason.
 */
export async function checkConstraint(constraint: OutputConstraint): Promise<void> {
  const opened = loadXGrammar()
  const { Grammar } = opened.library
  try {
    const grammar = await Grammar.fromEBNF(await toGrammar(opened.library, constraint))
    grammar.dispose()
  } catch (error) {
    throw refusal(opened, error)
  }
}

function refusal(opened: XGrammarLibrary, error: unknown): GraphloomError {
  const message = error instanceof Error ? error.message : String(error)
  // The engine itself only says that it aborted.
  const reason = opened.takeMessages() || message
  return invalidInput('constraint', `cannot be honoured: ${reason.slice(0, MAX_REASON_CHARACTERS)}`)
}

function toMatcher(matcher: xgrammar.GrammarMatcher, endTokenIds: readonly number[]): GrammarMatcher {
  const ends = new Set(endTokenIds)
  return {
    mask: async (logits) => {
      const bits = await matcher.getNextTokenBitmask()
      for (let word = 0; word < bits.length; word++) {
        const allowed = bits[word]!
        if (allowed === -1) continue
        const from = 32 * word
        const to = Math.min(from + 32, logits.length)
        for (let id = from; id < to; id++) if (((allowed >>> (id - from)) & 1) === 0) logits[id] = -Infinity
      }
    },
    accept: (token) => ends.has(token) || matcher.acceptToken(token),
    findForced: () => matcher.findJumpForwardString(),
    [Symbol.dispose]: () => matcher.dispose(),
  }
}
