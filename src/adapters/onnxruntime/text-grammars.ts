import { GraphloomError } from '../../kernel/errors.js'
import type { OutputConstraint } from '../../domain/prediction.js'
import { createTokenGuesser } from '../transformers/detokenizer.js'
import { loadGrammarVocabulary } from '../transformers/grammar-vocabulary.js'
import { GrammarEngine } from '../xgrammar/grammar-engine.js'
import type { TextGrammar } from './text-sequence.js'

interface Loaded {
  readonly engine: GrammarEngine
  readonly guessTokens: TextGrammar['guessTokens']
}

/** The grammars of a model's texts; the engine is loaded by the first that is wanted. */
export class TextGrammars {
  readonly #load: () => Promise<Loaded>
  #loaded: Promise<Loaded> | null = null

  constructor(folder: string, vocabularySize: number, eosTokenIds: ReadonlySet<number>) {
    this.#load = async () => {
      const vocabulary = await loadGrammarVocabulary(folder, vocabularySize, eosTokenIds)
      if (!vocabulary)
        throw new GraphloomError(
          'INVALID_INPUT',
          "The model's tokenizer is of a form whose texts cannot be constrained.",
        )
      const guessTokens = vocabulary.writing === 'byte_level' ? createTokenGuesser(vocabulary.tokens) : () => []
      return { engine: new GrammarEngine(vocabulary), guessTokens }
    }
  }

  /** @throws GraphloomError `INVALID_INPUT` when the constraint cannot be honoured. */
  async open(constraint: OutputConstraint): Promise<TextGrammar> {
    const { engine, guessTokens } = await (this.#loaded ??= this.#load())
    return { matcher: await engine.createMatcher(constraint), guessTokens }
  }
}
