import { LRUCache } from 'lru-cache'
import { invalidInput } from '../../kernel/errors.js'
import { canonicalJson } from '../../kernel/json.js'
import type { OutputConstraint } from '../../domain/prediction.js'
import { Configurations } from './configurations.js'
import { toConstraintNetwork } from './constraint-network.js'
import { CompiledGrammar, type GrammarMatcher, type Tokens } from './grammar-matcher.js'
import { toPlainTokens } from './plain-text.js'
import { ALL_BYTES } from './pruned-network.js'
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
  readonly #compiled = new LRUCache<string, CompiledGrammar>({ max: KEPT_GRAMMARS })

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  static async create({ tokens, endTokenIds }: GrammarVocabulary): Promise<GrammarEngine> {
    const isWritable = findWritable(tokens)
    const [tree, plain] = [await toTokenTree(tokens), await toPlainTokens(tokens, isWritable)]
    return new GrammarEngine({ bytes: tokens, isWritable, tree, plain, ends: endTokenIds })
  }

  /** @throws GraphloomError `INVALID_INPUT` with the reason when the constraint cannot be honoured. */
  createMatcher(constraint: OutputConstraint): GrammarMatcher {
    const key = canonicalJson(constraint)
    let grammar = this.#compiled.get(key)
    if (!grammar) {
      grammar = withReason(
        () => new CompiledGrammar(toConstraintNetwork(constraint, this.#tokens.isWritable), this.#tokens),
      )
      this.#compiled.set(key, grammar)
    }
    const matcher = grammar.createMatcher()
    return { ...matcher, mask: (logits) => withReason(() => matcher.mask(logits)) }
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
    const message = error instanceof Error ? error.message : String(error)
    const reason = error instanceof RangeError ? 'it is nested too deeply' : message
    throw invalidInput('constraint', `cannot be honoured: ${reason.slice(0, MAX_REASON_CHARACTERS)}`)
  }
}
