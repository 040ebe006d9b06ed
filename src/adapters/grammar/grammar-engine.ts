import { LRUCache } from 'lru-cache'
import { invalidInput } from '../../kernel/errors.js'
import { canonicalJson } from '../../kernel/json.js'
import type { OutputConstraint } from '../../domain/prediction.js'
import { Configurations } from './configurations.js'
import { toConstraintNetwork } from './constraint-network.js'
import { GrammarCompiler } from './grammar-compiler.js'
import { CompiledGrammar, type GrammarMatcher, type Tokens } from './grammar-matcher.js'
import { toPlainTokens } from './plain-text.js'
import { ALL_BYTES, type Network } from './pruned-network.js'
import { toTokenTree, type TokenBytes } from './token-tree.js'

/** A model's tokens as the engine knows them. */
export interface GrammarVocabulary {
  readonly tokens: TokenBytes
  /** Tokens that end a text. */
  readonly endTokenIds: ReadonlySet<number>
}

/** Compiled grammars kept in memory. */
const KEPT_GRAMMARS = 64
const MAX_REASON_CHARACTERS = 400

/** Compiles constraints to grammars over a model's tokens. */
export class GrammarEngine {
  readonly #tokens: Tokens
  readonly #compiler = new GrammarCompiler()
  /** Constraints that are being compiled beside this thread. */
  readonly #compiling = new Map<string, Promise<unknown>>()
  readonly #compiled = new LRUCache<string, CompiledGrammar>({ max: KEPT_GRAMMARS })

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  static async create({ tokens, endTokenIds }: GrammarVocabulary): Promise<GrammarEngine> {
    const isWritable = findWritable(tokens)
    const [tree, plain] = [await toTokenTree(tokens), await toPlainTokens(tokens, isWritable)]
    return new GrammarEngine({ bytes: tokens, isWritable, tree, plain, ends: endTokenIds })
  }

  /**
   * As `createMatcher`, but the constraint is compiled beside this thread.
   * @throws GraphloomError `INVALID_INPUT` with the reason when the constraint cannot be honoured.
   */
  async openMatcher(constraint: OutputConstraint): Promise<GrammarMatcher> {
    const key = canonicalJson(constraint)
    if (!this.#compiled.has(key)) await (this.#compiling.get(key) ?? this.#compileBeside(key, constraint))
    return this.createMatcher(constraint)
  }

  /** @throws GraphloomError `INVALID_INPUT` with the reason when the constraint cannot be honoured. */
  createMatcher(constraint: OutputConstraint): GrammarMatcher {
    const key = canonicalJson(constraint)
    const grammar =
      this.#compiled.get(key) ??
      this.#keep(
        key,
        withReason(() => toConstraintNetwork(constraint, this.#tokens.isWritable)),
      )
    const matcher = grammar.createMatcher()
    return { ...matcher, mask: (logits) => withReason(() => matcher.mask(logits)) }
  }

  #compileBeside(key: string, constraint: OutputConstraint): Promise<unknown> {
    const compiling = this.#compiler
      .compile(constraint, this.#tokens.isWritable)
      .then((network) => this.#keep(key, network), throwWithReason)
      .finally(() => this.#compiling.delete(key))
    this.#compiling.set(key, compiling)
    return compiling
  }

  #keep(key: string, network: Network): CompiledGrammar {
    const grammar = withReason(() => new CompiledGrammar(network, this.#tokens))
    this.#compiled.set(key, grammar)
    return grammar
  }
}

/** Bytes that are tokens by themselves. With no others in it, a grammar never leads to where no token goes on. */
function findWritable(tokens: TokenBytes): readonly boolean[] {
  const isWritable = ALL_BYTES.map(() => false)
  for (const bytes of tokens) if (bytes?.length === 1) isWritable[bytes[0]!] = true
  return isWritable
}

/**
 * Says whether a constraint can be honoured, without a model's tokens.
 * @throws GraphloomError `INVALID_INPUT` with the reason.
 */
export function checkConstraint(constraint: OutputConstraint): void {
  withReason(() => new Configurations(toConstraintNetwork(constraint)))
}

function withReason<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throwWithReason(error)
  }
}

function throwWithReason(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error)
  const reason = error instanceof RangeError ? 'it is nested too deeply' : message
  throw invalidInput('constraint', `cannot be honoured: ${reason.slice(0, MAX_REASON_CHARACTERS)}`)
}
