import { invalidInput } from '../../kernel/errors.js'
import { NO_TRAITS, type ModelVersionDocument } from '../../domain/model.js'
import { askModel, cutTokens, MODEL_PRIORITIES, type ModelAsker, type ModelWorkOptions } from './model-work.js'

export interface EmbedTexts extends ModelAsker {
  readonly texts: readonly string[]
  readonly purpose: 'query' | 'document'
}

/** Vectors of questions and of documents, each in its lane of the model. */
export class TextEmbedder {
  readonly #options: ModelWorkOptions

  constructor(options: ModelWorkOptions) {
    this.#options = options
  }

  /** Tokens of each text as it is embedded, special ones included. */
  async countTokens(
    version: ModelVersionDocument,
    texts: readonly string[],
    purpose: EmbedTexts['purpose'],
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    return (await this.#encode({ version, texts, purpose, signal })).map(({ length }) => length)
  }

  /**
   * One vector for each text. Of a question that is too long for the model its beginning counts.
   * @throws GraphloomError `INVALID_INPUT` at `texts.i` for a document that is too long.
   */
  async embed(request: EmbedTexts): Promise<readonly Float32Array[]> {
    const { purpose, version } = request
    const { contextTokens } = version
    const encoded = await this.#encode(request)
    const tokenIds = purpose === 'query' ? encoded.map((ids) => cutTokens(ids, contextTokens)) : encoded
    for (const [i, { length }] of tokenIds.entries())
      if (length > contextTokens)
        throw invalidInput(`texts.${i}`, `has ${length} tokens; the model takes at most ${contextTokens}.`)
    const { vectors } = await askModel(this.#options, {
      asker: request,
      priority: MODEL_PRIORITIES[purpose],
      inputTokens: tokenIds.reduce((total, { length }) => total + length, 0),
      call: (runner, asked, signal) => runner.embed({ ...asked, tokenIds }, signal),
    })
    return vectors
  }

  #encode({ version, texts, purpose, signal }: Pick<EmbedTexts, 'version' | 'texts' | 'purpose' | 'signal'>) {
    const { codec, registry } = this.#options
    const prompt = (version.traits ?? NO_TRAITS).prompts[purpose]
    const prompted = prompt === '' ? texts : texts.map((text) => prompt + text)
    return codec.encodeForEmbedding(registry.folderOf(version), prompted, signal)
  }
}
