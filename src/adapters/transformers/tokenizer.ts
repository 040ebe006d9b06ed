import { env, PreTrainedTokenizer } from '@huggingface/transformers'
import { GraphloomError } from '../../kernel/errors.js'
import type { CodecChat, TokenSequence } from '../../ports/text-codec.js'
import { ChatTemplate } from './chat-template.js'
import type { ChatPart } from './marks.js'
import { readTokenizerFiles, type AddedToken, type TokenizerJson } from './tokenizer-files.js'

/** A model's tokenizer, to which control tokens in a text are text. */
export interface ModelTokenizer {
  /** The text, with the model's special tokens around it where asked for. */
  encode(text: string, addSpecialTokens: boolean): number[]
  /** Two texts as one sequence, with the model's special tokens around them. */
  encodePair(first: string, second: string): TokenSequence
  /** @throws GraphloomError `INVALID_INPUT` when the model's chat template refuses the chat. */
  encodeChat(chat: CodecChat): number[]
  /** One more than the highest number of a token. */
  readonly vocabularySize: number
}

/**
 * Loads the tokenizer in a model's folder; nothing is fetched from a network.
 * @throws GraphloomError `MODEL_LOAD_FAILED` when the tokenizer's files are missing or wrong.
 */
export async function loadTokenizer(folder: string): Promise<ModelTokenizer> {
  env.allowRemoteModels = false
  env.useFSCache = false
  const { tokenizer: json, config } = await readTokenizerFiles(folder)
  const addedTokens = json.added_tokens ?? []
  const tokenizer = createTokenizer({ ...json, added_tokens: addedTokens.filter((token) => !token.special) }, config)
  const encode = (text: string, addSpecialTokens: boolean): number[] =>
    text === '' && !addSpecialTokens ? [] : tokenizer.encode(text, { add_special_tokens: addSpecialTokens })
  const controls = addedTokens.filter((token) => token.special)
  const template = new ChatTemplate(
    tokenizer,
    controls.map(({ content }) => content),
  )
  const encodePair = (first: string, second: string): TokenSequence => toPair(tokenizer, first, second)
  return {
    encode,
    encodePair,
    encodeChat: (chat) => encodeParts(template.render(chat), controls, encode),
    vocabularySize: countTokens(json),
  }
}

function countTokens({ model, added_tokens: added = [] }: TokenizerJson): number {
  const { vocab } = model
  const own = Array.isArray(vocab) ? [vocab.length - 1] : Object.values((vocab ?? {}) as Record<string, number>)
  return 1 + [...own, ...added.map(({ id }) => id)].reduce((highest, id) => Math.max(highest, id), -1)
}

function toPair(tokenizer: PreTrainedTokenizer, first: string, second: string): TokenSequence {
  const options = { text_pair: second, return_tensor: false, return_token_type_ids: true } as const
  const { input_ids: ids, token_type_ids: typeIds = null } = tokenizer(first, options)
  return { ids, typeIds }
}

function createTokenizer(json: object, config: object): PreTrainedTokenizer {
  try {
    return new PreTrainedTokenizer(json, config)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GraphloomError('MODEL_LOAD_FAILED', `The model's tokenizer cannot be used: ${reason}`, { cause: error })
  }
}

/**
 * Control tokens are looked for in the template's parts only. What stands between two of them is encoded as one text,
 * template and content together, so that it merges as it does in an ordinary prompt.
 */
function encodeParts(
  parts: readonly ChatPart[],
  controls: readonly AddedToken[],
  encode: (text: string, addSpecialTokens: boolean) => number[],
): number[] {
  const idOf = new Map(controls.map(({ content, id }) => [content, id]))
  const splitter = controlSplitter(controls)
  const runs: number[][] = []
  let run = ''
  for (const part of parts) {
    const pieces = part.isContent || splitter === null ? [part.text] : part.text.split(splitter)
    pieces.forEach((piece, i) => {
      if (i % 2 === 0) {
        run += piece
        return
      }
      runs.push(encode(run, false), [idOf.get(piece.trim())!])
      run = ''
    })
  }
  return [...runs, encode(run, false)].flat()
}

/** Splits a text so that every second piece is a control token; longer tokens go before their beginnings. */
function controlSplitter(controls: readonly AddedToken[]): RegExp | null {
  if (controls.length === 0) return null
  const patterns = [...controls]
    .sort((a, b) => b.content.length - a.content.length)
    .map(({ content, lstrip, rstrip }) => [lstrip ? '\\s*' : '', escapePattern(content), rstrip ? '\\s*' : ''].join(''))
  return new RegExp(`(${patterns.join('|')})`, 'u')
}

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
