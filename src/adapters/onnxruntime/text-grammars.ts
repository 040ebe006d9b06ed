import { GraphloomError } from '../../kernel/errors.js'
import type { OutputConstraint } from '../../domain/prediction.js'
import { loadTokenSplitter } from '../transformers/detokenizer.js'
import { loadGrammarVocabulary } from '../transformers/grammar-vocabulary.js'
import type { GrammarEngine } from '../grammar/grammar-engine.js'
import type { TextGrammar } from './text-sequence.js'

export interface TextGrammarsOptions {
  readonly folder: string
  readonly vocabularySize: number
  readonly eosTokenIds: ReadonlySet<number>
}

/** The grammars of a model's texts. The engine, and the tokenizer for drafts, are loaded by the first that wants them. */
export class TextGrammars {
  readonly #options: TextGrammarsOptions
  #engine: Promise<GrammarEngine> | null = null
  #split: Promise<TextGrammar['guessTokens']> | null = null

  constructor(options: TextGrammarsOptions) {
    this.#options = options
  }

  /** @throws GraphloomError `INVALID_INPUT` when the constraint cannot be honoured. */
  async open(constraint: OutputConstraint, isDrafted: boolean): Promise<TextGrammar> {
    const engine = await (this.#engine ??= this.#loadEngine())
    const guessTokens = isDrafted ? await (this.#split ??= loadTokenSplitter(this.#options.folder)) : () => []
    return { matcher: await engine.openMatcher(constraint), guessTokens }
  }

  async #loadEngine(): Promise<GrammarEngine> {
    const { folder, vocabularySize, eosTokenIds } = this.#options
    const vocabulary = await loadGrammarVocabulary(folder, vocabularySize, eosTokenIds)
    if (vocabulary) {
      const engine = await import('../grammar/grammar-engine.js')
      return engine.GrammarEngine.create(vocabulary)
    }
    throw new GraphloomError('INVALID_INPUT', "The model's tokenizer is of a form whose texts cannot be constrained.")
  }
}
