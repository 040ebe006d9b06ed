import { LRUCache } from 'lru-cache'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { PredictionInput } from '../../domain/prediction.js'
import type { TextCodec, TokenSequence } from '../../ports/text-codec.js'
import { kindOf } from './prediction-kinds.js'

const KEPT_TOKENS = 1_000_000

/**
 * Inputs as tokens. What was counted when a prediction was accepted is kept for a while under its id, so that it is not
 * tokenised twice.
 */
export class PromptEncoder {
  readonly #codec: TextCodec
  readonly #folderOf: (version: ModelVersionDocument) => string
  readonly #kept = new LRUCache<string, readonly TokenSequence[]>({
    maxSize: KEPT_TOKENS,
    sizeCalculation: (sequences) => 1 + countTokens(sequences),
  })

  constructor(codec: TextCodec, folderOf: (version: ModelVersionDocument) => string) {
    this.#codec = codec
    this.#folderOf = folderOf
  }

  /**
   * How many tokens the input has. With an id, they are kept for the prediction of that id.
   * @throws GraphloomError `INVALID_INPUT` when the version cannot take it, e.g. for its length.
   */
  async countTokens(
    version: ModelVersionDocument,
    input: PredictionInput,
    id: string | null,
    signal?: AbortSignal,
  ): Promise<number> {
    const sequences = await this.#encode(version, input, signal)
    if (id !== null) this.#kept.set(id, sequences)
    return countTokens(sequences)
  }

  /** The input of the prediction with this id. @throws GraphloomError as `countTokens`. */
  async encode(
    version: ModelVersionDocument,
    input: PredictionInput,
    id: string,
    signal: AbortSignal,
  ): Promise<readonly TokenSequence[]> {
    const kept = this.#kept.get(id)
    this.#kept.delete(id)
    return kept ?? this.#encode(version, input, signal)
  }

  #encode(
    version: ModelVersionDocument,
    input: PredictionInput,
    signal?: AbortSignal,
  ): Promise<readonly TokenSequence[]> {
    const context = { version, folder: this.#folderOf(version), codec: this.#codec, ...(signal && { signal }) }
    return kindOf(input.kind).encode(input, context)
  }
}

export const countTokens = (sequences: readonly TokenSequence[]): number =>
  sequences.reduce((total, { ids }) => total + ids.length, 0)
