/** Files of a model's tokenizer. */
export interface MadeTokenizer {
  /** By file name. */
  readonly files: Readonly<Record<string, object>>
  readonly vocabularySize: number
  /** Numbers of the texts' tokens. */
  readonly idOf: (token: string) => number
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'] as const

/**
 * One token for each word, the unknown ones alike: `[CLS] text [SEP]`, and of a pair `[CLS] first [SEP] second [SEP]`
 * in the manner of BERT, the second text with its separator of type 1.
 */
export function createWordTokenizer(words: readonly string[], maxTokens = 512): MadeTokenizer {
  const tokens = [...SPECIAL, ...words]
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]))
  const special = (id: string, typeId: number): object => ({ SpecialToken: { id, type_id: typeId } })
  const sequence = (id: string, typeId: number): object => ({ Sequence: { id, type_id: typeId } })
  const single = [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)]
  const processor = {
    type: 'TemplateProcessing',
    single,
    pair: [...single, sequence('B', 1), special('[SEP]', 1)],
    special_tokens: Object.fromEntries(SPECIAL.map((id, i) => [id, { id, ids: [i], tokens: [id] }])),
  }
  const tokenizer = {
    version: '1.0',
    added_tokens: SPECIAL.map((content, id) => toAddedToken(id, content)),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: processor,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  }
  const config = {
    tokenizer_class: 'BertTokenizer',
    model_max_length: maxTokens,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
  }
  return {
    files: { 'tokenizer.json': tokenizer, 'tokenizer_config.json': config },
    vocabularySize: tokens.length,
    idOf: (token) => vocab[token] ?? 1,
  }
}

export const END_TOKEN = '<|end|>'

/** One token for each byte, written as byte-level BPE does, and one that ends a message. */
export function createByteTokenizer(): MadeTokenizer {
  const vocab: Record<string, number> = {}
  let next = 0x100
  for (let byte = 0; byte < 0x100; byte++) {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    vocab[String.fromCharCode(isPrintable ? byte : next++)] = byte
  }
  const tokenizer = {
    version: '1.0',
    added_tokens: [toAddedToken(0x100, END_TOKEN)],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: { ...vocab, [END_TOKEN]: 0x100 }, merges: [] },
  }
  const template = `{% for message in messages %}{{ message.role }}: {{ message.content }}${END_TOKEN}{% endfor %}assistant: `
  const config = {
    tokenizer_class: 'GPT2Tokenizer',
    model_max_length: 2_048,
    eos_token: END_TOKEN,
    chat_template: template,
  }
  return {
    files: { 'tokenizer.json': tokenizer, 'tokenizer_config.json': config },
    vocabularySize: 0x101,
    idOf: (token) => (token === END_TOKEN ? 0x100 : token.charCodeAt(0)),
  }
}

const toAddedToken = (id: number, content: string): object => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
})
