import { LRUCache } from 'lru-cache'
import { invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { PredictionInput } from '../../domain/prediction.js'
import type { TextCodec } from '../../ports/text-codec.js'
import { INPUT_FIELDS } from './prediction-input.js'

export type TextInput = Exclude<PredictionInput, { readonly kind: 'EMBEDDING' }>

const KEPT_TOKENS = 1_000_000
const ROLES = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' } as const

/**
 * Inputs as tokens. What was counted when a prediction was accepted is kept for a while under its id, so that it is not
 * tokenised twice.
 */
export class PromptEncoder {
  readonly #codec: TextCodec
  readonly #folderOf: (version: ModelVersionDocument) => string
  readonly #kept = new LRUCache<string, readonly (readonly number[])[]>({
    maxSize: KEPT_TOKENS,
    sizeCalculation: (sequences) => 1 + sequences.reduce((total, ids) => total + ids.length, 0),
  })

  constructor(codec: TextCodec, folderOf: (version: ModelVersionDocument) => string) {
    this.#codec = codec
    this.#folderOf = folderOf
  }

  /**
   * How many tokens the input has. With an id, they are kept for the prediction of that id.
   * @throws GraphloomError `INVALID_INPUT` when it does not fit the model's context.
   */
  async countTokens(
    version: ModelVersionDocument,
    input: PredictionInput,
    id: string | null,
    signal?: AbortSignal,
  ): Promise<number> {
    if (input.kind !== 'EMBEDDING') await this.#checkConstraint(input, signal)
    const sequences =
      input.kind === 'EMBEDDING'
        ? await this.#texts(version, input.texts, signal)
        : [await this.#prompt(version, input, signal)]
    if (id !== null) this.#kept.set(id, sequences)
    return sequences.reduce((total, ids) => total + ids.length, 0)
  }

  async encodePrompt(
    version: ModelVersionDocument,
    input: TextInput,
    id: string,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    return this.#take(id)?.[0] ?? (await this.#prompt(version, input, signal))
  }

  async encodeTexts(
    version: ModelVersionDocument,
    texts: readonly string[],
    id: string,
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    return this.#take(id) ?? (await this.#texts(version, texts, signal))
  }

  async #checkConstraint({ kind, settings }: TextInput, signal?: AbortSignal): Promise<void> {
    if (!settings.constraint) return
    try {
      await this.#codec.checkConstraint(settings.constraint, signal)
    } catch (error) {
      if (!isErrorWithCode(error, 'INVALID_INPUT')) throw error
      throw invalidInput(`${INPUT_FIELDS[kind]}.generation.constraint`, error.message.replace(/^constraint:? /, ''))
    }
  }

  #take(id: string): readonly (readonly number[])[] | undefined {
    const kept = this.#kept.get(id)
    this.#kept.delete(id)
    return kept
  }

  async #prompt(version: ModelVersionDocument, input: TextInput, signal?: AbortSignal): Promise<number[]> {
    const folder = this.#folderOf(version)
    const ids =
      input.kind === 'CHAT'
        ? await this.#codec.encodeChat(
            folder,
            input.messages.map(({ role, content }) => ({ role: ROLES[role], content })),
            signal,
          )
        : await this.#codec.encodeText(folder, input.prompt, signal)
    if (ids.length < version.contextTokens) return ids
    const path = input.kind === 'CHAT' ? `${INPUT_FIELDS.CHAT}.messages` : `${INPUT_FIELDS.COMPLETION}.prompt`
    throw tooLong(path, ids.length, version.contextTokens - 1)
  }

  async #texts(version: ModelVersionDocument, texts: readonly string[], signal?: AbortSignal): Promise<number[][]> {
    const sequences = await this.#codec.encodeForEmbedding(this.#folderOf(version), texts, signal)
    sequences.forEach((ids, i) => {
      if (ids.length > version.contextTokens)
        throw tooLong(`${INPUT_FIELDS.EMBEDDING}.texts.${i}`, ids.length, version.contextTokens)
    })
    return sequences
  }
}

const tooLong = (path: string, tokens: number, limit: number) =>
  invalidInput(path, `has ${tokens} tokens; the model takes at most ${limit}.`)
