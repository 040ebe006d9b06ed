import { askModel, cutTokens, MODEL_PRIORITIES, type ModelAsker, type ModelWorkOptions } from './model-work.js'

export interface RerankTexts extends ModelAsker {
  readonly query: string
  readonly texts: readonly string[]
}

/** Scores of texts by a cross-encoder, which reads each together with the question. */
export class TextReranker {
  readonly #options: ModelWorkOptions

  constructor(options: ModelWorkOptions) {
    this.#options = options
  }

  /** One score for each text, the higher the better. Of a pair that is too long for the model its beginning counts. */
  async rerank(request: RerankTexts): Promise<readonly number[]> {
    const { version, query, texts, signal } = request
    const { codec, registry } = this.#options
    const pairs = await codec.encodePairs(registry.folderOf(version), { first: query, seconds: texts }, signal)
    const { contextTokens } = version
    const sequences = pairs.map(({ ids, typeIds }) => ({
      ids: cutTokens(ids, contextTokens),
      typeIds: typeIds && cutTokens(typeIds, contextTokens),
    }))
    const { scores } = await askModel(this.#options, {
      asker: request,
      priority: MODEL_PRIORITIES.query,
      inputTokens: sequences.reduce((total, { ids }) => total + ids.length, 0),
      call: (runner, asked, limited) => runner.classify({ ...asked, sequences }, limited),
    })
    return scores.map(([score = 0]) => score)
  }
}
