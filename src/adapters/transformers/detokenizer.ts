import { Tokenizer } from '@huggingface/tokenizers'
import { byteLevelAlphabet } from './byte-level-alphabet.js'
import { readTokenizerFiles, type TokenizerFiles } from './tokenizer-files.js'
import { Utf8Tail } from './utf8-tail.js'

/** Turns one sequence of tokens into text as they come. */
export interface TokenStream {
  /** The text that the token completes. */
  push(id: number): string
  /** Whether the tokens so far end within a character. */
  readonly isOpen: boolean
  /** What is left at the end: U+FFFD for a character that was not completed. */
  end(): string
}

/** A model's tokens as text; control tokens have none. */
export interface Detokenizer {
  /** The text of a token by itself. */
  textOf(id: number): string
  createStream(): TokenStream
}

/** @throws GraphloomError `MODEL_LOAD_FAILED` when the tokenizer's files are missing or wrong. */
export async function loadDetokenizer(folder: string): Promise<Detokenizer> {
  const files = await readTokenizerFiles(folder)
  const { decoder, model } = files.tokenizer
  return decoder?.type === 'ByteLevel' && isVocabulary(model.vocab)
    ? createByteDetokenizer(files, model.vocab)
    : createWindowDetokenizer(files)
}

/**
 * How the model's own tokenizer splits a text by itself. It takes some 50 MB.
 * @throws GraphloomError `MODEL_LOAD_FAILED` when the tokenizer's files are missing or wrong.
 */
export async function loadTokenSplitter(folder: string): Promise<(text: string) => readonly number[]> {
  const { tokenizer, config } = await readTokenizerFiles(folder)
  const whole = new Tokenizer(tokenizer, config)
  return (text) => whole.encode(text, { add_special_tokens: false }).ids
}

const isVocabulary = (vocab: unknown): vocab is Record<string, number> =>
  typeof vocab === 'object' && vocab !== null && !Array.isArray(vocab)

/** For byte-level BPE, whose tokens are written with one character for each byte. */
function createByteDetokenizer({ tokenizer }: TokenizerFiles, vocabulary: Record<string, number>): Detokenizer {
  const byteOf = byteLevelAlphabet()
  const written: string[] = []
  // Several times as quick as by its entries.
  for (const token in vocabulary) written[vocabulary[token]!] = token
  const added = new Map<number, Uint8Array>()
  for (const { id, content, special } of tokenizer.added_tokens ?? [])
    added.set(id, Buffer.from(special ? '' : content, 'utf8'))
  const bytesOf = (id: number): Uint8Array =>
    added.get(id) ?? Uint8Array.from(written[id] ?? '', (character) => byteOf.get(character) ?? 0x3f)
  return {
    textOf: (id) => Buffer.from(bytesOf(id)).toString('utf8'),
    createStream: () => {
      const tail = new Utf8Tail()
      return {
        push: (id) => tail.push(bytesOf(id)),
        get isOpen() {
          return tail.isOpen
        },
        end: () => tail.end(),
      }
    },
  }
}

/** Tokens before a new one that its text may depend on. */
const CONTEXT_TOKENS = 4
/** Bytes of one character are spread over at most so many tokens; past that they are none. */
const MAX_OPEN_TOKENS = 4

/** For all other tokenizers: a few tokens are decoded together, and what is new in their text is the new token's. */
function createWindowDetokenizer({ tokenizer, config }: TokenizerFiles): Detokenizer {
  const whole = new Tokenizer(tokenizer, config)
  const decode = (ids: readonly number[]): string =>
    ids.length === 0 ? '' : whole.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false })
  const createStream = (): TokenStream => {
    let context: number[] = []
    let open: number[] = []
    const take = (): string => {
      const before = decode(context)
      const text = decode([...context, ...open])
      return text.startsWith(before) ? text.slice(before.length) : decode(open)
    }
    const close = (): void => {
      context = [...context, ...open].slice(-CONTEXT_TOKENS)
      open = []
    }
    return {
      push: (id) => {
        open.push(id)
        const text = take()
        if (text.endsWith('\ufffd') && open.length < MAX_OPEN_TOKENS) return ''
        close()
        return text
      },
      get isOpen() {
        return open.length > 0
      },
      end: () => {
        const text = open.length > 0 ? take() : ''
        close()
        return text
      },
    }
  }
  return { textOf: (id) => decode([id]), createStream }
}
